package dev.sluice.convert;

import dev.sluice.model.Reason;
import dev.sluice.model.dataset.Dataset;
import dev.sluice.model.dataset.QualityRule;
import dev.sluice.model.limit.Limits;
import dev.sluice.model.schema.FieldPath;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** Checks a dataset's quality rules over the columns of a batch. */
final class Rules {
  private final List<Check> checks = new ArrayList<>();
  private int[] violated = new int[0];

  /** For a violated rule, the entry of its column that violates it. */
  private int[] entries = new int[0];

  Rules(Dataset dataset, Node root, Limits limits) {
    for (QualityRule rule : dataset.rules()) {
      checks.add(compile(rule, root, limits));
    }
  }

  boolean isEmpty() {
    return checks.isEmpty();
  }

  /**
   * Refuses the records of the batch that violate a rule.
   *
   * @param partitions set to -1 for those; others are left as they are
   */
  void apply(Batch batch, Interner[] interners, int[] partitions, Records reader)
      throws IOException {
    if (violated.length < batch.rows) {
      violated = new int[batch.rows];
      entries = new int[batch.rows];
    }
    Arrays.fill(violated, 0, batch.rows, 0);
    boolean any = false;
    for (int i = 0; i < checks.size(); i++) {
      any |= checks.get(i).run(batch, interners, violated, entries, i + 1);
    }
    if (!any) {
      return;
    }
    for (int row = 0; row < batch.rows; row++) {
      if (violated[row] != 0) {
        partitions[row] = -1;
        reader.refuse(row, checks.get(violated[row] - 1).fault(batch, row, entries[row]));
      }
    }
  }

  private static Check compile(QualityRule rule, Node root, Limits limits) {
    if (rule instanceof QualityRule.Compare compare) {
      return new Comparison(compare, root.find(compare.field()), root.find(compare.other()));
    }
    Node node = root.find(rule.field());
    if (rule instanceof QualityRule.Required) {
      return new Presence(rule, node, elementLevel(root, rule.field()));
    }
    if (rule instanceof QualityRule.Range range) {
      return new Bounds(range, node);
    }
    if (rule instanceof QualityRule.Allowed allowed) {
      if (!node.isBytes()) {
        Set<BigDecimal> numbers = new HashSet<>();
        allowed.values().forEach(v -> numbers.add(new BigDecimal(v).stripTrailingZeros()));
        return new Numbers(rule, node, numbers, "one of " + String.join(", ", allowed.values()));
      }
      Set<String> values = new HashSet<>(allowed.values());
      return new Texts(
          rule, node, values::contains, "one of " + String.join(", ", allowed.values()));
    }
    QualityRule.Matches matches = (QualityRule.Matches) rule;
    return new Texts(
        rule,
        node,
        new TextPattern(matches.pattern(), limits),
        "text that matches " + matches.pattern());
  }

  /** The definition level from which the innermost array element around a field exists. */
  private static int elementLevel(Node root, FieldPath path) {
    Node at = root;
    int level = 0;
    for (String step : path.names()) {
      while (at.kind == Node.ARRAY && at.element != null) {
        level = at.definition + 1;
        at = at.element;
      }
      for (Node kid : at.kids) {
        if (kid.name.equals(step)) {
          at = kid;
          break;
        }
      }
    }
    return level;
  }

  /** One rule over all records of a batch. */
  private abstract static class Check {
    final QualityRule rule;
    final Node node;

    Check(QualityRule rule, Node node) {
      this.rule = rule;
      this.node = node;
    }

    Fault fault(Batch batch, int row, int entry) {
      return fault(Reason.RULE_VIOLATED, batch, row, entry);
    }

    final Fault fault(Reason reason, Batch batch, int row, int entry) {
      return new Fault(
          reason,
          path(batch.columns[node.firstLeaf], row, entry),
          rule.name(),
          expected(),
          "another value",
          0);
    }

    /** The path with the array indexes of an entry. */
    private String path(Batch.Column column, int row, int entry) {
      if (!column.repeated) {
        return node.path;
      }
      int[] indexes = new int[Byte.MAX_VALUE];
      for (int i = column.start(row) + 1; i <= entry; i++) {
        int level = column.repetitions[i];
        indexes[level - 1]++;
        Arrays.fill(indexes, level, indexes.length, 0);
      }
      StringBuilder path = new StringBuilder();
      int level = 0;
      for (int i = 0; i < node.path.length(); i++) {
        char c = node.path.charAt(i);
        path.append(c);
        if (c == '[') {
          path.append(indexes[level++]);
        }
      }
      return path.toString();
    }

    abstract String expected();

    abstract boolean holds(Batch batch, Batch.Column column, Interner interner, int entry);

    boolean run(Batch batch, Interner[] interners, int[] violated, int[] entries, int number) {
      Batch.Column column = batch.columns[node.firstLeaf];
      Interner interner = interners[node.firstLeaf];
      boolean any = false;
      int entry = 0;
      for (int row = 0; row < batch.rows; row++) {
        for (int stop = column.end(row); entry < stop; entry++) {
          if (!holds(batch, column, interner, entry) && violated[row] == 0) {
            violated[row] = number;
            entries[row] = entry;
            any = true;
          }
        }
      }
      return any;
    }
  }

