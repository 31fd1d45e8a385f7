package dev.sluice.testing;

import dev.sluice.model.query.QueryRuns;
import dev.sluice.model.query.ResultPage;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

class FakeQueryRunsTest extends QueryRunsContract {
  private final FakeQueryRuns runs = new FakeQueryRuns();
  private final FakeQueryRuns elsewhere = new FakeQueryRuns();

  FakeQueryRunsTest() {
    for (FakeQueryRuns each : List.of(runs, elsewhere)) {
      each.answer(
          ROWS,
          FakeQueryRuns.Answer.of(
              List.of(new ResultPage.Column("n", "integer"), new ResultPage.Column("s", "varchar")),
              List.of(row("1", "a"), row("2", null), row("3", ""))));
      each.answer(
          MANY,
          FakeQueryRuns.Answer.of(
              List.of(new ResultPage.Column("n", "integer")),
              IntStream.rangeClosed(1, 25).mapToObj(n -> row(String.valueOf(n))).toList()));
      each.answer(
          HEADING,
          FakeQueryRuns.Answer.of(
              List.of(new ResultPage.Column("n", "varchar")), List.of(row("n"))));
      each.answer(
          PARAMETERS,
          FakeQueryRuns.Answer.of(
              List.of(new ResultPage.Column("a", "varchar"), new ResultPage.Column("b", "bigint")),
              List.of(row("it's ?", "-5"))));
    }
  }

  @Override
  protected QueryRuns runs() {
    return runs;
  }

  @Override
  protected QueryRuns elsewhere() {
    return elsewhere;
  }

  private static List<@Nullable String> row(@Nullable String... values) {
    return Arrays.asList(values);
  }
}
