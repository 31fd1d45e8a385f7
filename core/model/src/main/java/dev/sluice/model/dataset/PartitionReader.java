package dev.sluice.model.dataset;

import dev.sluice.model.dataset.Transform.Unit;
import dev.sluice.model.schema.Field;
import dev.sluice.model.schema.FieldPath;
import dev.sluice.model.schema.RecordType;
import dev.sluice.model.schema.ScalarType;
import dev.sluice.model.schema.ScalarType.Kind;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;

/** Reads the {@code partition} part of a declaration. */
final class PartitionReader {
  private static final List<String> KEYS = List.of("by", "as", "values", "from", "to");
  private static final List<String> FUNCTIONS =
      List.of("identity", "year", "month", "day", "hour", "truncate", "bucket");
  private static final Pattern LEVEL =
      Pattern.compile(
          "\\s*(?:(?<function>\\w+)\\s*\\(\\s*(?:(?<first>[^,()]*?)\\s*,\\s*)?(?<field>[^,()]*?)\\s*\\)"
              + "|(?<plain>[^\\s(),]+))(?:\\s+as\\s+(?<column>\\S+))?\\s*");
  private static final int MAX_BUCKETS = 10_000;

  /** Three levels of free text at 255 bytes each still leave room for the rest of an S3 key. */
  private static final int FREE_LEVELS = 3;

  private static final int LEVELS = 8;

  private final DeclarationReader declaration;
  private final RecordType schema;
  private final List<QualityRule> implied = new ArrayList<>();

  PartitionReader(DeclarationReader declaration, RecordType schema) {
    this.declaration = declaration;
    this.schema = schema;
  }

  /** A level as written, its field found. */
  private record Level(
      Node node,
      String thing,
      Paths.Target target,
      ScalarType type,
      Transform transform,
      String column,
      @Nullable Node values,
      @Nullable Node from,
      @Nullable Node to) {
    boolean declaresProjection() {
      return values != null || from != null || to != null;
    }
  }

  /**
   * The rules that a projected layout implies: Athena does not see partitions outside the declared
   * values, so a record that would lie in one must not be loaded.
   */
  List<QualityRule> implied() {
    return implied;
  }

  PartitionSpec read(@Nullable Node node) {
    List<Level> levels = new ArrayList<>();
    for (Node element : declaration.sequence(node, "partition")) {
      level(element, levels).ifPresent(levels::add);
    }
    if (levels.size() > LEVELS) {
      problem(
          levels.get(LEVELS),
          levels.size() + " levels, and " + LEVELS + " is the limit",
          "every level multiplies the number of files: keep the ones that queries filter by");
    }
    clashes(levels);
    List<Level> free =
        levels.stream()
            .filter(l ->
                l.transform() instanceof Transform.Identity
                    && l.type().kind() == Kind.STRING
                    && l.values() == null)
            .toList();
    if (free.size() > FREE_LEVELS) {
      problem(
          free.get(FREE_LEVELS),
          "more than " + FREE_LEVELS + " levels of free text",
          "object keys end at 1,024 bytes: declare the values, or use bucket(N, …)");
    }
    boolean declared = levels.stream().anyMatch(Level::declaresProjection);
    List<PartitionField> fields = new ArrayList<>();
    for (Level level : levels) {
      Optional<Projection> projection = projection(level, declared);
      if (declared && projection.isEmpty() && !level.declaresProjection()) {
        problem(
            level,
            "another level declares its values, this one does not",
            "Athena computes all levels or none: declare them here too, or nowhere");
      }
      FieldPath source = level.target().path();
      if (declared
          && level.target().nullable()
          && implied.stream()
              .noneMatch(r -> r instanceof QualityRule.Required && r.field().equals(source))) {
        implied.add(
            new QualityRule.Required(
                "partition_" + level.column() + "_required", level.target().path()));
      }
      fields.add(
          new PartitionField(level.column(), level.target().path(), level.transform(), projection));
    }
    return new PartitionSpec(fields);
  }

