package dev.sluice.books;

import dev.sluice.model.ErrorCode;
import dev.sluice.model.SluiceException;
import dev.sluice.model.ledger.LedgerEntry;
import dev.sluice.model.registry.LakeLayout;
import dev.sluice.model.store.Content;
import dev.sluice.model.store.ListedObject;
import dev.sluice.model.store.ObjectName;
import dev.sluice.model.store.ObjectStore;
import dev.sluice.model.store.OpenObject;
import dev.sluice.model.store.PutResult;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Ledger entries and intents in the lake bucket. */
final class Books {
  private static final String JSON = "application/json";

  private final ObjectStore store;
  private final LakeLayout layout;

  Books(ObjectStore store, LakeLayout layout) {
    this.store = store;
    this.layout = layout;
  }

  /** An entry as it is stored. */
  record Stored(ObjectName name, String etag, LedgerEntry entry) {}

  /**
   * An intent as it is stored.
   *
   * @param written when, by the store's own clock
   */
  record StoredIntent(ObjectName name, Intent intent, Instant written) {

    /** Whether whoever wrote it does certainly nothing more. */
    boolean isOver(Instant now) {
      return (intent.sweep() ? written.plus(Sweep.REMEMBERED) : intent.expires()).isBefore(now);
    }

    /** Whether it is a living attempt's, which may publish what it names. */
    boolean isAttempt(Instant now) {
      return !intent.sweep() && !isOver(now);
    }
  }

  /** The entry of one version. */
  Optional<Stored> entry(String dataset, SourceId id) {
    return entry(ledger(dataset, id));
  }

  /** The entries of all versions of one object. */
  List<Stored> entries(String dataset, String keyHash) {
    return entriesExcept(dataset, keyHash, Optional.empty());
  }

  /** The entries of all versions of one object but one. */
  List<Stored> entries(String dataset, String keyHash, SourceId except) {
    return entriesExcept(dataset, keyHash, Optional.of(ledger(dataset, except)));
  }

  private List<Stored> entriesExcept(
      String dataset, String keyHash, Optional<ObjectName> excepted) {
    List<Stored> entries = new ArrayList<>();
    try (Stream<ListedObject> listed =
        store.list(layout.lakeBucket(), layout.ledgerPrefix(dataset, keyHash), "")) {
      listed
          .filter(object -> !excepted.equals(Optional.of(object.name())))
          .forEach(object -> entry(object.name()).ifPresent(entries::add));
    }
    return entries;
  }

  /** The entries of a selection, read while the stream is; the caller closes it. */
  Stream<Stored> selected(Selection selection) {
    return stored(selection.dataset(), selection)
        .filter(stored -> selection.includes(stored.entry()));
  }

  /** The entries of a selection's keys in one dataset's part of the ledger. */
  Stream<Stored> stored(String dataset, Selection selection) {
    String prefix =
        selection
            .key()
            .map(key -> SourceId.of(new ObjectName(layout.rawBucket(), key), "").keyHash())
            .map(keyHash -> layout.ledgerPrefix(dataset, keyHash))
            .orElseGet(() -> layout.ledgerPrefix(dataset));
    return store
        .list(layout.lakeBucket(), prefix, "")
        .flatMap(object -> entry(object.name()).stream());
  }

  /** All intents, read while the stream is; the caller closes it. */
  Stream<StoredIntent> intents() {
    return store
        .list(layout.lakeBucket(), layout.intentsPrefix(), "")
        .flatMap(object -> intent(object.name(), object.lastModified()).stream());
  }

  /** An entry by the name that a listing gave it. */
  Optional<Stored> entry(ObjectName name) {
    try (OpenObject open = store.open(name).orElse(null)) {
      if (open == null) {
        return Optional.empty();
      }
      return Optional.of(new Stored(name, open.info().etag(), LedgerEntry.parse(text(open))));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (IllegalArgumentException | ArithmeticException | java.time.DateTimeException e) {
      throw damaged(name, e);
    }
  }

  /**
   * Writes an entry where there was none, or in place of {@code replaced}.
   *
   * @return false when somebody else wrote meanwhile; nothing was changed then
   */
  boolean write(LedgerEntry entry, SourceId id, Optional<Stored> replaced) {
    if (replaced.isPresent()) {
      return replace(replaced.get(), entry).isPresent();
    }
    return store.putIfAbsent(ledger(entry.dataset(), id), Content.of(entry.toLine()), JSON)
        instanceof PutResult.Created;
  }

  /** Writes an entry in place of another; empty when somebody else wrote meanwhile. */
  Optional<Stored> replace(Stored stored, LedgerEntry by) {
    return store
        .putIfMatch(stored.name(), stored.etag(), Content.of(by.toLine()), JSON)
        .map(etag -> new Stored(stored.name(), etag, by));
  }

  /**
   * Makes a generation nobody else's: whoever set about an earlier one finds the entry changed.
   *
   * @return empty when somebody else wrote meanwhile
   */
  Optional<Stored> claim(Stored stored, int generation) {
    return replace(stored, stored.entry().change().generation(generation).make());
  }

  /** Writes an intent, in place of the same attempt's earlier one if there is any. */
  ObjectName write(Intent intent, SourceId id, String attempt) {
    ObjectName name = name(layout.intentKey(id.keyHash(), id.versionHash(), attempt));
    Content line = Content.of(intent.toLine());
    if (store.putIfAbsent(name, line, JSON) instanceof PutResult.Exists exists
        && !exists.existing().etag().equals(md5(line))
        && store.putIfMatch(name, exists.existing().etag(), line, JSON).isEmpty()) {
      throw new SluiceException(
          ErrorCode.UNAVAILABLE, "Cannot write the intent: somebody else writes it: " + name);
    }
    return name;
  }

  /** The intents for all versions of one object; those in {@code known} are not read again. */
  List<StoredIntent> intents(String keyHash, Map<ObjectName, Intent> known) {
    List<StoredIntent> intents = new ArrayList<>();
    try (Stream<ListedObject> listed =
        store.list(layout.lakeBucket(), layout.intentPrefix(keyHash), "")) {
      listed.forEach(object -> {
        Intent own = known.get(object.name());
        if (own == null) {
          intent(object.name(), object.lastModified()).ifPresent(intents::add);
        } else {
          intents.add(new StoredIntent(object.name(), own, object.lastModified()));
        }
      });
    }
    return intents;
  }

  /** An intent by the name and the time that a listing gave it. */
  Optional<StoredIntent> intent(ObjectName name, Instant written) {
    try (OpenObject open = store.open(name).orElse(null)) {
      return open == null
          ? Optional.empty()
          : Optional.of(new StoredIntent(name, Intent.parse(text(open)), written));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (IllegalArgumentException | java.time.DateTimeException e) {
      throw damaged(name, e);
    }
  }

  void delete(StoredIntent intent) {
    store.delete(intent.name());
  }

  private ObjectName ledger(String dataset, SourceId id) {
    return name(layout.ledgerKey(dataset, id.keyHash(), id.versionHash()));
  }

  private ObjectName name(String key) {
    return new ObjectName(layout.lakeBucket(), key);
  }

  private static String text(OpenObject open) throws IOException {
    return new String(open.content().readAllBytes(), StandardCharsets.UTF_8);
  }

  private static String md5(Content content) {
    try {
      return content.md5();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static SluiceException damaged(ObjectName name, Exception cause) {
    return new SluiceException(
        ErrorCode.INTERNAL,
        "Cannot read the books: not as they were written ("
            + cause.getMessage()
            + "): "
            + name
            + ". Delete the file; the object is then loaded anew.",
        cause);
  }
}
