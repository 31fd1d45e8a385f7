package dev.sluice.books;

import static dev.sluice.books.World.reading;

import dev.sluice.books.FaultRuns.Failed;
import dev.sluice.testing.Fault;
import dev.sluice.testing.FaultHook;
import dev.sluice.testing.RemoteCall;
import dev.sluice.testing.Turns;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Users upload, overwrite and delete a few objects while workers take the events off a queue and
 * everything fails now and then; all of it drawn from a seed.
 */
public final class QueueRuns {
  private static final List<String> KEYS =
      List.of("readings/a.json", "readings/b.json", "readings/c.json");

  private final Shelf shelf;
  private final Path scratch;
  private final Mutant mutant;

  /** What one run came to. */
  public record Count(int deliveries, int faults, int dead, @Nullable Failed failed) {}

  public QueueRuns(Shelf shelf, Path scratch, Mutant mutant) {
    this.shelf = shelf;
    this.scratch = scratch;
    this.mutant = mutant;
  }

  /** One run. */
  public Count run(long seed) {
    return new Run(seed).run();
  }

  private final class Run implements FaultHook {
    private final long seed;
    private final Random random;
    private final Scene scene;
    private final Turns turns;
    private final Messages queue;
    private final int keys;
    private final int oneIn;
    private final ThreadLocal<@Nullable Instant> death = new ThreadLocal<>();
    private boolean usersAreDone;
    private int record;
    private int deliveries;
    private int faults;

    Run(long seed) {
      this.seed = seed;
      random = new Random(seed);
      scene = new Scene(shelf, scratch, random.nextBoolean(), mutant);
      queue = new Messages(random);
      keys = 1 + random.nextInt(KEYS.size());
      oneIn = 15 << random.nextInt(5);
      int eagerness = 1 + random.nextInt(8);
      turns =
          new Turns((free, options) ->
              free || random.nextInt(eagerness) == 0 ? random.nextInt(options) : 0);
    }

    Count run() {
      scene.severalAtATime();
      scene.direct(this);
      List<Runnable> all = new ArrayList<>();
      all.add(this::use);
      for (int workers = 1 + random.nextInt(3); workers > 0; workers--) {
        all.add(this::work);
      }
      turns.run(all);
      scene.direct(FaultHook.NONE);
      // What a dead worker had in hand comes again when it is in sight again.
      scene.clock.advance(Messages.VISIBILITY);
      scene.queue.addAll(queue.left());
      scene.queue.addAll(queue.dead());
      Findings findings = scene.finish();
      return new Count(
          deliveries,
          faults,
          queue.dead().size(),
          findings.none() ? null : new Failed("queue, seed " + seed + scene.story(), findings));
    }

    private void use() {
      List<byte[]> contents = new ArrayList<>();
      for (int actions = 2 + random.nextInt(7); actions > 0; actions--) {
        turns.step();
        String key = KEYS.get(random.nextInt(keys));
        int what = random.nextInt(10);
        if (what == 0) {
          queue.send(scene.remove(key), scene.clock.instant());
        } else if (what == 1 && !contents.isEmpty()) {
          byte[] again = contents.get(random.nextInt(contents.size()));
          queue.send(scene.upload(key, again), scene.clock.instant());
        } else {
          contents.add(content());
          queue.send(scene.upload(key, contents.get(contents.size() - 1)), scene.clock.instant());
        }
        if (random.nextBoolean()) {
          scene.clock.advance(Duration.ofSeconds(random.nextInt(120)));
        }
      }
      usersAreDone = true;
    }

    private byte[] content() {
      StringBuilder text = new StringBuilder();
      for (int records = random.nextInt(5); records > 0; records--) {
        int id = ++record;
        text.append(
            switch (random.nextInt(4)) {
              case 0 -> FaultRuns.never(id);
              case 1 -> FaultRuns.withoutValue(id);
              default -> reading(id, "abc".substring(random.nextInt(3)).substring(0, 1), id);
            });
      }
      return FaultRuns.bytes(text.toString());
    }

    private void work() {
      while (!(usersAreDone && queue.isEmpty())) {
        turns.step();
        Messages.Message message = queue.receive(scene.clock.instant()).orElse(null);
        if (message == null) {
          scene.clock.advance(Duration.ofMinutes(1));
          continue;
        }
        deliveries++;
        death.set(scene.clock.instant().plus(Scene.INVOCATION));
        if (scene.deliver(
            message.event(),
            message.id(),
            random.nextInt(8) == 0 ? Scene.REDECLARED : Scene.DECLARED)) {
          queue.delete(message);
        }
        death.remove();
      }
    }

    @Override
    public void before(RemoteCall call, Runnable effect) {
      turns.step();
      scene.landDue();
      Instant end = death.get();
      if (end != null && !scene.clock.instant().isBefore(end)) {
        throw new World.Death();
      }
      scene.clock.advance(Duration.ofMillis(random.nextInt(50)));
      Fault fault = drawn();
      if (fault != null && fault.before()) {
        scene.strike(fault, call, 0, effect);
      }
    }

    @Override
    public void after(RemoteCall call) {
      Fault fault = drawn();
      if (fault != null && !fault.before()) {
        scene.strike(fault, call, 0, () -> {});
      }
    }

    private @Nullable Fault drawn() {
      if (death.get() == null || random.nextInt(oneIn) > 0) {
        return null;
      }
      faults++;
      return Fault.values()[random.nextInt(Fault.values().length)];
    }
  }
}
