package dev.sluice.convert;

import dev.sluice.model.Reason;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Why the scanner gives a record up. One instance a scanner, filled anew each time: bad records are
 * expected, and a file may be full of them.
 */
final class BadRecord extends RuntimeException {
  private static final long serialVersionUID = 1;

  Reason reason = Reason.MALFORMED_JSON;

  /** The field at fault, or null for the record. */
  transient @Nullable Node node;

  /** Offset in the buffer of the fault. */
  int at;

  String expected = "";

  /** What stands there; empty to derive it from the text. */
  String found = "";

  // Array indexes from the fault outwards.
  private int[] indexes = new int[4];
  private int depth;

  BadRecord() {
    super(null, null, false, false);
  }

  BadRecord fill(Reason reason, @Nullable Node node, int at, String expected, String found) {
    this.reason = reason;
    this.node = node;
    this.at = at;
    this.expected = expected;
    this.found = found;
    depth = 0;
    return this;
  }

  BadRecord within(int index) {
    if (depth == indexes.length) {
      indexes = Arrays.copyOf(indexes, depth * 2);
    }
    indexes[depth++] = index;
    return this;
  }

  /** The path of the field with its array indexes, {@code items[3].price}; empty for the record. */
  String path() {
    if (node == null) {
      return "";
    }
    StringBuilder path = new StringBuilder();
    String declared = node.path;
    int level = depth;
    for (int i = 0; i < declared.length(); i++) {
      char c = declared.charAt(i);
      if (c == '[' && level > 0) {
        path.append('[').append(indexes[--level]);
      } else if (c == '{') {
        path.append(".*");
        i++;
      } else {
        path.append(c);
      }
    }
    return path.toString();
  }
}
