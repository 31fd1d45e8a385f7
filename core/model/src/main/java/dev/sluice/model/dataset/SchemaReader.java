package dev.sluice.model.dataset;

import dev.sluice.model.json.Json;
import dev.sluice.model.schema.ArrayType;
import dev.sluice.model.schema.DefaultValue;
import dev.sluice.model.schema.Field;
import dev.sluice.model.schema.MapType;
import dev.sluice.model.schema.RecordType;
import dev.sluice.model.schema.ScalarType;
import dev.sluice.model.schema.ScalarType.Kind;
import dev.sluice.model.schema.TimeInput;
import dev.sluice.model.schema.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads an Avro schema in JSON into our types, and says everything that is wrong with it. Where
 * Avro ignores what it does not understand (a logical type at the wrong place, a precision that
 * does not fit), this refuses.
 */
final class SchemaReader {
  /** Glue's limit. */
  private static final int NAME_LENGTH = 255;

  private static final int DEPTH = 30;
  private static final int COLUMNS = 2_000;
  private static final int MAX_PRECISION = 38;
  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  private static final List<String> PRIMITIVES =
      List.of("boolean", "int", "long", "float", "double", "bytes", "string");
  private static final List<String> COMPLEX = List.of("record", "enum", "array", "map", "fixed");
  private static final List<String> LOGICAL =
      List.of(
          "decimal",
          "uuid",
          "date",
          "timestamp-millis",
          "timestamp-micros",
          "local-timestamp-millis",
          "local-timestamp-micros");
  private static final List<String> TIME_PROPERTIES = List.of("format", "zone", "epoch");
  private static final List<String> FIELD_PROPERTIES =
      List.of(
          "name", "type", "doc", "default", "order", "aliases", "json", "format", "zone", "epoch");
  private static final List<String> TYPE_PROPERTIES =
      List.of(
          "type",
          "name",
          "namespace",
          "doc",
          "aliases",
          "fields",
          "symbols",
          "items",
          "values",
          "size",
          "default",
          "logicalType",
          "precision",
          "scale",
          "format",
          "zone",
          "epoch");

  /**
   * A type at its place.
   *
   * @param unit what Avro counts a timestamp's default in; null for all other types
   */
  private record Typed(Type type, boolean nullable, TimeInput.@Nullable Unit unit) {}

  private final String file;
  private final Problems problems;

  /** Named types by full name; empty when the definition has problems of its own. */
  private final Map<String, Optional<Type>> named = new HashMap<>();

  private final Set<String> open = new HashSet<>();

  SchemaReader(String file, Problems problems) {
    this.file = file;
    this.problems = problems;
  }

  /** The record that the text declares; empty when there are problems, which are then reported. */
  Optional<RecordType> read(String text) {
    Object json;
    try {
      json = Json.parse(text);
    } catch (IllegalArgumentException e) {
      problem("", "it is not JSON: " + oneLine(e.getMessage()), "correct the text");
      return Optional.empty();
    }
    int before = problems.count();
    if (!(json instanceof Map<?, ?> map) || !"record".equals(map.get("type"))) {
      problem(
          "",
          "its top is not a record",
          "write {\"type\": \"record\", \"name\": …, \"fields\": […]}");
      return Optional.empty();
    }
    Typed typed = typed(json, "", "", 0);
    if (typed == null || problems.count() > before) {
      return Optional.empty();
    }
    RecordType top = (RecordType) typed.type();
    long columns = columns(top);
    if (columns > COLUMNS) {
      problem(
          "",
          "it has " + columns + " columns, nested ones counted, and " + COLUMNS + " is the limit",
          "declare less, or read rarely used parts as a map");
      return Optional.empty();
    }
    return Optional.of(top);
  }

