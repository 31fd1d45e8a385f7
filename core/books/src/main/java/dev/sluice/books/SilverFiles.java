package dev.sluice.books;

import dev.sluice.model.ErrorCode;
import dev.sluice.model.SluiceException;
import dev.sluice.model.ledger.LedgerEntry;
import dev.sluice.model.registry.LakeLayout;
import dev.sluice.model.store.ListedObject;
import dev.sluice.model.store.ObjectName;
import dev.sluice.model.store.ObjectStore;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The files of a dataset's table that hold its records once: of every uploaded object those of the
 * newest version that the ledger calls loaded. While a newer version takes the place of an older
 * one, or an object is loaded again, a listing of the table shows files of both, or of neither as a
 * whole.
 *
 * @param byPartition the files by their partition's path below the table, sorted by both
 * @param entries how many entries the ledger has for the dataset
 */
public record SilverFiles(Map<String, List<LedgerEntry.OutputFile>> byPartition, long entries) {

  /** How often an object may change while it is looked at. */
  private static final int ROUNDS = 8;

  /**
   * Reads the whole ledger of a dataset: a list for every thousand entries, a get for each.
   *
   * @param threads how many entries are read at a time
   * @throws SluiceException as {@link ObjectStore} says, or when an entry cannot be read
   */
  public static SilverFiles read(
      ObjectStore store, LakeLayout layout, String dataset, int threads) {
    Reader reader = new Reader(new Books(store, layout), store, layout, dataset);
    Map<String, List<ObjectName>> objects = new LinkedHashMap<>();
    long entries = 0;
    try (Stream<ListedObject> listed =
        store.list(layout.lakeBucket(), layout.ledgerPrefix(dataset), "")) {
      for (var each = listed.iterator(); each.hasNext(); ) {
        ObjectName name = each.next().name();
        Optional<LakeLayout.Origin> origin = layout.origin(name.key());
        if (origin.isPresent()) {
          objects.computeIfAbsent(origin.get().keyHash(), k -> new ArrayList<>(1)).add(name);
          entries++;
        }
      }
    }
    TreeMap<String, List<LedgerEntry.OutputFile>> byPartition = new TreeMap<>();
    Parallel.map(
            objects.entrySet(), threads, object -> reader.files(object.getKey(), object.getValue()))
        .forEach(files ->
            files.forEach(file ->
                byPartition.computeIfAbsent(file.partition(), p -> new ArrayList<>()).add(file)));
    byPartition.replaceAll((partition, files) ->
        files.stream()
            .sorted(java.util.Comparator.comparing(LedgerEntry.OutputFile::key))
            .toList());
    return new SilverFiles(java.util.Collections.unmodifiableMap(byPartition), entries);
  }

  /** Looks at one object after the other. */
  private record Reader(Books books, ObjectStore store, LakeLayout layout, String dataset) {

    /** The files that hold the records of one object. */
    List<LedgerEntry.OutputFile> files(String keyHash, List<ObjectName> listed) {
      List<ObjectName> names = listed;
      for (int round = 0; round < ROUNDS; round++) {
        List<LedgerEntry> entries =
            names.stream()
                .flatMap(name -> books.entry(name).stream())
                .map(Books.Stored::entry)
                .toList();
        Optional<LedgerEntry> newest =
            entries.stream().filter(e -> e.status().loaded()).max(Ingest::compareAge);
        if (newest.isPresent()) {
          return newest.get().files();
        }
        if (entries.stream().noneMatch(e -> e.status() == LedgerEntry.Status.SUPERSEDED)) {
          return List.of();
        }
        // What superseded it may have been entered since the entries were listed.
        List<ObjectName> again = list(keyHash);
        if (again.equals(names)) {
          return List.of();
        }
        names = again;
      }
      throw new SluiceException(
          ErrorCode.UNAVAILABLE,
          "Cannot tell which files are loaded: an upload was replaced all the while: its entries"
              + " are "
              + layout.lakeUri(layout.ledgerPrefix(dataset, keyHash))
              + "*");
    }

    private List<ObjectName> list(String keyHash) {
      try (Stream<ListedObject> listed =
          store.list(layout.lakeBucket(), layout.ledgerPrefix(dataset, keyHash), "")) {
        return listed.map(ListedObject::name).toList();
      }
    }
  }
}
