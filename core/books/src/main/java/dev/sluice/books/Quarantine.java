package dev.sluice.books;

import dev.sluice.model.ledger.QuarantineRecord;
import dev.sluice.model.registry.LakeLayout;
import dev.sluice.model.store.ObjectName;
import dev.sluice.model.store.ObjectStore;
import dev.sluice.model.store.OpenObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** The quarantined records, as the ledger knows them. */
public final class Quarantine {
  private final ObjectStore store;
  private final LakeLayout layout;
  private final Books books;

  public Quarantine(ObjectStore store, LakeLayout layout) {
    this.store = store;
    this.layout = layout;
    this.books = new Books(store, layout);
  }

  /**
   * Reads the selected records, one after the other; nothing is held.
   *
   * @return how many objects they are of
   */
  public long read(Selection selection, Consumer<QuarantineRecord> records) {
    long objects = 0;
    try (Stream<Books.Stored> entries = books.selected(selection)) {
      for (Books.Stored stored : (Iterable<Books.Stored>) entries::iterator) {
        long[] count = new long[1];
        read(
            stored,
            selection,
            record -> {
              count[0]++;
              records.accept(record);
            });
        objects += count[0] > 0 ? 1 : 0;
      }
    }
    return objects;
  }

  private void read(Books.Stored stored, Selection selection, Consumer<QuarantineRecord> records) {
    ObjectName file = new ObjectName(layout.lakeBucket(), stored.entry().quarantineKey());
    try (OpenObject open = store.open(file).orElse(null)) {
      if (open == null) {
        // Replaced meanwhile, by a newer version or a replay.
        return;
      }
      BufferedReader lines =
          new BufferedReader(new InputStreamReader(open.content(), StandardCharsets.UTF_8));
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        QuarantineRecord record = QuarantineRecord.parse(selection.dataset(), line);
        if (selection.includes(record)) {
          records.accept(record);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