  private Optional<Level> level(Node node, List<Level> before) {
    Map<String, Node> map = Map.of();
    Node text = node;
    if (node instanceof MappingNode) {
      map = declaration.mapping(node, "partition", KEYS).orElse(Map.of());
      if (!map.containsKey("by")) {
        declaration.problem(
            node, "partition", "a level without 'by'", "write {by: \"day(event_time)\", …}");
        return Optional.empty();
      }
      text = map.get("by");
    }
    String written = declaration.text(text, "partition");
    if (written.isEmpty()) {
      return Optional.empty();
    }
    String thing = "partition '" + written + "'";
    Matcher matcher = LEVEL.matcher(written);
    if (!matcher.matches()) {
      declaration.problem(
          text,
          thing,
          "it is no partition level",
          written.contains("(") != written.contains(")")
              ? "put it in quotes, because YAML splits it at the comma: \"bucket(16, user_id)\""
              : "write a field, day(field), truncate(W, field) or bucket(N, field), and 'as"
                  + " column' to rename it");
      return Optional.empty();
    }
    String function =
        matcher.group("function") == null
            ? "identity"
            : matcher.group("function").toLowerCase(Locale.ROOT);
    if (!FUNCTIONS.contains(function)) {
      declaration.problem(
          text, thing, "unknown transform '" + function + "'", Similar.wayOut(function, FUNCTIONS));
      return Optional.empty();
    }
    String path = matcher.group("plain") != null ? matcher.group("plain") : matcher.group("field");
    Optional<Transform> transform = transform(text, thing, function, matcher.group("first"), path);
    if (transform.isEmpty()) {
      return Optional.empty();
    }
    Optional<Paths.Target> target = declaration.resolve(schema, path, text, thing);
    if (target.isEmpty() || !accepts(text, thing, transform.get(), target.get())) {
      return Optional.empty();
    }
    ScalarType type = target.get().scalar().orElseThrow();
    String column = matcher.group("column");
    if (map.containsKey("as")) {
      if (column != null) {
        declaration.problem(text, thing, "two names for its column", "keep one 'as'");
      }
      column = declaration.text(map.get("as"), thing);
    }
    if (column == null) {
      column = column(function, path);
    }
    if (!DeclarationReader.NAME.matcher(column).matches()) {
      declaration.problem(
          text,
          thing,
          "its column cannot be named '" + column + "'",
          "give it a name with 'as': a lower-case letter, then lower-case letters, digits or _");
    }
    return Optional.of(
        new Level(
            node,
            thing,
            target.get(),
            type,
            placed(text, thing, transform.get(), target.get().path(), before),
            column,
            map.get("values"),
            map.get("from"),
            map.get("to")));
  }

  private static String column(String function, String path) {
    String flat = path.toLowerCase(Locale.ROOT).replace('.', '_');
    return switch (function) {
      case "identity" -> flat;
      case "truncate" -> flat + "_trunc";
      case "bucket" -> flat + "_bucket";
      default -> function;
    };
  }

  private Optional<Transform> transform(
      Node node, String thing, String function, @Nullable String first, String path) {
    boolean counted = function.equals("truncate") || function.equals("bucket");
    if (!counted) {
      if (first != null) {
        declaration.problem(
            node, thing, function + " takes a field and nothing else", "remove the first argument");
        return Optional.empty();
      }
      return Optional.of(
          function.equals("identity")
              ? new Transform.Identity()
              : new Transform.Time(Unit.valueOf(function.toUpperCase(Locale.ROOT)), false));
    }
    int most = function.equals("bucket") ? MAX_BUCKETS : Integer.MAX_VALUE;
    int number;
    try {
      number = first == null ? 0 : Integer.parseInt(first);
    } catch (NumberFormatException e) {
      number = 0;
    }
    if (number < 1 || number > most) {
      boolean swapped = first != null && path.matches("[0-9]+");
      declaration.problem(
          node,
          thing,
          function + " needs a number from 1 to " + most + " before the field",
          "write " + function + "(" + (swapped ? path + ", " + first : "16, " + path) + ")");
      return Optional.empty();
    }
    return Optional.of(
        function.equals("bucket") ? new Transform.Bucket(number) : new Transform.Truncate(number));
  }

