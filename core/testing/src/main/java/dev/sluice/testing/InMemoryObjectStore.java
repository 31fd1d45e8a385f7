package dev.sluice.testing;

import dev.sluice.model.ErrorCode;
import dev.sluice.model.SluiceException;
import dev.sluice.model.store.Content;
import dev.sluice.model.store.ListedObject;
import dev.sluice.model.store.ObjectInfo;
import dev.sluice.model.store.ObjectName;
import dev.sluice.model.store.ObjectStore;
import dev.sluice.model.store.OpenObject;
import dev.sluice.model.store.PutResult;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * S3 in memory: strongly consistent, with conditional writes and, per bucket, versions. Safe for
 * concurrent use. Every remote call passes the fault hook; the plain helpers for tests ({@link
 * #upload}, {@link #bytes}, {@link #keys}) do not.
 */
public final class InMemoryObjectStore implements ObjectStore {
  private static final Comparator<String> KEY_ORDER = InMemoryObjectStore::compareKeys;

  private final Clock clock;
  private final FaultHook faults;
  private final int pageSize;
  private final TreeMap<String, Bucket> buckets = new TreeMap<>();
  private long lastVersion;

  /**
   * @param clock what stamps objects
   * @param faults what stands around every call
   * @param pageSize keys per page of a listing
   */
  public InMemoryObjectStore(Clock clock, FaultHook faults, int pageSize) {
    this.clock = clock;
    this.faults = faults;
    this.pageSize = pageSize;
  }

  private record Bucket(boolean versioned, TreeMap<String, List<Version>> keys) {}

  /** A stored version; without bytes it is a delete marker. */
  @SuppressWarnings("ArrayRecordComponent")
  private record Version(ObjectInfo info, byte @Nullable [] bytes) {}

  /** Creates a bucket. */
  public synchronized InMemoryObjectStore bucket(String name, boolean versioned) {
    buckets.putIfAbsent(name, new Bucket(versioned, new TreeMap<>(KEY_ORDER)));
    return this;
  }

  /** Stores an object whatever is there. */
  public synchronized ObjectInfo upload(ObjectName name, byte[] bytes) {
    return store(name, bytes.clone());
  }

  /** The newest bytes under the key, or empty. */
  public synchronized Optional<byte[]> bytes(ObjectName name) {
    return newest(name).map(v -> v.bytes().clone());
  }

  /** The keys of all objects that start with {@code prefix}, in order. */
  public synchronized List<String> keys(String bucket, String prefix) {
    return existing(bucket).keys().tailMap(prefix).entrySet().stream()
        .takeWhile(e -> e.getKey().startsWith(prefix))
        .filter(e -> e.getValue().get(e.getValue().size() - 1).bytes() != null)
        .map(e -> e.getKey())
        .toList();
  }

  /** Removes the object as a user does. */
  public synchronized void remove(ObjectName name) {
    Bucket bucket = existing(name.bucket());
    if (!bucket.versioned()) {
      bucket.keys().remove(name.key());
    } else if (newest(name).isPresent()) {
      bucket.keys().get(name.key()).add(new Version(info("", 0), null));
    }
  }

  @Override
  public Optional<OpenObject> open(ObjectName name) {
    return call("s3.get", name, () -> newest(name).map(v -> reading(name, v)));
  }

  @Override
  public Optional<OpenObject> open(ObjectName name, ObjectInfo version) {
    return call(
        "s3.get",
        name,
        () ->
            existing(name.bucket()).keys().getOrDefault(name.key(), List.of()).stream()
                .filter(v -> v.bytes() != null)
                .filter(v -> v.info().version().equals(version.version()))
                .map(v -> reading(name, v))
                .findFirst());
  }

  @Override
  public Optional<byte[]> tail(ObjectName name, int bytes) {
    return call(
        "s3.get-tail",
        name,
        () ->
            newest(name)
                .map(v ->
                    Arrays.copyOfRange(
                        v.bytes(), Math.max(0, v.bytes().length - bytes), v.bytes().length)));
  }

  @Override
  public Optional<ObjectInfo> head(ObjectName name) {
    return call("s3.head", name, () -> newest(name).map(Version::info));
  }

  @Override
  public PutResult putIfAbsent(ObjectName name, Content content, String contentType) {
    byte[] bytes = read(content);
    return call(
        "s3.put-if-absent",
        name,
        () -> {
          Optional<Version> there = newest(name);
          return there.isPresent()
              ? new PutResult.Exists(there.get().info())
              : new PutResult.Created(store(name, bytes).etag());
        });
  }

  @Override
  public Optional<String> putIfMatch(
      ObjectName name, String etag, Content content, String contentType) {
    byte[] bytes = read(content);
    return call(
        "s3.put-if-match",
        name,
        () ->
            newest(name)
                .filter(v -> v.info().etag().equals(etag))
                .map(v -> store(name, bytes).etag()));
  }

  @Override
  public void delete(ObjectName name) {
    call(
        "s3.delete",
        name,
        () -> {
          remove(name);
          return name;
        });
  }

  @Override
  public Stream<ListedObject> list(String bucket, String prefix, String startAfter) {
    Iterator<ListedObject> pages =
        new Iterator<>() {
          private List<ListedObject> page = List.of();
          private int next;
          private String after = startAfter;
          private boolean last;

          @Override
          public boolean hasNext() {
            if (next == page.size() && !last) {
              page =
                  call(
                      "s3.list", new ObjectName(bucket, prefix), () -> page(bucket, prefix, after));
              next = 0;
              last = page.size() < pageSize;
            }
            return next < page.size();
          }

          @Override
          public ListedObject next() {
            if (!hasNext()) {
              throw new NoSuchElementException();
            }
            ListedObject object = page.get(next++);
            after = object.name().key();
            return object;
          }
        };
    return StreamSupport.stream(
        Spliterators.spliteratorUnknownSize(pages, Spliterator.ORDERED), false);
  }

  private List<ListedObject> page(String bucket, String prefix, String after) {
    List<ListedObject> page = new ArrayList<>();
    TreeMap<String, List<Version>> keys = existing(bucket).keys();
    boolean within = KEY_ORDER.compare(after, prefix) >= 0;
    for (var entry : (within ? keys.tailMap(after, false) : keys.tailMap(prefix)).entrySet()) {
      if (!entry.getKey().startsWith(prefix)) {
        break;
      }
      Version newest = entry.getValue().get(entry.getValue().size() - 1);
      if (newest.bytes() != null) {
        ObjectInfo info = newest.info();
        page.add(
            new ListedObject(
                new ObjectName(bucket, entry.getKey()),
                info.etag(),
                info.size(),
                info.lastModified()));
        if (page.size() == pageSize) {
          break;
        }
      }
    }
    return page;
  }

  private interface Effect<T> {
    T run();
  }

  private <T> T call(String operation, ObjectName name, Effect<T> effect) {
    RemoteCall call = new RemoteCall(operation, name.toString());
    faults.before(call, () -> carriedOut(effect));
    T result = carriedOut(effect);
    faults.after(call);
    return result;
  }

  private synchronized <T> T carriedOut(Effect<T> effect) {
    return effect.run();
  }

  private Bucket existing(String bucket) {
    Bucket found = buckets.get(bucket);
    if (found == null) {
      throw new SluiceException(
          ErrorCode.INVALID_SETTINGS, "Cannot reach the object store: no such bucket: " + bucket);
    }
    return found;
  }

  private Optional<Version> newest(ObjectName name) {
    List<Version> versions = existing(name.bucket()).keys().get(name.key());
    return versions == null
        ? Optional.empty()
        : Optional.of(versions.get(versions.size() - 1)).filter(v -> v.bytes() != null);
  }

  private ObjectInfo store(ObjectName name, byte[] bytes) {
    Bucket bucket = existing(name.bucket());
    ObjectInfo info =
        new ObjectInfo(
            bucket.versioned() ? "v" + ++lastVersion : "",
            md5(bytes),
            bytes.length,
            Instant.ofEpochSecond(clock.instant().getEpochSecond()));
    List<Version> versions = bucket.keys().computeIfAbsent(name.key(), k -> new ArrayList<>());
    if (!bucket.versioned()) {
      versions.clear();
    }
    versions.add(new Version(info, bytes));
    return info;
  }

  private ObjectInfo info(String etag, long size) {
    return new ObjectInfo("v" + ++lastVersion, etag, size, clock.instant());
  }

  private OpenObject reading(ObjectName name, Version version) {
    RemoteCall call = new RemoteCall("s3.read", name.toString());
    InputStream content =
        new ByteArrayInputStream(version.bytes()) {
          private boolean started;

          @Override
          public synchronized int read(byte[] target, int offset, int length) {
            if (!started) {
              started = true;
              faults.before(call);
              faults.after(call);
            }
            return super.read(target, offset, length);
          }
        };
    return new OpenObject() {
      @Override
      public ObjectInfo info() {
        return version.info();
      }

      @Override
      public InputStream content() {
        return content;
      }

      @Override
      public void close() {}
    };
  }

  /** By the bytes of UTF-8, which order as code points do. */
  private static int compareKeys(String a, String b) {
    int common = Math.min(a.length(), b.length());
    int i = 0;
    while (i < common && a.charAt(i) == b.charAt(i)) {
      i++;
    }
    if (i == common) {
      return Integer.compare(a.length(), b.length());
    }
    char x = a.charAt(i);
    char y = b.charAt(i);
    // Surrogates stand for code points beyond all other characters.
    boolean beyond = Character.isSurrogate(x);
    return beyond == Character.isSurrogate(y) ? Character.compare(x, y) : beyond ? 1 : -1;
  }

  private static byte[] read(Content content) {
    try (InputStream in = content.open()) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String md5(byte[] bytes) {
    try {
      return Content.of(bytes).md5();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
