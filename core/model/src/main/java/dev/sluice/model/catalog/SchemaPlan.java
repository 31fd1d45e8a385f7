package dev.sluice.model.catalog;

import dev.sluice.model.dataset.Dataset;
import dev.sluice.model.dataset.PartitionField;
import dev.sluice.model.dataset.PartitionSpec;
import dev.sluice.model.dataset.Projection;
import dev.sluice.model.dataset.Transform;
import dev.sluice.model.schema.ArrayType;
import dev.sluice.model.schema.Field;
import dev.sluice.model.schema.MapType;
import dev.sluice.model.schema.RecordType;
import dev.sluice.model.schema.ScalarType;
import dev.sluice.model.schema.Type;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a changed declaration means for the files that were written under the one before: whether
 * they can be read with the changed table, column by column.
 *
 * @param changes the columns of both, in the order of the changed declaration, dropped ones last;
 *     of nested columns only those that differ
 */
public record SchemaPlan(List<Change> changes) {
  private static final String LOAD_AGAIN = "load the objects again (replay --whole)";

  /** What becomes of a column in old files. */
  public enum Verdict {
    /** It is read as before. */
    SAME,
    /** Old files do not have it: NULL. */
    ADDED,
    /** Old values are read as values of the wider type. */
    WIDENED,
    /**
     * A new column that is read from the JSON key of one that is gone. Old files have the old name:
     * NULL until their objects are loaded again.
     */
    RENAMED,
    /** Old files still have it; no query sees it. */
    DROPPED,
    /** Queries of old files fail, or miss some of them. */
    INCOMPATIBLE
  }

  /**
   * A column, or what the table is laid out by.
   *
   * @param column its path: {@code a.b} within a record, {@code a[]} in an array, {@code a{}} in a
   *     map; {@code partition p} for a level of the layout
   * @param before its type in Hive's spelling; empty when it was not there
   * @param after its type in Hive's spelling; empty when it is gone
   * @param verdict what becomes of it
   * @param note why, or what to do; may be empty
   */
  public record Change(String column, String before, String after, Verdict verdict, String note) {}

  public SchemaPlan {
    changes = List.copyOf(changes);
  }

  /** Whether every file that is there can be read with the changed table. */
  public boolean compatible() {
    return changes.stream().noneMatch(change -> change.verdict() == Verdict.INCOMPATIBLE);
  }

  /** Compares two declarations of one dataset. */
  public static SchemaPlan between(Dataset before, Dataset after) {
    Comparison comparison =
        new Comparison(!before.partitions().fields().isEmpty() && !before.partitions().projected());
    comparison.records(before.schema(), after.schema(), "");
    comparison.layouts(before.partitions(), after.partitions());
    return new SchemaPlan(comparison.changes);
  }

  private static final class Comparison {
    private final List<Change> changes = new ArrayList<>();

    /** Whether the catalog holds the columns of each partition, as they were. */
    private final boolean registered;

    Comparison(boolean registered) {
      this.registered = registered;
    }

    void records(RecordType before, RecordType after, String at) {
      Map<String, Field> old = new LinkedHashMap<>();
      before.fields().forEach(field -> old.put(field.column(), field));
      Set<String> kept = after.fields().stream().map(Field::column).collect(Collectors.toSet());
      Map<String, Field> gone = new LinkedHashMap<>();
      old.forEach((column, field) -> {
        if (!kept.contains(column)) {
          gone.put(column, field);
        }
      });
      boolean fixed = registered && !at.isEmpty() && !startsAlike(before, after);
      for (Field field : after.fields()) {
        String path = at + field.column();
        String type = HiveTypes.of(field.type());
        Field same = old.get(field.column());
        if (same != null) {
          types(same.type(), field.type(), path, at.isEmpty());
          continue;
        }
        Optional<Field> renamed =
            gone.values().stream()
                .filter(each -> each.keys().stream().anyMatch(field.keys()::contains))
                .findFirst();
        if (renamed.isPresent()) {
          gone.remove(renamed.get().column());
          changes.add(
              new Change(
                  path,
                  HiveTypes.of(renamed.get().type()),
                  type,
                  Verdict.RENAMED,
                  "was " + at + renamed.get().column() + "; NULL in old files: " + LOAD_AGAIN));
        } else {
          changes.add(
              new Change(
                  path,
                  "",
                  type,
                  Verdict.ADDED,
                  field.defaultValue().isPresent()
                      ? "NULL in old files"
                      : "NULL in old files; records without it are quarantined"));
        }
      }
      gone.forEach((column, field) ->
          changes.add(
              new Change(
                  at + column,
                  HiveTypes.of(field.type()),
                  "",
                  Verdict.DROPPED,
                  "no query sees it in old files")));
      if (fixed) {
        changes.add(
            new Change(
                at.substring(0, at.length() - 1),
                HiveTypes.of(before),
                HiveTypes.of(after),
                Verdict.INCOMPATIBLE,
                "registered partitions keep the fields that they had, in their order: add nested"
                    + " fields behind the others, or project the partitions"));
      }
    }

