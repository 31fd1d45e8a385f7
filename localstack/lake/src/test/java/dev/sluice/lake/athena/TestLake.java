package dev.sluice.lake.athena;

import dev.sluice.lake.glue.GlueCatalog;
import dev.sluice.lake.glue.GlueService;
import dev.sluice.lake.http.Endpoint;
import dev.sluice.lake.s3.Notifications;
import dev.sluice.lake.s3.S3Handler;
import dev.sluice.lake.s3.S3Settings;
import dev.sluice.lake.store.Journal;
import dev.sluice.lake.store.ObjectStore;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.athena.AthenaClient;
import software.amazon.awssdk.services.athena.model.Datum;
import software.amazon.awssdk.services.athena.model.GetQueryResultsResponse;
import software.amazon.awssdk.services.athena.model.QueryExecution;
import software.amazon.awssdk.services.athena.model.QueryExecutionState;
import software.amazon.awssdk.services.athena.model.StartQueryExecutionRequest;
import software.amazon.awssdk.services.glue.GlueClient;

/** S3, Glue and Athena on one endpoint, with the real engine, and clients of the SDK. */
final class TestLake implements AutoCloseable {
  static final String RESULTS = "sluice-results";

  final ObjectStore store;
  final GlueCatalog catalog;
  final TrinoEngine engine;
  final AthenaService service;
  final Endpoint endpoint;
  final AthenaClient athena;
  final GlueClient glue;

  TestLake(Path folder) throws IOException {
    Clock clock = Clock.systemUTC();
    S3Settings s3 = new S3Settings("us-east-1", GlueCatalog.CATALOG_ID);
    store =
        ObjectStore.open(folder.resolve("s3"), Journal.Sync.NEVER, clock, new Notifications(s3));
    catalog = GlueCatalog.open(folder.resolve("glue"), clock);
    AtomicReference<URI> uri = new AtomicReference<>();
    engine =
        new TrinoEngine(
            new TrinoEngine.Settings(
                Path.of(System.getProperty("java.home")),
                TrinoEngine.classpath(
                    Path.of(System.getProperty("sluice.root"), "localstack", "athena-engine")),
                folder.resolve("engine"),
                "us-east-1",
                "test",
                "test",
                512),
            uri::get);
    service =
        new AthenaService(
            catalog,
            store,
            engine,
            AthenaSettings.of(folder.resolve("athena"), "s3://" + RESULTS + "/"),
            clock);
    endpoint =
        Endpoint.start(
            0,
            List.of(new GlueService(catalog), service),
            new S3Handler(store, (queue, body) -> {}, s3, clock),
            () -> new Endpoint.Health(true, Map.of()));
    uri.set(endpoint.uri());
    store.createBucket(RESULTS, Map.of());
    store.createBucket("lake", Map.of());
    StaticCredentialsProvider credentials =
        StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test"));
    athena =
        AthenaClient.builder()
            .endpointOverride(endpoint.uri())
            .region(Region.US_EAST_1)
            .credentialsProvider(credentials)
            .httpClient(UrlConnectionHttpClient.create())
            .build();
    glue =
        GlueClient.builder()
            .endpointOverride(endpoint.uri())
            .region(Region.US_EAST_1)
            .credentialsProvider(credentials)
            .httpClient(UrlConnectionHttpClient.create())
            .build();
  }

  void put(String key, String text) {
    store.put("lake", key, text.getBytes(StandardCharsets.UTF_8), "application/json");
  }

  String start(String sql) {
    return athena
        .startQueryExecution(StartQueryExecutionRequest.builder().queryString(sql).build())
        .queryExecutionId();
  }

  QueryExecution await(String id) {
    // Far more than any statement takes; without it a fault in the runner would hang the build.
    long deadline = System.nanoTime() + Duration.ofSeconds(120).toNanos();
    while (System.nanoTime() < deadline) {
      QueryExecution execution =
          athena.getQueryExecution(request -> request.queryExecutionId(id)).queryExecution();
      QueryExecutionState state = execution.status().state();
      if (state != QueryExecutionState.QUEUED && state != QueryExecutionState.RUNNING) {
        return execution;
      }
      try {
        Thread.sleep(10);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
    throw new AssertionError("The query did not end: " + id);
  }

  /** Runs a statement to its end, whatever that is. */
  QueryExecution run(String sql) {
    return await(start(sql));
  }

  /** The same with SQL literals for the statement's question marks. */
  QueryExecution run(String sql, List<String> literals) {
    return await(
        athena
            .startQueryExecution(request ->
                request.queryString(sql).executionParameters(literals.isEmpty() ? null : literals))
            .queryExecutionId());
  }

  /** Runs a statement that succeeds and gives all cells, the header's first if there is one. */
  List<List<@Nullable String>> rows(String sql) {
    QueryExecution execution = run(sql);
    if (execution.status().state() != QueryExecutionState.SUCCEEDED) {
      throw new AssertionError(sql + "\n" + execution.status().stateChangeReason());
    }
    return rowsOf(execution.queryExecutionId());
  }

  List<List<@Nullable String>> rowsOf(String id) {
    List<List<@Nullable String>> rows = new ArrayList<>();
    String token = null;
    do {
      String next = token;
      GetQueryResultsResponse page =
          athena.getQueryResults(request -> request.queryExecutionId(id).nextToken(next));
      page.resultSet()
          .rows()
          .forEach(row -> {
            List<@Nullable String> cells = new ArrayList<>();
            for (Datum datum : row.data()) {
              cells.add(datum.varCharValue());
            }
            rows.add(cells);
          });
      token = page.nextToken();
    } while (token != null);
    return rows;
  }

  @Override
  public void close() {
    athena.close();
    glue.close();
    service.close();
    engine.close();
    endpoint.close();
    catalog.close();
    store.close();
  }
}
