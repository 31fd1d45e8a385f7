package dev.sluice.lake.athena;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.lake.api.JsonOperation;
import dev.sluice.lake.api.Objects;
import dev.sluice.lake.api.ServiceException;
import dev.sluice.lake.glue.GlueCatalog;
import dev.sluice.lake.json.SdkJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.services.athena.model.GetQueryExecutionResponse;
import software.amazon.awssdk.services.athena.model.GetQueryResultsResponse;
import software.amazon.awssdk.services.athena.model.ListQueryExecutionsResponse;
import software.amazon.awssdk.services.athena.model.QueryExecution;
import software.amazon.awssdk.services.athena.model.QueryExecutionState;
import software.amazon.awssdk.services.athena.model.StartQueryExecutionResponse;

/** The Athena API over an engine and a store of this test. */
class AthenaServiceTest {
  @TempDir Path folder;
  private final Map<String, byte[]> stored = new ConcurrentHashMap<>();
  private final FakeEngine engine = new FakeEngine();
  private GlueCatalog catalog;
  private AthenaService service;

  @BeforeEach
  void open() {
    catalog = GlueCatalog.open(folder.resolve("glue"), Clock.systemUTC());
    service =
        new AthenaService(
            catalog,
            new FakeObjects(),
            engine,
            new AthenaSettings(folder.resolve("athena"), "s3://results/", 1, 1 << 16),
            Clock.systemUTC());
  }

  @AfterEach
  void close() {
    engine.open.countDown();
    service.close();
    catalog.close();
  }

  @Test
  void aResultIsThereAfterARestart() {
    String id = start("SELECT words");
    assertThat(await(id).status().state()).isEqualTo(QueryExecutionState.SUCCEEDED);

    close();
    open();

    GetQueryResultsResponse results =
        call("GetQueryResults", "{\"QueryExecutionId\":\"" + id + "\"}");
    assertThat(results.resultSet().rows()).hasSize(3);
    assertThat(results.resultSet().rows().get(1).data().get(0).varCharValue())
        .isEqualTo("a \"quoted\",\nword");
    assertThat(results.resultSet().rows().get(2).data().get(0).varCharValue()).isNull();
    assertThat(results.resultSet().resultSetMetadata().columnInfo().get(0).type())
        .isEqualTo("varchar");
    assertThat(
            this.<ListQueryExecutionsResponse>call("ListQueryExecutions", "{}").queryExecutionIds())
        .containsExactly(id);
    assertThat(new String(stored.get("results/" + id + ".csv"), StandardCharsets.UTF_8))
        .isEqualTo("\"word\"\n\"a \"\"quoted\"\",\nword\"\n\n");
  }

  @Test
  void aQueryThatARestartInterruptedIsFoundFailed() {
    String running = start("SELECT wait");
    String queued = start("SELECT wait");

    service.close();
    catalog.close();
    open();

    for (String id : List.of(running, queued)) {
      QueryExecution execution = await(id);
      assertThat(execution.status().state()).isEqualTo(QueryExecutionState.FAILED);
      assertThat(execution.status().stateChangeReason())
          .isEqualTo("The local lake was stopped while the query ran. Run it again.");
    }
  }

  @Test
  void aQueuedQueryCanBeStoppedAndIsNeverRun() {
    String running = start("SELECT wait");
    String queued = start("SELECT words");
    call("StopQueryExecution", "{\"QueryExecutionId\":\"" + queued + "\"}");
    assertThat(await(queued).status().state()).isEqualTo(QueryExecutionState.CANCELLED);
    engine.open.countDown();
    assertThat(await(running).status().state()).isEqualTo(QueryExecutionState.SUCCEEDED);
    assertThat(await(queued).status().state()).isEqualTo(QueryExecutionState.CANCELLED);
    assertThat(stored).doesNotContainKey("results/" + queued + ".csv");
  }

  @Test
  void aLostEngineIsTheReasonOfTheFailure() {
    QueryExecution execution = await(start("SELECT lost"));
    assertThat(execution.status().state()).isEqualTo(QueryExecutionState.FAILED);
    assertThat(execution.status().stateChangeReason()).isEqualTo("The SQL engine ended");
    assertThat(execution.status().athenaError().errorCategory()).isEqualTo(1);
    assertThat(execution.status().athenaError().errorType()).isEqualTo(100);
    assertThat(execution.status().athenaError().retryable()).isTrue();
  }

  @Test
  void aTextThatIsNoStatementMakesNoQuery() {
    malformed("SELECT 1 FROM FROM t", "line 1:13: mismatched input 'FROM'");
    malformed("SELECT 1; SELECT 2", "Only one sql statement is allowed. Got: SELECT 1; SELECT 2");
    malformed("USE silver", "Queries of this type are not supported");
    malformed("SELECT * FROM system.runtime.nodes", "Queries of this type are not supported");
    malformed("CREATE TABLE t (x int)", "External keyword required for table type HIVE");
    assertThat(
            this.<ListQueryExecutionsResponse>call("ListQueryExecutions", "{}").queryExecutionIds())
        .isEmpty();
  }

