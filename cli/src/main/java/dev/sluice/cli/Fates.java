package dev.sluice.cli;

import dev.sluice.convert.Conversion;
import dev.sluice.convert.ConvertOptions;
import dev.sluice.convert.Converter;
import dev.sluice.convert.Progress;
import dev.sluice.convert.Source;
import dev.sluice.model.ErrorCode;
import dev.sluice.model.SluiceException;
import dev.sluice.model.dataset.Dataset;
import dev.sluice.model.ledger.QuarantineRecord;
import dev.sluice.model.store.ListedObject;
import dev.sluice.model.store.OpenObject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of the newest uploads under two declarations of their dataset: each object is
 * converted with both, and its records are told apart by where they start.
 */
final class Fates {
  /** More objects than that are not looked at, however few records they have. */
  private static final int MOST_OBJECTS = 10_000;

  private final Dataset before;
  private final Dataset after;
  private ConvertOptions options = ConvertOptions.defaults();
  private long objects;
  private long records;
  private long fitBoth;
  private long quarantinedBoth;
  private final Map<String, Long> lost = new TreeMap<>();
  private final Map<String, Long> won = new TreeMap<>();
  private final Map<String, String> refused = new TreeMap<>();

  Fates(Dataset before, Dataset after) {
    this.before = before;
    this.after = after;
  }

  /** How many objects were converted with both declarations. */
  long objects() {
    return objects;
  }

  /** How many records they have. */
  long records() {
    return records;
  }

  /** Records that fit both declarations. */
  long fitBoth() {
    return fitBoth;
  }

  /** Records that fit neither. */
  long quarantinedBoth() {
    return quarantinedBoth;
  }

  /** Records that fit before and no more, by reason and field. */
  Map<String, Long> lost() {
    return lost;
  }

  /** Records that did not fit before and do now, by the reason and field of before. */
  Map<String, Long> won() {
    return won;
  }

  /** Objects that one of the declarations, or both, refuse as a whole, by key. */
  Map<String, String> refused() {
    return refused;
  }

  /** Takes the newest objects, whole ones, until so many records were read. */
  void sample(ConnectedLake lake, long wanted) throws IOException {
    options = ConvertOptions.defaults().withLimits(lake.limits());
    Path folder = Files.createTempDirectory("sluice-plan");
    try {
      for (ListedObject object : newest(lake, wanted)) {
        if (records >= wanted) {
          break;
        }
        Path file = folder.resolve("object");
        Optional<OpenObject> opened = lake.store().open(object.name());
        if (opened.isEmpty()) {
          continue;
        }
        try (OpenObject open = opened.get();
            InputStream content = open.content()) {
          Files.copy(content, file);
        }
        compare(object.name().key(), object.name().toString(), file, folder);
        Files.delete(file);
      }
    } finally {
      Folders.delete(folder);
    }
  }

  private List<ListedObject> newest(ConnectedLake lake, long wanted) {
    // Every object that is looked at has a record; so no more of them are needed than that.
    int most = (int) Math.min(wanted, MOST_OBJECTS);
    Comparator<ListedObject> age =
        Comparator.comparing(ListedObject::lastModified)
            .thenComparing(object -> object.name().key());
    PriorityQueue<ListedObject> newest = new PriorityQueue<>(age);
    try (Stream<ListedObject> all =
        lake.store().list(lake.layout().rawBucket(), lake.layout().rawPrefix(before.name()), "")) {
      all.filter(object -> object.size() > 0)
          .forEach(object -> {
            newest.add(object);
            if (newest.size() > most) {
              newest.remove();
            }
          });
    }
    List<ListedObject> sorted = new ArrayList<>(newest);
    sorted.sort(age.reversed());
    return sorted;
  }

  private record Outcome(@Nullable Conversion done, String refused) {}

  private void compare(String key, String name, Path file, Path folder) throws IOException {
    Source source = new Source(name, "", "sample", () -> Files.newInputStream(file));
    Outcome old = convert(before, source, folder.resolve("before"));
    Outcome changed = convert(after, source, folder.resolve("after"));
    if (old.done() == null || changed.done() == null) {
      refused.put(
          key,
          old.done() == null && changed.done() == null
              ? "refused by both: " + changed.refused()
              : old.done() == null
                  ? "was refused, and would be loaded: " + old.refused()
                  : "would be refused: " + changed.refused());
    } else {
      Map<Long, String> quarantinedBefore = quarantined(old.done());
      Map<Long, String> quarantinedAfter = quarantined(changed.done());
      quarantinedAfter.forEach((offset, reason) -> {
        if (!quarantinedBefore.containsKey(offset)) {
          lost.merge(reason, 1L, Long::sum);
        }
      });
      quarantinedBefore.forEach((offset, reason) -> {
        if (quarantinedAfter.containsKey(offset)) {
          quarantinedBoth++;
        } else {
          won.merge(reason, 1L, Long::sum);
        }
      });
      Set<Long> either = new HashSet<>(quarantinedBefore.keySet());
      either.addAll(quarantinedAfter.keySet());
      objects++;
      records += changed.done().read();
      fitBoth += changed.done().read() - either.size();
    }
    Folders.delete(folder.resolve("before"));
    Folders.delete(folder.resolve("after"));
  }

  private Outcome convert(Dataset dataset, Source source, Path to) throws IOException {
    Files.createDirectories(to);
    try {
      return new Outcome(
          new Converter(dataset, options)
              .convert(source, to.resolve("data"), to.resolve("quarantine"), Progress.NONE),
          "");
    } catch (SluiceException e) {
      if (e.code().action() != ErrorCode.Action.REJECT) {
        throw e;
      }
      return new Outcome(null, e.code().name());
    }
  }

  private Map<Long, String> quarantined(Conversion conversion) throws IOException {
    Map<Long, String> reasons = new TreeMap<>();
    if (conversion.quarantine().isPresent()) {
      try (Stream<String> lines = Files.lines(conversion.quarantine().get())) {
        lines.forEach(line -> {
          QuarantineRecord record = QuarantineRecord.parse(before.name(), line);
          String field = record.field().replaceAll("\\[\\d+]", "[]");
          reasons.put(record.offset(), record.reason() + (field.isEmpty() ? "" : " " + field));
        });
      }
    }
    return reasons;
  }
}
