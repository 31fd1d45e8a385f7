package dev.sluice.model.job;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One attempt to run a slot.
 *
 * @param slot what is run
 * @param attempt 1 for the slot's own run; more when somebody asked for it again
 */
public record RunId(Slot slot, int attempt) implements Comparable<RunId> {
  private static final Pattern TEXT = Pattern.compile("(?<slot>.+)[.](?<attempt>[1-9][0-9]{0,3})");

  public RunId {
    if (attempt < 1 || attempt > 9_999) {
      throw new IllegalArgumentException("Cannot name a run: no attempt from 1: " + attempt);
    }
  }

  /** {@code <dataset>.<job>.20261121T020000Z.1}. */
  @Override
  public String toString() {
    return slot.key() + "." + attempt;
  }

  /** Reads what {@link #toString} wrote; empty when the text is none. */
  public static Optional<RunId> parse(String text) {
    Matcher matcher = TEXT.matcher(text);
    return matcher.matches()
        ? Slot.parseKey(matcher.group("slot"))
            .map(slot -> new RunId(slot, Integer.parseInt(matcher.group("attempt"))))
        : Optional.empty();
  }

  /** In the order of time. */
  @Override
  public int compareTo(RunId other) {
    int bySlot = slot.compareTo(other.slot);
    return bySlot != 0 ? bySlot : Integer.compare(attempt, other.attempt);
  }
}
