package dev.sluice.query;

import dev.sluice.model.ErrorCode;
import dev.sluice.model.SluiceException;
import dev.sluice.model.query.QueryRun;
import dev.sluice.model.query.QueryRuns;
import dev.sluice.model.query.ResultPage;
import dev.sluice.model.query.RunRequest;
import dev.sluice.model.query.ScanPrice;
import dev.sluice.query.Problem.Kind;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Starts runs, waits for them within limits, and tells of them. */
final class Runs {
  /** API Gateway refuses larger answers of a function. */
  static final int LARGEST_PAGE = 5 << 20;

  private static final Duration FIRST_PAUSE = Duration.ofMillis(15);
  private static final Duration LONGEST_PAUSE = Duration.ofMillis(500);
  private static final Pattern LINE = Pattern.compile("\\bline (\\d{1,6}):");
  private static final Pattern SCAN_LIMIT =
      Pattern.compile("(?i)bytes scanned limit|EXCEEDED_SCAN_LIMIT|SCAN_LIMIT");
  private static final Pattern EXHAUSTED =
      Pattern.compile("(?i)exhausted resources|EXCEEDED_(?!TIME|SCAN)\\w*LIMIT|INSUFFICIENT");
  private static final Pattern TIMED_OUT =
      Pattern.compile("(?i)query time-?out|timed out|EXCEEDED_TIME_LIMIT");

  private final QueryRuns athena;
  private final ScanPrice price;
  private final Clock clock;
  private final Pause pause;

  /** Waiting. */
  interface Pause {
    /** Returns after that time. */
    void until(Duration time) throws InterruptedException;
  }

  Runs(QueryRuns athena, ScanPrice price, Clock clock, Pause pause) {
    this.athena = athena;
    this.price = price;
    this.clock = clock;
    this.pause = pause;
  }

  /** A run that this function has started. */
  record Labelled(QueryRun run, Label label) {
    /** Why there is no result; empty while it is at work, and when there is one. */
    Optional<Problem> problem() {
      return Runs.problem(run, label.maxScanBytes()).map(problem -> problem.of(run.id()));
    }
  }

  String start(
      Label label,
      String sql,
      List<String> literals,
      String database,
      String token,
      Duration reuse) {
    try {
      return athena.start(
          new RunRequest(label.before(sql), literals, database, Optional.of(token), reuse));
    } catch (SluiceException e) {
      if (e.code() == ErrorCode.REFUSED_QUERY && e.getMessage().contains("dempotent")) {
        throw Problem.of(
                Kind.CONFLICT,
                "Cannot start a run: another request had the same Idempotency-Key",
                "Take a new key for every request that is not a repetition.")
            .thrown();
      }
      throw e;
    }
  }

  /**
   * The run as it is, or as it has become until then.
   *
   * @throws ProblemException {@code UNKNOWN_RUN}
   */
  Labelled await(String id, Instant until) {
    Duration wait = FIRST_PAUSE;
    boolean stopped = false;
    while (true) {
      Labelled run = find(id);
      if (run.run().state().ended()) {
        return run;
      }
      if (run.problem().isPresent() && !stopped) {
        athena.stop(id);
        stopped = true;
        continue;
      }
      Duration left = Duration.between(clock.instant(), until);
      if (stopped || left.isNegative() || left.isZero()) {
        return run;
      }
      try {
        pause.until(wait.compareTo(left) < 0 ? wait : left);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return run;
      }
      Duration next = wait.multipliedBy(3).dividedBy(2);
      wait = next.compareTo(LONGEST_PAUSE) < 0 ? next : LONGEST_PAUSE;
    }
  }

  private Labelled find(String id) {
    return athena
        .find(id)
        .flatMap(run -> Label.of(run.sql()).map(label -> new Labelled(run, label)))
        .orElseThrow(() ->
            Problem.of(
                    Kind.UNKNOWN_RUN,
                    "Cannot find the run: nothing was started here under this id, or it is"
                        + " forgotten",
                    "Start the query again; Athena remembers runs for 45 days.")
                .thrown());
  }

  /** Ends a run, unless it has ended. */
  Labelled cancel(String id) {
    if (!find(id).run().state().ended()) {
      athena.stop(id);
    }
    return find(id);
  }

