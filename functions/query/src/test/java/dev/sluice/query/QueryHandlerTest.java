package dev.sluice.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.model.ErrorCode;
import dev.sluice.model.SluiceException;
import dev.sluice.model.query.NamedQuery;
import dev.sluice.model.query.QueryRun;
import dev.sluice.model.query.ResultPage;
import dev.sluice.model.query.RunRequest;
import dev.sluice.testing.FakeQueryRuns;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class QueryHandlerTest {
  private static final String FUNNEL = "/queries/clickstream/funnel/runs";
  private static final List<ResultPage.Column> COLUMNS =
      List.of(
          new ResultPage.Column("step", "varchar"),
          new ResultPage.Column("n", "bigint"),
          new ResultPage.Column("share", "double"),
          new ResultPage.Column("done", "boolean"),
          new ResultPage.Column("total", "decimal"));
  private static final List<List<@Nullable String>> ROWS =
      List.of(
          row("a \"b\", c", "9007199254740993", "0.5", "true", "12.50"),
          row(null, null, "NaN", "false", null),
          row("", "-1", "1.0E-5", null, "0.00"));

  private final Asking asking = new Asking();

  private void answers(FakeQueryRuns.Answer answer) {
    asking.athena.otherwise(request -> answer);
  }

  private static FakeQueryRuns.Answer result() {
    return FakeQueryRuns.Answer.of(COLUMNS, ROWS);
  }

  @Test
  void aDeclaredQueryAnswersRowsAndCost() {
    answers(result().scanning(25_000_001));

    Asking.Answer answer =
        asking.post(FUNNEL, Map.of("parameters", Map.of("from", "2024-03-02", "to", "2024-03-05")));

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.at("columns", 1)).isEqualTo(Map.of("name", "n", "type", "bigint"));
    assertThat(answer.at("rows"))
        .isEqualTo(
            List.of(
                Arrays.asList(
                    "a \"b\", c",
                    9007199254740993L,
                    new BigDecimal("0.5"),
                    true,
                    new BigDecimal("12.50")),
                Arrays.asList(null, null, "NaN", false, null),
                Arrays.asList("", -1L, new BigDecimal("0.000010"), null, new BigDecimal("0.00"))));
    assertThat(answer.at("nextToken")).isNull();
    assertThat(answer.at("run", "query")).isEqualTo("clickstream/funnel");
    assertThat(answer.at("run", "cost", "scannedBytes")).isEqualTo(25_000_001L);
    assertThat(answer.at("run", "cost", "billedBytes")).isEqualTo(26_000_000L);
    assertThat(answer.at("run", "cost", "dollars")).isEqualTo(new BigDecimal("0.00013"));
    RunRequest started = asking.athena.started().get(0);
    NamedQuery funnel = Asking.QUERIES.get("clickstream/funnel");
    assertThat(started.sql()).endsWith("\n" + funnel.positionalSql());
    assertThat(started.literals()).contains("'2024-03-02'", "'2024-03-05'");
    assertThat(started.database()).isEqualTo("silver");
  }

  @Test
  void csvIsGivenToWhoAsksForIt() {
    answers(result());
    Asking.Answer answer = asking.request("POST", FUNNEL).header("Accept", "text/csv").send();

    assertThat(answer.headers().get("content-type")).isEqualTo("text/csv; charset=utf-8");
    assertThat(answer.headers()).containsEntry("sluice-cost-dollars", "0.00005");
    assertThat(answer.body())
        .isEqualTo(
            """
            step,n,share,done,total\r
            "a ""b"", c",9007199254740993,0.5,true,12.50\r
            ,,NaN,false,\r
            "",-1,1.0E-5,,0.00\r
            """);
  }

  @Test
  void theMostWantedFormWins() {
    answers(result());
    for (String[] each :
        new String[][] {
          {"*/*", "application/json"},
          {"text/csv, */*;q=0.1", "text/csv; charset=utf-8"},
          {"text/csv;q=0.5, application/json", "application/json"},
          {"text/html, text/*;q=0.2", "text/csv; charset=utf-8"},
        }) {
      assertThat(asking.request("POST", FUNNEL).header("accept", each[0]).send().headers())
          .as(each[0])
          .containsEntry("content-type", each[1]);
    }
    assertThat(asking.request("POST", FUNNEL + "?format=csv").send().body()).startsWith("step,");
    assertThat(asking.request("POST", FUNNEL).header("accept", "image/png").send().status())
        .isEqualTo(406);
    assertThat(asking.request("POST", FUNNEL + "?format=xml").send().code())
        .isEqualTo("not-acceptable");
  }

  @Test
  void aLongResultComesInPages() {
    List<List<@Nullable String>> many = new ArrayList<>();
    for (int i = 0; i < 25; i++) {
      many.add(row(String.valueOf(i)));
    }
    answers(FakeQueryRuns.Answer.of(List.of(new ResultPage.Column("n", "integer")), many));

    Asking.Answer page = asking.post(FUNNEL, Map.of("rows", 10));
    List<Object> seen = new ArrayList<>((List<?>) page.at("rows"));
    assertThat(page.headers().get("link")).startsWith("<../../../runs/").endsWith("; rel=\"next\"");
    String run = String.valueOf(page.at("run", "id"));
    while (page.at("nextToken") != null) {
      page = asking.get("/runs/" + run + "/results?rows=10&token=" + page.at("nextToken"));
      seen.addAll((List<?>) page.at("rows"));
    }
    assertThat(seen).hasSize(25).doesNotHaveDuplicates();
    assertThat(asking.athena.started()).hasSize(1);

    String csv = asking.get("/runs/" + run + "/results?rows=20&format=csv").body();
    assertThat(csv).startsWith("n\r\n0\r\n");
    String token = String.valueOf(asking.get("/runs/" + run + "/results?rows=20").at("nextToken"));
    assertThat(asking.get("/runs/" + run + "/results?format=csv&token=" + token).body())
        .isEqualTo("20\r\n21\r\n22\r\n23\r\n24\r\n");
  }

  @Test
  void aPageTokenIsOfItsRunOnly() {
    answers(FakeQueryRuns.Answer.of(COLUMNS, ROWS));
    Asking.Answer first = asking.post(FUNNEL, Map.of("rows", 1));
    String run = String.valueOf(asking.post(FUNNEL, Map.of("rows", 1)).at("run", "id"));

    for (String token :
        List.of(String.valueOf(first.at("nextToken")), "x", "%", "W10", "a".repeat(9_000))) {
      assertThat(asking.get("/runs/" + run + "/results?token=" + token).code())
          .isEqualTo("invalid-request");
    }
    String made = new PageToken(run, "no token of Athena").text();
    assertThat(asking.get("/runs/" + run + "/results?token=" + made).code())
        .isEqualTo("invalid-request");
  }

  @Test
  void aPageThatWouldBeTooLargeHasFewerRows() {
    List<List<@Nullable String>> wide = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      wide.add(row(i + "x".repeat(1_000_000)));
    }
    answers(FakeQueryRuns.Answer.of(List.of(new ResultPage.Column("t", "varchar")), wide));

    Asking.Answer page = asking.post(FUNNEL, Map.of());

    assertThat((List<?>) page.at("rows")).hasSize(5);
    assertThat(page.at("nextToken")).isNotNull();

    answers(
        FakeQueryRuns.Answer.of(
            List.of(new ResultPage.Column("t", "varchar")), List.of(row("x".repeat(6_000_000)))));
    assertThat(asking.post(FUNNEL, Map.of()).code()).isEqualTo("too-large");
  }

  @Test
  void whatTakesLongerIsAskedForAgain() {
    answers(result().after(1_000));

    Asking.Answer started = asking.post(FUNNEL, Map.of("waitSeconds", 3));

    assertThat(started.status()).isEqualTo(202);
    assertThat(asking.clock.waited).isBetween(Duration.ofSeconds(3), Duration.ofSeconds(4));
    String run = String.valueOf(started.at("run", "id"));
    assertThat(started.headers()).containsEntry("location", "../../../runs/" + run);
    assertThat(started.at("run", "state")).isEqualTo("RUNNING");
    assertThat(asking.get("/runs/" + run + "/results").code()).isEqualTo("not-finished");
    assertThat(asking.get("/runs/" + run).at("run", "state")).isEqualTo("RUNNING");
  }

  @Test
  void nobodyWaitsLongerThanTheInvocationLasts() {
    answers(result().after(100_000));

    asking.post(FUNNEL, Map.of("waitSeconds", 25));
    assertThat(asking.clock.waited).isLessThanOrEqualTo(Duration.ofSeconds(27));
    assertThat(asking.athena.looks()).as("looks at the run").isLessThan(80);
  }

  @Test
  void aRunIsCancelledOnce() {
    answers(result().after(1_000));
    String run = String.valueOf(asking.post(FUNNEL, Map.of("waitSeconds", 0)).at("run", "id"));

    assertThat(asking.request("DELETE", "/runs/" + run).send().at("run", "state"))
        .isEqualTo("CANCELLED");
    assertThat(asking.request("DELETE", "/runs/" + run).send().status()).isEqualTo(200);
    assertThat(asking.athena.stopped()).containsExactly(run);
    assertThat(asking.get("/runs/" + run + "/results").code()).isEqualTo("cancelled");
    assertThat(asking.get("/runs/" + run).at("run", "problem", "code")).isEqualTo("cancelled");
  }

  @Test
  void whatReadsMoreThanTheCallAllowsIsEnded() {
    answers(result().after(1_000).scanning(2_000));
    Asking.Answer running = asking.post(FUNNEL, Map.of("maxScanBytes", 1_000));
    assertThat(running.code()).isEqualTo("scan-limit");
    assertThat(running.status()).isEqualTo(413);
    assertThat(asking.athena.stopped()).hasSize(1);

    answers(result().scanning(2_000));
    Asking.Answer done = asking.post(FUNNEL, Map.of("maxScanBytes", 1_000));
    assertThat(done.code()).isEqualTo("scan-limit");
    assertThat(done.body()).doesNotContain("rows");
    String run = String.valueOf(done.at("run"));
    // The limit belongs to the run, whoever asks for it.
    assertThat(asking.get("/runs/" + run + "/results").code()).isEqualTo("scan-limit");
    assertThat(asking.post(FUNNEL, Map.of("maxScanBytes", 2_000)).status()).isEqualTo(200);
    assertThat(asking.post(FUNNEL, Map.of("maxScanBytes", Asking.SCAN_LIMIT + 1)).status())
        .isEqualTo(400);
  }

  @Test
  void anEarlierResultCostsNothing() {
    answers(result().scanning(5_000_000_000L).reused());

    Asking.Answer answer = asking.post(FUNNEL, Map.of("reuseMinutes", 60));

    assertThat(answer.at("run", "cost", "dollars")).isEqualTo(0L);
    assertThat(answer.at("run", "cost", "reusedResult")).isEqualTo(true);
    assertThat(asking.athena.started().get(0).reuse()).isEqualTo(Duration.ofHours(1));
  }

  @Test
  void aRepeatedRequestStartsNothingNew() {
    answers(result());
    Asking.Request request =
        asking.request("POST", FUNNEL).header("idempotency-key", "k").body(Map.of());
    Object run = request.send().at("run", "id");

    assertThat(request.send().at("run", "id")).isEqualTo(run);
    assertThat(asking.athena.started()).hasSize(1);
    assertThat(
            asking
                .request("POST", FUNNEL)
                .header("idempotency-key", "k")
                .body(Map.of("parameters", Map.of("from", "2024-03-09")))
                .send()
                .code())
        .isEqualTo("conflict");
    asking.post(FUNNEL, Map.of());
    asking.post(FUNNEL, Map.of());
    assertThat(asking.athena.started()).hasSize(3);
    assertThat(asking.athena.started())
        .allMatch(started -> started.token().orElseThrow().matches("[0-9a-f]{64}"));
  }

  @Test
  void failuresOfAthenaHaveAStatusEach() {
    Map<FakeQueryRuns.Answer, String> codes =
        Map.of(
            failed("SYNTAX_ERROR: line 3:8: Column 'x' cannot be resolved", QueryRun.Blame.USER),
            "422 query-failed",
            failed("Query exhausted resources at this scale factor", QueryRun.Blame.USER),
            "422 query-failed",
            failed("Query timeout", QueryRun.Blame.OTHER),
            "408 timed-out",
            failed("Bytes scanned limit was exceeded", QueryRun.Blame.USER),
            "413 scan-limit",
            failed("com.example.Secret: at x.y(Z.java:1)", QueryRun.Blame.SYSTEM),
            "500 internal");
    codes.forEach((answer, code) -> {
      answers(answer);
      Asking.Answer given = asking.post(FUNNEL, Map.of());
      assertThat(given.status() + " " + given.code()).isEqualTo(code);
      assertThat(given.body()).doesNotContain("Secret", ".java");
      assertThat(asking.get("/runs/" + given.at("run")).at("run", "problem", "code"))
          .isEqualTo(given.code());
    });
    answers(failed("SYNTAX_ERROR: line 3:8: Column 'x' cannot be resolved", QueryRun.Blame.USER));
    // The line before the statement is not the caller's.
    assertThat(asking.post(FUNNEL, Map.of()).at("detail").toString()).contains("line 2:8");
  }

  @Test
  void whatAthenaDoesNotManageHasAStatusEach() {
    Map<ErrorCode, String> codes =
        Map.of(
            ErrorCode.THROTTLED, "429 throttled",
            ErrorCode.UNAVAILABLE, "503 unavailable",
            ErrorCode.REFUSED_QUERY, "400 invalid-request",
            ErrorCode.INVALID_SETTINGS, "500 internal",
            ErrorCode.INTERNAL, "500 internal");
    codes.forEach((code, expected) -> {
      asking.athena.failNext(new SluiceException(code, "Cannot tell: a secret"));
      Asking.Answer answer = asking.post(FUNNEL, Map.of());
      assertThat(answer.status() + " " + answer.code()).isEqualTo(expected);
      assertThat(answer.body()).doesNotContain("secret");
      assertThat(answer.headers().containsKey("retry-after"))
          .isEqualTo(answer.status() == 429 || answer.status() == 503);
    });
  }

  @Test
  void aRunOfSomebodyElseIsNotThere() {
    String other =
        asking.athena.start(
            new RunRequest(
                "SELECT 'theirs'", List.of(), "silver", java.util.Optional.empty(), Duration.ZERO));
    for (String id : List.of(other, UUID.randomUUID().toString(), "x", "..", "%2e%2e", "a'b")) {
      for (String path : List.of("/runs/" + id, "/runs/" + id + "/results")) {
        Asking.Answer answer = asking.get(path);
        assertThat(answer.code()).isEqualTo("unknown-run");
        assertThat(answer.body()).doesNotContain("theirs");
      }
      assertThat(asking.request("DELETE", "/runs/" + id).send().code()).isEqualTo("unknown-run");
    }
    assertThat(asking.athena.stopped()).isEmpty();
  }

  @Test
  void wrongRequestsAreToldAllThatIsWrong() {
    Asking.Answer answer =
        asking.post(
            FUNNEL,
            Map.of(
                "waitSeconds", 26, "rows", 0, "reuseMinutes", "x", "maxScanBytes", -1, "wait", 1));
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.at("detail").toString())
        .contains("waitSeconds", "rows", "reuseMinutes", "maxScanBytes", "'wait'");
    Asking.Answer values =
        asking.post(FUNNEL, Map.of("parameters", Map.of("from", "yesterday", "fro", "2024-01-01")));
    assertThat(values.code()).isEqualTo("invalid-parameter");
    assertThat(values.at("detail").toString())
        .contains("'from' is not a day", "no parameter 'fro'; did you mean 'from'?")
        .doesNotContain("yesterday");
    for (String body :
        List.of("{", "[]", "1", "\"x\"", "null", "{\"a\":1,\"a\":2}", "[".repeat(5_000))) {
      assertThat(asking.request("POST", FUNNEL).body(body).send().code())
          .as(body)
          .isEqualTo("invalid-request");
    }
    for (Object value : List.of(List.of(), Map.of(), new BigDecimal("1e999999999"))) {
      assertThat(asking.post(FUNNEL, Map.of("parameters", Map.of("from", value))).status())
          .isEqualTo(400);
    }
    assertThat(asking.post(FUNNEL, Map.of("parameters", List.of())).status()).isEqualTo(400);
    assertThat(
            asking
                .request("POST", FUNNEL)
                .header("content-type", "text/xml")
                .body("<a/>")
                .send()
                .code())
        .isEqualTo("unsupported-media-type");
    assertThat(asking.request("POST", FUNNEL).body(" ".repeat(300_000) + "{}").send().code())
        .isEqualTo("too-large");
    assertThat(asking.athena.started()).isEmpty();
  }

  @Test
  void whatIsNotThereIsNotFound() {
    assertThat(asking.get("/nothing").code()).isEqualTo("unknown-route");
    assertThat(asking.get("/queries/").code()).isEqualTo("unknown-route");
    assertThat(asking.get("//").code()).isEqualTo("unknown-route");
    assertThat(asking.request("PUT", "/sql").send().headers()).containsEntry("allow", "POST");
    assertThat(asking.request("POST", "/runs/x").send().headers())
        .containsEntry("allow", "DELETE, GET");
    Asking.Answer unknown = asking.get("/queries/clickstream/funel");
    assertThat(unknown.code()).isEqualTo("unknown-query");
    assertThat(unknown.at("hint").toString()).contains("clickstream/funnel");
    for (String text : List.of("", "[]", "{}", "{\"version\":\"1.0\"}", "x")) {
      assertThat(asking.send(text).status()).isEqualTo(400);
    }
  }

  @Test
  void theStageIsNoPartOfThePath() {
    assertThat(asking.request("GET", "/prod/queries").stage("prod").send("/queries").status())
        .isEqualTo(200);
  }

  @Test
  void everyDeclaredQueryIsListedAndDescribed() {
    Asking.Answer list = asking.get("/queries");
    assertThat((List<?>) list.at("queries")).hasSize(Asking.QUERIES.all().size());
    for (NamedQuery query : Asking.QUERIES.all()) {
      Asking.Answer one = asking.get("/queries/" + query.name());
      assertThat(one.at("sql")).isEqualTo(query.sql());
      assertThat((List<?>) one.at("parameters")).hasSize(query.parameters().size());
    }
  }

  @Test
  void everyDeclaredQueryRunsWithItsDefaults() {
    answers(result());
    for (NamedQuery query : Asking.QUERIES.all()) {
      assertThat(asking.post("/queries/" + query.name() + "/runs", Map.of()).status())
          .as(query.name())
          .isEqualTo(200);
    }
  }

  @Test
  void statementsOfCallersAreRunWhereTheDeploymentAllowsIt() {
    answers(result());
    Asking.Answer answer =
        asking.post(
            "/sql",
            Map.of(
                "sql",
                "SELECT * FROM sensors WHERE day = :day AND x > :least ;",
                "parameters",
                Map.of(
                    "day", Map.of("type", "day", "value", "2024-01-01"),
                    "least", Map.of("type", "decimal", "value", new BigDecimal("1.5")))));
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.at("run", "query")).isNull();
    RunRequest started = asking.athena.started().get(0);
    assertThat(started.sql()).endsWith("\nSELECT * FROM sensors WHERE day = ? AND x > ? ");
    assertThat(started.literals()).containsExactly("'2024-01-01'", "DECIMAL '1.5'");

    Asking closed = new Asking(false);
    assertThat(closed.post("/sql", Map.of("sql", "SELECT 1")).code()).isEqualTo("not-allowed");
    assertThat(closed.get("/queries").at("sql")).isEqualTo(false);
    assertThat(closed.athena.started()).isEmpty();
  }

  @Test
  void statementsThatDoMoreThanReadingAreNotStarted() {
    Map<String, String> codes =
        Map.of(
            "DELETE FROM silver.sensors", "not-allowed",
            "SELECT * FROM other.t", "not-allowed",
            "SELECT * FROM information_schema.tables", "not-allowed",
            "SELECT 1; DROP TABLE silver.sensors", "invalid-sql",
            "SELEC 1", "invalid-sql",
            "SELECT ?", "invalid-parameter",
            "SELECT :a", "invalid-parameter");
    codes.forEach((sql, code) ->
        assertThat(asking.post("/sql", Map.of("sql", sql)).code()).as(sql).isEqualTo(code));
    for (Object sql : List.of("", " ", 1, "x".repeat(40_000))) {
      assertThat(asking.post("/sql", Map.of("sql", sql)).status()).isEqualTo(400);
    }
    assertThat(
            asking
                .post(
                    "/sql",
                    Map.of("sql", "SELECT :a", "parameters", Map.of("a", Map.of("type", "x"))))
                .status())
        .isEqualTo(400);
    assertThat(asking.post("/sql", Map.of("sql", "SELECT 1", "database", "other")).status())
        .isEqualTo(400);
    assertThat(asking.athena.started()).isEmpty();
  }

  @Test
  void thePageNeedsNothingFromElsewhere() {
    Asking.Answer page = asking.get("/");

    assertThat(page.status()).isEqualTo(200);
    assertThat(page.headers().get("content-type")).isEqualTo("text/html; charset=utf-8");
    assertThat(page.headers().get("content-security-policy"))
        .startsWith("default-src 'none'; connect-src 'self';")
        .doesNotContain("unsafe");
    assertThat(page.body())
        .contains("<script>", "</html>")
        .doesNotContain("http://", "https://", "innerHTML", " style=", " onclick");
  }

  @Test
  void theDocumentHasEveryRouteAndTheSameTextEveryTime() {
    Asking.Answer document = asking.get("/openapi.json");

    Set<String> documented = new TreeSet<>();
    ((Map<?, ?>) document.at("paths"))
        .forEach((path, methods) ->
            ((Map<?, ?>) methods)
                .keySet()
                .forEach(method -> documented.add(method.toString().toUpperCase() + " " + path)));
    assertThat(documented)
        .containsAll(
            dev.sluice.model.registry.Registry.queryApi().routes().stream()
                .map(route -> route.key())
                .toList())
        .contains("POST /queries/receipts/largest/runs");
    assertThat(document.at("openapi")).isEqualTo("3.1.0");
    assertThat(asking.get("/openapi.json").body()).isEqualTo(document.body());
    assertThat(new Asking(false).get("/openapi.json").body()).doesNotContain("\"/sql\"");
  }

  private static FakeQueryRuns.Answer failed(String reason, QueryRun.Blame blame) {
    return FakeQueryRuns.Answer.failed(reason, blame);
  }

  private static List<@Nullable String> row(@Nullable String... values) {
    return Arrays.asList(values);
  }
}
