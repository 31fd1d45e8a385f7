package dev.sluice.convert;

import java.util.Arrays;

/** Where the stages of one partition stand in scratch space, in the order of their records. */
final class Waiting {
  static final Waiting NOTHING = new Waiting(new long[0], 0);

  private long[] places;
  private int size;
  private long bytes;

  private Waiting(long[] places, int size) {
    this.places = places;
    this.size = size;
  }

  Waiting() {
    this(new long[2], 0);
  }

  int size() {
    return size;
  }

  /** How much there is. */
  long bytes() {
    return bytes;
  }

  long position(int i) {
    return places[2 * i];
  }

  int length(int i) {
    return (int) places[2 * i + 1];
  }

  void add(long position, long length) {
    if (2 * size == places.length) {
      places = Arrays.copyOf(places, places.length * 2);
    }
    places[2 * size] = position;
    places[2 * size + 1] = length;
    size++;
    bytes += length;
  }
}
