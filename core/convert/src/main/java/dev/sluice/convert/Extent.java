package dev.sluice.convert;

/**
 * Finds where a record ends that cannot be parsed, so that its neighbours are not lost with it. Fed
 * byte by byte; keeps its state when the text comes in pieces.
 *
 * <p>Brackets are matched and strings respected; a string never goes past its line, because JSON
 * has no line feeds in strings. An object that begins a line no deeper than this record began is
 * taken for the next record, because this one was then cut short.
 */
final class Extent {
  static final int GO_ON = 0;

  /** The byte is the record's last. */
  static final int LAST = 1;

  /** The byte is no more part of the record. */
  static final int BEHIND = 2;

  private final boolean inArray;
  private final int indent;
  private int depth;
  private boolean inString;
  private boolean escaped;
  private boolean blankLine;
  private int column;
  private long fed;

  /**
   * @param inArray whether the record is an element of a top-level array
   * @param indent blanks before the record on its line
   */
  Extent(boolean inArray, int indent) {
    this.inArray = inArray;
    this.indent = indent;
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
    switch (c) {
      case '"':
        inString = true;
        return GO_ON;
      case '{', '[':
        if (depth == 0 && !first) {
          return BEHIND;
        }
        depth++;
        return GO_ON;
      case '}', ']':
        if (depth == 0) {
          return first ? LAST : BEHIND;
        }
        return --depth == 0 ? LAST : GO_ON;
      case ',':
        return depth == 0 && inArray && !first ? BEHIND : GO_ON;
      default:
        return GO_ON;
    }
  }
}
