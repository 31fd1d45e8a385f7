package dev.sluice.convert;

import dev.sluice.model.json.Json;
import dev.sluice.model.schema.ArrayType;
import dev.sluice.model.schema.DefaultValue;
import dev.sluice.model.schema.Field;
import dev.sluice.model.schema.FieldPath;
import dev.sluice.model.schema.MapType;
import dev.sluice.model.schema.RecordType;
import dev.sluice.model.schema.ScalarType;
import dev.sluice.model.schema.TimeInput;
import dev.sluice.model.schema.Type;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A schema compiled for scanning and for Parquet: levels, leaf numbers and key patterns. Shared by
 * all conversions of a dataset; never changed once compiled.
 */
final class Node {
  // What the scanner switches on. Scalars stand last.
  static final int RECORD = 0;
  static final int ARRAY = 1;
  static final int MAP = 2;
  static final int STRING = 3;
  static final int LONG = 4;
  static final int INT = 5;
  static final int DOUBLE = 6;
  static final int FLOAT = 7;
  static final int BOOLEAN = 8;
  static final int TIMESTAMP = 9;
  static final int DATE = 10;
  static final int DECIMAL = 11;
  static final int ENUM = 12;
  static final int BINARY = 13;

  static final int ABSENT_MISSING = 0;
  static final int ABSENT_NULL = 1;
  static final int ABSENT_EMPTY = 2;
  static final int ABSENT_VALUE = 3;

  final String name;
  final String column;
  final String path;
  final int kind;
  final boolean nullable;

  /** Definition level at which this value is there. */
  final int definition;

  /** Repetition level of this value's entries. */
  final int repetition;

  final Type type;

  /** Objects and arrays around this value's content, its own included. */
  final int depth;

  Node[] kids = new Node[0];

  /** Element of an array, value of a map. */
  @Nullable Node element;

  /** Key of a map. */
  @Nullable Node key;

  /** Number among the leaves, or -1. */
  int leaf = -1;

  int firstLeaf;
  int endLeaf;

  int precision;
  int scale;
  byte[][] symbols = new byte[0][];
  @Nullable TimeInput input;

  int absent = ABSENT_MISSING;
  @Nullable Object absentValue;

  // The text "name": as it mostly stands in compact JSON, in words of eight bytes.
  byte[] pattern = new byte[0];
  int patternLength;
  long word0;
  long mask0;
  long word1;
  long mask1;

  /** For a record: which kid a key names. Keys not here are unknown fields. */
  final Map<String, Integer> keys = new HashMap<>();

  private Node(
      String name,
      String column,
      String path,
      Type type,
      int kind,
      boolean nullable,
      int definition,
      int repetition,
      int depth) {
    this.depth = depth;
    this.name = name;
    this.column = column;
    this.path = path;
    this.type = type;
    this.kind = kind;
    this.nullable = nullable;
    this.definition = definition;
    this.repetition = repetition;
  }

  static Node compile(RecordType schema) {
    int[] leaves = {0};
    return compile("", "", "", schema, false, 0, 0, 0, leaves);
  }

  private static Node compile(
      String name,
      String column,
      String path,
      Type type,
      boolean nullable,
      int outerDefinition,
      int repetition,
      int outerDepth,
      int[] leaves) {
    int definition = outerDefinition + (nullable ? 1 : 0);
    int depth = outerDepth + (type instanceof ScalarType ? 0 : 1);
    Node node =
        new Node(name, column, path, type, kind(type), nullable, definition, repetition, depth);
    node.firstLeaf = leaves[0];
    if (type instanceof RecordType record) {
      node.kids = new Node[record.fields().size()];
      for (int i = 0; i < node.kids.length; i++) {
        Field field = record.fields().get(i);
        String kidPath = path.isEmpty() ? field.name() : path + "." + field.name();
        Node kid =
            compile(
                field.name(),
                field.column(),
                kidPath,
                field.type(),
                field.nullable(),
                definition,
                repetition,
                depth,
                leaves);
        kid.readFrom(field);
        node.kids[i] = kid;
        for (String key : field.keys()) {
          node.keys.put(key, i);
        }
      }
    } else if (type instanceof ArrayType array) {
      node.element =
          compile(
              "element",
              "element",
              path + "[]",
              array.element(),
              array.nullableElements(),
              definition + 1,
              repetition + 1,
              depth,
              leaves);
    } else if (type instanceof MapType map) {
      node.key =
          compile(
              "key",
              "key",
              path + "{}",
              ScalarType.of(ScalarType.Kind.STRING),
              false,
              definition + 1,
              repetition + 1,
              depth,
              leaves);
      node.element =
          compile(
              "value",
              "value",
              path + "{}",
              map.values(),
              map.nullableValues(),
              definition + 1,
              repetition + 1,
              depth,
              leaves);
    } else if (type instanceof ScalarType scalar) {
      node.leaf = leaves[0]++;
      node.precision = scalar.precision();
      node.scale = scalar.scale();
      node.input = scalar.input().orElse(null);
      node.symbols =
          scalar.symbols().stream()
              .map(s -> s.getBytes(StandardCharsets.UTF_8))
              .toArray(byte[][]::new);
    }
    node.endLeaf = leaves[0];
    return node;
  }