  private static long columns(Type type) {
    long count = 0;
    if (type instanceof RecordType nested) {
      for (Field field : nested.fields()) {
        count += columns(field.type());
        if (count > 1_000_000) {
          return count;
        }
      }
      return count;
    } else if (type instanceof ArrayType array) {
      return columns(array.element());
    } else if (type instanceof MapType map) {
      return 1 + columns(map.values());
    }
    return 1;
  }

  private @Nullable Typed typed(@Nullable Object json, String at, String namespace, int depth) {
    if (depth > DEPTH) {
      problem(at, "types are nested deeper than " + DEPTH, "flatten the record, or use a map");
      return null;
    }
    if (json instanceof List<?> branches) {
      return union(branches, at, namespace, depth);
    }
    if (json instanceof Map<?, ?> map
        && (map.get("type") instanceof Map<?, ?> || map.get("type") instanceof List<?>)) {
      return typed(map.get("type"), at, namespace, depth + 1);
    }
    if (json instanceof String name) {
      return named(name, Map.of(), at, namespace);
    }
    if (json instanceof Map<?, ?> map) {
      return defined(strings(map), at, namespace, depth);
    }
    problem(
        at,
        json == null ? "it has no type" : "its type is neither a name nor an object: " + kind(json),
        "write \"type\": \"string\" or one of " + String.join(", ", PRIMITIVES));
    return null;
  }

  private @Nullable Typed union(List<?> branches, String at, String namespace, int depth) {
    List<?> values = branches.stream().filter(b -> !isNull(b)).toList();
    if (branches.size() != 2 || values.size() != 1 || values.get(0) instanceof List<?>) {
      problem(
          at,
          "a union of " + branches.size() + " branches, " + values.size() + " of them not null",
          "a column has one type: write [\"null\", T], or a record with a nullable field per"
              + " branch");
      return null;
    }
    Typed typed = typed(values.get(0), at, namespace, depth + 1);
    return typed == null ? null : new Typed(typed.type(), true, typed.unit());
  }

  private static boolean isNull(@Nullable Object branch) {
    return "null".equals(branch)
        || (branch instanceof Map<?, ?> map && "null".equals(map.get("type")));
  }

  private @Nullable Typed defined(
      Map<String, @Nullable Object> map, String at, String namespace, int depth) {
    slips(map, TYPE_PROPERTIES, at);
    if (!(map.get("type") instanceof String type)) {
      problem(at, "its type object has no \"type\"", "add one");
      return null;
    }
    int before = problems.count();
    Object logical = map.get("logicalType");
    if (logical != null && !(logical instanceof String text && LOGICAL.contains(text))) {
      unknownLogical(logical, at);
      return null;
    }
    if (logical != null && COMPLEX.contains(type) && !type.equals("fixed")) {
      problem(at, "a logical type on " + article(type), "a logical type belongs to a scalar");
      return null;
    }
    Typed typed =
        switch (type) {
          case "record" -> record(map, at, namespace, depth);
          case "enum" -> enumeration(map, at, namespace);
          case "fixed" -> fixed(map, at, namespace);
          case "array" -> array(map, at, namespace, depth);
          case "map" -> map(map, at, namespace, depth);
          default -> named(type, map, at, namespace);
        };
    if (typed == null) {
      return null;
    }
    Optional<TimeInput> input = input(map, typed, at);
    if (input.isPresent()) {
      return withInput(typed, input.get());
    }
    return problems.count() > before ? null : typed;
  }

  private static Typed withInput(Typed typed, TimeInput input) {
    Kind kind = ((ScalarType) typed.type()).kind();
    return new Typed(ScalarType.temporal(kind, input), typed.nullable(), typed.unit());
  }

  private void unknownLogical(Object logical, String at) {
    String name = String.valueOf(logical);
    String wayOut =
        switch (name) {
          case "timestamp-nanos", "local-timestamp-nanos" ->
              "Athena keeps microseconds: use timestamp-micros";
          case "time-millis", "time-micros" ->
              "Parquet tables in Athena have no time of day: use a string, or a long";
          case "duration" -> "use a long of milliseconds";
          default -> Similar.wayOut(name, LOGICAL);
        };
    problem(at, "unknown logicalType '" + name + "'", wayOut);
  }

