package dev.sluice.convert;

import dev.sluice.model.Reason;
import dev.sluice.model.dataset.UnknownFields;
import dev.sluice.model.limit.Limit;
import dev.sluice.model.limit.Limits;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads JSON text straight into the columns of a {@link Batch}, led by the schema.
 *
 * <p>The text must be followed by {@link Bytes#PADDING} readable bytes, the first of them a byte
 * that no JSON value can go on with: a line feed in line mode, else a zero.
 */
final class Scanner {
  private static final long ONES = 0x0101010101010101L;
  private static final long HIGHS = 0x8080808080808080L;
  private static final double[] POWERS = new double[23];
  static final long[] LONG_POWERS = new long[19];

  static {
    double power = 1;
    for (int i = 0; i < POWERS.length; i++, power *= 10) {
      POWERS[i] = power;
    }
    long exact = 1;
    for (int i = 0; i < LONG_POWERS.length; i++, exact *= 10) {
      LONG_POWERS[i] = exact;
    }
  }

  private final Node root;
  private final Batch batch;
  private final Batch.Column[] columns;
  private final int maxDepth;
  private final int maxFields;
  private final long maxValues;
  private final boolean refuseUnknown;
  private final BadRecord bad = new BadRecord();
  private final Values values;

  /** Bits of fields beyond the 64th that were seen, per record node that has so many. */
  private final java.util.IdentityHashMap<Node, long[]> wide = new java.util.IdentityHashMap<>();

  private byte[] text = new byte[0];

  /** Where the scanner stands: behind what it read. */
  int pos;

  /** Values that elements of arrays and maps put into columns, since it was last set to zero. */
  long elements;

  /** What {@link #elements} may come to in the record at hand. */
  private long elementsUntil;

  /** Whether a line feed is white space inside a record. */
  boolean multiline;

  Scanner(Node root, Batch batch, Limits limits, UnknownFields unknownFields) {
    this.root = root;
    this.batch = batch;
    this.columns = batch.columns;
    this.maxDepth = limits.asInt(Limit.DEPTH);
    this.maxFields = limits.asInt(Limit.OBJECT_FIELDS);
    this.maxValues = limits.get(Limit.RECORD_VALUES);
    this.refuseUnknown = unknownFields == UnknownFields.QUARANTINE;
    this.values = new Values(batch, bad, limits);
    registerWide(root);
  }

  private void registerWide(Node node) {
    if (node.kids.length > 64) {
      wide.put(node, new long[(node.kids.length - 1) / 64]);
    }
    for (Node kid : node.kids) {
      registerWide(kid);
    }
    if (node.element != null) {
      registerWide(node.element);
    }
  }

  /** The text that following calls read. */
  void reset(byte[] text) {
    this.text = text;
    batch.buffer = text;
    values.reset(text);
  }

  /**
   * Reads one object into the batch, from {@code from} on; {@link #pos} is then behind it. The
   * caller ends the row, or takes it back.
   *
   * @throws BadRecord when it does not fit
   */
  void record(int from) {
    byte c = text[from];
    if (c != '{') {
      throw isValueStart(c)
          ? bad.fill(Reason.NOT_AN_OBJECT, null, from, "a JSON object", "")
          : malformed(from, "a JSON object");
    }
    elementsUntil = elements + maxValues;
    pos = record(root, from, 0);
  }

  /** Skips one JSON value of any type, checking it; {@link #pos} is then behind it. */
  void anyValue(int from) {
    skip(from, 1);
  }

  /**
   * The same of text that is to hold nothing else up to {@code end}.
   *
   * @throws BadRecord when it does
   */
  void wholeValue(int from, int end) {
    anyValue(space(from));
    int behind = space(pos);
    if (behind != end) {
      throw malformed(behind, "the end of the text");
    }
  }

  // ---- structure

  private int space(int at) {
    byte[] u = text;
    int p = at;
    for (; ; ) {
      byte c = u[p];
      if (c == ' ' || c == '\t' || c == '\r' || c == '\n' && multiline) {
        p++;
      } else {
        return p;
      }
    }
  }

  /** Reads a record; answers where it ends, as all that follow here do. */
  private int record(Node node, int from, int repetition) {
    byte[] u = text;
    Node[] kids = node.kids;
    long[] more = null;
    if (kids.length > 64) {
      more = wide.get(node);
      Arrays.fill(more, 0);
    }
    int p = from + 1;
    if (u[p] <= ' ') {
      p = space(p);
    }
    long seen = 0;
    int next = 0;
    int fields = 0;
    if (u[p] == '}') {
      p++;
    } else {
      for (; ; ) {
        if (++fields > maxFields) {
          throw tooManyFields(node == root ? null : node, p);
        }
        int field = predict(kids, next, p);
        if (field >= 0) {
          p += kids[field].patternLength;
        } else {
          field = key(node, p);
          p = pos;
        }
        if (u[p] <= ' ') {
          p = space(p);
        }
        if (field < 0) {
          skip(p, node.depth + 1);
          p = pos;
        } else {
          if (field < 64) {
            long bit = 1L << field;
            if ((seen & bit) != 0) {
              throw duplicate(kids[field], p);
            }
            seen |= bit;
          } else {
            long bit = 1L << field;
            int word = (field >> 6) - 1;
            if ((more[word] & bit) != 0) {
              throw duplicate(kids[field], p);
            }
            more[word] |= bit;
          }
          next = field + 1;
          p = value(kids[field], p, repetition);
        }
        byte c = u[p];
        if (c <= ' ') {
          p = space(p);
          c = u[p];
        }
        p++;
        if (c == ',') {
          if (u[p] <= ' ') {
            p = space(p);
          }
        } else if (c == '}') {
          break;
        } else {
          throw malformed(p - 1, "',' or '}'");
        }
      }
    }
    long all = kids.length >= 64 ? -1L : (1L << kids.length) - 1;
    if (seen != all || more != null) {
      absent(node, seen, more, p, repetition);
    }
    return p;
  }

  /** The field whose key most likely stands at {@code p}, or -1. */
  private int predict(Node[] kids, int next, int p) {
    byte[] u = text;
    long first = Bytes.word(u, p);
    for (int i = next; i < kids.length; i++) {
      Node kid = kids[i];
      if (((first ^ kid.word0) & kid.mask0) == 0) {
        int length = kid.patternLength;
        if (length <= 8
            || ((Bytes.word(u, p + 8) ^ kid.word1) & kid.mask1) == 0
                && (length <= 16
                    || Arrays.equals(
                        kid.pattern, 16, length, u, p + 16, Math.min(u.length, p + length)))) {
          return i;
        }
      }
      if (kid.absent == Node.ABSENT_MISSING) {
        return -1;
      }
    }
    return -1;
  }

  /** Reads any key and the colon behind it; answers its field, or -1 for an unknown one. */
  private int key(Node node, int from) {
    if (text[from] != '"') {
      throw malformed(from, "a key in double quotes");
    }
    long name = values.string(from);
    int p = space(values.pos);
    if (text[p] != ':') {
      throw malformed(p, "':'");
    }
    pos = p + 1;
    String key =
        new String(
            batch.bytes(name), Batch.offset(name), Batch.length(name), StandardCharsets.UTF_8);
    Integer field = node.keys.get(key);
    if (field != null) {
      return field;
    }
    if (refuseUnknown) {
      throw bad.fill(
          Reason.UNKNOWN_FIELD,
          node == root ? null : node,
          from,
          "only declared fields",
          "an unknown field");
    }
    return -1;
  }

  private void absent(Node node, long seen, long @Nullable [] more, int at, int repetition) {
    Node[] kids = node.kids;
    for (int i = 0; i < kids.length; i++) {
      boolean there =
          i < 64 ? (seen >>> i & 1) != 0 : more != null && (more[(i >> 6) - 1] >>> i & 1) != 0;
      if (there) {
        continue;
      }
      Node kid = kids[i];
      switch (kid.absent) {
        case Node.ABSENT_NULL -> nulls(kid, kid.definition - 1, repetition);
        case Node.ABSENT_EMPTY -> nulls(kid, kid.definition, repetition);
        case Node.ABSENT_VALUE ->
            columns[kid.leaf].add(values.defaultValue(kid), kid.definition, repetition);
        default -> throw bad.fill(Reason.MISSING_FIELD, kid, at, kid.expected(), "nothing");
      }
    }
  }

  private void nulls(Node node, int definition, int repetition) {
    for (int leaf = node.firstLeaf; leaf < node.endLeaf; leaf++) {
      columns[leaf].add(0, definition, repetition);
    }
  }

  private int value(Node node, int from, int repetition) {
    byte c = text[from];
    if (c == 'n') {
      return nullValue(node, from, repetition);
    }
    switch (node.kind) {
      case Node.RECORD -> {
        if (c != '{') {
          throw mismatch(node, from);
        }
        return record(node, from, repetition);
      }
      case Node.ARRAY -> {
        return array(node, from, repetition);
      }
      case Node.MAP -> {
        return map(node, from, repetition);
      }
      default -> {
        long value = values.scalar(node, from);
        columns[node.leaf].add(value, node.definition, repetition);
        return values.pos;
      }
    }
  }

  private int nullValue(Node node, int from, int repetition) {
    int behind = literal(from, "null");
    if (!node.nullable) {
      throw bad.fill(Reason.NULL_FIELD, node, from, node.expected(), "null");
    }
    nulls(node, node.definition - 1, repetition);
    return behind;
  }

  private int array(Node node, int from, int repetition) {
    byte[] u = text;
    if (u[from] != '[') {
      throw mismatch(node, from);
    }
    int p = space(from + 1);
    if (u[p] == ']') {
      nulls(node, node.definition, repetition);
      return p + 1;
    }
    Node element = node.element;
    int level = repetition;
    int index = 0;
    try {
      for (; ; index++) {
        count(node, p);
        p = space(value(element, p, level));
        level = element.repetition;
        byte c = u[p++];
        if (c == ',') {
          p = space(p);
        } else if (c == ']') {
          break;
        } else {
          throw malformed(p - 1, "',' or ']'");
        }
      }
    } catch (BadRecord e) {
      throw e.within(index);
    }
    return p;
  }

  private int map(Node node, int from, int repetition) {
    byte[] u = text;
    if (u[from] != '{') {
      throw mismatch(node, from);
    }
    int p = space(from + 1);
    if (u[p] == '}') {
      nulls(node, node.definition, repetition);
      return p + 1;
    }
    Batch.Column keys = columns[node.key.leaf];
    int firstEntry = keys.count;
    int level = repetition;
    int fields = 0;
    for (; ; ) {
      if (u[p] != '"') {
        throw malformed(p, "a key in double quotes");
      }
      if (++fields > maxFields) {
        throw tooManyFields(node, p);
      }
      count(node, p);
      long name = values.string(p);
      int behind = space(values.pos);
      if (u[behind] != ':') {
        throw malformed(behind, "':'");
      }
      keys.add(name, node.key.definition, level);
      p = space(value(node.element, space(behind + 1), level));
      level = node.element.repetition;
      byte c = u[p++];
      if (c == ',') {
        p = space(p);
      } else if (c == '}') {
        break;
      } else {
        throw malformed(p - 1, "',' or '}'");
      }
    }
    refuseEqualKeys(node, keys, firstEntry, from);
    return p;
  }

  private void refuseEqualKeys(Node node, Batch.Column keys, int from, int at) {
    int entries = keys.count - from;
    if (entries <= 12) {
      for (int i = from; i < keys.count; i++) {
        long a = keys.values[i];
        for (int j = from; j < i; j++) {
          long b = keys.values[j];
          if (Batch.length(a) == Batch.length(b)
              && Bytes.equal(
                  batch.bytes(a),
                  Batch.offset(a),
                  batch.bytes(b),
                  Batch.offset(b),
                  Batch.length(a))) {
            throw duplicate(node, at);
          }
        }
      }
      return;
    }
    Set<String> names = new HashSet<>();
    for (int i = from; i < keys.count; i++) {
      long a = keys.values[i];
      if (!names.add(
          new String(batch.bytes(a), Batch.offset(a), Batch.length(a), StandardCharsets.UTF_8))) {
        throw duplicate(node, at);
      }
    }
  }

  private void skip(int from, int depth) {
    byte[] u = text;
    byte c = u[from];
    switch (c) {
      case '"' -> {
        values.string(from);
        pos = values.pos;
      }
      case '{', '[' -> {
        if (depth > maxDepth) {
          throw bad.fill(Reason.TOO_DEEP, null, from, "at most " + maxDepth + " levels", "more");
        }
        skipContainer(from, depth);
      }
      case 't' -> pos = literal(from, "true");
      case 'f' -> pos = literal(from, "false");
      case 'n' -> pos = literal(from, "null");
      default -> {
        values.skipNumber(from);
        pos = values.pos;
      }
    }
  }

  private void skipContainer(int from, int depth) {
    byte[] u = text;
    boolean object = u[from] == '{';
    byte close = (byte) (object ? '}' : ']');
    int p = space(from + 1);
    if (u[p] == close) {
      pos = p + 1;
      return;
    }
    int fields = 0;
    for (; ; ) {
      if (object) {
        if (u[p] != '"') {
          throw malformed(p, "a key in double quotes");
        }
        if (++fields > maxFields) {
          throw tooManyFields(null, p);
        }
        values.string(p);
        p = space(values.pos);
        if (u[p] != ':') {
          throw malformed(p, "':'");
        }
        p = space(p + 1);
      }
      skip(p, depth + 1);
      p = space(pos);
      byte c = u[p++];
      if (c == close) {
        pos = p;
        return;
      }
      if (c != ',') {
        throw malformed(p - 1, object ? "',' or '}'" : "',' or ']'");
      }
      p = space(p);
    }
  }

  private int literal(int from, String word) {
    for (int i = 0; i < word.length(); i++) {
      if (text[from + i] != word.charAt(i)) {
        throw malformed(from, "a JSON value");
      }
    }
    return from + word.length();
  }

  /** What to throw when something else than the structure around it follows an element. */
  BadRecord followed(int at) {
    return malformed(at, "',' or ']' behind the record");
  }

  private BadRecord malformed(int at, String expected) {
    return bad.fill(Reason.MALFORMED_JSON, null, at, expected, "");
  }

  private BadRecord tooManyFields(@Nullable Node node, int at) {
    return bad.fill(
        Reason.TOO_MANY_FIELDS, node, at, "at most " + maxFields + " keys in an object", "more");
  }

  /** Counts an element, which fills all columns below it, whatever it holds itself. */
  private void count(Node node, int at) {
    elements += node.endLeaf - node.firstLeaf;
    if (elements > elementsUntil) {
      throw bad.fill(
          Reason.TOO_MANY_VALUES,
          node,
          at,
          "at most " + maxValues + " values in its arrays and maps",
          "more");
    }
  }

  private BadRecord duplicate(Node node, int at) {
    return bad.fill(Reason.DUPLICATE_FIELD, node, at, "each key once", "the key again");
  }

  private BadRecord mismatch(Node node, int at) {
    return values.mismatch(node, at);
  }

  static boolean isValueStart(byte c) {
    return c == '"'
        || c == '{'
        || c == '['
        || c == 't'
        || c == 'f'
        || c == 'n'
        || c == '-'
        || c >= '0' && c <= '9';
  }

  /**
   * A word whose lowest set high bit is the first byte that ends or interrupts plain text: a quote,
   * a backslash, a control character or a byte beyond ASCII.
   */
  static long interrupts(long word) {
    // With the second lowest bit flipped, a quote and the control characters are all bytes below
    // 0x21. What the subtractions find beyond ASCII is found anyway, and borrows reach only bytes
    // behind the first.
    return ((word ^ 0x0202020202020202L) - 0x2121212121212121L
            | (word ^ 0x5c5c5c5c5c5c5c5cL) - ONES
            | word)
        & HIGHS;
  }

  static double power(int exponent) {
    return POWERS[exponent];
  }
}