  private void malformed(String sql, String message) {
    assertThatThrownBy(() -> start(sql))
        .isInstanceOfSatisfying(
            ServiceException.class,
            e -> {
              assertThat(e.code()).isEqualTo("InvalidRequestException");
              assertThat(e.details()).containsEntry("AthenaErrorCode", "MALFORMED_QUERY");
            })
        .hasMessageContaining(message);
  }

  @Test
  void aStatementLongerThanAthenaTakesIsRefused() {
    // Two bytes each in UTF-8: the limit is one of bytes.
    refused(
        "StartQueryExecution",
        "{\"QueryString\":\"SELECT '" + "ü".repeat(131_072) + "'\"}",
        "Member must have length less than or equal to 262144");
  }

  @Test
  void aScanBeyondTheWorkgroupsLimitIsCancelled() {
    call(
        "CreateWorkGroup",
        "{\"Name\":\"small\",\"Configuration\":{\"BytesScannedCutoffPerQuery\":1000,"
            + "\"ResultConfiguration\":{\"OutputLocation\":\"s3://results/small/\"}}}");
    String id =
        this.<StartQueryExecutionResponse>call(
                "StartQueryExecution", "{\"QueryString\":\"SELECT words\",\"WorkGroup\":\"small\"}")
            .queryExecutionId();
    QueryExecution execution = await(id);
    assertThat(execution.status().state()).isEqualTo(QueryExecutionState.CANCELLED);
    assertThat(execution.status().stateChangeReason())
        .isEqualTo("Bytes scanned limit was exceeded");
    assertThat(execution.status().athenaError()).isNull();
    assertThat(execution.statistics().dataScannedInBytes()).isEqualTo(1234);
    assertThatThrownBy(() -> call("GetQueryResults", "{\"QueryExecutionId\":\"" + id + "\"}"))
        .isInstanceOfSatisfying(
            ServiceException.class,
            e -> assertThat(e.details()).containsEntry("AthenaErrorCode", "RESULT_NOT_FOUND"))
        .hasMessage("Could not find results");
  }

  @Test
  void anEarlierResultIsUsedAgainWhenThatIsAskedFor() {
    String first = start("SELECT words");
    await(first);
    String body =
        "{\"QueryString\":\"SELECT words\",\"ResultReuseConfiguration\":{"
            + "\"ResultReuseByAgeConfiguration\":{\"Enabled\":true,\"MaxAgeInMinutes\":5}}}";
    QueryExecution again =
        await(
            this.<StartQueryExecutionResponse>call("StartQueryExecution", body).queryExecutionId());
    assertThat(again.queryExecutionId()).isNotEqualTo(first);
    assertThat(again.statistics().resultReuseInformation().reusedPreviousResult()).isTrue();
    assertThat(again.statistics().dataScannedInBytes()).isZero();
    assertThat(again.resultConfiguration().outputLocation())
        .isEqualTo("s3://results/" + first + ".csv");
    GetQueryResultsResponse results =
        call("GetQueryResults", "{\"QueryExecutionId\":\"" + again.queryExecutionId() + "\"}");
    assertThat(results.resultSet().rows()).hasSize(3);

    stored.clear();
    QueryExecution anew =
        await(
            this.<StartQueryExecutionResponse>call("StartQueryExecution", body).queryExecutionId());
    assertThat(anew.statistics().resultReuseInformation().reusedPreviousResult()).isFalse();
    assertThat(stored).hasSize(2);
  }

  @Test
  void ddlThatFailsTellsItInHivesWordsAndInItsResult() {
    String id = start("DROP TABLE nowhere.nothing");
    QueryExecution execution = await(id);
    assertThat(execution.status().stateChangeReason())
        .isEqualTo("FAILED: SemanticException [Error 10001]: Table not found nowhere.nothing");
    assertThat(execution.status().athenaError().errorCategory()).isEqualTo(2);
    assertThat(execution.status().athenaError().errorType()).isEqualTo(1003);
    assertThat(new String(stored.get("results/" + id + ".txt"), StandardCharsets.UTF_8))
        .isEqualTo(execution.status().stateChangeReason());
  }

  @Test
  void theMetadataOfAResultIsAsAthenaWritesIt() {
    String id = start("SELECT words");
    await(id);
    assertThat(HexFormat.of().formatHex(stored.get("results/" + id + ".csv.metadata")))
        .isEqualTo(
            // 1: the engine's id; 4: the column
            "0a027131"
                + "2227"
                + "0a0468697665"
                + "2204776f7264"
                + "2a04776f7264"
                + "320776617263686172"
                + "38ffffffff07"
                + "4000"
                + "4803"
                + "5001");
  }

  @Test
  void aResultThatIsTooLargeFailsAndIsNotKept() {
    QueryExecution execution = await(start("SELECT much"));
    assertThat(execution.status().stateChangeReason()).startsWith("RESULT_TOO_LARGE");
    assertThat(stored).isEmpty();
  }