    private static boolean startsAlike(RecordType before, RecordType after) {
      List<Field> old = before.fields();
      if (after.fields().size() < old.size()) {
        return false;
      }
      for (int i = 0; i < old.size(); i++) {
        if (!old.get(i).column().equals(after.fields().get(i).column())) {
          return false;
        }
      }
      return true;
    }

    private void types(Type before, Type after, String path, boolean top) {
      int found = changes.size();
      if (before instanceof RecordType old && after instanceof RecordType changed) {
        records(old, changed, path + ".");
      } else if (before instanceof ArrayType old && after instanceof ArrayType changed) {
        types(old.element(), changed.element(), path + "[]", false);
      } else if (before instanceof MapType old && after instanceof MapType changed) {
        types(old.values(), changed.values(), path + "{}", false);
      } else if (!HiveTypes.of(before).equals(HiveTypes.of(after))) {
        boolean wider =
            before instanceof ScalarType old
                && after instanceof ScalarType changed
                && wider(old, changed);
        changes.add(
            new Change(
                path,
                HiveTypes.of(before),
                HiveTypes.of(after),
                wider ? Verdict.WIDENED : Verdict.INCOMPATIBLE,
                wider
                    ? "old values are read as they are"
                    : "old files hold another type: declare a new field beside it, or "
                        + LOAD_AGAIN));
      }
      if (top && changes.size() == found) {
        changes.add(new Change(path, HiveTypes.of(before), HiveTypes.of(after), Verdict.SAME, ""));
      }
    }

    private static boolean wider(ScalarType before, ScalarType after) {
      return switch (before.kind()) {
        case INT -> after.kind() == ScalarType.Kind.LONG;
        case FLOAT -> after.kind() == ScalarType.Kind.DOUBLE;
        case DECIMAL ->
            after.kind() == ScalarType.Kind.DECIMAL
                && after.scale() == before.scale()
                && after.precision() > before.precision();
        default -> false;
      };
    }

    void layouts(PartitionSpec before, PartitionSpec after) {
      if (!levels(before).equals(levels(after))) {
        problem(
            "partitions",
            levels(before),
            levels(after),
            "old files lie in other folders: declare a new dataset, or keep the layout");
        return;
      }
      if (before.projected() != after.projected()) {
        problem(
            "partitions",
            before.projected() ? "projected" : "registered",
            after.projected() ? "projected" : "registered",
            after.projected()
                ? "old partitions outside of the declared values are seen no more"
                : "old partitions are not registered");
        return;
      }
      Map<String, PartitionField> old = new HashMap<>();
      before.fields().forEach(level -> old.put(level.column(), level));
      for (PartitionField level : after.fields()) {
        Optional<Projection> had = old.get(level.column()).projection();
        if (had.isPresent()
            && level.projection().isPresent()
            && !within(had.get(), level.projection().get())) {
          problem(
              "partition " + level.column(),
              text(had.get()),
              text(level.projection().get()),
              "old partitions outside of the declared values are seen no more");
        }
      }
    }

    private void problem(String what, String before, String after, String why) {
      changes.add(new Change(what, before, after, Verdict.INCOMPATIBLE, why));
    }

    private static String levels(PartitionSpec spec) {
      return spec.fields().stream()
          .map(level -> level.column() + " " + transform(level.transform()))
          .collect(Collectors.joining(", "));
    }

    private static String transform(Transform transform) {
      if (transform instanceof Transform.Time time) {
        return (time.relative() ? "part " : "") + time.unit().name().toLowerCase(Locale.ROOT);
      } else if (transform instanceof Transform.Truncate truncate) {
        return "truncate " + truncate.width();
      } else if (transform instanceof Transform.Bucket bucket) {
        return "bucket " + bucket.count();
      }
      return "value";
    }

    private static boolean within(Projection before, Projection after) {
      if (before instanceof Projection.Values old && after instanceof Projection.Values values) {
        return new HashSet<>(values.values()).containsAll(old.values());
      }
      return before instanceof Projection.Range old
          && after instanceof Projection.Range range
          && compare(range.from(), old.from()) <= 0
          && compare(old.to(), range.to()) <= 0;
    }

    /** Parts of dates have all their digits; other bounds are integers. */
    private static int compare(String a, String b) {
      try {
        return Long.compare(Long.parseLong(a), Long.parseLong(b));
      } catch (NumberFormatException e) {
        return a.compareTo(b);
      }
    }

    private static String text(Projection projection) {
      return projection instanceof Projection.Values values
          ? String.join(", ", values.values())
          : ((Projection.Range) projection).from() + " to " + ((Projection.Range) projection).to();
    }
  }
}
