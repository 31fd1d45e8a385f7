package dev.sluice.convert;

import dev.sluice.model.json.Json;
import dev.sluice.model.schema.TimeInput;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Writes the cells of a row as the JSON object that the {@link Scanner} reads. What a column leads
 * to is found once, from its name.
 */
final class CsvRow {
  /** A field that columns lead to: a scalar or JSON text in one column, or a record of several. */
  private static final class Target {
    final Node node;
    final List<Target> kids = new ArrayList<>();
    int column = -1;

    Target(Node node) {
      this.node = node;
    }

    Target kid(Node kid) {
      for (Target target : kids) {
        if (target.node == kid) {
          return target;
        }
      }
      Target target = new Target(kid);
      kids.add(target);
      return target;
    }
  }

  /** The cells of the row at hand: bytes one after the other, and where each ends. */
  byte[] cells = new byte[1 << 12];

  int[] ends = new int[16];
  boolean[] quoted = new boolean[16];
  int count;

  private final Target root;
  private final List<String> names;
  private final List<String> unknown = new ArrayList<>();
  private final byte @Nullable [] nullText;
  private final int maxString;
  private byte[] out = new byte[1 << 16];
  private int at;

  /**
   * @throws IllegalArgumentException when two columns lead to one field
   */
  CsvRow(Node root, List<String> names, Optional<String> nullText, int maxString) {
    this.maxString = maxString;
    this.root = new Target(root);
    this.names = List.copyOf(names);
    this.nullText = nullText.map(t -> t.getBytes(StandardCharsets.UTF_8)).orElse(null);
    for (int i = 0; i < names.size(); i++) {
      Target target = find(this.root, names.get(i).strip());
      if (target == null) {
        unknown.add(names.get(i));
      } else if (target.column >= 0 || !target.kids.isEmpty()) {
        throw new IllegalArgumentException(names.get(i));
      } else {
        target.column = i;
      }
    }
    sort(this.root);
  }

  /** Whether no column leads to a field. */
  boolean isStrange() {
    return root.kids.isEmpty();
  }

  List<String> names() {
    return names;
  }

  private static @Nullable Target find(Target from, String path) {
    if (from.column >= 0) {
      // The column of the whole record was named before.
      throw new IllegalArgumentException(path);
    }
    Integer whole = from.node.keys.get(path);
    if (whole != null) {
      return from.kid(from.node.kids[whole]);
    }
    for (int dot = path.indexOf('.'); dot >= 0; dot = path.indexOf('.', dot + 1)) {
      Integer kid = from.node.keys.get(path.substring(0, dot));
      if (kid != null && from.node.kids[kid].kind == Node.RECORD) {
        Target target = from.kid(from.node.kids[kid]);
        Target found = find(target, path.substring(dot + 1));
        if (found == null && target.kids.isEmpty()) {
          from.kids.remove(target);
        }
        return found;
      }
    }
    return null;
  }

  /** The order of the schema is the order that the scanner expects keys in. */
  private static void sort(Target target) {
    target.kids.sort((a, b) -> Integer.compare(place(target, a), place(target, b)));
    target.kids.forEach(CsvRow::sort);
  }

  private static int place(Target parent, Target kid) {
    return Arrays.asList(parent.node.kids).indexOf(kid.node);
  }

  // ---- reading cells

  void clear() {
    count = 0;
  }

  /** Takes a cell whose characters are the bytes of the text. */
  void add(char[] text, int from, int length, boolean inQuotes) {
    if (count == ends.length) {
      ends = Arrays.copyOf(ends, count * 2);
      quoted = Arrays.copyOf(quoted, count * 2);
    }
    int end = start(count);
    cells = Bytes.grow(cells, end + length + Bytes.PADDING);
    for (int i = 0; i < length; i++) {
      cells[end + i] = (byte) text[from + i];
    }
    ends[count] = end + length;
    quoted[count++] = inQuotes;
  }

  int start(int column) {
    return column == 0 ? 0 : ends[column - 1];
  }

  int length(int column) {
    return ends[column] - start(column);
  }

  String text(int column) {
    return new String(cells, start(column), length(column), StandardCharsets.UTF_8);
  }

  // ---- writing JSON

  /** Where the JSON is written: behind {@code from} of {@code into}, which may be replaced. */
  int write(byte[] into, int from, boolean tellUnknown) {
    out = into;
    at = from;
    object(root);
    if (tellUnknown) {
      for (String name : unknown) {
        at--;
        ascii(out[at - 1] == '{' ? "" : ",");
        byte[] key = Json.write(name).getBytes(StandardCharsets.UTF_8);
        room(key.length + 8);
        System.arraycopy(key, 0, out, at, key.length);
        at += key.length;
        ascii(":null}");
      }
    }
    terminate();
    return at;
  }

  /** The buffer that was last written to. */
  byte[] buffer() {
    return out;
  }

  private void object(Target target) {
    put('{');
    boolean first = true;
    for (Target kid : target.kids) {
      boolean given = isGiven(kid);
      if (!given && !kid.node.nullable && kid.kids.isEmpty()) {
        // Then its default holds, or it is missing.
        continue;
      }
      if (!first) {
        put(',');
      }
      first = false;
      byte[] key = kid.node.pattern;
      room(key.length + 8);
      System.arraycopy(key, 0, out, at, key.length);
      at += key.length;
      if (!given && kid.node.nullable) {
        ascii("null");
      } else if (!kid.kids.isEmpty()) {
        object(kid);
      } else {
        value(kid.node, kid.column);
      }
    }
    put('}');
  }

