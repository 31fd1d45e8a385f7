package dev.sluice.books;

import dev.sluice.model.dataset.Dataset;
import dev.sluice.model.ledger.LedgerEntry;
import dev.sluice.model.ledger.LedgerEntry.Status;
import dev.sluice.model.store.ObjectName;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a lake should show once its queue has drained: of each key the newest version's records,
 * each once, in silver or in quarantine; an entry for every version; and nothing else.
 */
public final class Truth {
  private static final String SILVER = "silver/";
  private static final String QUARANTINE = "ops/quarantine/";
  private static final String LEDGER = "ops/ledger/";

  private final Shelf shelf;
  private final String raw;
  private final List<Dataset> declarations;
  private final List<Upload> uploads = new ArrayList<>();

  /**
   * @param shelf what converted everything
   * @param raw the bucket of uploads
   * @param declarations under which something may have been loaded
   */
  public Truth(Shelf shelf, String raw, List<Dataset> declarations) {
    this.shelf = shelf;
    this.raw = raw;
    this.declarations = List.copyOf(declarations);
  }

  /** An upload that happened. */
  @SuppressWarnings("ArrayRecordComponent")
  public record Upload(String key, String version, byte[] content) {}

  /**
   * What is there.
   *
   * @param newest version of every key that is in the raw bucket
   * @param lake every object of the lake bucket
   * @param locations of all partitions in the catalog; null when the catalog was not looked at
   */
  public record Lake(
      Map<String, String> newest, Map<String, byte[]> lake, @Nullable Set<String> locations) {}

  /** Remembers an upload. */
  public synchronized void uploaded(Upload upload) {
    uploads.add(upload);
  }

  /** Looks at everything. */
  public synchronized Findings compare(Lake lake) {
    return new Comparison(lake).run();
  }

  private final class Comparison {
    private final Lake there;
    private final List<String> wrong = new ArrayList<>();
    private final Map<String, String> keys = new HashMap<>();
    private final Map<String, List<LedgerEntry>> entries = new HashMap<>();
    private final Map<String, Map<String, byte[]>> contents = new LinkedHashMap<>();

    /** How often each record should be visible less how often it is; by place, key and id. */
    private final Map<String, Integer> balance = new TreeMap<>();

    private long orphans;

    Comparison(Lake there) {
      this.there = there;
    }

    Findings run() {
      for (Upload upload : uploads) {
        contents
            .computeIfAbsent(upload.key(), k -> new LinkedHashMap<>())
            .put(upload.version(), upload.content());
        keys.put(SourceId.of(new ObjectName(raw, upload.key()), "").keyHash(), upload.key());
      }
      Set<String> owned = new java.util.HashSet<>();
      there
          .lake()
          .forEach((key, bytes) -> {
            if (key.startsWith(LEDGER)) {
              LedgerEntry entry = LedgerEntry.parse(new String(bytes, StandardCharsets.UTF_8));
              entries.computeIfAbsent(entry.sourceKey(), k -> new ArrayList<>()).add(entry);
              if (entry.status().loaded()) {
                owned.addAll(entry.outputKeys());
                checkFiles(entry);
              }
            }
          });
      contents.forEach(this::expect);
      there
          .lake()
          .forEach((key, bytes) -> {
            if (key.startsWith(SILVER) || key.startsWith(QUARANTINE)) {
              seen(key, bytes);
              if (!owned.contains(key)) {
                orphan(key);
              }
            } else if (!key.startsWith(LEDGER)) {
              orphan(key);
            }
          });
      long lost = 0;
      long doubled = 0;
      for (Map.Entry<String, Integer> record : balance.entrySet()) {
        if (record.getValue() > 0) {
          lost += record.getValue();
          say("lost " + record.getKey());
        } else if (record.getValue() < 0) {
          doubled -= record.getValue();
          say("doubled " + record.getKey());
        }
      }
      return new Findings(lost, doubled, orphans, wrong);
    }

    /** A few examples are enough. */
    private void say(String what) {
      if (wrong.size() < 20) {
        wrong.add(what);
      }
    }

    private void orphan(String key) {
      orphans++;
      say("nobody's: " + key);
    }

    private void count(String place, String key, Collection<String> ids, int by) {
      for (String id : ids) {
        balance.merge(place + " " + key + " " + id, by, Integer::sum);
      }
    }