  private @Nullable Typed named(
      String name, Map<String, @Nullable Object> map, String at, String namespace) {
    if (PRIMITIVES.contains(name)) {
      return primitive(name, map, at);
    }
    if (name.equals("null")) {
      problem(at, "its only value is null", "write [\"null\", T] with the type of its values");
      return null;
    }
    String full = name.contains(".") || namespace.isEmpty() ? name : namespace + "." + name;
    if (!named.containsKey(full) && !open.contains(full)) {
      full = name;
    }
    if (open.contains(full)) {
      problem(
          at,
          "the type '" + name + "' contains itself",
          "a table has finitely many columns: declare as many levels as needed");
      return null;
    }
    Optional<Type> type = named.get(full);
    if (type == null) {
      List<String> known = new ArrayList<>(PRIMITIVES);
      known.addAll(COMPLEX);
      named.keySet().stream().sorted().forEach(known::add);
      String wayOut =
          COMPLEX.contains(name)
              ? "write {\"type\": \"" + name + "\", …} as the type"
              : Similar.wayOut(name, known);
      problem(at, "unknown type '" + name + "'", wayOut);
      return null;
    }
    return type.map(t -> new Typed(t, false, null)).orElse(null);
  }

  private @Nullable Typed primitive(String name, Map<String, @Nullable Object> map, String at) {
    Object logical = map.get("logicalType");
    if (logical == null) {
      return scalar(Kind.valueOf(name.toUpperCase(Locale.ROOT)));
    }
    String base =
        switch ((String) logical) {
          case "decimal" -> "bytes";
          case "uuid" -> "string";
          case "date" -> "int";
          default -> "long";
        };
    if (!name.equals(base)) {
      problem(
          at,
          "logicalType '" + logical + "' on " + article(name),
          "write {\"type\": \"" + base + "\", \"logicalType\": \"" + logical + "\"}");
      return null;
    }
    return switch ((String) logical) {
      case "decimal" -> decimal(map, at, MAX_PRECISION);
      case "uuid" -> scalar(Kind.STRING);
      case "date" -> scalar(Kind.DATE);
      default ->
          new Typed(
              ScalarType.of(Kind.TIMESTAMP),
              false,
              ((String) logical).endsWith("-millis")
                  ? TimeInput.Unit.MILLIS
                  : TimeInput.Unit.MICROS);
    };
  }

  private static Typed scalar(Kind kind) {
    return new Typed(ScalarType.of(kind), false, null);
  }

  private @Nullable Typed decimal(Map<String, @Nullable Object> map, String at, int most) {
    Object precision = map.get("precision");
    Object scale = map.getOrDefault("scale", 0L);
    if (!(precision instanceof Long p) || p < 1 || p > most) {
      problem(
          at,
          precision == null ? "a decimal without precision" : "a decimal of precision " + precision,
          "\"precision\" is the number of digits, 1 to " + most);
      return null;
    }
    if (!(scale instanceof Long s) || s < 0 || s > p) {
      problem(
          at,
          "a decimal of precision " + p + " and scale " + scale,
          "\"scale\" is the number of digits after the point, 0 to the precision");
      return null;
    }
    return new Typed(ScalarType.decimal(p.intValue(), s.intValue()), false, null);
  }

