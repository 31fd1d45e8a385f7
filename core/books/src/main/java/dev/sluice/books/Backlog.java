package dev.sluice.books;

import dev.sluice.model.ErrorCode;
import dev.sluice.model.ledger.LedgerEntry;
import dev.sluice.model.ledger.LedgerEntry.Status;
import dev.sluice.model.registry.LakeLayout;
import dev.sluice.model.store.ListedObject;
import dev.sluice.model.store.ObjectName;
import dev.sluice.model.store.ObjectStore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Uploads that nothing has been made of yet. */
public final class Backlog {
  private Backlog() {}

  /** Every upload of a dataset, by a listing. */
  public static List<ListedObject> everything(
      ObjectStore store, LakeLayout layout, String dataset) {
    try (Stream<ListedObject> listed =
        store.list(layout.rawBucket(), layout.rawPrefix(dataset), "")) {
      // Consoles make folders out of empty objects whose names end with a slash.
      return listed.filter(o -> o.size() > 0 || !o.name().key().endsWith("/")).toList();
    }
  }

  /**
   * The uploads of a dataset of whose content the ledger has no entry, or only one that says that
   * it was too large for one invocation. Reads the whole ledger of the dataset: a list for every
   * thousand uploads and entries, a get for each entry of an upload that is there.
   *
   * @param threads how many entries are read at a time
   */
  public static List<ListedObject> unknown(
      ObjectStore store, LakeLayout layout, String dataset, int threads) {
    Books books = new Books(store, layout);
    Map<String, List<ObjectName>> entries = new HashMap<>();
    try (Stream<ListedObject> listed =
        store.list(layout.lakeBucket(), layout.ledgerPrefix(dataset), "")) {
      listed.forEach(entry ->
          layout
              .origin(entry.name().key())
              .ifPresent(origin ->
                  entries
                      .computeIfAbsent(origin.keyHash(), k -> new ArrayList<>(1))
                      .add(entry.name())));
    }
    List<ListedObject> uploads = everything(store, layout, dataset);
    List<Boolean> known =
        Parallel.map(
            uploads,
            threads,
            upload ->
                entries.getOrDefault(SourceId.of(upload.name(), "").keyHash(), List.of()).stream()
                    .flatMap(name -> books.entry(name).stream())
                    .anyMatch(stored -> settles(stored.entry(), upload)));
    List<ListedObject> unknown = new ArrayList<>();
    for (int i = 0; i < uploads.size(); i++) {
      if (!known.get(i)) {
        unknown.add(uploads.get(i));
      }
    }
    return unknown;
  }

  private static boolean settles(LedgerEntry entry, ListedObject upload) {
    return entry.etag().equals(upload.etag())
        && (entry.status().loaded()
            || (entry.status() == Status.REJECTED
                && !entry.reasonCode().equals(ErrorCode.SOURCE_TOO_LARGE.name())));
  }
}
