package dev.sluice.model.dataset;

import dev.sluice.model.schema.ArrayType;
import dev.sluice.model.schema.DefaultValue;
import dev.sluice.model.schema.Field;
import dev.sluice.model.schema.FieldPath;
import dev.sluice.model.schema.MapType;
import dev.sluice.model.schema.RecordType;
import dev.sluice.model.schema.ScalarType;
import dev.sluice.model.schema.Type;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/** Follows field paths through a schema. */
final class Paths {
  private Paths() {}

  /**
   * Where a path leads.
   *
   * @param type of the last field
   * @param nullable whether the last field or any record before it can be null
   * @param inArray whether the path leads into the elements of an array
   */
  record Target(FieldPath path, Type type, boolean nullable, boolean inArray) {

    /** The scalar at the end, if it is one. */
    Optional<ScalarType> scalar() {
      return type instanceof ScalarType scalar ? Optional.of(scalar) : Optional.empty();
    }

    /** For people: {@code a double}, {@code an array}. */
    String kind() {
      return describe(type);
    }
  }

  static String describe(Type type) {
    if (type instanceof ScalarType scalar) {
      String kind = scalar.kind().name().toLowerCase(java.util.Locale.ROOT);
      return ("aeiou".indexOf(kind.charAt(0)) < 0 ? "a " : "an ") + kind;
    }
    return type instanceof RecordType
        ? "a record"
        : type instanceof ArrayType ? "an array" : "a map";
  }

  /** Follows {@code path} from the top; a problem is told as reason and way out. */
  static Optional<Target> resolve(RecordType top, String path, BiConsumer<String, String> problem) {
    FieldPath parsed = FieldPath.parse(path);
    Type type = top;
    boolean nullable = false;
    boolean inArray = false;
    String at = "";
    for (String name : parsed.names()) {
      if (type instanceof ArrayType array && array.element() instanceof RecordType) {
        inArray = true;
        nullable |= array.nullableElements();
        type = array.element();
      }
      if (!(type instanceof RecordType within)) {
        problem.accept(
            "'" + at + "' is " + describe(type) + " and has no field '" + name + "'",
            type instanceof MapType
                ? "fields of a map have no fixed names: declare a record instead"
                : "name '" + at + "' itself");
        return Optional.empty();
      }
      Optional<Field> field =
          within.fields().stream().filter(f -> f.name().equals(name)).findFirst();
      if (field.isEmpty()) {
        List<String> known = within.fields().stream().map(Field::name).toList();
        problem.accept(
            (at.isEmpty() ? "the schema" : "'" + at + "'") + " has no field '" + name + "'",
            Similar.wayOut(name, known));
        return Optional.empty();
      }
      at = at.isEmpty() ? name : at + "." + name;
      type = field.get().type();
      nullable |=
          field.get().nullable()
              || field.get().defaultValue().filter(d -> d instanceof DefaultValue.Null).isPresent();
    }
    return Optional.of(new Target(parsed, type, nullable, inArray));
  }
}