  private boolean accepts(Node node, String thing, Transform transform, Paths.Target target) {
    if (target.scalar().isEmpty()) {
      declaration.problem(
          node,
          thing,
          "'" + target.path() + "' is " + target.kind(),
          "partition by a scalar field");
      return false;
    }
    if (target.inArray()) {
      declaration.problem(
          node,
          thing,
          "'" + target.path() + "' lies inside an array",
          "partition by a field that a record has once");
      return false;
    }
    Kind kind = target.scalar().get().kind();
    String wayOut = refusal(transform, kind);
    if (wayOut != null) {
      declaration.problem(node, thing, "'" + target.path() + "' is " + target.kind(), wayOut);
      return false;
    }
    return true;
  }

  /** The way out when the transform does not go with the kind; null when it does. */
  private static @Nullable String refusal(Transform transform, Kind kind) {
    if (transform instanceof Transform.Time time) {
      if (kind == Kind.TIMESTAMP || (kind == Kind.DATE && time.unit() != Unit.HOUR)) {
        return null;
      }
      return kind == Kind.DATE
          ? "a date has no hour: use day(…)"
          : "only a date or timestamp has a "
              + time.unit().name().toLowerCase(Locale.ROOT)
              + "; in the schema that is {\"type\": \"long\", \"logicalType\":"
              + " \"timestamp-micros\"}";
    }
    if (transform instanceof Transform.Truncate) {
      return switch (kind) {
        case STRING, ENUM, INT, LONG, DECIMAL -> null;
        case TIMESTAMP, DATE -> "use year, month or day";
        default -> "truncate takes a string, an integer or a decimal";
      };
    }
    return switch (kind) {
      case FLOAT, DOUBLE ->
          "a fraction is no stable directory name: partition by another field, or declare a"
              + " decimal";
      case BYTES -> "bytes are no directory name: partition by another field";
      case TIMESTAMP ->
          transform instanceof Transform.Identity
              ? "every instant would be a partition: use year, month, day or hour"
              : null;
      case BOOLEAN ->
          transform instanceof Transform.Bucket
              ? "there are only two values: use them as they are"
              : null;
      default -> null;
    };
  }

  /** The transform with its place in the layout considered. */
  private Transform placed(
      Node node, String thing, Transform transform, FieldPath path, List<Level> before) {
    if (!(transform instanceof Transform.Time time)) {
      return transform;
    }
    boolean relative = false;
    for (Level level : before) {
      if (level.transform() instanceof Transform.Time other && level.target().path().equals(path)) {
        if (other.unit().ordinal() >= time.unit().ordinal()) {
          String coarse = time.unit().name().toLowerCase(Locale.ROOT);
          declaration.problem(
              node,
              thing,
              "it stands below " + level.thing() + ", which already tells the " + coarse,
              "put the coarser part first, or leave it out");
        }
        relative |= other.unit().ordinal() == time.unit().ordinal() - 1;
      }
    }
    return new Transform.Time(time.unit(), relative);
  }

