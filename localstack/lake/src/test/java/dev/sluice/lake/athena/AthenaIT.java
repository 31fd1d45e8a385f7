package dev.sluice.lake.athena;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.model.catalog.Catalog;
import dev.sluice.model.catalog.TableDefinition;
import dev.sluice.model.dataset.Datasets;
import dev.sluice.model.query.NamedQueries;
import dev.sluice.model.query.NamedQuery;
import dev.sluice.model.registry.LakeLayout;
import dev.sluice.model.registry.Registry;
import io.trino.jdbc.TrinoDriver;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.athena.model.ColumnInfo;
import software.amazon.awssdk.services.athena.model.GetQueryResultsResponse;
import software.amazon.awssdk.services.athena.model.InvalidRequestException;
import software.amazon.awssdk.services.athena.model.QueryExecution;
import software.amazon.awssdk.services.athena.model.QueryExecutionState;
import software.amazon.awssdk.services.athena.model.StatementType;

/** The Athena API over the real engine, asked by the SDK. */
class AthenaIT {
  @TempDir static Path folder;
  private static TestLake lake;

  @BeforeAll
  static void start() throws IOException {
    lake = new TestLake(folder);
    lake.rows("CREATE DATABASE lake");
    lake.rows(
        """
        CREATE EXTERNAL TABLE lake.proj (id bigint, v string)
        PARTITIONED BY (dt string)
        ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'
        LOCATION 's3://lake/proj/'
        TBLPROPERTIES (
          'projection.enabled' = 'true',
          'projection.dt.type' = 'date',
          'projection.dt.format' = 'yyyy-MM-dd',
          'projection.dt.range' = '2026-01-01,2026-12-31',
          'storage.location.template' = 's3://lake/proj/dt=${dt}/')
        """);
    lake.put("proj/dt=2026-01-02/a.json", "{\"id\":1,\"v\":\"x\"}\n{\"id\":2,\"v\":\"y\"}\n");
    lake.put("proj/dt=2026-01-05/a.json", "{\"id\":3,\"v\":\"z\"}\n");
  }

  @AfterAll
  static void stop() throws IOException {
    if (lake != null) {
      lake.close();
    }
    Path log = folder.resolve("engine/engine.log");
    if (Files.exists(log)) {
      assertThat(Files.readString(log)).doesNotContain("OutOfMemoryError");
    }
  }

  @Test
  void theStatementsOfATablesLifePass() throws IOException {
    List<String> failed = new ArrayList<>();
    for (String statement : statements()) {
      long begin = System.nanoTime();
      QueryExecution execution = lake.run(statement);
      System.out.printf(
          "%5d ms  %-9s %s%n",
          (System.nanoTime() - begin) / 1_000_000,
          execution.status().stateAsString(),
          statement.substring(0, Math.min(90, statement.length())));
      if (execution.status().state() != QueryExecutionState.SUCCEEDED) {
        failed.add(statement + "\n  " + execution.status().stateChangeReason());
      } else {
        lake.rowsOf(execution.queryExecutionId());
      }
    }
    assertThat(failed).isEmpty();
    assertThat(lake.rows("SELECT id, v FROM lake.ice1 ORDER BY id"))
        .containsExactly(row("id", "v"), row("2", "M"), row("9", "N"));
  }

  @Test
  void valuesAreWrittenAsAthenaWritesThem() {
    String id =
        lake.run(
                """
                SELECT true AS b, 1 AS i, 1.0e0 AS d, 1e10 AS e, DECIMAL '1.10' AS m,
                  DATE '2024-01-15' AS day, TIMESTAMP '2024-01-15 10:00:00' AS t,
                  TIMESTAMP '2024-01-15 10:00:00.123456' AS u,
                  ARRAY['a', 'b'] AS a, MAP(ARRAY['k'], ARRAY[1]) AS p,
                  CAST(ROW(1, 'x') AS ROW(a INTEGER, b VARCHAR)) AS r,
                  X'0AFF' AS x, CAST(NULL AS VARCHAR) AS n, 'say "hi", then' AS q, '' AS z
                """)
            .queryExecutionId();
    assertThat(lake.rowsOf(id).get(1))
        .containsExactly(
            "true",
            "1",
            "1.0",
            "1.0E10",
            "1.10",
            "2024-01-15",
            "2024-01-15 10:00:00.000",
            "2024-01-15 10:00:00.123456",
            "[a, b]",
            "{k=1}",
            "{a=1, b=x}",
            "0a ff",
            null,
            "say \"hi\", then",
            "");
    GetQueryResultsResponse results =
        lake.athena.getQueryResults(request -> request.queryExecutionId(id));
    assertThat(results.resultSet().resultSetMetadata().columnInfo())
        .extracting(ColumnInfo::type)
        .containsExactly(
            "boolean",
            "integer",
            "double",
            "double",
            "decimal",
            "date",
            "timestamp",
            "timestamp",
            "array",
            "map",
            "row",
            "varbinary",
            "varchar",
            "varchar",
            "varchar");
    String csv =
        new String(
            lake.store.get(TestLake.RESULTS, id + ".csv").orElseThrow(), StandardCharsets.UTF_8);
    assertThat(csv)
        .startsWith("\"b\",\"i\",\"d\"")
        .endsWith("\"0a ff\",,\"say \"\"hi\"\", then\",\"\"\n");
    assertThat(lake.store.get(TestLake.RESULTS, id + ".csv.metadata")).isPresent();
  }

