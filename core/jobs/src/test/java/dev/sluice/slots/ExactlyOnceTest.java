package dev.sluice.slots;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.model.emr.StepState;
import dev.sluice.model.job.JobDeclaration;
import dev.sluice.model.job.JobRun;
import dev.sluice.model.job.Overlap;
import dev.sluice.slots.Journal.What;
import dev.sluice.slots.SlotWorld.Mutant;
import dev.sluice.testing.FakeEmr;
import dev.sluice.testing.Fault;
import dev.sluice.testing.FaultHook;
import dev.sluice.testing.RemoteCall;
import dev.sluice.testing.Turns;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** However slots are delivered and whatever fails, each is run once, and its end is noted. */
class ExactlyOnceTest {
  private static final String JOB = "readings/totals";
  private static final Instant SLOT = SlotWorld.START.plus(Duration.ofMinutes(10));

  /** A random life of some jobs; all of it drawn from a seed. */
  private static final class Life implements FaultHook {
    private final SlotWorld world;
    private final Random random;
    private final Map<String, List<Instant>> slots = new TreeMap<>();
    private final Map<String, Boolean> unheard = new HashMap<>();
    private final int oneIn;
    private Turns turns;
    private boolean concurrent;
    private int faults;

    Life(SlotWorld world, long seed, int oneIn) {
      this.world = world;
      this.oneIn = oneIn;
      random = new Random(seed);
      turns = new Turns((free, options) -> 0);
      world.emr.fates(name ->
          random.nextInt(10) == 0
              ? new FakeEmr.Fate(
                  Duration.ofSeconds(30 + random.nextInt(400)), StepState.FAILED, "because")
              : new FakeEmr.Fate(
                  Duration.ofSeconds(30 + random.nextInt(400)), StepState.COMPLETED, ""));
      world.director = this;
    }

    private void together(List<Runnable> workers) {
      turns =
          new Turns(
              (free, options) -> free || random.nextInt(3) == 0 ? random.nextInt(options) : 0);
      concurrent = true;
      turns.run(workers);
      concurrent = false;
    }

    /** Each slot of the time span is delivered at its time, and once more; then all goes well. */
    void live(Instant until) {
      world.director = FaultHook.NONE;
      world.reconcile();
      world.director = this;
      record Due(String job, Instant time) {}
      List<Due> due = new ArrayList<>();
      for (JobDeclaration job : world.jobs.all()) {
        List<Instant> times =
            job.schedule().orElseThrow().next(SlotWorld.START, 10_000).stream()
                .filter(time -> time.isBefore(until))
                .toList();
        slots.put(job.name(), times);
        times.forEach(time -> due.add(new Due(job.name(), time)));
      }
      due.sort(java.util.Comparator.comparing(Due::time));
      List<Due> again = new ArrayList<>();
      Instant reconciled = SlotWorld.START;
      for (Due slot : due) {
        while (reconciled.plus(Duration.ofMinutes(5)).isBefore(slot.time())) {
          reconciled = reconciled.plus(Duration.ofMinutes(5));
          world.clock.atLeast(reconciled);
          hear();
          world.reconcile();
        }
        world.clock.atLeast(slot.time().plusSeconds(random.nextInt(50)));
        List<Runnable> workers = new ArrayList<>();
        boolean lost = random.nextInt(30) == 0;
        if (!lost) {
          workers.add(() -> world.deliver(slot.job(), slot.time()));
          if (random.nextBoolean()) {
            workers.add(() -> world.deliver(slot.job(), slot.time()));
          } else {
            again.add(slot);
          }
        }
        if (!again.isEmpty() && random.nextInt(3) == 0) {
          Due older = again.remove(random.nextInt(again.size()));
          workers.add(() -> world.deliver(older.job(), older.time()));
        }
        if (random.nextInt(4) == 0) {
          workers.add(world::reconcile);
        }
        if (!workers.isEmpty()) {
          together(workers);
        }
        hear();
      }
      for (Due older : again) {
        world.deliver(older.job(), older.time());
      }
      world.drain();
      world.check(slots);
    }

    /** Events come, or not, or twice; of some runs none ever does. */
    private void hear() {
      for (Map<String, ?> event : world.events()) {
        String run = String.valueOf(((Map<?, ?>) event.get("detail")).get("name"));
        boolean lost =
            unheard.computeIfAbsent(
                run.replaceFirst("^sluice\\.", ""), key -> random.nextInt(4) == 0);
        for (int i = lost ? 0 : random.nextInt(4); i > 0; i -= 2) {
          world.hear(event);
        }
      }
    }

    @Override
    public void before(RemoteCall call, Runnable effect) {
      if (concurrent) {
        turns.step();
      }
      if (random.nextInt(oneIn) == 0) {
        faults++;
        Fault[] kinds = {Fault.ERROR_BEFORE, Fault.TIME_OUT, Fault.DEATH_BEFORE};
        world.strike(kinds[random.nextInt(kinds.length)], call, effect);
      }
    }

    @Override
    public void after(RemoteCall call) {
      if (random.nextInt(oneIn) == 0) {
        faults++;
        world.strike(random.nextBoolean() ? Fault.ERROR_AFTER : Fault.DEATH_AFTER, call, () -> {});
      }
    }
  }

