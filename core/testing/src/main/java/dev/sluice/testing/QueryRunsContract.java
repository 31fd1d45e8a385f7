package dev.sluice.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.model.ErrorCode;
import dev.sluice.model.SluiceException;
import dev.sluice.model.query.QueryRun;
import dev.sluice.model.query.QueryRuns;
import dev.sluice.model.query.ResultPage;
import dev.sluice.model.query.RunRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What holds for every {@link QueryRuns}. */
public abstract class QueryRunsContract {
  /** Three rows, with a null and an empty text. */
  protected static final String ROWS =
      "SELECT * FROM (VALUES (1, 'a'), (2, NULL), (3, '')) AS t (n, s) ORDER BY n";

  /** The numbers from 1 to 25. */
  protected static final String MANY = "SELECT n FROM UNNEST(sequence(1, 25)) AS t (n) ORDER BY n";

  /** One row that repeats the column's name. */
  protected static final String HEADING = "SELECT 'n' AS n";

  /** Its two parameters. */
  protected static final String PARAMETERS = "SELECT ? AS a, ? AS b";

  /** A table that is not there. */
  protected static final String WRONG = "SELECT 1 FROM nowhere.nothing";

  /** What is tested. */
  protected abstract QueryRuns runs();

  /** The same Athena's other workgroup. */
  protected abstract QueryRuns elsewhere();

  @Test
  void rowsComeAsTheyAre() {
    ResultPage page = runs().results(succeeded(ROWS), 10, Optional.empty());

    assertThat(page.columns())
        .containsExactly(
            new ResultPage.Column("n", "integer"), new ResultPage.Column("s", "varchar"));
    assertThat(page.rows()).isEqualTo(List.of(row("1", "a"), row("2", null), row("3", "")));
    assertThat(page.next()).isEmpty();
  }

  @Test
  void aRowThatRepeatsTheHeadingsIsARow() {
    assertThat(runs().results(succeeded(HEADING), 10, Optional.empty()).rows())
        .isEqualTo(List.of(row("n")));
  }

  @Test
  void pagesHaveEveryRowOnce() {
    QueryRun run = succeeded(MANY);
    List<String> seen = new ArrayList<>();
    Optional<String> token = Optional.empty();
    int pages = 0;
    do {
      ResultPage page = runs().results(run, 10, token);
      assertThat(page.rows()).hasSizeLessThanOrEqualTo(10);
      page.rows().forEach(row -> seen.add(row.get(0)));
      token = page.next();
      pages++;
    } while (token.isPresent());

    assertThat(seen)
        .containsExactlyElementsOf(IntStream.rangeClosed(1, 25).mapToObj(String::valueOf).toList());
    assertThat(pages).isEqualTo(3);
  }

  @Test
  void literalsTakeThePlaceOfQuestionMarks() {
    QueryRun run = ended(runs().start(request(PARAMETERS, List.of("'it''s ?'", "BIGINT '-5'"))));

    assertThat(runs().results(run, 10, Optional.empty()).rows())
        .isEqualTo(List.of(row("it's ?", "-5")));
  }

  @Test
  void aRunTellsOfItself() {
    QueryRun run = succeeded(ROWS);

    assertThat(run.sql()).isEqualTo(ROWS);
    assertThat(run.failure()).isEmpty();
    assertThat(run.scannedBytes()).isNotNegative();
    assertThat(run.completed().orElseThrow()).isAfterOrEqualTo(run.submitted());
    assertThat(run.reused()).isFalse();
  }

  @Test
  void whatMakesNoSenseFailsByTheStatementsFault() {
    QueryRun run = ended(runs().start(request(WRONG, List.of())));

    assertThat(run.state()).isEqualTo(QueryRun.State.FAILED);
    assertThat(run.failure().orElseThrow().blame()).isEqualTo(QueryRun.Blame.USER);
    assertThat(run.failure().orElseThrow().reason()).isNotBlank();
    refused(() -> runs().results(run, 10, Optional.empty()));
  }

  @Test
  void whatIsNoRunIsNotFound() {
    for (String id :
        List.of(UUID.randomUUID().toString(), "", "x", "../a", "a'b", "é", "a".repeat(2_000))) {
      assertThat(runs().find(id)).as(id).isEmpty();
    }
  }

  @Test
  void aRunOfAnotherWorkgroupIsNotFound() {
    String id = elsewhere().start(request(ROWS, List.of()));

    assertThat(elsewhere().find(id)).isPresent();
    assertThat(runs().find(id)).isEmpty();
  }

  @Test
  void aRepeatedRequestStartsNothing() {
    Optional<String> token = Optional.of(UUID.randomUUID().toString());
    RunRequest request = new RunRequest(ROWS, List.of(), "default", token, Duration.ZERO);

    String id = runs().start(request);

    assertThat(runs().start(request)).isEqualTo(id);
    refused(() -> runs().start(new RunRequest(MANY, List.of(), "default", token, Duration.ZERO)));
  }

  @Test
  void aTokenOfNoPageIsRefused() {
    QueryRun run = succeeded(MANY);

    refused(() -> runs().results(run, 10, Optional.of("no such page")));
  }

  @Test
  void stoppingWhatHasEndedChangesNothing() {
    QueryRun run = succeeded(ROWS);

    runs().stop(run.id());

    assertThat(runs().find(run.id()).orElseThrow().state()).isEqualTo(QueryRun.State.SUCCEEDED);
  }

  @Test
  void anOlderResultMayBeAskedFor() {
    succeeded(ROWS);
    String id =
        runs()
            .start(
                new RunRequest(
                    ROWS, List.of(), "default", Optional.empty(), Duration.ofMinutes(60)));

    assertThat(runs().results(ended(id), 10, Optional.empty()).rows()).hasSize(3);
  }

  private QueryRun succeeded(String sql) {
    QueryRun run = ended(runs().start(request(sql, List.of())));
    assertThat(run.state())
        .as(() -> String.valueOf(run.failure()))
        .isEqualTo(QueryRun.State.SUCCEEDED);
    return run;
  }

  private QueryRun ended(String id) {
    long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
    while (System.nanoTime() < end) {
      QueryRun run = runs().find(id).orElseThrow();
      if (run.state().ended()) {
        return run;
      }
      try {
        Thread.sleep(10);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
    throw new AssertionError("The run did not end: " + id);
  }

  private static RunRequest request(String sql, List<String> literals) {
    return new RunRequest(sql, literals, "default", Optional.empty(), Duration.ZERO);
  }

  private static List<@Nullable String> row(@Nullable String... values) {
    return Arrays.asList(values);
  }

  private static void refused(ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            SluiceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.REFUSED_QUERY));
  }
}