  @Test
  void aMissingResultBucketIsTheReasonOfTheFailure() {
    String id =
        this.<StartQueryExecutionResponse>call(
                "StartQueryExecution",
                "{\"QueryString\":\"SELECT words\","
                    + "\"ResultConfiguration\":{\"OutputLocation\":\"s3://nowhere/x\"}}")
            .queryExecutionId();
    assertThat(await(id).status().stateChangeReason())
        .startsWith("INVALID_OUTPUT_LOCATION: Unable to write the result to s3://nowhere/x/");
  }

  @Test
  void whatIsAskedWronglyIsRefused() {
    refused("StartQueryExecution", "{}", "QueryString is missing");
    refused(
        "StartQueryExecution",
        "{\"QueryString\":\"SELECT 1\",\"WorkGroup\":\"none\"}",
        "WorkGroup is not found.");
    refused("GetQueryExecution", "{\"QueryExecutionId\":\"x\"}", "QueryExecution x was not found");
    refused(
        "StartQueryExecution",
        "{\"QueryString\":\"SELECT 1\",\"ResultConfiguration\":{\"EncryptionConfiguration\":"
            + "{\"EncryptionOption\":\"SSE_S3\"}}}",
        "EncryptionConfiguration is not supported");
    refused("DeleteWorkGroup", "{\"WorkGroup\":\"primary\"}", "cannot be deleted");
    String waiting = start("SELECT wait");
    refused(
        "GetQueryResults",
        "{\"QueryExecutionId\":\"" + waiting + "\"}",
        "Query has not yet finished");
  }

  private String start(String sql) {
    return this.<StartQueryExecutionResponse>call(
            "StartQueryExecution", "{\"QueryString\":\"" + sql + "\"}")
        .queryExecutionId();
  }

  private QueryExecution await(String id) {
    long deadline = System.nanoTime() + 60_000_000_000L;
    while (System.nanoTime() < deadline) {
      QueryExecution execution =
          this.<GetQueryExecutionResponse>call(
                  "GetQueryExecution", "{\"QueryExecutionId\":\"" + id + "\"}")
              .queryExecution();
      QueryExecutionState state = execution.status().state();
      if (state != QueryExecutionState.QUEUED && state != QueryExecutionState.RUNNING) {
        return execution;
      }
      Thread.onSpinWait();
    }
    throw new AssertionError("The query did not end: " + id);
  }

  private void refused(String operation, String body, String message) {
    assertThatThrownBy(() -> call(operation, body))
        .isInstanceOfSatisfying(
            ServiceException.class, e -> assertThat(e.code()).isEqualTo("InvalidRequestException"))
        .hasMessageContaining(message);
  }

  @SuppressWarnings("unchecked") // the supplier makes builders of the function's own class
  private <T extends SdkPojo> T call(String operation, String body) {
    JsonOperation<?, ?> found = service.operations().get(operation);
    return (T)
        ((Function<SdkPojo, SdkPojo>) found.call()).apply(SdkJson.read(body, found.request()));
  }

  private final class FakeObjects implements Objects {
    @Override
    public void put(String bucket, String key, byte[] content, String contentType) {
      if (!bucket.equals("results")) {
        throw new ServiceException(404, "NoSuchBucket", "There is no such bucket");
      }
      stored.put(bucket + "/" + key, content);
    }

    @Override
    public Optional<byte[]> get(String bucket, String key) {
      return Optional.ofNullable(stored.get(bucket + "/" + key));
    }

    @Override
    public List<String> list(String bucket, String prefix, int most) {
      return stored.keySet().stream()
          .filter(name -> name.startsWith(bucket + "/" + prefix))
          .map(name -> name.substring(bucket.length() + 1))
          .sorted()
          .limit(most)
          .toList();
    }
  }

  /** Answers by the statement's last word. */
  private static final class FakeEngine implements SqlEngine {
    private final CountDownLatch open = new CountDownLatch(1);

    @Override
    public End run(Statement statement, Sink sink) throws IOException {
      switch (statement.sql().substring("SELECT ".length())) {
        case "wait" -> {
          try {
            open.await();
          } catch (InterruptedException e) {
            throw new IOException("interrupted", e);
          }
        }
        case "lost" -> throw new IOException("The SQL engine ended");
        case "much" -> {
          sink.columns(List.of(new Column("x", "varchar", 0, 0)));
          for (int i = 0; i < 100; i++) {
            sink.row(List.of("x".repeat(1000)));
          }
        }
        default -> {
          sink.columns(List.of(new Column("word", "varchar", Integer.MAX_VALUE, 0)));
          sink.row(List.of("a \"quoted\",\nword"));
          sink.row(Arrays.asList((String) null));
        }
      }
      return new End("q1", "FINISHED", null, null, new Statistics(1234, 3, 0, 0, 0, 1, 2));
    }

    @Override
    public Syntax syntax(String sql, List<String> values) {
      return new Syntax(
          sql.contains("FROM FROM") ? "line 1:13: mismatched input 'FROM'" : null, 0, List.of());
    }

    @Override
    public void cancel(String id) {}

    @Override
    public String state() {
      return "ready";
    }

    @Override
    public void close() {}
  }
}
