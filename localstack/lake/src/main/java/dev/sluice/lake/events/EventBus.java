package dev.sluice.lake.events;

import dev.sluice.lake.api.Events;
import dev.sluice.lake.lambda.FunctionPool;
import dev.sluice.lake.lambda.Outcome;
import dev.sluice.lake.store.Journal;
import dev.sluice.model.json.Json;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Delivers events to functions as EventBridge's default bus does: at least once, in no order, again
 * when the function fails, and after a restart of the lake what was not delivered before.
 */
public final class EventBus implements Events, AutoCloseable {
  private static final System.Logger LOG = System.getLogger(EventBus.class.getName());
  private static final int ATTEMPTS = 6;
  private static final long COMPACT_FROM = 1 << 20;

  private final Journal journal;
  private final Duration retryAfter;

  /** Events that some rule has not got yet, by their delivery's id. */
  private final LinkedHashMap<String, Map<String, ?>> waiting = new LinkedHashMap<>();

  private final Set<Thread> threads = new HashSet<>();
  private @Nullable List<Rule> rules;
  private boolean closed;

  /**
   * Who is told what.
   *
   * @param name for the log
   * @param source what the event's {@code source} must be, for instance {@code aws.emr}
   * @param detailTypes what its {@code detail-type} may be
   * @param function is called with the event
   */
  public record Rule(String name, String source, Set<String> detailTypes, FunctionPool function) {
    public Rule {
      detailTypes = Set.copyOf(detailTypes);
    }

    boolean asksFor(Map<String, ?> event) {
      return source.equals(event.get("source"))
          && detailTypes.contains(String.valueOf(event.get("detail-type")));
    }
  }

  private EventBus(Path file, Duration retryAfter) {
    this.retryAfter = retryAfter;
    journal = Journal.open(file, Journal.Sync.NEVER, this::replay);
    if (journal.size() > COMPACT_FROM) {
      journal.compact(this::snapshot);
    }
  }

  /**
   * A bus that keeps what it is given until it is started.
   *
   * @param file the journal; created
   * @param retryAfter when a function that failed is called again; twice as long after each time
   */
  public static EventBus open(Path file, Duration retryAfter) {
    return new EventBus(file, retryAfter);
  }

  /** Begins to deliver, first what is left of earlier. */
  public synchronized void start(List<Rule> rules) {
    this.rules = List.copyOf(rules);
    List.copyOf(waiting.entrySet()).forEach(each -> deliver(each.getKey(), each.getValue()));
  }

  @Override
  public synchronized void put(Map<String, ?> event) {
    if (rules != null && rules.stream().noneMatch(rule -> rule.asksFor(event))) {
      return;
    }
    String id = UUID.randomUUID().toString();
    write(Map.of("op", "put", "id", id, "event", event));
    if (rules != null && !closed) {
      deliver(id, event);
    }
  }

  /** Breaks deliveries off, which begin anew when the lake is started again. */
  public void stop() {
    List<Thread> all;
    synchronized (this) {
      closed = true;
      all = List.copyOf(threads);
    }
    all.forEach(Thread::interrupt);
    for (Thread thread : all) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public void close() {
    stop();
    journal.close();
  }

  private void deliver(String id, Map<String, ?> event) {
    List<Rule> asking = new ArrayList<>();
    for (Rule rule : rules == null ? List.<Rule>of() : rules) {
      if (rule.asksFor(event)) {
        asking.add(rule);
      }
    }
    Thread thread = Thread.ofVirtual().name("event-" + id).unstarted(() -> run(id, event, asking));
    threads.add(thread);
    thread.start();
  }

  private void run(String id, Map<String, ?> event, List<Rule> asking) {
    try {
      byte[] bytes = Json.write(event).getBytes(StandardCharsets.UTF_8);
      for (Rule rule : asking) {
        call(rule, String.valueOf(event.get("id")), bytes);
      }
      synchronized (this) {
        if (!closed) {
          write(Map.of("op", "done", "id", id));
        }
      }
    } catch (InterruptedException e) {
      // Closed.
    } finally {
      synchronized (this) {
        threads.remove(Thread.currentThread());
      }
    }
  }

  private void call(Rule rule, String id, byte[] event) throws InterruptedException {
    Duration wait = retryAfter;
    for (int attempt = 1; ; attempt++) {
      String problem;
      try {
        if (!(rule.function().invoke(event) instanceof Outcome.Failed failed)) {
          return;
        }
        problem = failed.type() + ": " + failed.message();
      } catch (RuntimeException e) {
        if (Thread.currentThread().isInterrupted()) {
          throw new InterruptedException();
        }
        problem = String.valueOf(e.getMessage());
      }
      LOG.log(
          System.Logger.Level.WARNING,
          "{0} did not take the event {1} of {2}, attempt {3} of {4}: {5}",
          rule.function().function().name(),
          id,
          rule.name(),
          attempt,
          ATTEMPTS,
          problem);
      if (attempt == ATTEMPTS) {
        return;
      }
      Thread.sleep(wait);
      wait = wait.multipliedBy(2);
    }
  }

  private void write(Map<String, ?> change) {
    byte[] record = Json.write(change).getBytes(StandardCharsets.UTF_8);
    journal.append(record);
    replay(record);
  }

  private void replay(byte[] record) {
    Map<String, ?> change = Json.parseObject(new String(record, StandardCharsets.UTF_8));
    String id = String.valueOf(change.get("id"));
    if (change.get("event") instanceof Map<?, ?> event) {
      Map<String, @Nullable Object> copy = new LinkedHashMap<>();
      event.forEach((name, value) -> copy.put(String.valueOf(name), value));
      waiting.put(id, copy);
    } else {
      waiting.remove(id);
    }
  }

  private void snapshot(Consumer<byte[]> out) {
    waiting.forEach((id, event) ->
        out.accept(
            Json.write(Map.of("op", "put", "id", id, "event", event))
                .getBytes(StandardCharsets.UTF_8)));
  }
}
