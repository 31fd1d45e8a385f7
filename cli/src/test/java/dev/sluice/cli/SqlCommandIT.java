package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.lake.http.Endpoint;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqlCommandIT {
  @TempDir Path folder;

  private final FakeAthena athena = new FakeAthena();
  private final Endpoint endpoint =
      Endpoint.start(
          0,
          List.of(athena),
          exchange -> exchange.sendResponseHeaders(404, -1),
          () -> new Endpoint.Health(true, Map.of()));
  private final Recorder sluice =
      new Recorder().environment("AWS_ENDPOINT_URL", endpoint.uri().toString());

  @AfterEach
  void stop() {
    endpoint.close();
  }

  @Test
  void aStatementIsAnsweredWithATable() {
    athena.answer(
        List.of("place", "n"),
        List.of("varchar", "bigint"),
        List.of(FakeAthena.values("park", "12"), FakeAthena.values(null, null)));

    assertThat(sluice.run("sql", "SELECT place, n FROM visits")).isZero();

    assertThat(sluice.out().lines())
        .containsExactly(" place │    n", "───────┼──────", " park  │   12", " NULL  │ NULL");
    assertThat(sluice.err()).startsWith("2 rows, ").contains("1.23 kB scanned, $0.00005 on AWS");
    assertThat(athena.asked()).containsExactly("SELECT place, n FROM visits");
  }

  @Test
  void statementsAreAskedInTheLakesWorkgroupOrInAnother() {
    assertThat(sluice.run("sql", "SELECT 1")).isZero();
    assertThat(sluice.run("sql", "--workgroup", "primary", "SELECT 1")).isZero();

    assertThat(athena.workgroups()).containsExactly("sluice", "primary");
  }

  @Test
  void aRowThatLooksLikeTheHeadingsIsKept() {
    athena.answer(
        List.of("a"), List.of("varchar"), List.of(FakeAthena.values("a"), FakeAthena.values("a")));

    sluice.run("sql", "--format", "csv", "SELECT 'a' AS a");

    assertThat(sluice.out().lines()).containsExactly("a", "a", "a");
    assertThat(sluice.err()).isEmpty();
  }

  @Test
  void aFailedQueryEndsWithAthenasMessage() {
    athena.fail(
        "SELECT nonsense", "COLUMN_NOT_FOUND: line 1:8: Column 'nonsense' cannot be resolved");

    assertThat(sluice.run("sql", "SELECT nonsense; SELECT 1")).isEqualTo(Main.FAILED);

    assertThat(sluice.out()).isEmpty();
    assertThat(sluice.err().lines())
        .containsExactly(
            "COLUMN_NOT_FOUND: line 1:8: Column 'nonsense' cannot be resolved",
            "  SELECT nonsense",
            "         ^");
    assertThat(athena.asked()).containsExactly("SELECT nonsense");
  }

  @Test
  void aDeclaredQueryIsAskedWithItsParametersBesideTheStatement() throws IOException {
    Path file = declared("SELECT day FROM visits WHERE day >= :from AND place = :place");
    athena.answer(List.of("day"), List.of("varchar"), List.of(FakeAthena.values("2024-03-02")));

    assertThat(
            sluice.run(
                "sql",
                "--datasets",
                file.toString(),
                "--query",
                "visits/late",
                "--param",
                "place=it's; here"))
        .isZero();

    assertThat(athena.asked())
        .containsExactly("SELECT day FROM visits WHERE day >= ? AND place = ?");
    assertThat(athena.parameters()).containsExactly("'2024-03-01'", "'it''s; here'");
  }

  @Test
  void aWrongParameterIsToldBeforeAnythingIsAsked() throws IOException {
    Path file = declared("SELECT :from, :place");

    assertThat(
            sluice.run(
                "sql",
                "--datasets",
                file.toString(),
                "--query",
                "visits/late",
                "--param",
                "from=x"))
        .isEqualTo(Main.FAILED);

    assertThat(sluice.err()).contains("the value of 'from' is not a day such as 2024-03-01");
    assertThat(athena.asked()).isEmpty();
  }

  @Test
  void theDeclaredQueriesAreListedAndDescribed() throws IOException {
    Path file = declared("SELECT :from, :place");

    assertThat(sluice.run("sql", "--datasets", file.toString(), "--queries")).isZero();
    assertThat(sluice.out())
        .contains("visits/late", "Late visits", "from=2024-03-01, place=park", "ops/refused");

    assertThat(
            sluice.run("sql", "--datasets", file.toString(), "--queries", "--query", "visits/late"))
        .isZero();
    assertThat(sluice.out()).contains("Who came late?", "the first day", "SELECT :from, :place");
  }

  private Path declared(String sql) throws IOException {
    Path dataset = Files.createDirectories(folder.resolve("datasets/visits/queries"));
    Files.writeString(
        dataset.resolve("late.sql"),
        """
        -- title: Late visits
        -- description: Visits by day
        -- question: Who came late?
        -- parameter: from day 2024-03-01, the first day
        -- parameter: place string park
        """
            + sql
            + "\n");
    Files.writeString(
        dataset.resolveSibling("dataset.yaml"),
        "name: visits\nschema: schema.avsc\nqueries: [queries/late.sql]\n");
    Files.writeString(
        dataset.resolveSibling("schema.avsc"),
        "{\"type\":\"record\",\"name\":\"Visit\",\"fields\":[{\"name\":\"place\",\"type\":\"string\"}]}");
    return folder.resolve("datasets");
  }

  @Test
  void statementsComeFromAFileOrFromStandardInput() throws IOException {
    Path file = Files.writeString(folder.resolve("q.sql"), "-- two\nSELECT 1;\nSELECT 2;\n");

    assertThat(sluice.run("sql", "--format", "json", "-f", file)).isZero();
    assertThat(sluice.out().lines()).containsExactly("{\"one\":1}", "{\"one\":1}");

    assertThat(sluice.input("SELECT 3").run("sql", "--format", "json")).isZero();
    assertThat(athena.asked()).containsExactly("-- two\nSELECT 1", "SELECT 2", "SELECT 3");
  }

  @Test
  void backslashDShowsTablesAndColumns() {
    assertThat(sluice.run("sql", "\\d")).isZero();
    assertThat(sluice.out().lines()).last().isEqualTo(" silver.sensors │       1 │ day");

    assertThat(sluice.run("sql", "\\d sensors")).isZero();
    assertThat(sluice.out()).contains("temperature │ double │ in Celsius").contains("partition.");

    assertThat(sluice.run("sql", "\\d silver.nothing")).isEqualTo(Main.FAILED);
    assertThat(sluice.err()).contains("Table nothing not found.");
  }

  @Test
  void aLakeThatIsNotThereIsNamedWithTheWayOut() {
    endpoint.close();

    assertThat(sluice.run("sql", "SELECT 1")).isEqualTo(Main.FAILED);

    assertThat(sluice.err()).contains("Cannot reach " + endpoint.uri()).contains("./sluice up");
  }

  @Test
  void theConsoleTakesStatementsOverSeveralLines() throws IOException {
    console("SELECT\n1;\n\\format csv\nSELECT 2;\n\\nonsense\n\\q\nSELECT 3;\n");

    assertThat(athena.asked()).containsExactly("SELECT\n1", "SELECT 2");
    assertThat(sluice.out()).contains(" one\n").endsWith("one\n1\n");
    assertThat(sluice.err()).contains("There is no command \\nonsense");
    assertThat(Files.readString(folder.resolve("history"))).contains("SELECT 2;");
  }

  @Test
  void theConsoleTellsTimesDrawsAndExports() throws IOException {
    athena.answer(
        List.of("place", "n"),
        List.of("varchar", "bigint"),
        List.of(FakeAthena.values("park", "12"), FakeAthena.values("hall", "6")));
    Path csv = folder.resolve("answer.csv");
    Path json = folder.resolve("answer.ndjson");

    console(
        "\\timing\nSELECT place, n FROM visits;\n\\chart\n\\export "
            + csv
            + "\n\\export "
            + json
            + "\n\\export "
            + csv
            + "\n\\export answer.xls\n\\q\n");

    assertThat(sluice.err()).contains("executed 5 ms").contains("the file is there already");
    assertThat(sluice.err()).contains("by its ending");
    assertThat(sluice.out()).contains(" park │ 12 ####").contains("2 rows are in " + csv);
    assertThat(csv).hasContent("place,n\npark,12\nhall,6\n");
    assertThat(json).hasContent("{\"place\":\"park\",\"n\":12}\n{\"place\":\"hall\",\"n\":6}\n");
  }

  @Test
  void theConsoleExplainsTheLastStatementOrAnother() throws IOException {
    athena.answer(
        List.of("Query Plan"), List.of("varchar"), List.of(FakeAthena.values("Fragment 0")));

    console("\\plan\nSELECT 1;\n\\plan\n\\plan SELECT 2\n\\q\n");

    assertThat(athena.asked()).containsExactly("SELECT 1", "EXPLAIN SELECT 1", "EXPLAIN SELECT 2");
    assertThat(sluice.err()).contains("There is no statement yet");
    assertThat(sluice.out().lines()).filteredOn("Fragment 0"::equals).hasSize(2);
  }

  @Test
  void theConsoleListsAndChangesTheDatabase() throws IOException {
    console("\\l\n\\dt silver.sen*\n\\use gold\n\\use lead\nSELECT 1;\n\\help sql\n\\q\n");

    assertThat(sluice.out())
        .contains(" silver   │ plain names refer to it")
        .contains(" silver.sensors │")
        .contains("Plain names refer to gold.")
        .contains("keeps Athena from reading the others");
    assertThat(sluice.err()).contains("There is no database lead. There are: gold, silver");
    assertThat(athena.named()).containsExactly("gold");
  }

  @Test
  void tabCompletesFromTheCatalog() throws IOException {
    console("SELECT 1 FROM silver.sens\tWHERE tempe\t> 0;\n\\q\n");

    assertThat(athena.asked())
        .containsExactly("SELECT 1 FROM silver.sensors WHERE temperature > 0");
  }

  @Test
  void anInterruptStopsTheQueryAndNotTheConsole() throws Exception {
    athena.hang("SELECT forever");

    console(
        "SELECT forever;\nSELECT 2;\n\\q\n",
        terminal ->
            Thread.ofVirtual()
                .start(() -> {
                  athena.awaitHanging();
                  terminal.raise(Terminal.Signal.INT);
                }));

    assertThat(athena.asked()).containsExactly("SELECT forever", "SELECT 2");
    assertThat(athena.stopped()).containsExactly("SELECT forever");
    assertThat(sluice.err()).contains("The query was cancelled.").contains("1 row");
  }

  private void console(String keys) throws IOException {
    console(keys, terminal -> {});
  }

  private void console(String typed, Consumer<Terminal> beside) throws IOException {
    ByteArrayOutputStream screen = new ByteArrayOutputStream();
    Aws aws = Aws.of(endpoint.uri().toString(), Map.of());
    Console console = sluice.console();
    try (Athena client = new Athena(aws);
        PipedInputStream keys = new PipedInputStream(1 << 12);
        PipedOutputStream keyboard = new PipedOutputStream(keys);
        Terminal terminal =
            TerminalBuilder.builder().system(false).dumb(true).streams(keys, screen).build()) {
      keyboard.write(typed.getBytes(StandardCharsets.UTF_8));
      keyboard.flush();
      beside.accept(terminal);
      SqlRunner runner = new SqlRunner(console, client, ResultFormat.TABLE);

      int code = new SqlConsole(console, client, runner).run(terminal, folder.resolve("history"));

      assertThat(code).isZero();
    }
  }
}
