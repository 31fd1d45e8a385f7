package dev.sluice.slots;

import dev.sluice.model.ErrorCode;
import dev.sluice.model.SluiceException;
import dev.sluice.model.job.JobRun;
import dev.sluice.model.job.RunId;
import dev.sluice.model.job.Slot;
import dev.sluice.model.json.Json;
import dev.sluice.model.registry.LakeLayout;
import dev.sluice.model.store.Content;
import dev.sluice.model.store.ListedObject;
import dev.sluice.model.store.ObjectName;
import dev.sluice.model.store.ObjectStore;
import dev.sluice.model.store.OpenObject;
import dev.sluice.model.store.PutResult;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of runs in the lake bucket: an entry for each, which is a row of {@code
 * ops.job_runs}; a note for each that has not ended, so that these are found without reading all;
 * and for each job its head, which says which of its runs may be active. All but notes are replaced
 * only by those who know what they replace.
 */
final class RunBooks {
  private static final String TYPE = "application/json";

  private final ObjectStore store;
  private final LakeLayout layout;

  RunBooks(ObjectStore store, LakeLayout layout) {
    this.store = store;
    this.layout = layout;
  }

  /** An entry as it was read. */
  record Stored(JobRun run, String etag) {}

  /**
   * What was asked for and has not ended.
   *
   * @param id which run
   * @param origin who asked
   * @param full whether everything is to be read
   */
  record Note(RunId id, JobRun.Origin origin, boolean full) {}

  /**
   * The head of a job.
   *
   * @param active the id of the run that may be active; empty when there was none yet
   * @param schedule the schedule whose slots are watched; empty when none is
   * @param watchedFrom since when
   * @param etag of what was read; empty when there is none yet
   */
  record Head(String active, String schedule, Instant watchedFrom, String etag) {
    static final Head NONE = new Head("", "", Instant.EPOCH, "");

    Head active(RunId run) {
      return new Head(run.toString(), schedule, watchedFrom, etag);
    }

    Head watching(String expression, Instant from) {
      return new Head(active, expression, from, etag);
    }
  }

  Optional<Stored> read(RunId id) {
    return text(entry(id)).map(text -> new Stored(parsed(text), text.etag()));
  }

  /** Creates the entry; empty when there is one. */
  Optional<Stored> create(JobRun run) {
    PutResult result = store.putIfAbsent(entry(run.id()), Content.of(run.toLine()), TYPE);
    return result instanceof PutResult.Created created
        ? Optional.of(new Stored(run, created.etag()))
        : Optional.empty();
  }

  /** Replaces the entry; empty when it is another one by now. */
  Optional<Stored> replace(Stored old, JobRun run) {
    return store
        .putIfMatch(entry(run.id()), old.etag(), Content.of(run.toLine()), TYPE)
        .map(etag -> new Stored(run, etag));
  }