    private void expect(String key, Map<String, byte[]> versions) {
      List<LedgerEntry> own = entries.getOrDefault(key, List.of());
      String newest = there.newest().get(key);
      List<LedgerEntry> loaded = own.stream().filter(e -> e.status().loaded()).toList();
      if (loaded.size() > 1) {
        say(loaded.size() + " versions loaded of " + key);
      }
      for (String version : versions.keySet()) {
        List<LedgerEntry> found = own.stream().filter(e -> e.version().equals(version)).toList();
        if (found.size() != 1) {
          say(found.size() + " entries for " + key + " " + version);
        }
      }
      // Of a deleted object the books say which version stays.
      String shown = newest != null ? newest : loaded.isEmpty() ? null : loaded.get(0).version();
      for (LedgerEntry entry : own) {
        boolean current = entry.version().equals(shown);
        if (newest != null && (entry.status() == Status.SUPERSEDED) == current) {
          say(entry.status() + " though " + (current ? "" : "not ") + "newest: " + key);
        }
        if (newest == null && current && entry.sourceDeletedAt().isEmpty()) {
          say("not marked as deleted: " + key);
        }
        if (newest != null && current && entry.sourceDeletedAt().isPresent()) {
          say("marked as deleted: " + key);
        }
        if (current) {
          expect(entry, versions.get(entry.version()));
        }
      }
      if (shown != null && own.stream().noneMatch(e -> e.version().equals(shown))) {
        Shelf.Expected expected = shelf.expected(declarations.get(0), versions.get(shown));
        count("silver", key, expected.good(), 1);
        count("quarantine", key, expected.bad(), 1);
      }
    }

    private void expect(LedgerEntry entry, byte @Nullable [] content) {
      Dataset declaration =
          declarations.stream()
              .filter(d -> d.fingerprint().equals(entry.fingerprint()))
              .findFirst()
              .orElse(null);
      if (declaration == null || content == null) {
        say("of nothing that is known: " + entry.toLine().strip());
        return;
      }
      Shelf.Expected expected = shelf.expected(declaration, content);
      Status status =
          expected.rejected()
              ? Status.REJECTED
              : expected.bad().isEmpty() ? Status.LOADED : Status.LOADED_WITH_QUARANTINE;
      if (entry.status() != status) {
        say(entry.status() + " and not " + status + ": " + entry.sourceKey());
      }
      if (entry.recordsWritten() != expected.good().size()
          || entry.recordsQuarantined() != expected.bad().size()) {
        say("counts: " + entry.toLine().strip());
      }
      SourceId id = SourceId.of(new ObjectName(raw, entry.sourceKey()), entry.version());
      List<String> named =
          expected.files().stream()
              .map(f -> SILVER + entry.dataset() + "/" + f.replace(Shelf.STEM, id.stem()))
              .sorted()
              .toList();
      List<String> found =
          entry.files().stream().map(f -> withoutGeneration(f.key(), id)).sorted().toList();
      if (!named.equals(found)) {
        say("not named by identity: " + entry.files());
      }
      count("silver", entry.sourceKey(), expected.good(), 1);
      count("quarantine", entry.sourceKey(), expected.bad(), 1);
    }

    private static String withoutGeneration(String key, SourceId id) {
      return key.replaceFirst(id.stem() + "-r?[0-9]+-", id.stem() + "-");
    }

    private void checkFiles(LedgerEntry entry) {
      if (entry.recordsRead() != entry.recordsWritten() + entry.recordsQuarantined()
          || entry.files().stream().mapToLong(LedgerEntry.OutputFile::rows).sum()
              != entry.recordsWritten()) {
        say("unbalanced: " + entry.toLine().strip());
      }
      for (LedgerEntry.OutputFile file : entry.files()) {
        byte[] bytes = there.lake().get(file.key());
        if (bytes == null || bytes.length != file.bytes()) {
          say("not as in the ledger: " + file.key());
        }
        located(file.key());
      }
      if (!entry.quarantineKey().isEmpty()) {
        if (!there.lake().containsKey(entry.quarantineKey())) {
          say("not as in the ledger: " + entry.quarantineKey());
        }
        located(entry.quarantineKey());
      }
    }

    private void located(String key) {
      Set<String> locations = there.locations();
      if (locations != null
          && locations.stream()
              .noneMatch(l -> l.endsWith("/" + key.substring(0, key.lastIndexOf('/') + 1)))) {
        say("in no registered partition: " + key);
      }
    }

    private void seen(String key, byte[] bytes) {
      String name = key.substring(key.lastIndexOf('/') + 1);
      String source = keys.get(name.substring(0, Math.max(0, name.indexOf('-'))));
      if (source == null) {
        return;
      }
      if (key.startsWith(QUARANTINE)) {
        new String(bytes, StandardCharsets.UTF_8)
            .lines()
            .forEach(line -> count("quarantine", source, List.of(Shelf.quarantined(line)), -1));
        return;
      }
      String folder = key.substring(SILVER.length(), key.lastIndexOf('/'));
      String directory = folder.substring(folder.indexOf('/') + 1);
      shelf
          .records(directory, bytes)
          .ifPresentOrElse(
              ids -> count("silver", source, ids, -1), () -> say("of unknown content: " + key));
    }
  }
}
