package dev.sluice.model.dataset;

import dev.sluice.model.schema.FieldPath;
import dev.sluice.model.schema.RecordType;
import dev.sluice.model.schema.ScalarType;
import dev.sluice.model.schema.ScalarType.Kind;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;

/** Reads the {@code quality} part of a declaration. */
final class RuleReader {
  private static final List<String> KEYS =
      List.of("name", "field", "required", "min", "max", "allowed", "matches", "check");
  private static final Pattern CHECK =
      Pattern.compile("\\s*([A-Za-z0-9_.-]+)\\s*([^A-Za-z0-9_.\\s-]+)\\s*([A-Za-z0-9_.-]+)\\s*");
  private static final Set<Kind> LISTED =
      EnumSet.of(Kind.STRING, Kind.ENUM, Kind.INT, Kind.LONG, Kind.DECIMAL);
  private static final int NAME_LENGTH = 200;
  private static final int NUMBER_LENGTH = 100;

  private final DeclarationReader declaration;
  private final RecordType schema;
  private final Set<String> names = new HashSet<>();

  RuleReader(DeclarationReader declaration, RecordType schema) {
    this.declaration = declaration;
    this.schema = schema;
  }

  /** The declared rules, after those that the layout implies. */
  List<QualityRule> read(@Nullable Node node, List<QualityRule> implied) {
    implied.forEach(rule -> names.add(rule.name()));
    List<QualityRule> declared = new ArrayList<>();
    for (Node element : declaration.sequence(node, "quality")) {
      declaration
          .mapping(element, "quality rule", KEYS)
          .ifPresent(map -> declared.addAll(rules(element, map)));
    }
    List<QualityRule> rules = new ArrayList<>();
    for (QualityRule rule : implied) {
      if (declared.stream().noneMatch(other -> same(rule, other))) {
        rules.add(rule);
      }
    }
    rules.addAll(declared);
    return rules;
  }

  /** Whether two rules say the same under different names. */
  private static boolean same(QualityRule a, QualityRule b) {
    if (a instanceof QualityRule.Required && b instanceof QualityRule.Required) {
      return a.field().equals(b.field());
    }
    if (a instanceof QualityRule.Range x && b instanceof QualityRule.Range y) {
      return x.field().equals(y.field()) && x.min().equals(y.min()) && x.max().equals(y.max());
    }
    return a instanceof QualityRule.Allowed x
        && b instanceof QualityRule.Allowed y
        && x.field().equals(y.field())
        && x.values().equals(y.values());
  }

  private List<QualityRule> rules(Node node, Map<String, Node> map) {
    List<String> checks =
        map.keySet().stream()
            .filter(k -> !k.equals("name") && !k.equals("field"))
            .map(k -> k.equals("max") ? "min" : k)
            .distinct()
            .toList();
    if (checks.isEmpty()) {
      declaration.problem(
          node,
          "quality rule",
          "it checks nothing",
          "add required, min, max, allowed, matches, or check");
      return List.of();
    }
    if (checks.contains("check") && (checks.size() > 1 || map.containsKey("field"))) {
      declaration.problem(
          node,
          "quality rule",
          "'check' stands with other keys",
          "a check names its fields itself: keep only 'check' and 'name'");
      return List.of();
    }
    String given = map.containsKey("name") ? declaration.text(map.get("name"), "name") : "";
    if (!given.isEmpty() && checks.size() > 1) {
      declaration.problem(
          node,
          "quality rule '" + given + "'",
          "one name for " + checks.size() + " rules",
          "give each rule its own entry");
      return List.of();
    }
    if (map.containsKey("check")) {
      return compare(map.get("check"), given).stream().toList();
    }
    if (!map.containsKey("field")) {
      declaration.problem(node, "quality rule", "it has no 'field'", "add 'field: …'");
      return List.of();
    }
    String path = declaration.text(map.get("field"), "field");
    if (path.isEmpty()) {
      return List.of();
    }
    String thing = "rule on '" + path + "'";
    Optional<Paths.Target> target =
        declaration.resolve(schema, path, map.get("field"), "quality " + thing);
    if (target.isEmpty()) {
      return List.of();
    }
    return Stream.of(
            required(map.get("required"), given, thing, target.get()),
            range(map.get("min"), map.get("max"), given, thing, target.get()),
            allowed(map.get("allowed"), given, thing, target.get()),
            matches(map.get("matches"), given, thing, target.get()))
        .flatMap(Optional::stream)
        .toList();
  }

  private Optional<QualityRule> required(
      @Nullable Node node, String given, String thing, Paths.Target target) {
    if (node == null) {
      return Optional.empty();
    }
    if (!declaration.text(node, "required").equals("true")) {
      declaration.problem(
          node, thing, "'required' is not true", "write 'required: true', or leave it out");
      return Optional.empty();
    }
    return Optional.of(
        new QualityRule.Required(name(node, given, target.path() + "_required"), target.path()));
  }