  private @Nullable Typed fixed(Map<String, @Nullable Object> map, String at, String namespace) {
    String full = define(map, at, namespace);
    if (full == null) {
      return null;
    }
    named.put(full, Optional.empty());
    if (!(map.get("size") instanceof Long size) || size < 1 || size > 1 << 20) {
      problem(at, "a fixed without a size", "\"size\" is its number of bytes");
      return null;
    }
    if (!"decimal".equals(map.get("logicalType"))) {
      problem(
          at,
          "a fixed that is not a decimal",
          "use bytes, or add \"logicalType\": \"decimal\" with its precision");
      return null;
    }
    BigInteger largest = BigInteger.ONE.shiftLeft((int) Math.min(size * 8 - 1, 200));
    int most = Math.min(MAX_PRECISION, largest.subtract(BigInteger.ONE).toString().length() - 1);
    Typed typed = decimal(map, at, Math.max(most, 1));
    named.put(full, Optional.ofNullable(typed).map(Typed::type));
    return typed;
  }

  private @Nullable Typed enumeration(
      Map<String, @Nullable Object> map, String at, String namespace) {
    String full = define(map, at, namespace);
    if (full == null) {
      return null;
    }
    named.put(full, Optional.empty());
    if (!(map.get("symbols") instanceof List<?> list) || list.isEmpty()) {
      problem(at, "an enum without symbols", "add \"symbols\": [\"…\"]");
      return null;
    }
    int before = problems.count();
    Set<String> symbols = new LinkedHashSet<>();
    for (Object symbol : list) {
      if (!(symbol instanceof String text) || !NAME.matcher(text).matches()) {
        problem(
            at,
            "the symbol " + quote(symbol) + " is no Avro name",
            "symbols are letters, digits and _; for other values use a string and a quality rule"
                + " 'allowed'");
      } else if (!symbols.add(text)) {
        problem(at, "the symbol '" + text + "' stands twice", "remove one");
      }
    }
    Object fallback = map.get("default");
    if (fallback != null && !symbols.contains(String.valueOf(fallback))) {
      problem(
          at,
          "the enum's default " + quote(fallback) + " is none of its symbols",
          Similar.wayOut(String.valueOf(fallback), symbols));
    }
    if (problems.count() > before) {
      return null;
    }
    Type type = ScalarType.enumeration(List.copyOf(symbols));
    named.put(full, Optional.of(type));
    return new Typed(type, false, null);
  }

  private @Nullable Typed array(
      Map<String, @Nullable Object> map, String at, String namespace, int depth) {
    if (!map.containsKey("items")) {
      problem(at, "an array without \"items\"", "add \"items\": the type of its elements");
      return null;
    }
    Typed items = typed(map.get("items"), at + "[]", namespace, depth + 1);
    return items == null
        ? null
        : new Typed(new ArrayType(items.type(), items.nullable()), false, null);
  }

  private @Nullable Typed map(
      Map<String, @Nullable Object> map, String at, String namespace, int depth) {
    if (!map.containsKey("values")) {
      problem(at, "a map without \"values\"", "add \"values\": the type of its values");
      return null;
    }
    Typed values = typed(map.get("values"), at + "{}", namespace, depth + 1);
    return values == null
        ? null
        : new Typed(new MapType(values.type(), values.nullable()), false, null);
  }

  private @Nullable Typed record(
      Map<String, @Nullable Object> map, String at, String namespace, int depth) {
    String full = define(map, at, namespace);
    if (full == null) {
      return null;
    }
    int dot = full.lastIndexOf('.');
    String inner = dot < 0 ? "" : full.substring(0, dot);
    if (!(map.get("fields") instanceof List<?> list) || list.isEmpty()) {
      named.put(full, Optional.empty());
      problem(at, "a record without fields", "add \"fields\": [{\"name\": …, \"type\": …}]");
      return null;
    }
    open.add(full);
    int before = problems.count();
    List<Field> fields = new ArrayList<>();
    Map<String, String> columns = new HashMap<>();
    Map<String, String> keys = new HashMap<>();
    for (Object element : list) {
      String name = name(element, at);
      if (name == null) {
        continue;
      }
      String path = at.isEmpty() ? name : at + "." + name;
      String other = columns.putIfAbsent(name.toLowerCase(Locale.ROOT), name);
      if (other != null) {
        problem(
            path,
            other.equals(name)
                ? "the name stands twice in its record"
                : "the name differs from '" + other + "' only in case, and columns know no case",
            "rename one and keep its JSON key with \"json\": \"" + name + "\"");
        continue;
      }
      Field field = field(strings((Map<?, ?>) element), name, path, inner, depth);
      if (field == null) {
        continue;
      }
      for (String key : field.keys()) {
        String taken = keys.putIfAbsent(key, name);
        if (taken != null) {
          problem(
              path,
              "the JSON key '" + key + "' is already read by '" + taken + "'",
              "change \"json\" or \"aliases\" of one of them");
        }
      }
      fields.add(field);
    }
    open.remove(full);
    if (problems.count() > before) {
      named.put(full, Optional.empty());
      return null;
    }
    Type type = new RecordType(full.substring(dot + 1), text(map, "doc", at), fields);
    named.put(full, Optional.of(type));
    return new Typed(type, false, null);
  }

