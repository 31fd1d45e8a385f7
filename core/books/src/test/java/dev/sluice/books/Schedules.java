package dev.sluice.books;

import dev.sluice.testing.Turns;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** All orders in which workers can take turns, up to a number of interruptions. */
final class Schedules {
  private final int interruptions;
  private final Consumer<Turns.Chooser> run;
  private long count;

  /**
   * @param interruptions how often at most a worker is made to wait between two of its calls
   * @param run does everything once, and asks the chooser; nothing else may differ between runs
   */
  Schedules(int interruptions, Consumer<Turns.Chooser> run) {
    this.interruptions = interruptions;
    this.run = run;
  }

  private record Decision(boolean free, int options, int choice) {}

  /** Runs them all; answers how many there were. */
  long runAll() {
    explore(List.of(), 0);
    return count;
  }

  private void explore(List<Integer> prefix, int used) {
    List<Decision> made = new ArrayList<>();
    try {
      run.accept((free, options) -> {
        int choice = made.size() < prefix.size() ? prefix.get(made.size()) : 0;
        made.add(new Decision(free, options, choice));
        return choice;
      });
    } catch (RuntimeException | AssertionError e) {
      throw new AssertionError("Schedule " + prefix, e);
    }
    count++;
    for (int i = prefix.size(); i < made.size(); i++) {
      int cost = made.get(i).free() ? 0 : 1;
      if (used + cost <= interruptions) {
        for (int other = 1; other < made.get(i).options(); other++) {
          List<Integer> next = new ArrayList<>();
          made.subList(0, i).forEach(d -> next.add(d.choice()));
          next.add(other);
          explore(next, used + cost);
        }
      }
    }
  }
}
