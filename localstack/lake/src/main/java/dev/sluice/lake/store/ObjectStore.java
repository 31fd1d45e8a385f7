package dev.sluice.lake.store;

import dev.sluice.lake.api.Messages;
import dev.sluice.lake.api.Objects;
import dev.sluice.lake.api.ServiceException;
import dev.sluice.lake.store.Entry.Pending;
import dev.sluice.lake.store.Notifier.Cause;
import dev.sluice.lake.store.Notifier.Message;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Buckets, objects and uploads in a folder. Content is in immutable files, everything else in
 * memory and in a {@link Journal}. A write is visible, durable and announced in one step, or not at
 * all: its content is on disk first, then one journal entry holds the version and the messages it
 * causes. All writes are decided one after the other, so that conditions are atomic; content is
 * received and read in parallel.
 *
 * <p>Errors that S3 defines are {@link ServiceException}s with S3's codes.
 */
public final class ObjectStore implements Objects, AutoCloseable {
  private static final System.Logger LOG = System.getLogger(ObjectStore.class.getName());
  private static final int BUFFER = 1 << 17;
  private static final long COMPACT_ABOVE = 64L << 20;

  private final ContentFiles files;
  private final Clock clock;
  private final Notifier notifier;
  private final SecureRandom random = new SecureRandom();
  private final ConcurrentSkipListMap<String, Bucket> buckets = new ConcurrentSkipListMap<>();
  private final Map<Long, Pending> pending = new LinkedHashMap<>();
  private final LinkedBlockingQueue<Pending> deliveries = new LinkedBlockingQueue<>();
  private final Journal journal;
  private final Thread sweeper;
  private boolean replaying;
  private long sequence;
  private long messageId;
  private long compactAbove = COMPACT_ABOVE;
  private @Nullable Thread courier;

  private ObjectStore(Path folder, Journal.Sync sync, Clock clock, Notifier notifier)
      throws IOException {
    this.clock = clock;
    this.notifier = notifier;
    this.files = new ContentFiles(folder.resolve("content"), sync == Journal.Sync.ALWAYS);
    Entry.Decoder decoder = new Entry.Decoder();
    long[] entries = {0};
    replaying = true;
    journal =
        Journal.open(
            folder.resolve("objects.journal"),
            sync,
            record -> {
              entries[0]++;
              apply(decoder.decode(record));
            });
    replaying = false;
    try {
      if (entries[0] > 1000 + 2 * live()) {
        compact();
      }
    } catch (RuntimeException e) {
      journal.close();
      throw e;
    }
    Map<String, ContentFile> known = decoder.files();
    sweeper = Thread.ofVirtual().name("s3-sweep").start(() -> sweep(known));
    deliveries.addAll(pending.values());
  }