  private void clashes(List<Level> levels) {
    if (!levels.isEmpty()
        && schema.fields().stream()
            .allMatch(f -> levels.stream().anyMatch(l -> l.column().equals(f.column())))) {
      problem(
          levels.get(0),
          "every field of the schema is a partition column",
          "a table needs a column besides: leave a level out, or rename its column with 'as'");
    }
    Set<String> columns = new HashSet<>();
    Set<List<Object>> transforms = new HashSet<>();
    for (Level level : levels) {
      if (!columns.add(level.column())) {
        problem(
            level,
            "another level already has the column '" + level.column() + "'",
            "rename one with 'as'");
      } else if (!transforms.add(List.of(level.target().path(), level.transform()))) {
        problem(level, "another level has the same values", "remove one");
      }
      for (Field field : schema.fields()) {
        boolean itself =
            level.transform() instanceof Transform.Identity
                && level.target().path().names().equals(List.of(field.name()));
        if (field.column().equals(level.column()) && !itself) {
          problem(
              level,
              "its column '" + level.column() + "' is also a field of the schema",
              "rename it with 'as', for instance 'as " + level.column() + "_part'");
        }
      }
    }
  }

  private Optional<Projection> projection(Level level, boolean declared) {
    if (level.values() != null && (level.from() != null || level.to() != null)) {
      problem(level, "both values and a range", "keep 'values' or 'from' and 'to'");
      return Optional.empty();
    }
    if ((level.from() == null) != (level.to() == null)) {
      problem(level, "a range with one end", "write both 'from' and 'to'");
      return Optional.empty();
    }
    Optional<Projection> automatic = automatic(level);
    if (automatic.isPresent() && !declared && level.target().nullable()) {
      // Nobody said that nulls are not welcome, and Athena computes no null partition.
      return Optional.empty();
    }
    if (automatic.isPresent()) {
      if (level.declaresProjection() && !same(level, automatic.get())) {
        problem(
            level,
            "it always has the values "
                + (automatic.get() instanceof Projection.Range range
                    ? range.from() + " to " + range.to()
                    : "false and true"),
            "remove 'values', 'from' and 'to' here; they are assumed");
      }
      return automatic;
    }
    if (!declared) {
      return Optional.empty();
    }
    if (level.values() != null) {
      return values(level);
    }
    return level.from() != null && level.to() != null ? range(level) : Optional.empty();
  }

  /** The values of a level that can have no others. */
  private static Optional<Projection> automatic(Level level) {
    if (level.transform() instanceof Transform.Bucket bucket) {
      return Optional.of(new Projection.Range("0", String.valueOf(bucket.count() - 1)));
    }
    if (level.transform() instanceof Transform.Time time && time.relative()) {
      return Optional.of(
          switch (time.unit()) {
            case MONTH -> new Projection.Range("01", "12");
            case DAY -> new Projection.Range("01", "31");
            case HOUR -> new Projection.Range("00", "23");
            case YEAR -> throw new IllegalStateException("A year is relative to nothing");
          });
    }
    if (level.transform() instanceof Transform.Identity && level.type().kind() == Kind.BOOLEAN) {
      return Optional.of(new Projection.Values(List.of("false", "true")));
    }
    return Optional.empty();
  }

  private boolean same(Level level, Projection automatic) {
    if (level.values() == null) {
      return automatic instanceof Projection.Range range
          && level.from() != null
          && level.to() != null
          && declaration.text(level.from(), level.thing()).equals(range.from())
          && declaration.text(level.to(), level.thing()).equals(range.to());
    }
    Set<String> values = new HashSet<>(list(level));
    if (automatic instanceof Projection.Range range) {
      int from = Integer.parseInt(range.from());
      int to = Integer.parseInt(range.to());
      return values.size() == to - from + 1
          && values.contains(range.from())
          && values.contains(range.to());
    }
    return automatic instanceof Projection.Values all && values.equals(Set.copyOf(all.values()));
  }

  private List<String> list(Level level) {
    List<String> values = new ArrayList<>();
    for (Node node : declaration.sequence(level.values(), level.thing() + " values")) {
      String value = declaration.text(node, level.thing() + " values");
      if (value.isEmpty()) {
        continue;
      }
      if (values.contains(value)) {
        declaration.problem(
            node, level.thing(), "the value '" + value + "' stands twice", "remove one");
      }
      values.add(value);
    }
    if (values.isEmpty()) {
      problem(level, "'values' is empty", "list the values, or remove it");
    }
    return values;
  }