  private boolean isGiven(Target target) {
    if (target.kids.isEmpty()) {
      return !isNull(target.node, target.column);
    }
    for (Target kid : target.kids) {
      if (isGiven(kid)) {
        return true;
      }
    }
    return false;
  }

  private boolean isNull(Node node, int column) {
    int length = length(column);
    if (quoted[column]) {
      // "" is the text that is empty; there is no number that is.
      return length == 0 && node.kind != Node.STRING && node.kind != Node.ENUM;
    }
    byte[] text = nullText;
    return length == 0
        || text != null && Arrays.equals(cells, start(column), ends[column], text, 0, text.length);
  }

  private void value(Node node, int column) {
    int from = start(column);
    int to = ends[column];
    switch (node.kind) {
      case Node.STRING, Node.ENUM, Node.BINARY -> string(from, to);
      case Node.RECORD, Node.ARRAY, Node.MAP -> raw(from, to);
      default -> {
        while (from < to && (cells[from] == ' ' || cells[from] == '\t')) {
          from++;
        }
        while (to > from && (cells[to - 1] == ' ' || cells[to - 1] == '\t')) {
          to--;
        }
        if (node.kind == Node.BOOLEAN) {
          bool(from, to);
        } else if (isNumeric(node)) {
          number(from, to);
        } else {
          string(from, to);
        }
      }
    }
  }

  private static boolean isNumeric(Node node) {
    return node.kind != Node.DATE && node.kind != Node.TIMESTAMP
        || node.input instanceof TimeInput.Epoch;
  }

  /**
   * Has cells looked at that are JSON text, which must be one whole value each; {@code into} is
   * used from {@code from} on.
   *
   * @throws BadRecord when one is not
   */
  void check(Scanner scanner, byte[] into, int from) {
    out = into;
    check(root, scanner, from);
  }

  private void check(Target target, Scanner scanner, int from) {
    for (Target kid : target.kids) {
      if (!kid.kids.isEmpty()) {
        check(kid, scanner, from);
      } else if (kid.node.kind <= Node.MAP && isGiven(kid)) {
        at = from;
        raw(start(kid.column), ends[kid.column]);
        int end = at;
        terminate();
        scanner.reset(out);
        try {
          scanner.wholeValue(from, end);
        } catch (BadRecord e) {
          e.node = kid.node;
          throw e;
        }
      }
    }
  }

  private void terminate() {
    room(Bytes.PADDING);
    Arrays.fill(out, at, at + 8, (byte) 0);
  }

  private void bool(int from, int to) {
    if (is("true", from, to) || is("false", from, to)) {
      ascii(to - from == 4 ? "true" : "false");
    } else {
      string(from, to);
    }
  }

  private boolean is(String word, int from, int to) {
    if (to - from != word.length()) {
      return false;
    }
    for (int i = 0; i < word.length(); i++) {
      if ((cells[from + i] | 0x20) != word.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** A number as JSON has it; what is none goes on as text, which no number's column takes. */
  private void number(int from, int to) {
    int p = from;
    boolean negative = p < to && cells[p] == '-';
    if (p < to && (negative || cells[p] == '+')) {
      p++;
    }
    int digits = p;
    while (p < to && isDigit(p)) {
      p++;
    }
    int whole = p - digits;
    int fraction = 0;
    if (p < to && cells[p] == '.') {
      int point = p++;
      while (p < to && isDigit(p)) {
        p++;
      }
      fraction = p - point - 1;
      if (fraction == 0) {
        string(from, to);
        return;
      }
    }
    if (p < to && (cells[p] | 0x20) == 'e') {
      p++;
      if (p < to && (cells[p] == '-' || cells[p] == '+')) {
        p++;
      }
      int exponent = p;
      while (p < to && isDigit(p)) {
        p++;
      }
      if (p == exponent) {
        p = -1;
      }
    }
    if (p != to || whole + fraction == 0) {
      string(from, to);
      return;
    }
    if (negative) {
      put('-');
    }
    while (whole > 1 && cells[digits] == '0') {
      digits++;
      whole--;
    }
    if (whole == 0) {
      put('0');
    }
    raw(digits, to);
  }

  private boolean isDigit(int p) {
    return cells[p] >= '0' && cells[p] <= '9';
  }

  private void raw(int from, int to) {
    room(to - from);
    System.arraycopy(cells, from, out, at, to - from);
    at += to - from;
  }

  private void string(int from, int cellEnd) {
    int to = cellEnd;
    if (to - from > maxString + 4) {
      // It is refused, and its beginning is enough for that.
      to = from + maxString + 4;
      while ((cells[to] & 0xc0) == 0x80 && to > from + maxString + 1) {
        to--;
      }
    }
    room(6 * (to - from) + 2);
    byte[] o = out;
    int q = at;
    o[q++] = '"';
    for (int i = from; i < to; i++) {
      byte c = cells[i];
      if (c == '"' || c == '\\') {
        o[q++] = '\\';
        o[q++] = c;
      } else if (c >= 0 && c < ' ') {
        o[q++] = '\\';
        o[q++] = 'u';
        o[q++] = '0';
        o[q++] = '0';
        o[q++] = (byte) ('0' + (c >> 4));
        o[q++] = (byte) "0123456789abcdef".charAt(c & 0xf);
      } else {
        o[q++] = c;
      }
    }
    o[q++] = '"';
    at = q;
  }

  private void ascii(String text) {
    room(text.length());
    for (int i = 0; i < text.length(); i++) {
      out[at++] = (byte) text.charAt(i);
    }
  }

  private void put(char c) {
    room(1);
    out[at++] = (byte) c;
  }

  private void room(int more) {
    out = Bytes.grow(out, at + more + Bytes.PADDING);
  }
}