  /**
   * Opens the store of a folder, or makes a new one there.
   *
   * @param folder the store's own folder
   * @param sync whether writes wait for the disk
   * @param clock tells when things were stored
   * @param notifier decides which messages a change causes
   * @throws UncheckedIOException when the folder is in use, damaged or cannot be written
   */
  public static ObjectStore open(Path folder, Journal.Sync sync, Clock clock, Notifier notifier) {
    try {
      return new ObjectStore(folder, sync, clock, notifier);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "Cannot open the object store: " + e.getMessage() + ": " + folder, e);
    }
  }

  private void sweep(Map<String, ContentFile> known) {
    try {
      int swept = files.sweep(known);
      if (swept > 0) {
        LOG.log(System.Logger.Level.DEBUG, "Swept {0} content files without an entry", swept);
      }
    } catch (IOException | DirectoryIteratorException e) {
      LOG.log(System.Logger.Level.WARNING, "Cannot sweep content files without an entry", e);
    }
  }

  /** Waits until what a crash left over is gone. */
  void awaitSweep() throws InterruptedException {
    sweeper.join();
  }

  /** Starts to deliver messages, those from before a restart first. Call it once. */
  public synchronized void deliverTo(Messages messages) {
    if (courier != null) {
      throw new IllegalStateException("Cannot deliver messages twice: already started");
    }
    courier = Thread.ofVirtual().name("s3-events").start(() -> deliver(messages));
  }

  private void deliver(Messages messages) {
    try {
      while (true) {
        Pending message = deliveries.take();
        long pause = 20;
        while (!send(messages, message)) {
          Thread.sleep(pause);
          pause = Math.min(5_000, pause * 2);
        }
      }
    } catch (InterruptedException e) {
      // Closed; the rest is delivered after the next start.
    }
  }

  private boolean send(Messages messages, Pending message) {
    try {
      messages.send(message.queueArn(), message.body());
    } catch (ServiceException e) {
      if (e.status() >= 500) {
        return false;
      }
      // S3 drops what its destination refuses for good.
      LOG.log(
          System.Logger.Level.WARNING,
          "An event was dropped: {0}: {1}",
          e.getMessage(),
          message.queueArn());
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.WARNING, "An event will be sent again: " + message.queueArn(), e);
      return false;
    }
    try {
      commit(new Entry.Delivered(message.id()));
    } catch (RuntimeException e) {
      // It may be delivered once more after a restart, which S3 allows.
      LOG.log(System.Logger.Level.WARNING, "Cannot note that an event was delivered", e);
    }
    return true;
  }

  /** How many messages have not been delivered for sure. */
  public synchronized int undelivered() {
    return pending.size();
  }

  // Buckets.

  /** The buckets by name. */
  public Collection<Bucket> buckets() {
    return Collections.unmodifiableCollection(buckets.values());
  }

  /** The bucket, or empty. */
  public Optional<Bucket> find(String bucket) {
    return Optional.ofNullable(buckets.get(bucket));
  }

  /**
   * The bucket.
   *
   * @throws ServiceException {@code NoSuchBucket}
   */
  public Bucket bucket(String name) {
    Bucket bucket = buckets.get(name);
    if (bucket == null) {
      throw new ServiceException(404, "NoSuchBucket", "The specified bucket does not exist");
    }
    return bucket;
  }

  /** Creates the bucket and returns true, or returns false when there is one already. */
  public synchronized boolean createBucket(String name, Map<String, String> settings) {
    if (buckets.containsKey(name)) {
      return false;
    }
    commit(new Entry.CreateBucket(name, now()));
    settings.forEach((setting, value) -> configure(name, setting, value));
    return true;
  }

  /**
   * Deletes the bucket.
   *
   * @throws ServiceException {@code BucketNotEmpty} while it has any version, {@code NoSuchBucket}
   */
  public synchronized void deleteBucket(String name) {
    Bucket bucket = bucket(name);
    if (!bucket.keys.isEmpty()) {
      throw new ServiceException(
          409,
          "BucketNotEmpty",
          bucket.everVersioned()
              ? "The bucket you tried to delete is not empty. You must delete all versions in the"
                  + " bucket."
              : "The bucket you tried to delete is not empty");
    }
    commit(new Entry.DeleteBucket(name));
  }

  /** Sets or, with null, removes a setting of the bucket. */
  public synchronized void configure(String bucket, String setting, @Nullable String value) {
    bucket(bucket);
    commit(new Entry.Configure(bucket, setting, value));
  }

  // Content.

  /**
   * Takes content in.
   *
   * @param in read to its end
   * @param expected the number of bytes that are coming, or -1
   * @param digests what to compute; {@link Digest#CRC64NVME} always is
   * @throws ServiceException {@code InsufficientStorage} when the disk is full
   */
  public Received receive(InputStream in, long expected, Set<Digest> digests) throws IOException {
    Map<Digest, Digest.Running> running = new EnumMap<>(Digest.class);
    running.put(Digest.CRC64NVME, Digest.CRC64NVME.start());
    digests.forEach(digest -> running.put(digest, digest.start()));
    MessageDigest md5 = Digest.message("MD5");
    try (ContentFiles.Writer out = files.create(expected)) {
      byte[] buffer = new byte[expected < 0 ? BUFFER : Math.clamp(expected, 1, BUFFER)];
      int fill;
      while ((fill = in.readNBytes(buffer, 0, buffer.length)) > 0) {
        md5.update(buffer, 0, fill);
        for (Digest.Running digest : running.values()) {
          digest.update(buffer, 0, fill);
        }
        out.write(buffer, 0, fill);
      }
      Map<String, String> checksums = new LinkedHashMap<>();
      running.forEach((digest, value) -> checksums.put(digest.header(), value.base64()));
      Content content = out.finish();
      return new Received(
          content, HexFormat.of().formatHex(md5.digest()), checksums, () -> files.release(content));
    }
  }

  /**
   * Opens a version for reading.
   *
   * @param versionId the version, or null for the newest
   * @throws ServiceException {@code NoSuchKey}, {@code NoSuchVersion}, {@code MethodNotAllowed}
   */
  public Pinned pin(String bucket, String key, @Nullable String versionId) {
    Bucket owner = bucket(bucket);
    synchronized (this) {
      Version version = readable(owner, key, versionId);
      files.retain(version.content());
      return new Pinned(version, files);
    }
  }

  private static Version readable(Bucket bucket, String key, @Nullable String versionId) {
    Version version = versionId == null ? bucket.current(key) : bucket.version(key, versionId);
    if (version == null && versionId != null) {
      throw new ServiceException(404, "NoSuchVersion", "The specified version does not exist.");
    }
    if (version == null || version.deleteMarker() && versionId == null) {
      throw new ServiceException(404, "NoSuchKey", "The specified key does not exist.");
    }
    if (version.deleteMarker()) {
      throw new ServiceException(
          405, "MethodNotAllowed", "The specified method is not allowed against this resource.");
    }
    return version;
  }

  // Objects.

  /**
   * Stores an object as a new version.
   *
   * @throws ServiceException {@code PreconditionFailed}, {@code NoSuchKey} or {@code NoSuchBucket}
   */
  public synchronized Version put(
      String bucket, String key, NewObject object, Condition condition, Cause cause) {
    return write(bucket(bucket), key, object, condition, null, cause);
  }

  private Version write(
      Bucket bucket,
      String key,
      NewObject object,
      Condition condition,
      @Nullable String uploadId,
      Cause cause) {
    condition.check(bucket.current(key));
    boolean versioned = bucket.versioned();
    Version version =
        new Version(
            versioned ? newId() : Version.NULL_ID,
            nextSequence(),
            now(),
            false,
            object.content(),
            object.etag(),
            object.headers(),
            object.checksums(),
            object.compositeChecksum(),
            object.parts(),
            object.tags());
    commit(
        new Entry.Write(
            bucket.name(),
            key,
            version.sequence(),
            replaced(bucket, key, versioned),
            version,
            uploadId,
            announce(bucket, key, version, version.sequence(), cause)));
    return version;
  }

  private static List<String> replaced(Bucket bucket, String key, boolean versioned) {
    return !versioned && bucket.version(key, Version.NULL_ID) != null
        ? List.of(Version.NULL_ID)
        : List.of();
  }

  /**
   * What a deletion did.
   *
   * @param versionId the version that was removed or the delete marker that was added, or null
   *     where versions have no ids
   * @param deleteMarker whether that is a delete marker
   */
  public record Deletion(@Nullable String versionId, boolean deleteMarker) {}

  /**
   * Deletes the object, or one version of it for good. What does not exist is deleted already.
   *
   * @throws ServiceException {@code PreconditionFailed}, {@code NoSuchKey} (for a condition)
   */
  public synchronized Deletion delete(
      String bucketName, String key, @Nullable String versionId, Condition condition, Cause cause) {
    Bucket bucket = bucket(bucketName);
    condition.check(bucket.current(key));
    if (versionId != null || !bucket.everVersioned()) {
      String id = versionId == null ? Version.NULL_ID : versionId;
      Version gone = bucket.version(key, id);
      if (gone != null) {
        long at = nextSequence();
        commit(
            new Entry.Write(
                bucketName,
                key,
                at,
                List.of(id),
                null,
                null,
                announce(bucket, key, gone, at, cause.withEvent("ObjectRemoved:Delete"))));
      }
      return new Deletion(versionId, gone != null && gone.deleteMarker());
    }
    boolean versioned = bucket.versioned();
    Version marker =
        new Version(
            versioned ? newId() : Version.NULL_ID,
            nextSequence(),
            now(),
            true,
            Content.EMPTY,
            "",
            Map.of(),
            Map.of(),
            false,
            List.of(),
            Map.of());
    commit(
        new Entry.Write(
            bucketName,
            key,
            marker.sequence(),
            replaced(bucket, key, versioned),
            marker,
            null,
            announce(
                bucket,
                key,
                marker,
                marker.sequence(),
                cause.withEvent("ObjectRemoved:DeleteMarkerCreated"))));
    return new Deletion(marker.id(), true);
  }

  private List<Pending> announce(Bucket bucket, String key, Version version, long at, Cause cause) {
    List<Message> messages =
        notifier.messages(
            new Notifier.Change(
                bucket.name(),
                bucket.settings(),
                bucket.everVersioned(),
                key,
                version,
                at,
                now(),
                cause));
    if (messages.isEmpty()) {
      return List.of();
    }
    List<Pending> result = new ArrayList<>();
    for (Message message : messages) {
      result.add(new Pending(++messageId, message.queueArn(), message.body()));
    }
    return result;
  }

  /**
   * Replaces the tags of a version.
   *
   * @throws ServiceException {@code NoSuchKey}, {@code NoSuchVersion}, {@code MethodNotAllowed}
   */
  public synchronized Version tag(
      String bucket, String key, @Nullable String versionId, Map<String, String> tags) {
    Version version = readable(bucket(bucket), key, versionId);
    commit(new Entry.Tag(bucket, key, version.id(), tags));
    return version;
  }

  // Multipart uploads.

  /**
   * Begins a multipart upload.
   *
   * @param algorithm the checksum to have, or null
   * @param composite whether that is to be a checksum of the parts' checksums
   */
  public synchronized Upload startUpload(
      String bucket,
      String key,
      Map<String, String> headers,
      Map<String, String> tags,
      @Nullable Digest algorithm,
      boolean composite) {
    bucket(bucket);
    Upload upload =
        new Upload(
            newId() + newId(),
            key,
            now(),
            headers,
            tags,
            algorithm == null ? "" : algorithm.header(),
            composite);
    commit(new Entry.StartUpload(bucket, upload));
    return upload;
  }

  /**
   * The upload.
   *
   * @throws ServiceException {@code NoSuchUpload}
   */
  public Upload upload(String bucket, String key, String uploadId) {
    Upload upload = bucket(bucket).uploads.get(uploadId);
    if (upload == null || !upload.key().equals(key)) {
      throw new ServiceException(
          404,
          "NoSuchUpload",
          "The specified upload does not exist. The upload ID may be invalid, or the upload may"
              + " have been aborted or completed.");
    }
    return upload;
  }

  /**
   * Adds or replaces a part.
   *
   * @throws ServiceException {@code NoSuchUpload}
   */
  public synchronized Part addPart(
      String bucket,
      String key,
      String uploadId,
      int number,
      Content content,
      String etag,
      Map<String, String> checksums) {
    upload(bucket, key, uploadId);
    Part part = new Part(number, now(), content, etag, checksums);
    commit(new Entry.AddPart(bucket, uploadId, part));
    return part;
  }

  /** Makes the object of an upload's parts. */
  @FunctionalInterface
  public interface Assembly {
    /**
     * Called while nothing else is written.
     *
     * @throws ServiceException when the parts do not fit
     */
    NewObject assemble(Upload upload);
  }

  /**
   * Ends an upload with an object.
   *
   * @throws ServiceException {@code NoSuchUpload}, {@code PreconditionFailed}, {@code NoSuchKey},
   *     or what the assembly throws
   */
  public synchronized Version completeUpload(
      String bucket,
      String key,
      String uploadId,
      Assembly assembly,
      Condition condition,
      Cause cause) {
    Upload upload = upload(bucket, key, uploadId);
    return write(bucket(bucket), key, assembly.assemble(upload), condition, uploadId, cause);
  }

  /**
   * Ends an upload without an object.
   *
   * @throws ServiceException {@code NoSuchUpload}
   */
  public synchronized void abortUpload(String bucket, String key, String uploadId) {
    upload(bucket, key, uploadId);
    commit(new Entry.AbortUpload(bucket, uploadId));
  }

  // In-process use.

  @Override
  public void put(String bucket, String key, byte[] content, String contentType) {
    bucket(bucket);
    try (Received received =
        receive(new ByteArrayInputStream(content), content.length, EnumSet.noneOf(Digest.class))) {
      NewObject object =
          new NewObject(
              received.content(),
              received.md5(),
              Map.of("content-type", contentType),
              received.checksums(),
              false,
              List.of(),
              Map.of());
      put(
          bucket,
          key,
          object,
          Condition.NONE,
          new Cause("ObjectCreated:Put", "127.0.0.1", "0000000000000000", "local"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public Optional<byte[]> get(String bucket, String key) {
    Bucket owner = buckets.get(bucket);
    if (owner == null) {
      return Optional.empty();
    }
    try (Pinned pinned = pin(bucket, key, null);
        InputStream in = pinned.open()) {
      return Optional.of(in.readAllBytes());
    } catch (ServiceException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public List<String> list(String bucket, String prefix, int most) {
    Bucket owner = buckets.get(bucket);
    List<String> keys = new ArrayList<>();
    if (owner == null) {
      return keys;
    }
    for (Map.Entry<String, List<Version>> entry : owner.keys().tailMap(prefix, true).entrySet()) {
      if (keys.size() == most || !entry.getKey().startsWith(prefix)) {
        break;
      }
      if (!entry.getValue().getFirst().deleteMarker()) {
        keys.add(entry.getKey());
      }
    }
    return keys;
  }

  // State.

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }

  private long nextSequence() {
    // Follows the clock, so that numbers stay unique even if a journal were lost.
    sequence = Math.max(sequence + 1, clock.millis() << 16);
    return sequence;
  }

  private String newId() {
    byte[] bytes = new byte[24];
    random.nextBytes(bytes);
    return Base64.getUrlEncoder().encodeToString(bytes).replace('-', '.');
  }

  private synchronized void commit(Entry entry) {
    try {
      journal.append(Entry.encode(entry));
    } catch (UncheckedIOException e) {
      throw files.explain(e);
    }
    apply(entry);
    if (entry instanceof Entry.Write write) {
      deliveries.addAll(write.messages());
    }
    if (journal.size() > compactAbove) {
      try {
        compact();
      } catch (UncheckedIOException e) {
        LOG.log(System.Logger.Level.WARNING, "The journal stays long for now", e);
      }
      compactAbove = Math.max(COMPACT_ABOVE, 4 * journal.size());
    }
  }

  private void apply(Entry entry) {
    switch (entry) {
      case Entry.Counters e -> {
        sequence = Math.max(sequence, e.sequence());
        messageId = Math.max(messageId, e.messageId());
      }
      case Entry.CreateBucket e -> buckets.put(e.bucket(), new Bucket(e.bucket(), e.created()));
      case Entry.DeleteBucket e -> {
        Bucket bucket = buckets.remove(e.bucket());
        if (bucket != null) {
          bucket.uploads.values().forEach(this::releaseParts);
        }
      }
      case Entry.Configure e -> {
        if (e.value() == null) {
          bucket(e.bucket()).settings.remove(e.setting());
        } else {
          bucket(e.bucket()).settings.put(e.setting(), e.value());
        }
      }
      case Entry.Write e -> apply(e);
      case Entry.Tag e -> {
        Bucket bucket = bucket(e.bucket());
        bucket.keys.computeIfPresent(
            e.key(),
            (key, versions) ->
                versions.stream()
                    .map(v -> v.id().equals(e.versionId()) ? v.withTags(e.tags()) : v)
                    .toList());
      }
      case Entry.StartUpload e -> bucket(e.bucket()).uploads.put(e.upload().id(), e.upload());
      case Entry.AddPart e -> {
        Upload upload = bucket(e.bucket()).uploads.get(e.uploadId());
        if (upload != null) {
          files.retain(e.part().content());
          Part old = upload.parts.put(e.part().number(), e.part());
          if (old != null) {
            release(old.content());
          }
        }
      }
      case Entry.AbortUpload e -> endUpload(bucket(e.bucket()), e.uploadId());
      case Entry.Undelivered e -> remember(e.messages());
      case Entry.Delivered e -> pending.remove(e.messageId());
    }
  }

  private void apply(Entry.Write e) {
    sequence = Math.max(sequence, e.sequence());
    Bucket bucket = bucket(e.bucket());
    Version added = e.added();
    if (added != null) {
      files.retain(added.content());
    }
    List<Version> old = bucket.keys.getOrDefault(e.key(), List.of());
    List<Version> versions = new ArrayList<>(old.size() + 1);
    List<Version> gone = new ArrayList<>(1);
    if (added != null) {
      versions.add(added);
    }
    for (Version version : old) {
      (e.removed().contains(version.id()) ? gone : versions).add(version);
    }
    if (versions.isEmpty()) {
      bucket.keys.remove(e.key());
    } else {
      bucket.keys.put(e.key(), List.copyOf(versions));
    }
    gone.forEach(version -> release(version.content()));
    if (e.uploadId() != null) {
      endUpload(bucket, e.uploadId());
    }
    remember(e.messages());
  }

  private void remember(List<Pending> messages) {
    for (Pending message : messages) {
      messageId = Math.max(messageId, message.id());
      pending.put(message.id(), message);
    }
  }

  private void endUpload(Bucket bucket, String uploadId) {
    Upload upload = bucket.uploads.remove(uploadId);
    if (upload != null) {
      releaseParts(upload);
    }
  }

  private void releaseParts(Upload upload) {
    upload.parts.values().forEach(part -> release(part.content()));
  }

  private void release(Content content) {
    // A later entry may use the file again (a copy that was under way), so a replay deletes
    // nothing; the sweep after it does.
    files.release(content, !replaying);
  }

  private long live() {
    long count = 0;
    for (Bucket bucket : buckets.values()) {
      count += 1 + bucket.settings.size();
      for (List<Version> versions : bucket.keys.values()) {
        count += versions.size();
      }
      for (Upload upload : bucket.uploads.values()) {
        count += 1 + upload.parts.size();
      }
    }
    return count;
  }

  private synchronized void compact() {
    journal.compact(out -> {
      Consumer<Entry> entries = entry -> out.accept(Entry.encode(entry));
      entries.accept(new Entry.Counters(sequence, messageId));
      for (Bucket bucket : buckets.values()) {
        snapshot(bucket, entries);
      }
      if (!pending.isEmpty()) {
        pending
            .values()
            .forEach(message -> entries.accept(new Entry.Undelivered(List.of(message))));
      }
    });
  }

  private static void snapshot(Bucket bucket, Consumer<Entry> entries) {
    entries.accept(new Entry.CreateBucket(bucket.name(), bucket.created()));
    bucket.settings.forEach(
        (setting, value) -> entries.accept(new Entry.Configure(bucket.name(), setting, value)));
    bucket.keys.forEach((key, versions) -> {
      for (Version version : versions.reversed()) {
        entries.accept(
            new Entry.Write(
                bucket.name(), key, version.sequence(), List.of(), version, null, List.of()));
      }
    });
    for (Upload upload : bucket.uploads.values()) {
      entries.accept(new Entry.StartUpload(bucket.name(), upload));
      for (Part part : upload.parts.values()) {
        entries.accept(new Entry.AddPart(bucket.name(), upload.id(), part));
      }
    }
  }

  /** Ends deliveries and closes the journal. Nothing is lost by not calling it. */
  @Override
  public void close() {
    Thread running;
    synchronized (this) {
      running = courier;
    }
    try {
      if (running != null) {
        running.interrupt();
        running.join(2_000);
      }
      // Another run on this folder must not find this one still deleting.
      sweeper.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    journal.close();
  }
}
