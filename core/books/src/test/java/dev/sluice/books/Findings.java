package dev.sluice.books;

import java.util.ArrayList;
import java.util.List;

/**
 * How a lake differs from what it should show.
 *
 * @param lost records that are in neither their table nor quarantine
 * @param doubled records that are visible once more than they should be
 * @param orphans files that no entry owns, and intents that nobody needs
 * @param wrong what else is not as it should be, one sentence each
 */
public record Findings(long lost, long doubled, long orphans, List<String> wrong) {
  public static final Findings NONE = new Findings(0, 0, 0, List.of());

  public Findings {
    wrong = List.copyOf(wrong);
  }

  /** Whether the books balance. */
  public boolean none() {
    return lost == 0 && doubled == 0 && orphans == 0 && wrong.isEmpty();
  }

  /** Both together. */
  public Findings plus(Findings other) {
    List<String> all = new ArrayList<>(wrong);
    all.addAll(other.wrong);
    return new Findings(lost + other.lost, doubled + other.doubled, orphans + other.orphans, all);
  }

  @Override
  public String toString() {
    return lost
        + " lost, "
        + doubled
        + " doubled, "
        + orphans
        + " orphans"
        + (wrong.isEmpty() ? "" : "; " + String.join("; ", wrong));
  }
}