  @Test
  void aFailureTellsTheEnginesReasonAndWhoseItIs() {
    QueryExecution execution = lake.run("SELECT nowhere\nFROM lake.proj");
    assertThat(execution.status().state()).isEqualTo(QueryExecutionState.FAILED);
    assertThat(execution.status().stateChangeReason())
        .isEqualTo("COLUMN_NOT_FOUND: line 1:8: Column 'nowhere' cannot be resolved");
    assertThat(execution.status().athenaError().errorCategory()).isEqualTo(2);
    assertThat(execution.status().athenaError().errorType()).isEqualTo(1006);
    assertThatThrownBy(() -> lake.rowsOf(execution.queryExecutionId()))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("Query did not finish successfully. Final query state: FAILED");
  }

  @Test
  void aRunningQueryCanBeStopped() throws InterruptedException {
    lake.rows("SELECT 1");
    String id =
        lake.start(
            "SELECT count(*) FROM UNNEST(SEQUENCE(1, 10000)) a(x), UNNEST(SEQUENCE(1, 10000)) b(y),"
                + " UNNEST(SEQUENCE(1, 10000)) c(z) WHERE (x * y) % 7 = z % 5");
    Thread.sleep(1000);
    lake.athena.stopQueryExecution(request -> request.queryExecutionId(id));
    assertThat(lake.await(id).status().state()).isEqualTo(QueryExecutionState.CANCELLED);
    assertThat(lake.rows("SELECT 2")).containsExactly(row("_col0"), row("2"));
  }

  @Test
  void jsonTablesReadLinesOfBothSerdes() {
    lake.put(
        "ledger/dataset=s/a.json",
        "{\"Source\":\"a\",\"read\":3,\"at\":\"2024-01-15 10:00:00\",\"files\":[{\"key\":\"k\",\"rows\":3}]}\n");
    for (String serde :
        List.of("org.openx.data.jsonserde.JsonSerDe", "org.apache.hive.hcatalog.data.JsonSerDe")) {
      String table = serde.contains("openx") ? "json_openx" : "json_hcatalog";
      lake.rows(
          "CREATE EXTERNAL TABLE lake."
              + table
              + " (source string, `read` bigint, at timestamp, files"
              + " array<struct<key:string,rows:bigint>>) PARTITIONED BY (dataset string) ROW FORMAT"
              + " SERDE '"
              + serde
              + "' LOCATION 's3://lake/ledger/'");
      assertThat(lake.rows("MSCK REPAIR TABLE lake." + table))
          .contains(row("Repair: Added partition to metastore " + table + ":dataset=s"));
      assertThat(lake.rows("SELECT source, \"read\", at, files, dataset FROM lake." + table).get(1))
          .containsExactly("a", "3", "2024-01-15 10:00:00.000", "[{key=k, rows=3}]", "s");
    }
  }

  @Test
  void nestedParquetComesBackAsItWasWritten() {
    lake.rows(
        """
        CREATE TABLE lake.nested WITH (format = 'PARQUET', write_compression = 'ZSTD',
          external_location = 's3://lake/nested/', partitioned_by = ARRAY['p']) AS
        SELECT CAST(ROW('m', ARRAY[ROW(1, DECIMAL '2.50')]) AS
            ROW(model VARCHAR, items ARRAY(ROW(q INTEGER, price DECIMAL(10, 2))))) AS s,
          MAP(ARRAY['a', 'b'], ARRAY[1.5e0, NULL]) AS m, 'x' AS p
        """);
    assertThat(lake.rows("SELECT s.items[1].price, s, m, p FROM lake.nested"))
        .containsExactly(
            row("_col0", "s", "m", "p"),
            row("2.50", "{model=m, items=[{q=1, price=2.50}]}", "{a=1.5, b=null}", "x"));
    assertThat(lake.rows("SHOW PARTITIONS lake.nested")).containsExactly(row("p=x"));
    assertThat(lake.glue.getTable(request -> request.databaseName("lake").name("nested")).table())
        .satisfies(
            table -> assertThat(table.storageDescriptor().location()).contains("lake/nested"));
  }