  /** Reserves the name of a named type; null when there is none that can be used. */
  private @Nullable String define(Map<String, @Nullable Object> map, String at, String namespace) {
    if (!(map.get("name") instanceof String name) || name.isEmpty()) {
      problem(at, article(String.valueOf(map.get("type"))) + " without a name", "add \"name\"");
      return null;
    }
    String space = map.get("namespace") instanceof String own ? own : namespace;
    String full = name.contains(".") || space.isEmpty() ? name : space + "." + name;
    for (String part : full.split("\\.", -1)) {
      if (!NAME.matcher(part).matches()) {
        problem(
            at,
            "the type name '" + full + "' is no Avro name",
            "names are letters, digits and _, not beginning with a digit");
        return null;
      }
    }
    if (PRIMITIVES.contains(full) || full.equals("null")) {
      problem(at, "the type name '" + full + "' is a built-in type", "choose another name");
      return null;
    }
    if (named.containsKey(full) || open.contains(full)) {
      problem(
          at,
          "the type '" + full + "' is defined twice",
          "write the name alone to use it again, or choose another name");
      return null;
    }
    return full;
  }

  private @Nullable String name(@Nullable Object element, String at) {
    if (!(element instanceof Map<?, ?> map)) {
      problem(at, "a field that is no object", "write {\"name\": …, \"type\": …}");
      return null;
    }
    if (!(map.get("name") instanceof String name) || name.isEmpty()) {
      problem(at, "a field without a name", "add \"name\"");
      return null;
    }
    if (!NAME.matcher(name).matches() || name.length() > NAME_LENGTH) {
      problem(
          at.isEmpty() ? name : at + "." + name,
          "the name is no Avro name of at most " + NAME_LENGTH + " letters, digits and _",
          "choose one, and keep the JSON key with \"json\": \"" + name + "\"");
      return null;
    }
    return name;
  }

  private @Nullable Field field(
      Map<String, @Nullable Object> map, String name, String at, String namespace, int depth) {
    for (String misplaced : List.of("logicalType", "precision", "scale", "symbols", "items")) {
      if (map.containsKey(misplaced)) {
        problem(
            at,
            "\"" + misplaced + "\" stands beside the type, where Avro ignores it",
            "put it inside: \"type\": {\"type\": …, \"" + misplaced + "\": …}");
        return null;
      }
    }
    slips(map, FIELD_PROPERTIES, at);
    Typed typed = typed(map.get("type"), at, namespace, depth + 1);
    if (typed == null) {
      return null;
    }
    Optional<TimeInput> input = input(map, typed, at);
    if (input.isPresent()) {
      if (((ScalarType) typed.type()).input().isPresent()) {
        problem(
            at,
            "format, zone or epoch stand both beside the type and inside it",
            "keep one of the two");
        return null;
      }
      typed = withInput(typed, input.get());
    }
    Optional<DefaultValue> value = Optional.empty();
    if (map.containsKey("default")) {
      value = Optional.ofNullable(defaultValue(map.get("default"), typed, at));
    }
    return new Field(
        name, keys(map, name, at), typed.type(), typed.nullable(), value, text(map, "doc", at));
  }