  /** A thousand slots, each delivered twice, with faults at every call. */
  private static Life thousand(boolean shared, Mutant mutant) {
    Life life =
        new Life(
            new SlotWorld(
                shared, mutant, SlotWorld.job("totals", "rate(15 minutes)", Overlap.QUEUE)),
            20_261_121,
            40);
    life.live(SlotWorld.START.plus(Duration.ofMinutes(15 * 1_001)));
    return life;
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aThousandSlotsDeliveredTwiceRunOnceEach(boolean shared) {
    Life life = thousand(shared, Mutant.NONE);
    SlotWorld world = life.world;

    assertThat(world.violations).isEmpty();
    assertThat(life.slots.get(JOB)).hasSize(1_000);
    assertThat(life.faults).isGreaterThan(500);
    assertThat(world.entries(JOB))
        .hasSizeGreaterThanOrEqualTo(1_000)
        .allMatch(
            run -> run.status() == JobRun.Status.SUCCEEDED || run.status() == JobRun.Status.FAILED);
    assertThat(world.told.get(What.ADOPTED)).isGreaterThan(5);
    assertThat(world.told.get(What.MISSED)).isGreaterThan(5);
    assertThat(world.told.get(What.SUCCEEDED)).isGreaterThan(800);
  }

  @Test
  void aThousandSlotsFindALauncherThatDoesNotLookForWhatItLeftBehind() {
    assertThat(thousand(false, Mutant.NO_ADOPTION).world.violations)
        .anyMatch(violation -> violation.startsWith("launched 2 times"));
  }

  private static SlotWorld several(long seed, boolean shared, Mutant mutant) {
    SlotWorld world =
        new SlotWorld(
            shared,
            mutant,
            SlotWorld.job("kept", "cron(0/7 * * * ? *)", Overlap.QUEUE),
            SlotWorld.job("left", "cron(0/5 * * * ? *)", Overlap.SKIP),
            SlotWorld.job("new", "rate(6 minutes)", Overlap.REPLACE));
    new Life(world, seed, 10 + new Random(seed).nextInt(60))
        .live(SlotWorld.START.plus(Duration.ofHours(2)));
    return world;
  }

  @Test
  void noTwoRunsOfAJobAreUnderWayWhateverItsOverlap() {
    Map<What, Integer> told = new TreeMap<>();
    for (long seed = 1; seed <= 16; seed++) {
      SlotWorld world = several(seed, seed % 3 == 0, Mutant.NONE);
      assertThat(world.violations).as("seed %d", seed).isEmpty();
      world.told.forEach((what, count) -> told.merge(what, count, Integer::sum));
    }
    assertThat(told)
        .containsOnlyKeys(
            What.LAUNCHED,
            What.ADOPTED,
            What.QUEUED,
            What.SKIPPED,
            What.SUCCEEDED,
            What.FAILED,
            What.CANCELLED,
            What.MISSED,
            What.STOPPED);
  }

  @Test
  void aLauncherWithoutLeasesIsFound() {
    for (long seed = 1; seed <= 20; seed++) {
      if (!several(seed, false, Mutant.NO_LEASE).violations.isEmpty()) {
        return;
      }
    }
    throw new AssertionError("not found");
  }

  @ParameterizedTest
  @CsvSource({
    "ERROR_BEFORE, false",
    "ERROR_AFTER, false",
    "TIME_OUT, false",
    "DEATH_BEFORE, false",
    "DEATH_AFTER, false",
    "ERROR_BEFORE, true",
    "ERROR_AFTER, true",
    "TIME_OUT, true",
    "DEATH_BEFORE, true",
    "DEATH_AFTER, true"
  })
  void aFaultAtAnyCallChangesNothing(Fault fault, boolean shared) {
    int struck = 1;
    for (; ; struck++) {
      SlotWorld world =
          new SlotWorld(
              shared, Mutant.NONE, SlotWorld.job("totals", "rate(10 minutes)", Overlap.QUEUE));
      boolean hit = strikeOnce(world, fault, struck);

      assertThat(world.violations).as("%s at call %d", fault, struck).isEmpty();
      assertThat(world.entries(JOB).get(0).status()).isEqualTo(JobRun.Status.SUCCEEDED);
      if (!hit) {
        break;
      }
    }
    assertThat(struck).isGreaterThan(15);
  }

  /** One slot, delivered twice, with a fault at the call of that number; whether there was one. */
  private static boolean strikeOnce(SlotWorld world, Fault fault, int struck) {
    world.reconcile();
    int[] count = {0};
    boolean[] hit = {false};
    world.director =
        new FaultHook() {
          @Override
          public void before(RemoteCall call, Runnable effect) {
            if (++count[0] == struck && fault.before()) {
              hit[0] = true;
              world.strike(fault, call, effect);
            }
          }

          @Override
          public void after(RemoteCall call) {
            if (count[0] == struck && !fault.before() && !hit[0]) {
              hit[0] = true;
              world.strike(fault, call, () -> {});
            }
          }
        };
    world.clock.atLeast(SLOT.plusSeconds(5));
    world.deliver(JOB, SLOT);
    world.deliver(JOB, SLOT);
    for (int i = 0; i < 8; i++) {
      world.clock.advance(Duration.ofMinutes(1));
      world.events().forEach(world::hear);
      if (i % 5 == 4) {
        world.reconcile();
      }
    }
    world.drain();
    world.check(Map.of(JOB, List.of(SLOT)));
    return hit[0];
  }
}