  private Optional<QualityRule> range(
      @Nullable Node minNode,
      @Nullable Node maxNode,
      String given,
      String thing,
      Paths.Target target) {
    Node node = minNode != null ? minNode : maxNode;
    if (node == null) {
      return Optional.empty();
    }
    String key = minNode != null ? "min" : "max";
    Kind kind = target.scalar().map(ScalarType::kind).orElse(null);
    if (kind == null || !(numeric(kind) || kind == Kind.DATE || kind == Kind.TIMESTAMP)) {
      declaration.problem(
          node,
          thing,
          "'" + key + "' on " + target.kind(),
          "a range needs a number, a date or a timestamp"
              + (kind == Kind.STRING ? "; for text use 'allowed' or 'matches'" : ""));
      return Optional.empty();
    }
    Optional<Bound> min = bound(minNode, "min", thing, kind);
    Optional<Bound> max = bound(maxNode, "max", thing, kind);
    if (min.isPresent() && max.isPresent() && min.get().isAfter(max.get())) {
      declaration.problem(
          node,
          thing,
          "'min' is above 'max': " + min.get().text() + " > " + max.get().text(),
          "exchange them");
    }
    return Optional.of(
        new QualityRule.Range(
            name(node, given, target.path() + "_range"),
            target.path(),
            min.map(Bound::text),
            max.map(Bound::text)));
  }

  /** A bound in the form of the rule, with its value for comparison. */
  private record Bound(String text, BigDecimal value) {
    boolean isAfter(Bound other) {
      return value.compareTo(other.value) > 0;
    }
  }

  private Optional<Bound> bound(@Nullable Node node, String key, String thing, Kind kind) {
    if (node == null) {
      return Optional.empty();
    }
    String text = declaration.text(node, key);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    try {
      if (numeric(kind)) {
        BigDecimal number = new BigDecimal(text);
        if (text.length() <= NUMBER_LENGTH && Math.abs((long) number.scale()) <= 400) {
          return Optional.of(new Bound(text, number));
        }
      } else if (kind == Kind.DATE) {
        LocalDate date = LocalDate.parse(text);
        return Optional.of(new Bound(date.toString(), BigDecimal.valueOf(date.toEpochDay())));
      } else {
        Instant instant = instant(text);
        return Optional.of(
            new Bound(
                instant.toString(),
                BigDecimal.valueOf(instant.getEpochSecond())
                    .add(BigDecimal.valueOf(instant.getNano(), 9))));
      }
    } catch (NumberFormatException | DateTimeException e) {
      // Reported below with the numbers that are too long.
    }
    declaration.problem(
        node,
        thing,
        "'" + key + "' is '" + text + "'",
        numeric(kind)
            ? "write a number"
            : kind == Kind.DATE
                ? "write a date such as 2024-01-15"
                : "write a timestamp such as 2024-01-15T07:00:00Z");
    return Optional.empty();
  }

  private static Instant instant(String text) {
    if (text.length() == 10) {
      return LocalDate.parse(text).atStartOfDay().toInstant(ZoneOffset.UTC);
    }
    boolean offset = text.matches(".*(Z|[+-][0-9:]{2,})") && text.indexOf('T') > 0;
    return offset && !text.matches(".*T[0-9:.]+")
        ? OffsetDateTime.parse(text).toInstant()
        : LocalDateTime.parse(text).toInstant(ZoneOffset.UTC);
  }

  private Optional<QualityRule> allowed(
      @Nullable Node node, String given, String thing, Paths.Target target) {
    if (node == null) {
      return Optional.empty();
    }
    Optional<ScalarType> type = target.scalar().filter(s -> LISTED.contains(s.kind()));
    if (type.isEmpty()) {
      declaration.problem(
          node,
          thing,
          "'allowed' on " + target.kind(),
          "only text, integers and decimals have listed values");
      return Optional.empty();
    }
    Set<String> values = new LinkedHashSet<>();
    for (Node element : declaration.sequence(node, "allowed")) {
      String value = declaration.text(element, thing + " allowed");
      if (value.isEmpty()) {
        continue;
      }
      if (numeric(type.get().kind())
          && bound(element, "allowed", thing, type.get().kind()).isEmpty()) {
        continue;
      }
      if (!values.add(value)) {
        declaration.problem(element, thing, "'" + value + "' stands twice", "remove one");
      } else if (type.get().kind() == Kind.ENUM && !type.get().symbols().contains(value)) {
        declaration.problem(
            element,
            thing,
            "'" + value + "' is no symbol of the enum",
            Similar.wayOut(value, type.get().symbols()));
      }
    }
    if (values.isEmpty()) {
      declaration.problem(node, thing, "'allowed' lists nothing", "list the values: [a, b]");
      return Optional.empty();
    }
    return Optional.of(
        new QualityRule.Allowed(
            name(node, given, target.path() + "_allowed"), target.path(), List.copyOf(values)));
  }