  private void readFrom(Field field) {
    // As JSON writes it: a key may hold quotes.
    pattern = (Json.write(field.keys().get(0)) + ':').getBytes(StandardCharsets.UTF_8);
    patternLength = pattern.length;
    word0 = patternWord(0);
    mask0 = Bytes.mask(pattern.length);
    word1 = patternWord(8);
    mask1 = Bytes.mask(pattern.length - 8);
    Optional<DefaultValue> value = field.defaultValue();
    if (value.isPresent()) {
      DefaultValue given = value.get();
      if (given instanceof DefaultValue.Null) {
        absent = ABSENT_NULL;
      } else if (given instanceof DefaultValue.Empty) {
        absent = ABSENT_EMPTY;
      } else if (given instanceof DefaultValue.Scalar scalar) {
        absent = ABSENT_VALUE;
        absentValue = scalar.json();
      }
    }
  }

  private long patternWord(int from) {
    long word = 0;
    for (int i = 0; i < 8 && from + i < pattern.length; i++) {
      word |= (pattern[from + i] & 0xffL) << 8 * i;
    }
    return word;
  }

  private static int kind(Type type) {
    if (type instanceof RecordType) {
      return RECORD;
    }
    if (type instanceof ArrayType) {
      return ARRAY;
    }
    if (type instanceof MapType) {
      return MAP;
    }
    return switch (((ScalarType) type).kind()) {
      case BOOLEAN -> BOOLEAN;
      case INT -> INT;
      case LONG -> LONG;
      case FLOAT -> FLOAT;
      case DOUBLE -> DOUBLE;
      case STRING -> STRING;
      case BYTES -> BINARY;
      case ENUM -> ENUM;
      case DECIMAL -> DECIMAL;
      case DATE -> DATE;
      case TIMESTAMP -> TIMESTAMP;
    };
  }

  boolean isScalar() {
    return kind > MAP;
  }

  /** Whether values are references to bytes: text, binary, and decimals of more than 18 digits. */
  boolean isBytes() {
    return kind == STRING || kind == ENUM || kind == BINARY || kind == DECIMAL && precision > 18;
  }

  /** Bytes of a fixed-width value in Parquet: 4 or 8, 1 for a boolean, 0 for references. */
  int width() {
    if (isBytes()) {
      return 0;
    }
    return switch (kind) {
      case BOOLEAN -> 1;
      case INT, FLOAT, DATE -> 4;
      case DECIMAL -> precision <= 9 ? 4 : 8;
      default -> 8;
    };
  }

  /** What a person would call this type. */
  String expected() {
    return switch (kind) {
      case RECORD -> "an object";
      case ARRAY -> "an array";
      case MAP -> "an object of values";
      case STRING -> "a string";
      case LONG -> "a 64-bit integer";
      case INT -> "a 32-bit integer";
      case DOUBLE, FLOAT -> "a number";
      case BOOLEAN -> "true or false";
      case TIMESTAMP -> temporal("an ISO 8601 timestamp in a string");
      case DATE -> temporal("a date like 2024-01-31 in a string");
      case DECIMAL ->
          "a decimal number of at most " + precision + " digits, " + scale + " after the point";
      case ENUM -> "one of " + String.join(", ", ((ScalarType) type).symbols());
      default -> "Base64 in a string";
    };
  }

  private String temporal(String iso) {
    if (input instanceof TimeInput.Epoch epoch) {
      return "a number of "
          + epoch.unit().name().toLowerCase(java.util.Locale.ROOT)
          + " since 1970";
    }
    if (input instanceof TimeInput.Pattern given) {
      return "a string like " + given.pattern();
    }
    return iso + " (or whatever the schema declares as the field's format)";
  }

  /** All leaves below, in order. */
  List<Node> leaves() {
    List<Node> leaves = new ArrayList<>();
    collect(leaves);
    return leaves;
  }

  private void collect(List<Node> into) {
    if (leaf >= 0) {
      into.add(this);
    }
    for (Node kid : kids) {
      kid.collect(into);
    }
    if (key != null) {
      key.collect(into);
    }
    if (element != null) {
      element.collect(into);
    }
  }

  /** The node that a declared path leads to, through records and into the elements of arrays. */
  Node find(FieldPath path) {
    Node at = this;
    for (String step : path.names()) {
      while (at.kind == ARRAY && at.element != null) {
        at = at.element;
      }
      Node next = null;
      for (Node kid : at.kids) {
        if (kid.name.equals(step)) {
          next = kid;
        }
      }
      if (next == null) {
        throw new IllegalArgumentException("No field " + path + " in the schema");
      }
      at = next;
    }
    return at;
  }
}
