package dev.sluice.lake.store;

import java.util.ArrayList;
import java.util.List;

/**
 * The bytes of an object or part: stretches of immutable files, one after the other.
 *
 * @param segments the stretches; none when empty
 */
public record Content(List<Segment> segments) {

  /** No bytes. */
  public static final Content EMPTY = new Content(List.of());

  /** Keeps its own copy of the list. */
  public Content {
    segments = List.copyOf(segments);
  }

  /** The number of bytes. */
  public long size() {
    long size = 0;
    for (Segment segment : segments) {
      size += segment.length();
    }
    return size;
  }

  /** A stretch of one file. */
  record Segment(ContentFile file, long offset, long length) {}

  /**
   * A part of these bytes.
   *
   * @param from the first byte, from 0
   * @param length how many bytes; {@code from + length} is at most {@link #size}
   */
  public Content slice(long from, long length) {
    List<Segment> slices = new ArrayList<>();
    long start = 0;
    for (Segment segment : segments) {
      long first = Math.max(from, start);
      long last = Math.min(from + length, start + segment.length());
      if (first < last) {
        slices.add(new Segment(segment.file(), segment.offset() + first - start, last - first));
      }
      start += segment.length();
    }
    return new Content(slices);
  }

  /** All the bytes of the contents, one after the other. */
  public static Content concat(List<Content> contents) {
    List<Segment> segments = new ArrayList<>();
    contents.forEach(content -> segments.addAll(content.segments));
    return new Content(segments);
  }
}
