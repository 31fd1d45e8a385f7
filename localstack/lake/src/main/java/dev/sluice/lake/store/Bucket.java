package dev.sluice.lake.store;

import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/** A bucket; what it returns are live views. */
public final class Bucket {
  /** The setting that holds {@code Enabled} or {@code Suspended} once versioning was asked for. */
  public static final String VERSIONING = "versioning";

  private final String name;
  private final Instant created;
  final Map<String, String> settings = new ConcurrentHashMap<>();
  final ConcurrentSkipListMap<String, List<Version>> keys =
      new ConcurrentSkipListMap<>(KeyOrder.INSTANCE);
  final Map<String, Upload> uploads = new ConcurrentHashMap<>();

  Bucket(String name, Instant created) {
    this.name = name;
    this.created = created;
  }

  /** The name. */
  public String name() {
    return name;
  }

  /** When it was created. */
  public Instant created() {
    return created;
  }

  /** The settings by name. */
  public Map<String, String> settings() {
    return Collections.unmodifiableMap(settings);
  }

  /** The versions by key, in the order of listing; newest first, never an empty list. */
  public NavigableMap<String, List<Version>> keys() {
    return Collections.unmodifiableNavigableMap(keys);
  }

  /** The multipart uploads under way, in no order. */
  public Collection<Upload> uploads() {
    return Collections.unmodifiableCollection(uploads.values());
  }

  /** Whether versions have ids now. */
  public boolean versioned() {
    return "Enabled".equals(settings.get(VERSIONING));
  }

  /** Whether versioning is or was on. */
  public boolean everVersioned() {
    return settings.containsKey(VERSIONING);
  }

  /** The newest version, which can be a delete marker, or null. */
  public @Nullable Version current(String key) {
    List<Version> versions = keys.get(key);
    return versions == null ? null : versions.getFirst();
  }

  /** The version of the id, or null. */
  public @Nullable Version version(String key, String id) {
    for (Version version : keys.getOrDefault(key, List.of())) {
      if (version.id().equals(id)) {
        return version;
      }
    }
    return null;
  }
}