  /**
   * A page of a run that succeeded.
   *
   * @param token empty for the first
   * @param heading whether CSV begins with the columns' names
   */
  ResultPage page(Labelled run, int rows, Optional<PageToken> token, Rendered rendered) {
    int most = rows;
    while (true) {
      ResultPage page;
      try {
        page = athena.results(run.run(), most, token.map(PageToken::token));
      } catch (SluiceException e) {
        if (e.code() != ErrorCode.REFUSED_QUERY) {
          throw e;
        }
        if (token.isPresent()) {
          throw PageToken.invalid();
        }
        throw Problem.of(
                Kind.RESULT_GONE,
                "Cannot read the result: Athena has it no more",
                "Start the query again.")
            .of(run.run().id())
            .thrown();
      }
      if (rendered.length(page) <= LARGEST_PAGE) {
        return page;
      }
      if (most == 1) {
        throw Problem.of(
                Kind.TOO_LARGE,
                "Cannot pass on the result: a single row is larger than " + LARGEST_PAGE + " bytes",
                "Select fewer or shorter columns.")
            .of(run.run().id())
            .thrown();
      }
      // Fewer rows from the same place.
      most = Math.max(1, Math.min(most, page.rows().size()) / 2);
    }
  }

  /** How large a page becomes. */
  interface Rendered {
    /** In bytes. */
    long length(ResultPage page);
  }

  /** What a run costs, or has cost until now. */
  Map<String, @Nullable Object> cost(QueryRun run) {
    long billed = billed(run);
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("scannedBytes", run.scannedBytes());
    json.put("billedBytes", billed);
    json.put("dollars", dollars(run));
    json.put("dollarsPerTerabyte", price.dollarsPerTerabyte());
    json.put("reusedResult", run.reused());
    return json;
  }

  BigDecimal dollars(QueryRun run) {
    return price.dollars(billed(run));
  }

  /** Athena bills neither what failed nor what it has given before. */
  private static long billed(QueryRun run) {
    return run.state() == QueryRun.State.FAILED || run.reused()
        ? 0
        : ScanPrice.billedBytes(run.scannedBytes());
  }

  /** A run as answers show it; nothing of its statement. */
  Map<String, @Nullable Object> json(Labelled labelled) {
    QueryRun run = labelled.run();
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("id", run.id());
    json.put("state", run.state().name());
    json.put("query", labelled.label().query().orElse(null));
    json.put("submittedAt", run.submitted().toString());
    json.put("completedAt", run.completed().map(Instant::toString).orElse(null));
    json.put("queuedMillis", run.queued().toMillis());
    json.put("engineMillis", run.engine().toMillis());
    json.put("maxScanBytes", labelled.label().maxScanBytes());
    json.put("cost", cost(run));
    labelled.problem().ifPresent(problem -> json.put("problem", problem.json()));
    return json;
  }

  private static Optional<Problem> problem(QueryRun run, long limit) {
    if (run.scannedBytes() > limit && !run.reused()) {
      return Optional.of(
          Problem.of(
              Kind.SCAN_LIMIT,
              "The query was ended: it has read "
                  + run.scannedBytes()
                  + " bytes, and this call may read "
                  + limit,
              "Name fewer days or other partitions in WHERE, or allow more with maxScanBytes."));
    }
    return switch (run.state()) {
      case QUEUED, RUNNING, SUCCEEDED -> Optional.empty();
      case CANCELLED ->
          Optional.of(
              Problem.of(
                  Kind.CANCELLED, "The run was cancelled before it ended", "Start it again."));
      case FAILED -> run.failure().map(Runs::problem);
    };
  }

  private static Problem problem(QueryRun.Failure failure) {
    String reason = failure.reason();
    if (SCAN_LIMIT.matcher(reason).find()) {
      return Problem.of(
          Kind.SCAN_LIMIT,
          "The query was ended: it reads more than the workgroup allows any query",
          "Name fewer days or other partitions in WHERE.");
    }
    if (TIMED_OUT.matcher(reason).find()) {
      return Problem.of(
          Kind.TIMED_OUT,
          "The query was ended: it took longer than Athena allows",
          "Read fewer partitions, or ask for less in one query.");
    }
    if (EXHAUSTED.matcher(reason).find()) {
      return Problem.of(
          Kind.QUERY_FAILED,
          "The query failed: it needs more memory than Athena has for it",
          "Read fewer partitions, group by less, or leave ORDER BY out.");
    }
    if (failure.blame() == QueryRun.Blame.USER) {
      return Problem.of(
          Kind.QUERY_FAILED,
          "The query failed: " + Texts.shortened(shifted(reason), 500),
          "Correct the statement, or the values of its parameters.");
    }
    return Problem.of(
        failure.retryable() ? Kind.UNAVAILABLE : Kind.INTERNAL,
        "The query failed by Athena's fault",
        "Start it again; if it fails every time, give the run's id to who operates the lake.");
  }

  /** The label is a line that the caller did not write. */
  private static String shifted(String reason) {
    return LINE.matcher(reason)
        .replaceAll(line -> {
          int number = Integer.parseInt(line.group(1));
          return "line " + Math.max(1, number - 1) + ":";
        });
  }
}
