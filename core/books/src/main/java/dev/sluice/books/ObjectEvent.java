package dev.sluice.books;

import dev.sluice.model.store.ObjectName;
import java.time.Instant;
import java.util.Optional;

/**
 * What S3 said about one object. Events come at least once and in any order.
 *
 * @param kind what happened
 * @param type the event's own name, for the log
 * @param name the object, its key decoded
 * @param versionId its version; empty in a bucket without versions
 * @param etag its ETag without quotes; empty when the event has none
 * @param sequencer the order of events of one key, hexadecimal; empty when the event has none
 * @param size stored bytes; -1 when the event does not say
 * @param time when it happened
 */
public record ObjectEvent(
    Kind kind,
    String type,
    ObjectName name,
    String versionId,
    String etag,
    String sequencer,
    long size,
    Optional<Instant> time) {

  /** The name of an event by which an operator asks for a {@link Kind#LOOK}. */
  public static final String LOOK = "Sluice:Look";

  /** The name of an event by which an operator asks for a {@link Kind#RELOAD}. */
  public static final String RELOAD = "Sluice:Reload";

  /** What happened to an object. */
  public enum Kind {
    CREATED,
    DELETED,
    /** Nothing: somebody wants the books to be made right. */
    LOOK,
    /** Nothing: somebody wants the object to be loaded again, whatever the books say. */
    RELOAD,
    /** Something that does not bear on the records, for instance a new tag. */
    OTHER
  }

  /** The version or the ETag; empty when the event has neither. */
  public String version() {
    return versionId.isEmpty() ? etag : versionId;
  }
}