  private Optional<Projection> values(Level level) {
    List<String> values = list(level);
    if (values.isEmpty()) {
      return Optional.empty();
    }
    if (level.transform() instanceof Transform.Time time) {
      return consecutive(level, time.unit(), values);
    }
    boolean text = level.type().kind() == Kind.STRING || level.type().kind() == Kind.ENUM;
    if (!text || !(level.transform() instanceof Transform.Identity)) {
      problem(
          level,
          "'values' on " + (text ? "truncated text" : level.target().kind()),
          text || level.type().kind() == Kind.DECIMAL
              ? "leave it out: partitions are then registered in the catalog"
              : "write 'from' and 'to'");
      return Optional.empty();
    }
    for (String value : values) {
      if (!PartitionValues.escape(value).equals(value)
          || value.contains(",")
          || !value.equals(value.strip())) {
        problem(
            level,
            "Athena cannot compute a directory for the value '" + value + "'",
            "leave 'values' out: partitions are then registered in the catalog");
      } else if (level.type().kind() == Kind.ENUM && !level.type().symbols().contains(value)) {
        problem(
            level,
            "'" + value + "' is no symbol of the enum",
            Similar.wayOut(value, level.type().symbols()));
      }
    }
    implied.add(
        new QualityRule.Allowed("partition_" + level.column(), level.target().path(), values));
    return Optional.of(new Projection.Values(values));
  }

  private Optional<Projection> consecutive(Level level, Unit unit, List<String> values) {
    List<LocalDateTime> starts = new ArrayList<>();
    for (String value : values) {
      Optional<LocalDateTime> start = start(unit, value);
      if (start.isEmpty()) {
        wrong(level, "value", value, form(unit));
        return Optional.empty();
      }
      starts.add(start.get());
    }
    for (int i = 1; i < starts.size(); i++) {
      if (!starts.get(i).equals(next(unit, starts.get(i - 1)))) {
        problem(
            level,
            "after '" + values.get(i - 1) + "' the next value is '" + values.get(i) + "'",
            "list every one in order, or write 'from' and 'to'");
        return Optional.empty();
      }
    }
    impliedRange(level, starts.get(0), next(unit, starts.get(starts.size() - 1)));
    return Optional.of(new Projection.Values(values));
  }

  private Optional<Projection> range(Level level) {
    Node fromNode = level.from();
    Node toNode = level.to();
    if (fromNode == null || toNode == null) {
      return Optional.empty();
    }
    String from = declaration.text(fromNode, level.thing() + " from");
    String to = declaration.text(toNode, level.thing() + " to");
    if (from.isEmpty() || to.isEmpty()) {
      return Optional.empty();
    }
    Unit unit = null;
    if (level.transform() instanceof Transform.Time time) {
      unit = time.unit();
    } else if (level.type().kind() == Kind.DATE) {
      unit = Unit.DAY;
    }
    if (unit != null) {
      Optional<LocalDateTime> first = start(unit, from);
      Optional<LocalDateTime> last = start(unit, to);
      if (first.isEmpty() || last.isEmpty()) {
        wrong(level, first.isEmpty() ? "'from'" : "'to'", first.isEmpty() ? from : to, form(unit));
        return Optional.empty();
      }
      if (first.get().isAfter(last.get())) {
        backwards(level, from, to);
        return Optional.empty();
      }
      impliedRange(level, first.get(), next(unit, last.get()));
      return Optional.of(new Projection.Range(from, to));
    }
    if (level.type().kind() != Kind.INT && level.type().kind() != Kind.LONG) {
      problem(
          level,
          "'from' and 'to' on " + level.target().kind(),
          level.type().kind() == Kind.DECIMAL
              ? "leave them out: partitions are then registered in the catalog"
              : "list the 'values', or leave it out");
      return Optional.empty();
    }
    return integers(level, from, to);
  }