  private Optional<QualityRule> matches(
      @Nullable Node node, String given, String thing, Paths.Target target) {
    if (node == null) {
      return Optional.empty();
    }
    if (target.scalar().filter(s -> s.kind() == Kind.STRING).isEmpty()) {
      declaration.problem(
          node, thing, "'matches' on " + target.kind(), "only a string matches a pattern");
      return Optional.empty();
    }
    String pattern = declaration.text(node, "matches");
    if (pattern.isEmpty()) {
      return Optional.empty();
    }
    try {
      Pattern.compile(pattern);
    } catch (PatternSyntaxException e) {
      declaration.problem(
          node,
          thing,
          "'matches' is no regular expression: " + e.getDescription() + " in '" + pattern + "'",
          "correct it; put it in quotes");
      return Optional.empty();
    }
    return Optional.of(
        new QualityRule.Matches(
            name(node, given, target.path() + "_matches"), target.path(), pattern));
  }

  private Optional<QualityRule> compare(Node node, String given) {
    String text = declaration.text(node, "check");
    if (text.isEmpty()) {
      return Optional.empty();
    }
    String thing = "check '" + text + "'";
    List<String> symbols =
        Stream.of(QualityRule.Operator.values()).map(QualityRule.Operator::symbol).toList();
    Matcher matcher = CHECK.matcher(text);
    if (!matcher.matches()) {
      declaration.problem(
          node,
          thing,
          "it is no comparison of two fields",
          "write \"left <= right\" with one of " + String.join(" ", symbols));
      return Optional.empty();
    }
    Optional<QualityRule.Operator> operator =
        Stream.of(QualityRule.Operator.values())
            .filter(o -> o.symbol().equals(matcher.group(2)))
            .findFirst();
    if (operator.isEmpty()) {
      declaration.problem(
          node,
          thing,
          "unknown operator '" + matcher.group(2) + "'",
          "use one of " + String.join(" ", symbols));
    }
    if (matcher.group(3).matches("-?[0-9.]+") || matcher.group(1).matches("-?[0-9.]+")) {
      declaration.problem(
          node, thing, "it compares with a number", "use {field: …, min: …, max: …}");
      return Optional.empty();
    }
    Optional<Paths.Target> left = side(node, thing, matcher.group(1));
    Optional<Paths.Target> right = side(node, thing, matcher.group(3));
    if (operator.isEmpty() || left.isEmpty() || right.isEmpty()) {
      return Optional.empty();
    }
    if (left.get().path().equals(right.get().path())) {
      declaration.problem(node, thing, "both sides are the same field", "name another field");
      return Optional.empty();
    }
    Kind a = left.get().scalar().orElseThrow().kind();
    Kind b = right.get().scalar().orElseThrow().kind();
    if (!family(a).equals(family(b))) {
      declaration.problem(
          node,
          thing,
          "it compares " + left.get().kind() + " with " + right.get().kind(),
          "compare fields of the same kind");
      return Optional.empty();
    }
    boolean equality =
        operator.get() == QualityRule.Operator.EQUAL
            || operator.get() == QualityRule.Operator.NOT_EQUAL;
    if (a == Kind.BYTES || (a == Kind.BOOLEAN && !equality)) {
      declaration.problem(
          node,
          thing,
          "there is no '"
              + operator.get().symbol()
              + "' between two "
              + (a == Kind.BYTES ? "bytes" : "booleans"),
          a == Kind.BYTES ? "compare other fields" : "use == or !=");
      return Optional.empty();
    }
    String expression =
        left.get().path() + " " + operator.get().symbol() + " " + right.get().path();
    return Optional.of(
        new QualityRule.Compare(
            name(node, given, expression), left.get().path(), operator.get(), right.get().path()));
  }

  private Optional<Paths.Target> side(Node node, String thing, String path) {
    Optional<Paths.Target> target = declaration.resolve(schema, path, node, thing);
    if (target.isEmpty()) {
      return target;
    }
    FieldPath at = target.get().path();
    if (target.get().scalar().isEmpty()) {
      declaration.problem(
          node, thing, "'" + at + "' is " + target.get().kind(), "compare scalar fields");
      return Optional.empty();
    }
    if (target.get().inArray()) {
      declaration.problem(
          node,
          thing,
          "'" + at + "' lies inside an array",
          "compare fields that a record has once");
      return Optional.empty();
    }
    return target;
  }

  private String name(Node node, String given, String otherwise) {
    if (!given.isEmpty()) {
      if (given.length() > NAME_LENGTH || given.chars().anyMatch(Character::isISOControl)) {
        declaration.problem(
            node,
            "quality rule",
            "its name is longer than " + NAME_LENGTH + " characters or has control characters",
            "shorten it");
      }
      if (!names.add(given)) {
        declaration.problem(
            node, "quality rule '" + given + "'", "another rule has that name", "rename one");
      }
      return given;
    }
    String name = otherwise;
    for (int i = 2; !names.add(name); i++) {
      name = otherwise + "_" + i;
    }
    return name;
  }

  private static boolean numeric(Kind kind) {
    return family(kind).equals("number");
  }

  private static String family(Kind kind) {
    return switch (kind) {
      case INT, LONG, FLOAT, DOUBLE, DECIMAL -> "number";
      case STRING, ENUM -> "text";
      default -> kind.name().toLowerCase(Locale.ROOT);
    };
  }
}