  @Test
  void partitionsAreAddedListedAndDropped() {
    lake.rows(
        """
        CREATE EXTERNAL TABLE IF NOT EXISTS lake.parts (`id` int COMMENT 'the id')
        COMMENT 'a table' PARTITIONED BY (y string, m string)
        ROW FORMAT DELIMITED FIELDS TERMINATED BY '\\t' STORED AS TEXTFILE
        LOCATION 's3://lake/parts/'
        """);
    lake.put("parts/elsewhere/a.tsv", "7\n");
    lake.rows(
        "ALTER TABLE lake.parts ADD IF NOT EXISTS PARTITION (y='2024', m='01') LOCATION"
            + " 's3://lake/parts/elsewhere/' PARTITION (y='2024', m='02')");
    assertThat(lake.rows("SHOW PARTITIONS lake.parts"))
        .containsExactly(row("y=2024/m=01"), row("y=2024/m=02"));
    assertThat(lake.rows("SELECT id, y, m FROM lake.parts WHERE m = '01'"))
        .containsExactly(row("id", "y", "m"), row("7", "2024", "01"));
    assertThat(lake.rows("SELECT count(*) FROM lake.parts")).contains(row("1"));
    assertThat(lake.rows("DESCRIBE lake.parts").get(0))
        .containsExactly("id                  \tint                 \tthe id              ");
    assertThat(lake.rows("SHOW COLUMNS IN lake.parts"))
        .containsExactly(
            row("id                  "), row("y                   "), row("m                   "));
    assertThat(lake.rows("SHOW CREATE TABLE lake.parts"))
        .contains(row("CREATE EXTERNAL TABLE `lake.parts`("));
    lake.rows("ALTER TABLE lake.parts DROP PARTITION (m='01')");
    assertThat(lake.rows("SHOW PARTITIONS lake.parts")).containsExactly(row("y=2024/m=02"));
    lake.rows("DROP TABLE lake.parts");
    assertThat(lake.rows("SHOW TABLES IN lake 'par*'")).isEmpty();
    assertThat(lake.store.get("lake", "parts/elsewhere/a.tsv")).isPresent();
  }

  @Test
  void parametersTakeTheirPlaces() {
    String id =
        lake.athena
            .startQueryExecution(request ->
                request
                    .queryString("SELECT v FROM proj WHERE dt = ? AND id = ?")
                    .queryExecutionContext(
                        context -> context.database("lake").catalog("AwsDataCatalog"))
                    .executionParameters("'2026-01-02'", "2"))
            .queryExecutionId();
    assertThat(lake.await(id).status().state()).isEqualTo(QueryExecutionState.SUCCEEDED);
    assertThat(lake.rowsOf(id)).containsExactly(row("v"), row("y"));

    lake.athena.createPreparedStatement(request ->
        request
            .workGroup("primary")
            .statementName("byid")
            .queryStatement("SELECT v FROM lake.proj WHERE dt = '2026-01-05' AND id = ?"));
    assertThat(lake.rows("EXECUTE byid USING 3")).containsExactly(row("v"), row("z"));
  }

  @Test
  void insertsCountTheirRows() {
    lake.rows(
        "CREATE TABLE lake.counted WITH (external_location = 's3://lake/counted/') AS SELECT 1 AS x");
    QueryExecution insert = lake.run("INSERT INTO lake.counted VALUES 2, 3");
    assertThat(insert.statementType()).isEqualTo(StatementType.DML);
    assertThat(insert.status().state()).isEqualTo(QueryExecutionState.SUCCEEDED);
    GetQueryResultsResponse results =
        lake.athena.getQueryResults(request -> request.queryExecutionId(insert.queryExecutionId()));
    assertThat(results.updateCount()).isEqualTo(2);
    assertThat(results.resultSet().rows()).isEmpty();
    QueryExecution read = lake.run("SELECT sum(x) FROM lake.counted");
    assertThat(lake.rowsOf(read.queryExecutionId())).containsExactly(row("_col0"), row("6"));
    assertThat(read.statistics().dataScannedInBytes()).isPositive();
    assertThat(read.substatementType()).isEqualTo("SELECT");
  }

  @Test
  void longResultsComeInPagesAndTheHeaderOnce() {
    List<List<@Nullable String>> rows =
        lake.rows("SELECT x FROM UNNEST(SEQUENCE(1, 2500)) AS t(x) ORDER BY x");
    assertThat(rows).hasSize(2501);
    assertThat(rows.getFirst()).containsExactly("x");
    assertThat(rows.getLast()).containsExactly("2500");
  }

  @Test
  void theSameTokenStartsOneQuery() {
    String token = "token-token-token-token-token-token";
    String first =
        lake.athena
            .startQueryExecution(r -> r.queryString("SELECT 3").clientRequestToken(token))
            .queryExecutionId();
    assertThat(
            lake.athena
                .startQueryExecution(r -> r.queryString("SELECT 3").clientRequestToken(token))
                .queryExecutionId())
        .isEqualTo(first);
    assertThatThrownBy(() ->
            lake.athena.startQueryExecution(
                r -> r.queryString("SELECT 4").clientRequestToken(token)))
        .isInstanceOf(InvalidRequestException.class);
  }

  @Test
  void icebergTablesAreMadeInAthenasWords() {
    lake.rows(
        """
        CREATE TABLE lake.events (id bigint, at timestamp, tags array<string>,
          meta struct<string:string, n:int>)
        PARTITIONED BY (day(at), bucket(4, id))
        LOCATION 's3://lake/events/'
        TBLPROPERTIES ('table_type' = 'ICEBERG', 'format' = 'parquet')
        """);
    lake.rows(
        "INSERT INTO lake.events VALUES (1, TIMESTAMP '2024-01-15 10:00:00.123456', ARRAY['a'],"
            + " ROW('s', 1))");
    lake.rows("OPTIMIZE lake.events REWRITE DATA USING BIN_PACK");
    lake.rows("VACUUM lake.events");
    assertThat(lake.rows("SELECT id, at, tags, meta FROM lake.events").get(1))
        .containsExactly("1", "2024-01-15 10:00:00.123456", "[a]", "{string=s, n=1}");
    lake.rows("DROP TABLE lake.events");
    assertThat(lake.rows("SHOW TABLES IN lake 'events'")).isEmpty();
  }

