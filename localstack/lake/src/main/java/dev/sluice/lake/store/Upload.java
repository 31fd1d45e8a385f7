package dev.sluice.lake.store;

import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentSkipListMap;

/** A multipart upload under way. */
public final class Upload {
  private final String id;
  private final String key;
  private final Instant initiated;
  private final Map<String, String> headers;
  private final Map<String, String> tags;
  private final String algorithm;
  private final boolean composite;
  final ConcurrentSkipListMap<Integer, Part> parts = new ConcurrentSkipListMap<>();

  Upload(
      String id,
      String key,
      Instant initiated,
      Map<String, String> headers,
      Map<String, String> tags,
      String algorithm,
      boolean composite) {
    this.id = id;
    this.key = key;
    this.initiated = initiated;
    this.headers = headers;
    this.tags = tags;
    this.algorithm = algorithm;
    this.composite = composite;
  }

  /** The upload id. */
  public String id() {
    return id;
  }

  /** The key of the object to be. */
  public String key() {
    return key;
  }

  /** When it began. */
  public Instant initiated() {
    return initiated;
  }

  /** The headers of the object to be, as of {@link Version#headers}. */
  public Map<String, String> headers() {
    return headers;
  }

  /** The tags of the object to be. */
  public Map<String, String> tags() {
    return tags;
  }

  /** The lower-case name of the checksum algorithm asked for, or empty. */
  public String algorithm() {
    return algorithm;
  }

  /** Whether the checksum of the object is to be that of the parts' checksums. */
  public boolean composite() {
    return composite;
  }

  /** The parts so far by number, a live view. */
  public SortedMap<Integer, Part> parts() {
    return Collections.unmodifiableSortedMap(parts);
  }
}
