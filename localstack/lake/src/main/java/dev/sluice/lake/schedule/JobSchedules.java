package dev.sluice.lake.schedule;

import dev.sluice.model.job.JobDeclaration;
import dev.sluice.model.job.Slot;
import dev.sluice.model.json.Json;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Fires the slots of declared jobs when their time has come, in the order of time, each once. What
 * came while the lake was down is not fired: who looks after runs finds it missing, as it does when
 * AWS fails to deliver.
 */
public final class JobSchedules implements AutoCloseable {
  /** The most slots that one advance of the clock may bring. */
  public static final int MOST_SLOTS = 1_000;

  private static final System.Logger LOG = System.getLogger(JobSchedules.class.getName());
  private static final int ATTEMPTS = 4;
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);

  /** Who launches a slot. */
  @FunctionalInterface
  public interface Launcher {
    /**
     * @param input what a schedule gives: the job's name and the slot's time
     * @return why it failed, if it did
     */
    Optional<String> launch(String input) throws InterruptedException;
  }

  private final ScheduleClock clock;
  private final Launcher launcher;
  private final Duration retryAfter;
  private final List<JobDeclaration> jobs = new ArrayList<>();
  private final Map<String, Instant> seen = new HashMap<>();
  private final Object lock = new Object();
  private final Thread thread;
  private @Nullable Instant firing;
  private boolean closed;

  private JobSchedules(
      Collection<JobDeclaration> declared,
      ScheduleClock clock,
      Launcher launcher,
      Duration retryAfter) {
    this.clock = clock;
    this.launcher = launcher;
    this.retryAfter = retryAfter;
    Instant start = clock.now();
    for (JobDeclaration job : declared) {
      if (job.schedule().isPresent()) {
        jobs.add(job);
        seen.put(job.name(), start);
      }
    }
    thread = Thread.ofVirtual().name("job-schedules").unstarted(this::run);
  }

  /**
   * Starts to wait for the next slots.
   *
   * @param retryAfter when a launch that failed is tried again; twice as long after each time
   */
  public static JobSchedules start(
      Collection<JobDeclaration> jobs,
      ScheduleClock clock,
      Launcher launcher,
      Duration retryAfter) {
    JobSchedules schedules = new JobSchedules(jobs, clock, launcher, retryAfter);
    schedules.thread.start();
    return schedules;
  }

  /** The clock that they go by. */
  public ScheduleClock clock() {
    return clock;
  }

  /**
   * Advances the clock, which fires the slots in between, as if the time had passed.
   *
   * @return those slots, in the order of time
   * @throws IllegalArgumentException when there are more than {@value #MOST_SLOTS}, or the time is
   *     negative
   */
  public List<Slot> advance(Duration by) {
    if (by.isNegative()) {
      throw new IllegalArgumentException("Cannot advance the clock: it never goes back: " + by);
    }
    synchronized (lock) {
      List<Slot> slots = due(clock.now().plus(by));
      if (slots.size() > MOST_SLOTS) {
        throw new IllegalArgumentException(
            "Cannot advance the clock: more than "
                + MOST_SLOTS
                + " slots would fire: advance it by less than "
                + by);
      }
      clock.advance(by);
      lock.notifyAll();
      return slots;
    }
  }

  /**
   * The time that the schedules have come to: no slot before it is still to be fired. It is behind
   * the clock while the slots of an advance are fired.
   */
  public Instant reached() {
    synchronized (lock) {
      if (firing != null) {
        return firing;
      }
      Instant now = clock.now();
      List<Slot> due = due(now);
      return due.isEmpty() ? now : due.getFirst().time();
    }
  }

  /** Ends it; a launch under way is broken off, as the launcher bears at any instant. */
  @Override
  public void close() {
    synchronized (lock) {
      closed = true;
    }
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    try {
      while (true) {
        for (Slot slot : next()) {
          firing(slot.time());
          fire(slot);
        }
        firing(null);
      }
    } catch (InterruptedException e) {
      // Closed.
    }
  }

  private void firing(@Nullable Instant time) {
    synchronized (lock) {
      firing = time;
    }
  }

  /** Waits until slots are due, and takes them. */
  private List<Slot> next() throws InterruptedException {
    synchronized (lock) {
      while (!closed) {
        Instant now = clock.now();
        List<Slot> due = due(now);
        if (!due.isEmpty()) {
          due.forEach(slot -> seen.put(slot.job(), slot.time()));
          firing = due.getFirst().time();
          return due;
        }
        Duration wait = LONGEST_WAIT;
        for (JobDeclaration job : jobs) {
          Optional<Instant> slot = following(job, now);
          if (slot.isPresent() && Duration.between(now, slot.get()).compareTo(wait) < 0) {
            wait = Duration.between(now, slot.get());
          }
        }
        // Never early: at that time the slot is due.
        lock.wait(wait.toMillis() + 1);
      }
      throw new InterruptedException();
    }
  }

  /** The slots after those that were taken, up to an instant; one more than may be at most. */
  private List<Slot> due(Instant until) {
    List<Slot> due = new ArrayList<>();
    for (JobDeclaration job : jobs) {
      Optional<Instant> slot = following(job, seen.get(job.name()));
      while (slot.isPresent() && !slot.get().isAfter(until) && due.size() <= MOST_SLOTS) {
        due.add(new Slot(job.name(), slot.get()));
        slot = following(job, slot.get());
      }
    }
    Collections.sort(due);
    return due;
  }

  private static Optional<Instant> following(JobDeclaration job, @Nullable Instant after) {
    return after == null ? Optional.empty() : job.schedule().flatMap(each -> each.next(after));
  }

  private void fire(Slot slot) throws InterruptedException {
    Map<String, Object> input = new LinkedHashMap<>();
    input.put("job", slot.job());
    input.put("slot", slot.time().toString());
    String text = Json.write(input);
    Duration wait = retryAfter;
    for (int attempt = 1; ; attempt++) {
      Optional<String> problem;
      try {
        problem = launcher.launch(text);
      } catch (RuntimeException e) {
        if (Thread.currentThread().isInterrupted()) {
          throw new InterruptedException();
        }
        problem = Optional.of(String.valueOf(e.getMessage()));
      }
      if (problem.isEmpty()) {
        return;
      }
      LOG.log(
          System.Logger.Level.WARNING,
          "The slot {0} was not launched, attempt {1} of {2}: {3}",
          slot.key(),
          attempt,
          ATTEMPTS,
          problem.get());
      if (attempt == ATTEMPTS) {
        return;
      }
      Thread.sleep(wait);
      wait = wait.multipliedBy(2);
    }
  }
}