  @Test
  void aWorkgroupsScanLimitHolds() {
    lake.rows(
        "CREATE TABLE lake.wide WITH (external_location = 's3://lake/wide/') AS SELECT x,"
            + " cast(random() as varchar) AS r FROM UNNEST(SEQUENCE(1, 10000)) AS t(x)");
    lake.athena.createWorkGroup(request ->
        request
            .name("small")
            .configuration(configuration ->
                configuration
                    .bytesScannedCutoffPerQuery(10_000L)
                    .resultConfiguration(
                        results -> results.outputLocation("s3://sluice-results/small/"))));
    String id =
        lake.athena
            .startQueryExecution(
                request -> request.queryString("SELECT max(r) FROM lake.wide").workGroup("small"))
            .queryExecutionId();
    QueryExecution execution = lake.await(id);
    assertThat(execution.status().state()).isEqualTo(QueryExecutionState.CANCELLED);
    assertThat(execution.status().stateChangeReason())
        .isEqualTo("Bytes scanned limit was exceeded");
    assertThat(execution.statistics().dataScannedInBytes()).isGreaterThan(10_000);
    assertThat(execution.resultConfiguration().outputLocation())
        .isEqualTo("s3://sluice-results/small/" + id + ".csv");
  }

  @Test
  void theCatalogIsListed() {
    assertThat(
            lake.athena
                .listDatabases(request -> request.catalogName("AwsDataCatalog"))
                .databaseList())
        .extracting("name")
        .contains("default", "lake");
    assertThat(
            lake.athena
                .getTableMetadata(request ->
                    request.catalogName("AwsDataCatalog").databaseName("lake").tableName("proj"))
                .tableMetadata()
                .partitionKeys())
        .extracting("name")
        .containsExactly("dt");
  }

  @Test
  void theDeclaredTablesAndTheirQueriesAreUnderstood() throws IOException {
    Path root = Path.of(System.getProperty("sluice.root"));
    Datasets datasets = Datasets.load(root.resolve("datasets"));
    LakeLayout layout = Registry.standard().layout();
    lake.store.createBucket(layout.lakeBucket(), Map.of());
    List<String> statements = new ArrayList<>();
    for (TableDefinition table : new Catalog(layout).tables(datasets)) {
      lake.catalog.ensureTable(table);
      statements.add("EXPLAIN SELECT * FROM " + table.database() + "." + table.name());
    }
    List<String> failed = new ArrayList<>();
    for (String statement : statements) {
      QueryExecution execution = lake.run(statement);
      System.out.printf(
          "%5d ms  %s%n", execution.statistics().totalExecutionTimeInMillis(), statement.strip());
      if (execution.status().state() != QueryExecutionState.SUCCEEDED) {
        failed.add(statement + "\n  " + execution.status().stateChangeReason());
      }
    }
    for (NamedQuery query : NamedQueries.load(root.resolve("datasets"), datasets).all()) {
      QueryExecution execution = lake.run(query.positionalSql(), query.literals(Map.of()));
      System.out.printf(
          "%5d ms  %s%n", execution.statistics().totalExecutionTimeInMillis(), query.name());
      if (execution.status().state() != QueryExecutionState.SUCCEEDED) {
        failed.add(query.name() + "\n  " + execution.status().stateChangeReason());
      }
    }
    assertThat(failed).isEmpty();
  }

  @Test
  void aKilledEngineFailsWhatRanAndIsStartedAgain() throws InterruptedException {
    lake.rows("SELECT 1");
    String id =
        lake.start(
            "SELECT count(*) FROM UNNEST(SEQUENCE(1, 10000)) a(x), UNNEST(SEQUENCE(1, 10000)) b(y),"
                + " UNNEST(SEQUENCE(1, 10000)) c(z) WHERE (x * y) % 7 = z % 5");
    Thread.sleep(1000);
    Objects.requireNonNull(lake.engine.process()).kill();
    QueryExecution execution = lake.await(id);
    assertThat(execution.status().state()).isEqualTo(QueryExecutionState.FAILED);
    assertThat(execution.status().stateChangeReason())
        .startsWith("The SQL engine ended while the statement ran");
    assertThat(lake.rows("SELECT 2")).containsExactly(row("_col0"), row("2"));
  }

  @Test
  void theCommandLineClientAsksAndReads() throws Exception {
    Optional<String> refused = aws("--version").error();
    assumeTrue(refused.isEmpty(), "no AWS CLI");
    String id =
        text(
            aws(
                "athena",
                "start-query-execution",
                "--query-string",
                "SELECT v FROM lake.proj WHERE dt = '2026-01-05'",
                "--query",
                "QueryExecutionId",
                "--output",
                "text"));
    lake.await(id);
    assertThat(
            text(
                aws(
                    "athena",
                    "get-query-results",
                    "--query-execution-id",
                    id,
                    "--query",
                    "ResultSet.Rows[].Data[].VarCharValue",
                    "--output",
                    "text")))
        .isEqualTo("v\tz");
    assertThat(
            text(
                aws(
                    "glue",
                    "get-table",
                    "--database-name",
                    "lake",
                    "--name",
                    "proj",
                    "--query",
                    "Table.PartitionKeys[0].Name",
                    "--output",
                    "text")))
        .isEqualTo("dt");
  }

