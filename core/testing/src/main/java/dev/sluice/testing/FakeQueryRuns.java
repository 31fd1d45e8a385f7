package dev.sluice.testing;

import dev.sluice.model.ErrorCode;
import dev.sluice.model.SluiceException;
import dev.sluice.model.query.QueryRun;
import dev.sluice.model.query.QueryRuns;
import dev.sluice.model.query.ResultPage;
import dev.sluice.model.query.RunRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A workgroup that answers the statements it was told the answers of, and fails all others as
 * Athena fails what makes no sense.
 */
public final class FakeQueryRuns implements QueryRuns {
  private static final Instant THEN = Instant.parse("2026-11-20T12:00:00Z");

  private final Map<String, Function<RunRequest, Answer>> answers = new HashMap<>();
  private final Map<String, Run> runs = new LinkedHashMap<>();
  private final Map<String, String> tokens = new HashMap<>();
  private final List<RunRequest> started = new ArrayList<>();
  private final List<String> stopped = new ArrayList<>();
  private Function<RunRequest, Answer> otherwise =
      request -> Answer.failed("SYNTAX_ERROR: line 1:1: not known here", QueryRun.Blame.USER);
  private @Nullable SluiceException next;
  private int looks;

  /** What a statement comes to. */
  public static final class Answer {
    private final List<ResultPage.Column> columns;
    private final List<List<@Nullable String>> rows;
    private final Optional<QueryRun.Failure> failure;
    private long scannedBytes;
    private int looks;
    private boolean reused;

    private Answer(
        List<ResultPage.Column> columns,
        List<List<@Nullable String>> rows,
        Optional<QueryRun.Failure> failure) {
      this.columns = columns;
      this.rows = rows;
      this.failure = failure;
    }

    /** A result. */
    public static Answer of(List<ResultPage.Column> columns, List<List<@Nullable String>> rows) {
      return new Answer(columns, rows, Optional.empty());
    }

    /** A failure. */
    public static Answer failed(String reason, QueryRun.Blame blame) {
      return new Answer(
          List.of(), List.of(), Optional.of(new QueryRun.Failure(reason, blame, false)));
    }

    /** The same, having read so much. */
    public Answer scanning(long bytes) {
      scannedBytes = bytes;
      return this;
    }

    /** The same, given again. */
    public Answer reused() {
      reused = true;
      return this;
    }

    /** The same, but still at work when it is looked at for so many times. */
    public Answer after(int times) {
      looks = times;
      return this;
    }
  }

  private static final class Run {
    private final RunRequest request;
    private final Answer answer;
    private int looks;
    private boolean cancelled;

    Run(RunRequest request, Answer answer) {
      this.request = request;
      this.answer = answer;
    }
  }

  /** What that statement comes to from now on. */
  public void answer(String sql, Answer answer) {
    answers.put(sql, request -> answer);
  }

  /** The same, by its parameters. */
  public void answer(String sql, Function<RunRequest, Answer> answer) {
    answers.put(sql, answer);
  }

  /** What all other statements come to. */
  public void otherwise(Function<RunRequest, Answer> answer) {
    otherwise = answer;
  }

  /** The next call fails with this. */
  public void failNext(SluiceException error) {
    next = error;
  }

  /** All that was started so far. */
  public List<RunRequest> started() {
    return List.copyOf(started);
  }

  /** The ids of all that was stopped so far. */
  public List<String> stopped() {
    return List.copyOf(stopped);
  }

  /** How often a run was looked at. */
  public int looks() {
    return looks;
  }

  @Override
  public synchronized String start(RunRequest request) {
    fail();
    String earlier = request.token().map(tokens::get).orElse(null);
    if (earlier != null) {
      if (!runs.get(earlier).request.equals(request)) {
        throw refused("Idempotent parameters do not match");
      }
      return earlier;
    }
    started.add(request);
    String id = UUID.randomUUID().toString();
    request.token().ifPresent(token -> tokens.put(token, id));
    // What stands in comments before a statement changes nothing.
    String bare = request.sql().replaceFirst("^(--[^\n]*\n)*", "");
    runs.put(id, new Run(request, answers.getOrDefault(bare, otherwise).apply(request)));
    return id;
  }

  @Override
  public synchronized Optional<QueryRun> find(String id) {
    fail();
    looks++;
    Run run = runs.get(id);
    if (run == null) {
      return Optional.empty();
    }
    Answer answer = run.answer;
    QueryRun.State state =
        run.cancelled
            ? QueryRun.State.CANCELLED
            : run.looks++ < answer.looks
                ? QueryRun.State.RUNNING
                : answer.failure.isPresent() ? QueryRun.State.FAILED : QueryRun.State.SUCCEEDED;
    return Optional.of(
        new QueryRun(
            id,
            run.request.sql(),
            state,
            state == QueryRun.State.FAILED ? answer.failure : Optional.empty(),
            answer.scannedBytes,
            answer.reused,
            Duration.ofMillis(3),
            Duration.ofMillis(40),
            THEN,
            state.ended() ? Optional.of(THEN.plusMillis(50)) : Optional.empty(),
            true));
  }

  @Override
  public synchronized ResultPage results(QueryRun run, int rows, Optional<String> token) {
    fail();
    if (run.state() != QueryRun.State.SUCCEEDED) {
      throw refused("Query did not finish successfully. Final query state: " + run.state());
    }
    Answer answer = runs.get(run.id()).answer;
    int from = token.map(FakeQueryRuns::number).orElse(0);
    int to = Math.min(answer.rows.size(), from + rows);
    if (from > answer.rows.size()) {
      throw refused("Invalid token");
    }
    return new ResultPage(
        answer.columns,
        answer.rows.subList(from, to),
        to < answer.rows.size() ? Optional.of("t" + to) : Optional.empty());
  }

  @Override
  public synchronized void stop(String id) {
    fail();
    stopped.add(id);
    Run run = runs.get(id);
    if (run == null) {
      throw refused("QueryExecution " + id + " was not found");
    }
    if (run.looks <= run.answer.looks && run.answer.looks > 0) {
      run.cancelled = true;
    }
  }

  private void fail() {
    SluiceException error = next;
    next = null;
    if (error != null) {
      throw error;
    }
  }

  private static int number(String token) {
    if (!token.matches("t\\d{1,9}")) {
      throw refused("Invalid token");
    }
    return Integer.parseInt(token.substring(1));
  }

  private static SluiceException refused(String why) {
    return new SluiceException(ErrorCode.REFUSED_QUERY, "Cannot ask: " + why);
  }
}
