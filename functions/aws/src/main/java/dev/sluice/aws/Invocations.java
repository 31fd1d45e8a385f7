package dev.sluice.aws;

import dev.sluice.model.SluiceException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What all functions do alike in an invocation. */
public final class Invocations {
  private static final Duration LONGEST_RESERVE = Duration.ofSeconds(10);
  private static final int FRAMES = 4_000;

  private Invocations() {}

  /**
   * When to begin nothing new, so that what is under way ends in time.
   *
   * @param start now
   * @param remaining what is left of the invocation
   */
  public static Instant stop(Instant start, Duration remaining) {
    Duration tenth = remaining.dividedBy(10);
    return start
        .plus(remaining)
        .minus(tenth.compareTo(LONGEST_RESERVE) < 0 ? tenth : LONGEST_RESERVE);
  }

  /**
   * Puts an error into a line of the log: {@code code}, {@code message}, and for a defect where it
   * is.
   */
  public static void describe(Throwable error, Map<String, @Nullable Object> line) {
    if (error instanceof SluiceException known) {
      line.put("code", known.code().name());
      line.put("message", known.getMessage());
    } else {
      line.put("code", "INTERNAL");
      line.put("message", "A defect in Sluice: " + error.getClass().getName());
      StringWriter trace = new StringWriter();
      error.printStackTrace(new PrintWriter(trace));
      line.put(
          "trace", trace.toString().substring(0, Math.min(FRAMES, trace.getBuffer().length())));
    }
  }
}