  private static final class Presence extends Check {
    private final int elementLevel;

    Presence(QualityRule rule, Node node, int elementLevel) {
      super(rule, node);
      this.elementLevel = elementLevel;
    }

    @Override
    String expected() {
      return "a value";
    }

    @Override
    boolean holds(Batch batch, Batch.Column column, Interner interner, int entry) {
      int level = column.definition == 0 ? 0 : column.definitions[entry];
      if (level < node.definition) {
        return column.repeated && level < elementLevel;
      }
      if (node.kind != Node.STRING || level < column.definition) {
        return true;
      }
      long value = column.values[entry];
      return Batch.isReference(value) ? Batch.length(value) > 0 : interner.length((int) value) > 0;
    }
  }

  /** Numbers, dates and timestamps as the bits of a column order them. */
  private static final class Bounds extends Check {
    private final QualityRule.Range range;
    private final long min;
    private final long max;
    private final double low;
    private final double high;
    private final boolean floating;
    private final boolean wide;
    private final Optional<BigDecimal> least;
    private final Optional<BigDecimal> most;

    Bounds(QualityRule.Range range, Node node) {
      super(range, node);
      this.range = range;
      floating = node.kind == Node.DOUBLE || node.kind == Node.FLOAT;
      wide = node.isBytes();
      boolean temporal = node.kind == Node.DATE || node.kind == Node.TIMESTAMP;
      least = temporal ? Optional.empty() : range.min().map(BigDecimal::new);
      most = temporal ? Optional.empty() : range.max().map(BigDecimal::new);
      low = least.map(BigDecimal::doubleValue).orElse(Double.NEGATIVE_INFINITY);
      high = most.map(BigDecimal::doubleValue).orElse(Double.POSITIVE_INFINITY);
      min = range.min().map(text -> bound(node, text, RoundingMode.CEILING)).orElse(Long.MIN_VALUE);
      max = range.max().map(text -> bound(node, text, RoundingMode.FLOOR)).orElse(Long.MAX_VALUE);
    }

    private static long bound(Node node, String text, RoundingMode rounding) {
      if (node.kind == Node.TIMESTAMP) {
        long micros = Time.isoMicros(text.length() == 10 ? text + "T00:00:00Z" : text, null);
        if (micros == Long.MIN_VALUE) {
          throw new IllegalArgumentException("Not a timestamp: " + text);
        }
        return micros;
      }
      if (node.kind == Node.DATE) {
        return LocalDate.parse(text).toEpochDay();
      }
      BigInteger scaled = new BigDecimal(text).setScale(node.scale, rounding).unscaledValue();
      return scaled
          .max(BigInteger.valueOf(Long.MIN_VALUE))
          .min(BigInteger.valueOf(Long.MAX_VALUE))
          .longValue();
    }

    @Override
    String expected() {
      if (range.min().isEmpty()) {
        return "at most " + range.max().orElse("");
      }
      return range.max().isEmpty()
          ? "at least " + range.min().get()
          : "between " + range.min().get() + " and " + range.max().get();
    }

    @Override
    boolean holds(Batch batch, Batch.Column column, Interner interner, int entry) {
      if (column.isNull(entry)) {
        return true;
      }
      long value = column.values[entry];
      if (floating) {
        double number = floating(node, value);
        return number >= low && number <= high;
      }
      if (wide) {
        BigDecimal number = decimal(node, batch, value);
        return least.map(b -> number.compareTo(b) >= 0).orElse(true)
            && most.map(b -> number.compareTo(b) <= 0).orElse(true);
      }
      return value >= min && value <= max;
    }
  }

  /** A test of text, run once per distinct value while the column is interned. */
  private static final class Texts extends Check {
    private static final byte PASSES = 1;
    private static final byte FAILS = 2;
    private static final byte TOO_COSTLY = 3;

    private final Predicate<String> test;
    private final String expected;

    /** By code: what became of a value. */
    private byte[] verdicts = new byte[64];

    /** The entries of a batch whose test was given up. */
    private final BitSet costly = new BitSet();

    Texts(QualityRule rule, Node node, Predicate<String> test, String expected) {
      super(rule, node);
      this.test = test;
      this.expected = expected;
    }

    @Override
    boolean run(Batch batch, Interner[] interners, int[] violated, int[] entries, int number) {
      costly.clear();
      return super.run(batch, interners, violated, entries, number);
    }

    @Override
    Fault fault(Batch batch, int row, int entry) {
      return costly.get(entry)
          ? fault(Reason.PATTERN_TOO_COSTLY, batch, row, entry)
          : super.fault(batch, row, entry);
    }

    @Override
    String expected() {
      return expected;
    }

