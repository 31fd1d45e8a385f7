package dev.sluice.books;

import dev.sluice.model.registry.LakeLayout;
import dev.sluice.model.registry.LakeLayout.Origin;
import dev.sluice.model.store.ObjectInfo;
import dev.sluice.model.store.ObjectName;
import dev.sluice.model.store.ObjectStore;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Deletes files that no entry owns, beside running ingests.
 *
 * <p>A sweep leaves a mark that names the files, then looks for entries, and then deletes; the mark
 * stays. An ingest publishes or finds its files in place, writes its entry, and then looks for
 * marks. The store shows every finished write to every later read. So either the sweep sees the
 * entry and lets the files be, or the entry came after the mark and the ingest meets that: as long
 * as the sweep may still delete, the ingest comes again later, and then it looks whether its files
 * are in place, and loads them again when not. Files that a living attempt's intent names are let
 * be as well, so that this is rare.
 *
 * <p>An ingest that dies in between is delivered again and does the same. All times are the store's
 * own, so nobody's clock matters but for short durations.
 */
final class Sweep {
  /** From the mark on until a deletion has certainly been carried out or given up. */
  static final Duration LEASE = Duration.ofMinutes(5);

  /** How long a mark stays: every attempt that began before the lease ended is over by then. */
  static final Duration REMEMBERED = Duration.ofHours(1);

  /** When the last deletion begins; a request and its repetitions take less than the rest. */
  private static final Duration DELETES = Duration.ofMinutes(1);

  private final ObjectStore store;
  private final LakeLayout layout;
  private final Books books;
  private final Clock clock;
  private final Duration safeAge;
  private final String id;
  private final AtomicInteger number = new AtomicInteger();

  /**
   * @param safeAge younger files are not touched
   * @param id unlike that of any other sweep; letters, digits and {@code -}
   */
  Sweep(ObjectStore store, LakeLayout layout, Clock clock, Duration safeAge, String id) {
    this.store = store;
    this.layout = layout;
    this.books = new Books(store, layout);
    this.clock = clock;
    this.safeAge = safeAge;
    this.id = id;
  }

  /**
   * Deletes those of the files that are nobody's.
   *
   * @param keys keys of silver or quarantine, all made of one version of one object
   * @return what was deleted, with its size
   */
  Map<String, Long> sweep(Origin origin, List<String> keys) {
    Instant begin = clock.instant();
    ObjectName mark =
        books.write(
            Intent.sweep(origin.dataset(), keys, begin.plus(REMEMBERED)),
            new SourceId(origin.keyHash(), origin.versionHash()),
            "sweep-" + id + "-" + number.incrementAndGet());
    Instant now = store.head(mark).map(ObjectInfo::lastModified).orElse(Instant.MIN);
    Set<String> owned = owned(origin);
    Map<String, Long> deleted = new HashMap<>();
    List<String> orphans = new ArrayList<>();
    for (String key : keys) {
      Optional<ObjectInfo> file = store.head(name(key));
      if (!owned.contains(key)
          && file.isPresent()
          && file.get().lastModified().isBefore(now.minus(safeAge))) {
        orphans.add(key);
        deleted.put(key, file.get().size());
      }
    }
    if (orphans.isEmpty()) {
      store.delete(mark);
      return Map.of();
    }
    for (String key : orphans) {
      if (clock.instant().isAfter(begin.plus(DELETES))) {
        deleted.remove(key);
      } else {
        store.delete(name(key));
      }
    }
    return deleted;
  }

  private Set<String> owned(Origin origin) {
    Set<String> owned = new HashSet<>();
    for (Books.StoredIntent intent : books.intents(origin.keyHash(), Map.of())) {
      if (!intent.intent().sweep()) {
        owned.addAll(intent.intent().keys());
      }
    }
    for (Books.Stored stored : books.entries(origin.dataset(), origin.keyHash())) {
      if (stored.entry().status().loaded()) {
        owned.addAll(stored.entry().outputKeys());
      }
    }
    return owned;
  }

  private ObjectName name(String key) {
    return new ObjectName(layout.lakeBucket(), key);
  }
}
