package dev.sluice.books;

import dev.sluice.model.store.ObjectName;
import java.time.Instant;
import java.util.Optional;

/**
 * Something that an audit names.
 *
 * @param kind what it is
 * @param dataset whose it is
 * @param object the uploaded object, or the file in the lake when nothing tells of what it was made
 * @param detail one sentence for people: what is wrong and what to do
 * @param files files that it concerns
 * @param bytes bytes that it concerns
 * @param since when it came to be, where that is known
 * @param remedy what {@code --repair} does about it
 */
public record Finding(
    Kind kind,
    String dataset,
    ObjectName object,
    String detail,
    int files,
    long bytes,
    Optional<Instant> since,
    Remedy remedy) {

  /** What an audit can find. */
  public enum Kind {
    /** An upload that the books do not know. */
    UNANNOUNCED(true),
    /** Files that the ledger lists are not there, or of another size. */
    MISSING_FILES(true),
    /** An entry's counts disagree with each other or with its files. */
    UNBALANCED(true),
    /** Rows of a version that is not the newest, or of several. */
    SEVERAL_VERSIONS(true),
    /** A file that no entry owns. */
    ORPHAN(true),
    /** A note of an attempt that died. */
    EXPIRED_INTENT(true),
    /** An entry or a note that cannot be read. */
    DAMAGED_BOOKS(true),
    /** The store did not answer; nothing is known of this object. */
    UNCHECKED(true),
    /** The upload is gone, its rows are there. */
    SOURCE_GONE(false),
    /** Uploaded before its dataset was declared. */
    NOW_DECLARED(false),
    /** A file among the tables' that ingest did not write. */
    FOREIGN_FILE(false);

    private final boolean defect;

    Kind(boolean defect) {
      this.defect = defect;
    }

    /** Whether it is to be mended; the others are for information. */
    public boolean defect() {
      return defect;
    }
  }

  /** What is done about a finding. */
  public enum Remedy {
    /** Nothing that a program may do by itself. */
    NONE,
    /** Ingest is asked to look at the object. */
    LOOK,
    /** Ingest is asked to load the object again. */
    RELOAD,
    /** The file is deleted, once more proven to be nobody's. */
    SWEEP
  }
}