  void note(Note note) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("run", note.id().toString());
    json.put("origin", note.origin().name());
    json.put("full", note.full());
    store.putIfAbsent(noteOf(note.id()), Content.of(Json.write(json) + "\n"), TYPE);
  }

  void unnote(RunId id) {
    store.delete(noteOf(id));
  }

  /** The ids of all runs of a job that have not ended, in the order of time. */
  List<RunId> open(String job) {
    Slot any = new Slot(job, Instant.EPOCH);
    return ids(layout.jobSlotsPrefix(any.dataset(), any.jobName()));
  }

  /** The ids of all runs that have not ended, those of a job in the order of time. */
  List<RunId> open() {
    return ids(layout.jobSlotsPrefix());
  }

  private List<RunId> ids(String prefix) {
    List<RunId> ids = new ArrayList<>();
    try (Stream<ListedObject> notes = store.list(layout.lakeBucket(), prefix, "")) {
      notes
          .map(note -> note.name().key())
          .filter(key -> key.endsWith(".json"))
          .map(key -> key.substring(layout.jobSlotsPrefix().length(), key.length() - 5))
          .forEach(name -> RunId.parse(name).ifPresent(ids::add));
    }
    return ids;
  }

  /** The note of a run; empty when there is none. */
  Optional<Note> noted(RunId id) {
    return text(noteOf(id))
        .map(text -> {
          Map<String, @Nullable Object> json = Json.parseObject(text.text());
          return new Note(
              id,
              JobRun.Origin.valueOf(String.valueOf(json.get("origin"))),
              Boolean.TRUE.equals(json.get("full")));
        });
  }

  /** The runs of a slot that there are entries of. */
  TreeSet<RunId> attempts(Slot slot) {
    return known(
        slot, layout.jobRunsPrefix(slot.dataset(), slot.jobName()) + slot.timeKey() + ".", "");
  }

  /** The runs of a slot and of later ones of its job that there are entries of. */
  TreeSet<RunId> known(Slot first) {
    String prefix = layout.jobRunsPrefix(first.dataset(), first.jobName());
    // What begins with the slot's time comes after the time alone.
    return known(first, prefix, prefix + first.timeKey());
  }

  private TreeSet<RunId> known(Slot first, String prefix, String after) {
    TreeSet<RunId> ids = new TreeSet<>();
    int name = layout.jobRunsPrefix(first.dataset(), first.jobName()).length();
    try (Stream<ListedObject> entries = store.list(layout.lakeBucket(), prefix, after)) {
      entries
          .map(entry -> entry.name().key())
          .filter(key -> key.endsWith(".json"))
          .map(key -> key.substring(name, key.length() - 5))
          .forEach(rest ->
              RunId.parse(first.dataset() + "." + first.jobName() + "." + rest)
                  .ifPresent(ids::add));
    }
    return ids;
  }

  Head head(String job) {
    return text(headOf(job))
        .map(text -> {
          Map<String, @Nullable Object> json = Json.parseObject(text.text());
          return new Head(
              String.valueOf(json.get("active")),
              String.valueOf(json.get("schedule")),
              Instant.parse(String.valueOf(json.get("watched_from"))),
              text.etag());
        })
        .orElse(Head.NONE);
  }

  /** Replaces the head; false when it is another one by now. */
  boolean replace(String job, Head head) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("active", head.active());
    json.put("schedule", head.schedule());
    json.put("watched_from", head.watchedFrom().toString());
    Content content = Content.of(Json.write(json) + "\n");
    return head.etag().isEmpty()
        ? store.putIfAbsent(headOf(job), content, TYPE) instanceof PutResult.Created
        : store.putIfMatch(headOf(job), head.etag(), content, TYPE).isPresent();
  }

  private ObjectName entry(RunId id) {
    Slot slot = id.slot();
    return name(layout.jobRunKey(slot.dataset(), slot.jobName(), slot.timeKey(), id.attempt()));
  }

  private ObjectName noteOf(RunId id) {
    Slot slot = id.slot();
    return name(layout.jobSlotKey(slot.dataset(), slot.jobName(), slot.timeKey(), id.attempt()));
  }

  private ObjectName headOf(String job) {
    Slot any = new Slot(job, Instant.EPOCH);
    return name(layout.jobHeadKey(any.dataset(), any.jobName()));
  }

  private ObjectName name(String key) {
    return new ObjectName(layout.lakeBucket(), key);
  }

  private record Text(ObjectName name, String text, String etag) {}

  private Optional<Text> text(ObjectName name) {
    Optional<OpenObject> object = store.open(name);
    if (object.isEmpty()) {
      return Optional.empty();
    }
    try (OpenObject open = object.get()) {
      return Optional.of(
          new Text(
              name,
              new String(open.content().readAllBytes(), StandardCharsets.UTF_8),
              open.info().etag()));
    } catch (IOException e) {
      throw new SluiceException(
          ErrorCode.UNAVAILABLE, "Cannot read " + name + ": the answer breaks off", e);
    }
  }

  private static JobRun parsed(Text text) {
    try {
      return JobRun.parse(text.text());
    } catch (IllegalArgumentException e) {
      throw new SluiceException(
          ErrorCode.INTERNAL,
          "Cannot read the entry of a run: " + e.getMessage() + ": " + text.name(),
          e);
    }
  }
}