  private record Output(String text, Optional<String> error) {}

  private static String text(Output output) {
    assertThat(output.error()).isEmpty();
    return output.text().strip();
  }

  private static Output aws(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("aws"));
    command.addAll(List.of(arguments));
    command.addAll(
        List.of("--endpoint-url", lake.endpoint.uri().toString(), "--region", "us-east-1"));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("AWS_ACCESS_KEY_ID", "test");
    builder.environment().put("AWS_SECRET_ACCESS_KEY", "test");
    builder.environment().put("AWS_PAGER", "");
    builder.redirectErrorStream(true);
    Process process;
    try {
      process = builder.start();
    } catch (IOException e) {
      return new Output("", Optional.of(String.valueOf(e.getMessage())));
    }
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return process.waitFor() == 0
        ? new Output(text, Optional.empty())
        : new Output("", Optional.of(text));
  }

  @Test
  void resultsAreUnloadedInEachFormat() {
    for (String format : List.of("PARQUET", "ORC", "AVRO", "JSON", "TEXTFILE")) {
      String place = "unloaded/" + format.toLowerCase(Locale.ROOT) + "/";
      QueryExecution unload =
          lake.run(
              "UNLOAD (SELECT id, v FROM lake.proj WHERE dt = '2026-01-02') TO 's3://lake/"
                  + place
                  + "' WITH (format = '"
                  + format
                  + "')");
      assertThat(unload.status().stateChangeReason()).as(format).isNull();
      assertThat(unload.statementType()).isEqualTo(StatementType.DML);
      assertThat(unload.substatementType()).isEqualTo("UNLOAD");
      List<String> files = lake.store.list("lake", place, 10);
      assertThat(files).as(format).isNotEmpty();
      String manifest = unload.statistics().dataManifestLocation();
      assertThat(manifest)
          .isEqualTo(unload.resultConfiguration().outputLocation() + "-manifest.csv");
      assertThat(text(manifest))
          .hasLineCount(files.size())
          .startsWith("s3://lake/" + files.getFirst());
    }
    // A file of JSON is read again by its lines.
    lake.rows(
        "CREATE EXTERNAL TABLE lake.unloaded (id bigint, v string) ROW FORMAT SERDE"
            + " 'org.openx.data.jsonserde.JsonSerDe' LOCATION 's3://lake/unloaded/json/'");
    assertThat(lake.rows("SELECT id, v FROM lake.unloaded ORDER BY id"))
        .containsExactly(row("id", "v"), row("1", "x"), row("2", "y"));
    assertThat(lake.rows("SHOW TABLES IN default 'sluice*'")).isEmpty();
  }

  @Test
  void anUnloadIsPartitionedCompressedAndParameterised() {
    QueryExecution unload =
        lake.run(
            "UNLOAD (SELECT id, v, dt FROM lake.proj WHERE id < ?) TO 's3://lake/unparted' WITH"
                + " (format = 'PARQUET', compression = 'ZSTD', partitioned_by = ARRAY['dt'])",
            List.of("3"));
    assertThat(unload.status().state()).isEqualTo(QueryExecutionState.SUCCEEDED);
    assertThat(lake.store.list("lake", "unparted/", 10))
        .hasSize(1)
        .first()
        .asString()
        .startsWith("unparted/dt=2026-01-02/");
    QueryExecution again =
        lake.run("UNLOAD (SELECT 1 AS x) TO 's3://lake/unparted/' WITH (format = 'JSON')");
    assertThat(again.status().stateChangeReason())
        .startsWith("HIVE_PATH_ALREADY_EXISTS: Target directory for table")
        .contains("Athena will not delete data in your account.");
  }

  @Test
  void aTableOfAQueryIsCompressedBucketedAndNeedsAnEmptyPlace() {
    for (String codec : List.of("GZIP", "SNAPPY", "ZSTD", "NONE")) {
      lake.rows(
          "CREATE TABLE lake.packed_"
              + codec
              + " WITH (format = 'PARQUET', parquet_compression = '"
              + codec
              + "', external_location = 's3://lake/packed/"
              + codec
              + "/') AS SELECT x FROM UNNEST(SEQUENCE(1, 100)) AS t(x)");
      assertThat(lake.rows("SELECT sum(x) FROM lake.packed_" + codec)).contains(row("5050"));
    }
    lake.rows(
        "CREATE TABLE lake.orc WITH (format = 'ORC', write_compression = 'ZLIB', bucketed_by ="
            + " ARRAY['x'], bucket_count = 4) AS SELECT x, x * 2 AS y FROM UNNEST(SEQUENCE(1, 100))"
            + " AS t(x)");
    assertThat(lake.rows("SELECT count(*), max(y) FROM lake.orc")).contains(row("100", "200"));
    QueryExecution refused =
        lake.run(
            "CREATE TABLE lake.packed_again WITH (external_location = 's3://lake/packed/ZSTD') AS"
                + " SELECT 1 AS x");
    assertThat(refused.status().stateChangeReason())
        .startsWith(
            "HIVE_PATH_ALREADY_EXISTS: Target directory for table 'lake.packed_again' already"
                + " exists: s3://lake/packed/ZSTD.");
    QueryExecution empty =
        lake.run("CREATE TABLE lake.hollow AS SELECT * FROM lake.orc WITH NO DATA");
    assertThat(empty.status().state()).isEqualTo(QueryExecutionState.SUCCEEDED);
    assertThat(lake.rows("SELECT count(*) FROM lake.hollow")).contains(row("0"));
  }

  @Test
  void moreThanAHundredPartitionsAtOnceAreRefused() {
    lake.rows(
        "CREATE TABLE lake.hundred WITH (external_location = 's3://lake/hundred/', partitioned_by ="
            + " ARRAY['p']) AS SELECT x, x % 100 AS p FROM UNNEST(SEQUENCE(1, 300)) AS t(x)");
    assertThat(lake.rows("SHOW PARTITIONS lake.hundred")).hasSize(100);
    for (String statement :
        List.of(
            "CREATE TABLE lake.hundred1 WITH (external_location = 's3://lake/hundred1/',"
                + " partitioned_by = ARRAY['p']) AS SELECT x, x % 101 AS p FROM"
                + " UNNEST(SEQUENCE(1, 300)) AS t(x)",
            "INSERT INTO lake.hundred SELECT x, 1000 + x % 101 FROM UNNEST(SEQUENCE(1, 300)) AS"
                + " t(x)")) {
      QueryExecution refused = lake.run(statement);
      assertThat(refused.status().stateChangeReason())
          .startsWith(
              "HIVE_TOO_MANY_OPEN_PARTITIONS: Exceeded limit of 100 open writers for"
                  + " partitions/buckets");
      assertThat(refused.status().athenaError().errorCategory()).isEqualTo(2);
    }
    lake.rows(
        "CREATE TABLE lake.icehundred (x bigint) PARTITIONED BY (x) LOCATION 's3://lake/icehundred/'"
            + " TBLPROPERTIES ('table_type' = 'ICEBERG')");
    assertThat(
            lake.run("INSERT INTO lake.icehundred SELECT x FROM UNNEST(SEQUENCE(1, 101)) AS t(x)")
                .status()
                .stateChangeReason())
        .startsWith("ICEBERG_TOO_MANY_OPEN_PARTITIONS: Exceeded limit of 100 open writers");
  }

  @Test
  void rowsOfTablesThatAreNotIcebergCannotBeChanged() {
    lake.rows(
        "CREATE TABLE lake.fixed WITH (external_location = 's3://lake/fixed/') AS SELECT 1 AS x");
    for (String statement :
        List.of(
            "UPDATE lake.fixed SET x = 2",
            "DELETE FROM lake.fixed WHERE x = 1",
            "MERGE INTO lake.fixed t USING (VALUES 1) AS s(x) ON t.x = s.x WHEN MATCHED THEN DELETE")) {
      QueryExecution refused = lake.run(statement);
      assertThat(refused.status().stateChangeReason())
          .isEqualTo(
              "NOT_SUPPORTED: Modifying Hive table rows is only supported for transactional tables");
      assertThat(refused.status().athenaError().errorType()).isEqualTo(1200);
      assertThat(refused.status().athenaError().retryable()).isFalse();
      assertThat(refused.status().athenaError().errorMessage())
          .isEqualTo(refused.status().stateChangeReason());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SELECT nosuch(1) | FUNCTION_NOT_FOUND: line 1:8: Function 'nosuch' not registered | 1303",
        "SELECT * FROM lake.nosuch | TABLE_NOT_FOUND: line 1:15: Table 'awsdatacatalog.lake.nosuch'"
            + " does not exist | 1301",
        "SELECT 1 / 0 | DIVISION_BY_ZERO: Division by zero | 1001",
        "SELECT CAST('x' AS integer) | INVALID_CAST_ARGUMENT: Cannot cast 'x' to INT | 1100",
        "SELECT 1 + 'x' | TYPE_MISMATCH: line 1:10: Cannot apply operator: integer + varchar(1) |"
            + " 1002",
        "CREATE EXTERNAL TABLE nosuch.t (a int) LOCATION 's3://lake/x/' | FAILED: SemanticException"
            + " Database nosuch not found. | 1003",
      })
  void failuresHaveTheNumbersOfAthenasCatalog(String sql, String reason, int type) {
    QueryExecution failed = lake.run(sql);
    assertThat(failed.status().stateChangeReason()).isEqualTo(reason);
    assertThat(failed.status().athenaError().errorType()).isEqualTo(type);
    assertThat(failed.status().athenaError().errorCategory()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELEC 1",
        "SELECT 1; SELECT 2",
        "START TRANSACTION",
        "CREATE TABLE lake.plain (x int)",
        "UNLOAD (SELECT FROM t) TO 's3://lake/x/' WITH (format = 'JSON')",
        "MSCK REPAIR lake.proj",
        "PREPARE p FROM SELEC 1",
      })
  void whatAthenaCannotReadMakesNoQuery(String sql) {
    assertThatThrownBy(() -> lake.start(sql))
        .isInstanceOfSatisfying(
            InvalidRequestException.class,
            e -> assertThat(e.athenaErrorCode()).isEqualTo("MALFORMED_QUERY"));
  }

  @Test
  void aSyntaxErrorTellsThePlaceInTheUsersText() {
    assertThatThrownBy(() -> lake.start("SELECT 1\nFROM lake.proj x y"))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("line 2:18: mismatched input 'y'");
  }

  @Test
  void valuesBesideAStatementNeverChangeIt() {
    assertThat(
            lake.rowsOf(succeeded(lake.run("SELECT ? AS a, ? AS b", List.of("1 + 1", "x; DROP")))))
        .containsExactly(row("a", "b"), row("2", "x; DROP"));
    assertThat(lake.rowsOf(succeeded(lake.run("SELECT ? AS a, ? AS b", List.of("1 -- x", "2")))))
        .containsExactly(row("a", "b"), row("1", "2"));
    assertThat(
            lake.rowsOf(
                succeeded(
                    lake.run(
                        "SELECT v FROM lake.proj WHERE dt = '2026-01-02' AND v = ?",
                        List.of("x' OR '1' = '1")))))
        .containsExactly(row("v"));
    // Values for a statement without question marks are passed over.
    assertThat(lake.rowsOf(succeeded(lake.run("SELECT 1 AS a", List.of("2")))))
        .containsExactly(row("a"), row("1"));
    QueryExecution few = lake.run("SELECT ?, ?", List.of("1"));
    assertThat(few.status().stateChangeReason())
        .isEqualTo(
            "INVALID_PARAMETER_USAGE: line 1:1: Incorrect number of parameters: expected 2 but"
                + " found 1");
  }

  @Test
  void statementsArePreparedExecutedAndForgotten() {
    assertThat(
            lake.run("PREPARE Late FROM SELECT v FROM lake.proj WHERE dt = ?").substatementType())
        .isEqualTo("PREPARE");
    QueryExecution execute = lake.run("EXECUTE Late USING '2026-01-05'");
    assertThat(execute.substatementType()).isEqualTo("EXECUTE");
    assertThat(lake.rowsOf(succeeded(execute))).containsExactly(row("v"), row("z"));
    lake.rows(
        "PREPARE copying FROM CREATE TABLE lake.prepared WITH (format = 'ORC', write_compression ="
            + " 'ZLIB') AS SELECT v FROM lake.proj WHERE dt = ?");
    assertThat(lake.run("EXECUTE copying USING '2026-01-02'").status().stateChangeReason())
        .isNull();
    assertThat(lake.rows("SELECT count(*) FROM lake.prepared")).contains(row("2"));
    lake.rows("DEALLOCATE PREPARE Late");
    assertThat(lake.run("EXECUTE Late USING 'x'").status().stateChangeReason())
        .startsWith("NOT_FOUND: Prepared statement not found");
  }

  @Test
  void tablesOfIcebergAreChangedAndReadAsTheyWere() {
    lake.rows(
        "CREATE TABLE lake.travel WITH (table_type = 'ICEBERG', is_external = false, format ="
            + " 'PARQUET', write_compression = 'ZSTD', location = 's3://lake/travel/', partitioning ="
            + " ARRAY['bucket(id, 2)']) AS SELECT id, v FROM (VALUES (1, 'a'), (2, 'b')) AS t(id, v)");
    String first = lake.rows("SELECT snapshot_id FROM lake.\"travel$snapshots\"").get(1).get(0);
    QueryExecution update = lake.run("UPDATE lake.travel SET v = upper(v) WHERE id = 1");
    assertThat(updated(update)).isEqualTo(1);
    assertThat(update.resultConfiguration().outputLocation()).endsWith(".csv");
    assertThat(
            updated(
                lake.run(
                    "MERGE INTO lake.travel t USING (VALUES (1, 'X'), (3, 'c')) AS s(id, v) ON t.id"
                        + " = s.id WHEN MATCHED THEN UPDATE SET v = s.v WHEN NOT MATCHED THEN INSERT"
                        + " VALUES (s.id, s.v)")))
        .isEqualTo(2);
    assertThat(updated(lake.run("DELETE FROM lake.travel WHERE id = 2"))).isEqualTo(1);
    assertThat(lake.rows("SELECT id, v FROM lake.travel ORDER BY id"))
        .containsExactly(row("id", "v"), row("1", "X"), row("3", "c"));
    assertThat(
            lake.rows("SELECT id, v FROM lake.travel FOR VERSION AS OF " + first + " ORDER BY id"))
        .containsExactly(row("id", "v"), row("1", "a"), row("2", "b"));
    String at =
        lake.rows(
                "SELECT CAST(committed_at AS varchar) FROM lake.\"travel$snapshots\" WHERE"
                    + " snapshot_id = "
                    + first)
            .get(1)
            .get(0);
    assertThat(
            lake.rows(
                "SELECT count(*) FROM lake.travel FOR TIMESTAMP AS OF TIMESTAMP '" + at + "'"))
        .contains(row("2"));
    assertThat(
            lake.run("SELECT * FROM lake.travel FOR VERSION AS OF 1").status().stateChangeReason())
        .startsWith("NOT_SUPPORTED: Unsupported type for table version: integer");
  }

  @Test
  void whatAStatementReadAndWroteIsTold() {
    lake.rows(
        "CREATE TABLE lake.read WITH (external_location = 's3://lake/read/') AS SELECT x, cast(x as"
            + " varchar) AS s FROM UNNEST(SEQUENCE(1, 10000)) AS t(x)");
    QueryExecution one = lake.run("SELECT count(v) FROM lake.proj WHERE dt = '2026-01-05'");
    QueryExecution both = lake.run("SELECT count(v) FROM lake.proj WHERE dt < '2026-01-06'");
    assertThat(one.statistics().dataScannedInBytes())
        .isEqualTo(lake.store.get("lake", "proj/dt=2026-01-05/a.json").orElseThrow().length);
    assertThat(both.statistics().dataScannedInBytes())
        .isGreaterThan(one.statistics().dataScannedInBytes());
    assertThat(both.statistics().totalExecutionTimeInMillis())
        .isGreaterThanOrEqualTo(both.statistics().engineExecutionTimeInMillis());
    assertThat(lake.run("SELECT 1").statistics().dataScannedInBytes()).isZero();
    QueryExecution insert =
        lake.run("INSERT INTO lake.read SELECT x, s FROM lake.read WHERE x < 3");
    assertThat(insert.statistics().dataScannedInBytes()).isPositive();
    assertThat(insert.resultConfiguration().outputLocation())
        .isEqualTo("s3://" + TestLake.RESULTS + "/" + insert.queryExecutionId());
    assertThat(text(insert.statistics().dataManifestLocation())).hasLineCount(1);
    GetQueryResultsResponse results =
        lake.athena.getQueryResults(request -> request.queryExecutionId(insert.queryExecutionId()));
    assertThat(results.updateCount()).isEqualTo(2);
    assertThat(results.resultSet().resultSetMetadata().columnInfo())
        .extracting(ColumnInfo::name)
        .containsExactly("rows");
  }

  @Test
  void thePagesOfTheSdkAreFollowedToTheEnd() {
    String id = lake.start("SELECT x FROM UNNEST(SEQUENCE(1, 2500)) AS t(x)");
    lake.await(id);
    assertThat(
            lake
                .athena
                .getQueryResultsPaginator(request -> request.queryExecutionId(id).maxResults(700))
                .stream()
                .mapToInt(page -> page.resultSet().rows().size()))
        .containsExactly(700, 700, 700, 401);
    assertThat(
            lake.athena.listQueryExecutionsPaginator(request -> request.maxResults(1)).stream()
                .flatMap(page -> page.queryExecutionIds().stream())
                .limit(3))
        .hasSize(3)
        .doesNotHaveDuplicates();
    assertThat(
            lake.athena
                .listTableMetadataPaginator(request ->
                    request.catalogName("AwsDataCatalog").databaseName("lake").maxResults(1))
                .tableMetadataList())
        .extracting("name")
        .contains("proj");
  }

  @Test
  void aClientOfTrinoAsksTheEngineItself() throws Exception {
    String url =
        lake.engine.trino().toString().replace("http://", "jdbc:trino://") + "/awsdatacatalog/lake";
    Properties user = new Properties();
    user.setProperty("user", "me");
    try (Connection connection = new TrinoDriver().connect(url, user);
        PreparedStatement statement =
            connection.prepareStatement("SELECT id, v FROM proj WHERE dt = ? ORDER BY id")) {
      statement.setString(1, "2026-01-02");
      List<String> rows = new ArrayList<>();
      try (ResultSet results = statement.executeQuery()) {
        while (results.next()) {
          rows.add(results.getLong("id") + results.getString("v"));
        }
      }
      assertThat(rows).containsExactly("1x", "2y");
      assertThat(connection.getMetaData().getDatabaseProductName()).isEqualTo("Trino");
      try (ResultSet tables = connection.getMetaData().getTables(null, "lake", "proj", null)) {
        assertThat(tables.next()).isTrue();
      }
    }
  }

  private static String succeeded(QueryExecution execution) {
    assertThat(execution.status().stateChangeReason()).isNull();
    return execution.queryExecutionId();
  }

  private static long updated(QueryExecution execution) {
    return lake.athena
        .getQueryResults(request -> request.queryExecutionId(succeeded(execution)))
        .updateCount();
  }

  private static String text(String location) {
    QueryRunner.Place place = QueryRunner.Place.of(location);
    return new String(
        lake.store.get(place.bucket(), place.key()).orElseThrow(), StandardCharsets.UTF_8);
  }

  static List<@Nullable String> row(@Nullable String... cells) {
    return Collections.unmodifiableList(Arrays.asList(cells));
  }

  private static List<String> statements() throws IOException {
    try (InputStream in = AthenaIT.class.getResourceAsStream("statements.sql")) {
      String text = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
      return Arrays.stream(text.split(";\\s*(\\n|$)")).filter(s -> !s.isBlank()).toList();
    }
  }
}