  private Optional<Projection> integers(Level level, String from, String to) {
    int width = level.transform() instanceof Transform.Truncate truncate ? truncate.width() : 1;
    int first;
    int last;
    try {
      first = Integer.parseInt(from);
      last = Integer.parseInt(to);
    } catch (NumberFormatException e) {
      // Trino computes partitions with 32-bit integers.
      wrong(level, "range", from + " to " + to, "two 32-bit integers");
      return Optional.empty();
    }
    if (!from.equals(String.valueOf(first)) || !to.equals(String.valueOf(last))) {
      wrong(level, "range", from + " to " + to, "integers without leading zeros or signs");
      return Optional.empty();
    }
    if (first > last) {
      backwards(level, from, to);
      return Optional.empty();
    }
    if (first % width != 0 || last % width != 0) {
      wrong(level, "range", from + " to " + to, "multiples of " + width);
      return Optional.empty();
    }
    long end = (long) last + width - 1;
    implied.add(
        new QualityRule.Range(
            "partition_" + level.column(),
            level.target().path(),
            Optional.of(from),
            Optional.of(String.valueOf(end))));
    return Optional.of(new Projection.Range(from, to));
  }

  /** Both ends as the field has them: {@code end} is the first moment after the range. */
  private void impliedRange(Level level, LocalDateTime start, LocalDateTime end) {
    boolean date = level.type().kind() == Kind.DATE;
    String min = date ? start.toLocalDate().toString() : start.toInstant(ZoneOffset.UTC).toString();
    String max =
        date
            ? end.toLocalDate().minusDays(1).toString()
            : end.toInstant(ZoneOffset.UTC).minus(1, ChronoUnit.MICROS).toString();
    implied.add(
        new QualityRule.Range(
            "partition_" + level.column(),
            level.target().path(),
            Optional.of(min),
            Optional.of(max)));
  }

  private static Optional<LocalDateTime> start(Unit unit, String value) {
    if (!value.matches("[0-9-]+")) {
      return Optional.empty();
    }
    try {
      return switch (unit) {
        case YEAR ->
            value.length() == 4 && !value.equals("0000")
                ? Optional.of(Year.parse(value).atDay(1).atStartOfDay())
                : Optional.empty();
        case MONTH -> Optional.of(YearMonth.parse(value).atDay(1).atStartOfDay());
        case DAY -> Optional.of(LocalDate.parse(value).atStartOfDay());
        case HOUR ->
            value.length() == 13
                ? Optional.of(
                    LocalDate.parse(value.substring(0, 10))
                        .atTime(LocalTime.of(Integer.parseInt(value.substring(11)), 0)))
                : Optional.empty();
      };
    } catch (DateTimeException | NumberFormatException e) {
      return Optional.empty();
    }
  }

  private static LocalDateTime next(Unit unit, LocalDateTime start) {
    return switch (unit) {
      case YEAR -> start.plusYears(1);
      case MONTH -> start.plusMonths(1);
      case DAY -> start.plusDays(1);
      case HOUR -> start.plusHours(1);
    };
  }

  private static String form(Unit unit) {
    return switch (unit) {
      case YEAR -> "a year such as \"2024\"";
      case MONTH -> "a month such as \"2024-01\"";
      case DAY -> "a day such as \"2024-01-15\"";
      case HOUR -> "an hour such as \"2024-01-15-07\"";
    };
  }

  private void wrong(Level level, String what, String value, String form) {
    problem(level, "its " + what + " is '" + value + "'", "write " + form);
  }

  private void backwards(Level level, String from, String to) {
    problem(level, "'from' is after 'to': " + from + " > " + to, "exchange them");
  }

  private void problem(Level level, String reason, String wayOut) {
    declaration.problem(level.node(), level.thing(), reason, wayOut);
  }
}
