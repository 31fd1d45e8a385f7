package dev.sluice.model.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.model.json.Json;
import dev.sluice.model.schema.ArrayType;
import dev.sluice.model.schema.DefaultValue;
import dev.sluice.model.schema.Field;
import dev.sluice.model.schema.MapType;
import dev.sluice.model.schema.RecordType;
import dev.sluice.model.schema.ScalarType;
import dev.sluice.model.schema.Type;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.avro.JsonProperties;
import org.apache.avro.LogicalType;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What we read is what Avro's own parser reads. */
class AvroAgreementTest {

  static List<Path> shipped() throws IOException {
    Path root = Path.of(System.getProperty("sluice.root"), "datasets");
    try (Stream<Path> folders = Files.list(root)) {
      return folders.map(f -> f.resolve("schema.avsc")).filter(Files::exists).sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("shipped")
  void shippedSchemasAreReadAsAvroReadsThem(Path file) throws IOException {
    assertAgreement(Files.readString(file), file.toString());
  }

  @Test
  void randomSchemasAreReadAsAvroReadsThem() {
    long seed = Long.getLong("sluice.seed", System.nanoTime());
    for (int i = 0; i < 500; i++) {
      String text = Json.writePretty(new Schemas(new Random(seed + i)).top());
      assertAgreement(text, "seed " + (seed + i) + "\n" + text);
    }
  }

  private static void assertAgreement(String text, String what) {
    Problems problems = new Problems();
    RecordType ours = new SchemaReader("schema.avsc", problems).read(text).orElse(null);
    problems.throwIfAny("read " + what, "schema.avsc");
    assertThat(ours).as(what).isNotNull();
    assertThat(describe(ours)).as(what).isEqualTo(describe(new Schema.Parser().parse(text)));
  }

  private static String describe(Type type) {
    if (type instanceof RecordType nested) {
      return nested.fields().stream()
          .map(AvroAgreementTest::describe)
          .collect(Collectors.joining(" ", nested.name() + "{", "}"));
    } else if (type instanceof ArrayType array) {
      return "[" + describe(array.element()) + (array.nullableElements() ? "?" : "") + "]";
    } else if (type instanceof MapType map) {
      return "<" + describe(map.values()) + (map.nullableValues() ? "?" : "") + ">";
    }
    ScalarType scalar = (ScalarType) type;
    return switch (scalar.kind()) {
      case DECIMAL -> "DECIMAL(" + scalar.precision() + "," + scalar.scale() + ")";
      case ENUM -> "ENUM" + scalar.symbols();
      default -> scalar.kind().toString();
    };
  }

  private static String describe(Field field) {
    String text =
        field.name()
            + ":"
            + describe(field.type())
            + (field.nullable() ? "?" : "")
            + (field.doc().isEmpty() ? "" : "#" + field.doc());
    DefaultValue value = field.defaultValue().orElse(null);
    if (value == null) {
      return text;
    } else if (value instanceof DefaultValue.Scalar scalar) {
      return text + "=" + scalar.json();
    }
    return text + (value instanceof DefaultValue.Null ? "=null" : "=empty");
  }

  private static String describe(Schema schema) {
    return switch (schema.getType()) {
      case RECORD ->
          schema.getFields().stream()
              .map(AvroAgreementTest::describe)
              .collect(Collectors.joining(" ", schema.getName() + "{", "}"));
      case ARRAY -> "[" + describe(schema.getElementType()) + "]";
      case MAP -> "<" + describe(schema.getValueType()) + ">";
      case ENUM -> "ENUM" + schema.getEnumSymbols();
      case UNION ->
          schema.getTypes().stream()
                  .filter(t -> t.getType() != Schema.Type.NULL)
                  .map(AvroAgreementTest::describe)
                  .collect(Collectors.joining("|"))
              + "?";
      default -> scalar(schema);
    };
  }

  private static String scalar(Schema schema) {
    LogicalType logical = schema.getLogicalType();
    if (logical instanceof LogicalTypes.Decimal decimal) {
      return "DECIMAL(" + decimal.getPrecision() + "," + decimal.getScale() + ")";
    } else if (logical == null) {
      return schema.getType().toString();
    }
    return logical.getName().contains("timestamp")
        ? "TIMESTAMP"
        : logical.getName().equals("uuid")
            ? "STRING"
            : logical.getName().toUpperCase(java.util.Locale.ROOT);
  }

  private static String describe(Schema.Field field) {
    String text =
        field.name()
            + ":"
            + describe(field.schema())
            + (field.doc() == null ? "" : "#" + field.doc());
    if (!field.hasDefaultValue()) {
      return text;
    }
    Object value = field.defaultVal();
    if (value == JsonProperties.NULL_VALUE) {
      return text + "=null";
    }
    return value instanceof List || value instanceof Map ? text + "=empty" : text + "=" + value;
  }

  /** Random schemas of everything that is allowed. */
  private static final class Schemas {
    private final Random random;
    private final List<String> names = new ArrayList<>();
    private int count;

    Schemas(Random random) {
      this.random = random;
    }

    Map<String, Object> top() {
      return record(0, "");
    }

    private Map<String, Object> record(int depth, String namespace) {
      String space = random.nextInt(4) == 0 ? "space" + count + ".inner" : namespace;
      String name = "R" + count++;
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("type", "record");
      json.put("name", name);
      if (!space.equals(namespace)) {
        json.put("namespace", space);
      }
      if (random.nextBoolean()) {
        json.put("doc", "Record \"" + name + "\"");
      }
      List<Object> fields = new ArrayList<>();
      int size = 1 + random.nextInt(5);
      for (int i = 0; i < size; i++) {
        fields.add(field("f" + i, depth, space));
      }
      json.put("fields", fields);
      names.add(space.isEmpty() ? name : space + "." + name);
      return json;
    }

    private Map<String, Object> field(String name, int depth, String namespace) {
      Map<String, Object> json = new LinkedHashMap<>();
      json.put(
          "name", random.nextInt(5) == 0 ? "_" + name.toUpperCase(java.util.Locale.ROOT) : name);
      if (random.nextInt(3) == 0) {
        json.put("doc", "Field über " + name);
      }
      if (random.nextInt(4) == 0) {
        json.put("json", "k-" + name);
      }
      if (random.nextInt(6) == 0) {
        json.put("aliases", List.of("old_" + name, "older_" + name));
      }
      Object type = type(depth, namespace);
      switch (random.nextInt(4)) {
        case 0 -> {
          json.put("type", List.of("null", type));
          json.put("default", null);
        }
        case 1 -> json.put("type", List.of(type, "null"));
        default -> {
          json.put("type", type);
          Object value = value(type);
          if (value != null && random.nextBoolean()) {
            json.put("default", value);
          }
        }
      }
      return json;
    }

    private static @Nullable Object value(Object type) {
      if (type instanceof Map<?, ?> map) {
        return switch (String.valueOf(map.get("type"))) {
          case "array" -> List.of();
          case "map" -> Map.of();
          case "enum" -> "B";
          default -> null;
        };
      }
      return switch (String.valueOf(type)) {
        case "boolean" -> true;
        case "int" -> -5L;
        case "long" -> 1L << 40;
        case "double", "float" -> new java.math.BigDecimal("0.5");
        case "string" -> "déjà \"vu\"";
        default -> null;
      };
    }

    private Object nullable(Object type) {
      return random.nextInt(3) == 0 ? List.of("null", type) : type;
    }

    private Object type(int depth, String namespace) {
      int choice = random.nextInt(depth > 3 ? 14 : 18);
      return switch (choice) {
        case 0 -> "boolean";
        case 1 -> "int";
        case 2 -> "long";
        case 3 -> "float";
        case 4 -> "double";
        case 5 -> "bytes";
        case 6 -> "string";
        case 7 -> Map.of("type", "string", "logicalType", "uuid");
        case 8 -> Map.of("type", "int", "logicalType", "date");
        case 9 ->
            Map.of(
                "type",
                "long",
                "logicalType",
                List.of(
                        "timestamp-millis",
                        "timestamp-micros",
                        "local-timestamp-millis",
                        "local-timestamp-micros")
                    .get(random.nextInt(4)));
        case 10 -> {
          int precision = 1 + random.nextInt(38);
          yield Map.of(
              "type",
              "bytes",
              "logicalType",
              "decimal",
              "precision",
              (long) precision,
              "scale",
              (long) random.nextInt(precision + 1));
        }
        case 11 -> {
          String name = "E" + count++;
          yield Map.of(
              "type", "enum", "name", name, "namespace", "enums", "symbols", List.of("A", "B"));
        }
        case 12 -> {
          String name = "F" + count++;
          yield Map.of(
              "type",
              "fixed",
              "name",
              name,
              "size",
              8L,
              "logicalType",
              "decimal",
              "precision",
              18L,
              "scale",
              2L);
        }
        case 13 -> names.isEmpty() ? "string" : reuse(namespace);
        case 14 -> Map.of("type", "array", "items", nullable(type(depth + 1, namespace)));
        case 15 -> Map.of("type", "map", "values", nullable(type(depth + 1, namespace)));
        default -> record(depth + 1, namespace);
      };
    }

    private String reuse(String namespace) {
      String full = names.get(random.nextInt(names.size()));
      // Without a dot, a name means the enclosing namespace, and there is no way to say otherwise.
      return full.contains(".") || namespace.isEmpty() ? full : "string";
    }
  }
}