    @Override
    boolean holds(Batch batch, Batch.Column column, Interner interner, int entry) {
      if (column.isNull(entry)) {
        return true;
      }
      long value = column.values[entry];
      if (Batch.isReference(value)) {
        return holds(
            verdict(
                new String(
                    batch.bytes(value),
                    Batch.offset(value),
                    Batch.length(value),
                    StandardCharsets.UTF_8)),
            entry);
      }
      int code = (int) value;
      if (code >= verdicts.length) {
        verdicts = Arrays.copyOf(verdicts, Math.max(code + 1, verdicts.length * 2));
      }
      if (verdicts[code] == 0) {
        String text =
            new String(
                interner.bytes,
                interner.offset(code),
                interner.length(code),
                StandardCharsets.UTF_8);
        verdicts[code] = verdict(text);
      }
      return holds(verdicts[code], entry);
    }

    private boolean holds(byte verdict, int entry) {
      if (verdict == TOO_COSTLY) {
        costly.set(entry);
      }
      return verdict == PASSES;
    }

    private byte verdict(String text) {
      try {
        return test.test(text) ? PASSES : FAILS;
      } catch (TextPattern.TooCostly e) {
        return TOO_COSTLY;
      }
    }
  }

  private static final class Numbers extends Check {
    private final Set<BigDecimal> allowed;
    private final String expected;

    Numbers(QualityRule rule, Node node, Set<BigDecimal> allowed, String expected) {
      super(rule, node);
      this.allowed = allowed;
      this.expected = expected;
    }

    @Override
    String expected() {
      return expected;
    }

    @Override
    boolean holds(Batch batch, Batch.Column column, Interner interner, int entry) {
      return column.isNull(entry)
          || allowed.contains(number(node, batch, column.values[entry]).stripTrailingZeros());
    }
  }

  private static final class Comparison extends Check {
    private final QualityRule.Operator operator;
    private final Node other;

    Comparison(QualityRule.Compare rule, Node node, Node other) {
      super(rule, node);
      this.operator = rule.operator();
      this.other = other;
    }

    @Override
    String expected() {
      return node.path + " " + operator.symbol() + " " + other.path;
    }

    @Override
    boolean holds(Batch batch, Batch.Column column, Interner interner, int entry) {
      throw new UnsupportedOperationException("A comparison looks at two columns");
    }

    @Override
    boolean run(Batch batch, Interner[] interners, int[] violated, int[] entries, int number) {
      Batch.Column left = batch.columns[node.leaf];
      Batch.Column right = batch.columns[other.leaf];
      boolean any = false;
      for (int row = 0; row < batch.rows; row++) {
        if (!left.isNull(row) && !right.isNull(row) && violated[row] == 0) {
          int order = compare(batch, interners, left.values[row], right.values[row]);
          if (!holds(order)) {
            violated[row] = number;
            entries[row] = row;
            any = true;
          }
        }
      }
      return any;
    }

    private int compare(Batch batch, Interner[] interners, long a, long b) {
      if (node.kind == Node.STRING || node.kind == Node.ENUM) {
        return text(node, batch, interners, a).compareTo(text(other, batch, interners, b));
      }
      boolean same = node.kind == other.kind && node.scale == other.scale;
      if (same
          && !node.isBytes()
          && !other.isBytes()
          && node.kind != Node.DOUBLE
          && node.kind != Node.FLOAT) {
        return Long.compare(a, b);
      }
      if (node.kind == Node.DOUBLE && other.kind == Node.DOUBLE) {
        double x = Double.longBitsToDouble(a);
        double y = Double.longBitsToDouble(b);
        return x < y ? -1 : x > y ? 1 : 0;
      }
      return number(node, batch, a).compareTo(number(other, batch, b));
    }

    private static String text(Node node, Batch batch, Interner[] interners, long value) {
      if (Batch.isReference(value)) {
        return new String(
            batch.bytes(value), Batch.offset(value), Batch.length(value), StandardCharsets.UTF_8);
      }
      Interner interner = interners[node.leaf];
      int code = (int) value;
      return new String(
          interner.bytes, interner.offset(code), interner.length(code), StandardCharsets.UTF_8);
    }

    private boolean holds(int order) {
      return switch (operator) {
        case LESS -> order < 0;
        case LESS_OR_EQUAL -> order <= 0;
        case EQUAL -> order == 0;
        case NOT_EQUAL -> order != 0;
        case GREATER_OR_EQUAL -> order >= 0;
        case GREATER -> order > 0;
      };
    }
  }

  private static double floating(Node node, long value) {
    return node.kind == Node.FLOAT
        ? Float.intBitsToFloat((int) value)
        : Double.longBitsToDouble(value);
  }

  private static BigDecimal number(Node node, Batch batch, long value) {
    if (node.kind == Node.DOUBLE || node.kind == Node.FLOAT) {
      return new BigDecimal(floating(node, value));
    }
    return node.isBytes()
        ? decimal(node, batch, value)
        : new BigDecimal(BigInteger.valueOf(value), node.scale);
  }

  private static BigDecimal decimal(Node node, Batch batch, long reference) {
    byte[] bytes = batch.bytes(reference);
    int offset = Batch.offset(reference);
    return new BigDecimal(
        new BigInteger(Arrays.copyOfRange(bytes, offset, offset + Batch.length(reference))),
        node.scale);
  }
}