  private List<String> keys(Map<String, @Nullable Object> map, String name, String at) {
    Set<String> keys = new LinkedHashSet<>();
    Object json = map.getOrDefault("json", name);
    if (json instanceof String key && !key.isEmpty()) {
      keys.add(key);
    } else {
      problem(at, "\"json\" is not a key: " + quote(json), "write the key as a string");
    }
    Object aliases = map.getOrDefault("aliases", List.of());
    if (aliases instanceof List<?> list) {
      for (Object alias : list) {
        if (alias instanceof String key && !key.isEmpty()) {
          keys.add(key);
        } else {
          problem(at, "an alias is not a key: " + quote(alias), "write it as a string");
        }
      }
    } else {
      problem(at, "\"aliases\" is not a list", "write \"aliases\": [\"…\"]");
    }
    return List.copyOf(keys);
  }

  private @Nullable DefaultValue defaultValue(@Nullable Object value, Typed typed, String at) {
    if (value == null) {
      if (typed.nullable()) {
        return new DefaultValue.Null();
      }
      problem(at, "the default is null, the type is not", "write the type as [\"null\", T]");
      return null;
    }
    Type type = typed.type();
    if (type instanceof RecordType) {
      problem(
          at,
          "a record has no default but null",
          "give the defaults to the fields inside, or make it nullable with default null");
      return null;
    }
    if (type instanceof ArrayType || type instanceof MapType) {
      boolean array = type instanceof ArrayType;
      if (array
          ? value instanceof List<?> list && list.isEmpty()
          : value instanceof Map<?, ?> map && map.isEmpty()) {
        return new DefaultValue.Empty();
      }
      problem(
          at,
          "the default of " + (array ? "an array is not []" : "a map is not {}"),
          "only the empty one is supported");
      return null;
    }
    ScalarType scalar = (ScalarType) type;
    Object json = Defaults.scalar(value, scalar, typed.unit());
    if (json == null) {
      problem(
          at,
          "the default " + quote(value) + " is not of its type",
          Defaults.expected(scalar, typed.unit()));
      return null;
    }
    return new DefaultValue.Scalar(json);
  }

  private Optional<TimeInput> input(Map<String, @Nullable Object> map, Typed typed, String at) {
    List<String> given = TIME_PROPERTIES.stream().filter(map::containsKey).toList();
    if (given.isEmpty()) {
      return Optional.empty();
    }
    if (!(typed.type() instanceof ScalarType scalar)
        || (scalar.kind() != Kind.DATE && scalar.kind() != Kind.TIMESTAMP)) {
      problem(
          at,
          "\"" + String.join("\", \"", given) + "\" on what is no date or timestamp",
          "remove it, or use {\"type\": \"long\", \"logicalType\": \"timestamp-micros\"}");
      return Optional.empty();
    }
    return TimeInputs.read(map, scalar.kind(), (reason, wayOut) -> problem(at, reason, wayOut));
  }

  /** Reports properties that are near misses of known ones; Avro allows all others. */
  private void slips(Map<String, @Nullable Object> map, List<String> known, String at) {
    for (String property : map.keySet()) {
      if (known.contains(property)
          || FIELD_PROPERTIES.contains(property)
          || TYPE_PROPERTIES.contains(property)) {
        continue;
      }
      Similar.nearest(property, known)
          .ifPresent(meant ->
              problem(
                  at, "unknown property \"" + property + "\"", "did you mean \"" + meant + "\"?"));
    }
  }

  private String text(Map<String, @Nullable Object> map, String property, String at) {
    Object value = map.get(property);
    if (value != null && !(value instanceof String)) {
      problem(at, "\"" + property + "\" is not a string", "write it in quotes");
    }
    return value instanceof String text ? text : "";
  }

