package dev.sluice.model.catalog;

import dev.sluice.model.schema.ArrayType;
import dev.sluice.model.schema.MapType;
import dev.sluice.model.schema.RecordType;
import dev.sluice.model.schema.ScalarType;
import dev.sluice.model.schema.Type;
import java.util.stream.Collectors;

/** Declared types in the spelling of Hive, Glue and Athena's DDL. */
public final class HiveTypes {
  private HiveTypes() {}

  /** The type as Glue has it, without spaces, names in lower case. */
  public static String of(Type type) {
    if (type instanceof RecordType nested) {
      return nested.fields().stream()
          .map(field -> field.column() + ":" + of(field.type()))
          .collect(Collectors.joining(",", "struct<", ">"));
    }
    if (type instanceof ArrayType array) {
      return "array<" + of(array.element()) + ">";
    }
    if (type instanceof MapType map) {
      return "map<string," + of(map.values()) + ">";
    }
    ScalarType scalar = (ScalarType) type;
    return switch (scalar.kind()) {
      case BOOLEAN -> "boolean";
      case INT -> "int";
      case LONG -> "bigint";
      case FLOAT -> "float";
      case DOUBLE -> "double";
      case STRING, ENUM -> "string";
      case BYTES -> "binary";
      case DECIMAL -> "decimal(" + scalar.precision() + "," + scalar.scale() + ")";
      case DATE -> "date";
      case TIMESTAMP -> "timestamp";
    };
  }
}
