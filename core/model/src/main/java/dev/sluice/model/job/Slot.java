package dev.sluice.model.job;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One planned firing of a job's schedule, or of a hand. However often it is delivered, it is run
 * once.
 *
 * @param job {@code <dataset>/<job>}
 * @param time when it was planned, in whole seconds
 */
public record Slot(String job, Instant time) implements Comparable<Slot> {
  private static final Pattern JOB = Pattern.compile("[a-z][a-z0-9_]{0,63}/[a-z][a-z0-9_-]{0,63}");
  private static final Pattern KEY =
      Pattern.compile("(?<dataset>[a-z0-9_]+)[.](?<job>[a-z0-9_-]+)[.](?<time>[0-9]{8}T[0-9]{6}Z)");
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);
  private static final Instant FIRST = Instant.parse("1970-01-01T00:00:00Z");
  private static final Instant END = Instant.parse("2200-01-01T00:00:00Z");

  /**
   * @throws IllegalArgumentException when the job's name is none, or the time has fractions of a
   *     second or does not lie from 1970 to 2199
   */
  public Slot {
    if (!isJob(job)) {
      throw new IllegalArgumentException("Cannot name a slot: no <dataset>/<job>: " + job);
    }
    if (!time.equals(time.truncatedTo(ChronoUnit.SECONDS))
        || time.isBefore(FIRST)
        || !time.isBefore(END)) {
      throw new IllegalArgumentException(
          "Cannot name a slot: no whole second from 1970 to 2199: " + time);
    }
  }

  /** Whether a text has the form {@code <dataset>/<job>}. */
  public static boolean isJob(String text) {
    return JOB.matcher(text).matches();
  }

  /** The dataset that the job belongs to. */
  public String dataset() {
    return job.substring(0, job.indexOf('/'));
  }

  /** The job's name in its dataset. */
  public String jobName() {
    return job.substring(job.indexOf('/') + 1);
  }

  /**
   * {@code <dataset>.<job>.20261121T020000Z}: unique, made of letters, digits, {@code _}, {@code -}
   * and {@code .} only, and for one job in the order of time.
   */
  public String key() {
    return job.replace('/', '.') + "." + timeKey();
  }

  /** {@code 20261121T020000Z}. */
  public String timeKey() {
    return TIME.format(time);
  }

  /** Reads what {@link #key} wrote; empty when the text is none. */
  public static Optional<Slot> parseKey(String key) {
    Matcher matcher = KEY.matcher(key);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new Slot(
              matcher.group("dataset") + "/" + matcher.group("job"),
              TIME.parse(matcher.group("time"), Instant::from)));
    } catch (java.time.DateTimeException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** In the order of time, then of names. */
  @Override
  public int compareTo(Slot other) {
    int byTime = time.compareTo(other.time);
    return byTime != 0 ? byTime : job.compareTo(other.job);
  }
}