  private void problem(String at, String reason, String wayOut) {
    problems.add(file, at.isEmpty() ? "the schema" : "field '" + at + "'", reason, wayOut);
  }

  @SuppressWarnings("unchecked")
  private static Map<String, @Nullable Object> strings(Map<?, ?> map) {
    return (Map<String, @Nullable Object>) map;
  }

  private static String article(String noun) {
    return ("aeiou".indexOf(noun.charAt(0)) < 0 ? "a " : "an ") + noun;
  }

  private static String kind(Object json) {
    return json instanceof Boolean ? "a boolean" : "a number";
  }

  private static String oneLine(@Nullable String message) {
    return String.valueOf(message).replace('\n', ' ');
  }

  private static String quote(@Nullable Object value) {
    String text = Json.write(value);
    return text.length() > 60 ? text.substring(0, 57) + "…" : text;
  }

  /** Reads scalar defaults: Avro's form in, the form of the data out. */
  private static final class Defaults {
    private Defaults() {}

    /** The default as the data would have it; null when it is not of the type. */
    static @Nullable Object scalar(Object value, ScalarType type, TimeInput.@Nullable Unit unit) {
      return switch (type.kind()) {
        case BOOLEAN -> value instanceof Boolean ? value : null;
        case INT -> value instanceof Long n && n == n.intValue() ? value : null;
        case LONG -> value instanceof Long ? value : null;
        case FLOAT -> number(value, Float.MAX_VALUE);
        case DOUBLE -> number(value, Double.MAX_VALUE);
        case STRING -> value instanceof String ? value : null;
        case ENUM -> value instanceof String text && type.symbols().contains(text) ? value : null;
        case BYTES -> bytes(value);
        case DECIMAL -> decimal(value, type);
        case DATE, TIMESTAMP ->
            value instanceof Long n ? TimeInputs.written(n, type, unit).orElse(null) : null;
      };
    }

    static String expected(ScalarType type, TimeInput.@Nullable Unit unit) {
      return switch (type.kind()) {
        case BOOLEAN -> "write true or false";
        case INT -> "write a 32-bit integer";
        case LONG -> "write a 64-bit integer";
        case FLOAT, DOUBLE -> "write a number";
        case STRING -> "write a string";
        case ENUM -> "write one of " + Similar.list(type.symbols());
        case BYTES -> "write a string of the characters \\u0000 to \\u00ff, one per byte";
        case DECIMAL ->
            "write a string such as \"0."
                + "0".repeat(Math.max(1, type.scale()))
                + "\" with at most "
                + (type.precision() - type.scale())
                + " digits before and "
                + type.scale()
                + " after the point";
        case DATE -> "write the days since 1970-01-01, as Avro does, within the declared format";
        case TIMESTAMP ->
            "write the "
                + (unit == TimeInput.Unit.MILLIS ? "milliseconds" : "microseconds")
                + " since 1970-01-01, as Avro does, within the declared format";
      };
    }

    private static @Nullable Object number(Object value, double most) {
      if (value instanceof Long) {
        return value;
      }
      return value instanceof BigDecimal n && Math.abs(n.doubleValue()) <= most ? value : null;
    }

    private static @Nullable Object bytes(Object value) {
      if (!(value instanceof String text) || text.chars().anyMatch(c -> c > 0xff)) {
        return null;
      }
      return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static @Nullable Object decimal(Object value, ScalarType type) {
      BigDecimal number;
      try {
        number = new BigDecimal(String.valueOf(value));
      } catch (NumberFormatException e) {
        return null;
      }
      if (number.signum() == 0) {
        return BigDecimal.ZERO;
      }
      BigDecimal least = number.stripTrailingZeros();
      return least.scale() <= type.scale()
              && least.precision() - least.scale() <= type.precision() - type.scale()
          ? number
          : null;
    }
  }
}
