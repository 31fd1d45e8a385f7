package dev.sluice.convert;

import java.util.Arrays;

/**
 * Finds where a record ends that cannot be parsed, so that its neighbours are not lost with it. Fed
 * byte by byte; keeps its state when the text comes in pieces.
 *
 * <p>Brackets are matched and strings respected; a string never goes past its line, because JSON
 * has no line feeds in strings. An object that begins a line no deeper than this record began is
 * taken for the next record, because this one was then cut short. So is, once the brackets turn out
 * not to match, the first object that stands where the grammar allows none. As long as the brackets
 * match, nothing inside them is taken for a record.
 */
final class Extent {
  static final int GO_ON = 0;

  /** The byte is the record's last. */
  static final int LAST = 1;

  /** The byte is no more part of the record. */
  static final int BEHIND = 2;

  /** The brackets do not match; the next record begins at {@link #suspect()}. */
  static final int BROKEN = 3;

  /** Brackets that are told apart; what is nested deeper is only counted. */
  private static final int MOST_OPEN = 1 << 20;

  private final boolean inArray;
  private final int indent;

  /** The open brackets, outermost first. */
  private byte[] open = new byte[16];

  private int depth;
  private boolean inString;
  private boolean escaped;
  private boolean blankLine;
  private int column;
  private long fed;
  private byte previous;
  private long suspect = -1;

  /**
   * @param inArray whether the record is an element of a top-level array
   * @param indent blanks before the record on its line
   */
  Extent(boolean inArray, int indent) {
    this.inArray = inArray;
    this.indent = indent;
  }

  /** Bytes before the first object that stands where none may stand, or -1. */
  long suspect() {
    return suspect;
  }

  int feed(byte c) {
    boolean first = fed++ == 0;
    if (blankLine && c != ' ' && c != '\t' && c != '\r' && c != '\n') {
      blankLine = false;
      if (c == '{' && column <= indent && depth > 0) {
        return BEHIND;
      }
    }
    if (c == '\n') {
      inString = false;
      escaped = false;
      blankLine = true;
      column = 0;
      return depth == 0 && !inArray && !first ? BEHIND : GO_ON;
    }
    column++;
    if (inString) {
      if (escaped) {
        escaped = false;
      } else if (c == '\\') {
        escaped = true;
      } else if (c == '"') {
        inString = false;
      }
      return GO_ON;
    }
    int answer = token(c, first);
    if (c != ' ' && c != '\t' && c != '\r') {
      previous = c;
    }
    return answer;
  }

  private int token(byte c, boolean first) {
    switch (c) {
      case '"':
        inString = true;
        return GO_ON;
      case '{':
        if (depth == 0 && !first && previous != ':') {
          return BEHIND;
        }
        if (suspect < 0 && depth > 0 && !mayHoldObject()) {
          suspect = fed - 1;
        }
        push(c);
        return GO_ON;
      case '[':
        if (depth == 0 && !first && previous != ':') {
          return BEHIND;
        }
        push(c);
        return GO_ON;
      case '}', ']':
        return close(c, first);
      case ',':
        return depth == 0 && inArray && !first ? BEHIND : GO_ON;
      default:
        return GO_ON;
    }
  }

  private boolean mayHoldObject() {
    if (depth > MOST_OPEN) {
      return true;
    }
    return open[depth - 1] == '{' ? previous == ':' : previous == '[' || previous == ',';
  }

  private void push(byte bracket) {
    if (depth < MOST_OPEN) {
      if (depth == open.length) {
        open = Arrays.copyOf(open, depth * 2);
      }
      open[depth] = bracket;
    }
    depth++;
  }

  private int close(byte c, boolean first) {
    if (depth == 0) {
      return first ? LAST : BEHIND;
    }
    if (depth > MOST_OPEN) {
      depth--;
      return GO_ON;
    }
    byte opening = (byte) (c == '}' ? '{' : '[');
    if (open[depth - 1] == opening) {
      return --depth == 0 ? LAST : GO_ON;
    }
    if (suspect >= 0) {
      return BROKEN;
    }
    int level = depth - 1;
    while (level >= 0 && open[level] != opening) {
      level--;
    }
    if (level >= 0) {
      depth = level;
      return depth == 0 ? LAST : GO_ON;
    }
    return inArray && c == ']' ? BEHIND : GO_ON;
  }
}
