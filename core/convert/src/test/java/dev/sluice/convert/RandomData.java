package dev.sluice.convert;

import dev.sluice.model.schema.ArrayType;
import dev.sluice.model.schema.DefaultValue;
import dev.sluice.model.schema.Field;
import dev.sluice.model.schema.MapType;
import dev.sluice.model.schema.RecordType;
import dev.sluice.model.schema.ScalarType;
import dev.sluice.model.schema.ScalarType.Kind;
import dev.sluice.model.schema.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;

/** Random schemas, and records that mostly fit them. The same seed gives the same. */
final class RandomData {
  private static final String[] TEXTS = {
    "",
    "a",
    "Zürich",
    "日本",
    "😀",
    "a/b=c%d e",
    "\"quoted\"",
    "back\\slash",
    "tab\tline\nfeed",
    "\u0000\u001f\u007f",
    "null",
    "__HIVE_DEFAULT_PARTITION__",
    "x".repeat(300),
    "\uffff",
    " "
  };
  private static final String[] NUMBERS = {
    "0",
    "-0",
    "1",
    "-1",
    "1.0",
    "1e2",
    "1E+2",
    "12e-1",
    "100e-2",
    "2147483647",
    "2147483648",
    "-2147483648",
    "-2147483649",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775808",
    "-9223372036854775809",
    "1e308",
    "1e309",
    "-1e309",
    "1e-400",
    "5e-324",
    "3.4028235e38",
    "3.5e38",
    "0.1",
    "123456789012345678901234567890",
    "1e19",
    "1e-19",
    "0e99999",
    "0.30000000000000004",
    "9007199254740993",
    "1e999999999999",
    "1.50",
    "99999.99",
    "0.001"
  };
  private static final String[] TIMES = {
    "2024-02-29T12:34:56Z",
    "2024-02-29T12:34:56.5Z",
    "1969-12-31T23:59:59.123456789Z",
    "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59.999999999Z",
    "2024-03-10T02:30:00+05:30",
    "2024-02-30T00:00:00Z",
    "2024-02-29T24:00:00Z",
    "0000-12-31T00:00:00Z",
    "1900-02-29T00:00:00Z",
    "2024-02-29T12:34:56",
    "2024-02-29T12:34:56.123",
    "9999-12-31T23:59:59-01:00",
    "yesterday",
    ""
  };
  private static final String[] DATES = {
    "2024-02-29",
    "2023-02-29",
    "1969-12-31",
    "0001-01-01",
    "0000-01-01",
    "9999-12-31",
    "2024-1-1",
    "2024-13-01",
    "2024-01-32",
    ""
  };

  private final Random random;

  /** One value in this many is one that may not fit. */
  private final int oddity;

  private int names;

  RandomData(long seed, int oddity) {
    random = new Random(seed);
    this.oddity = oddity;
  }

  boolean chance(int in) {
    return random.nextInt(in) == 0;
  }

  int below(int bound) {
    return random.nextInt(bound);
  }

  private <T> T pick(T[] values) {
    return values[random.nextInt(values.length)];
  }

  // ---- schemas

  RecordType schema() {
    names = 0;
    // Now and then so many fields that they need more than one word of bits.
    return record(0, chance(12) ? 60 + below(80) : 1 + below(8));
  }

  private RecordType record(int depth, int count) {
    List<Field> fields = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      fields.add(field(depth, i));
    }
    return new RecordType("R" + depth, "", fields);
  }

  private Field field(int depth, int index) {
    String name = (chance(3) ? "Field" : "f") + index + "_" + names++;
    List<String> keys = new ArrayList<>();
    keys.add(
        switch (below(8)) {
          case 0 -> name + " with \"quotes\" \\";
          case 1 -> "schlüssel-" + name;
          case 2 -> "a-rather-long-key-for-the-third-word-" + name;
          default -> name;
        });
    if (chance(5)) {
      keys.add("alias of " + name);
    }
    Type type = type(depth);
    boolean nullable = chance(2);
    Optional<DefaultValue> fallback = Optional.empty();
    if (nullable && !chance(3)) {
      fallback = Optional.of(new DefaultValue.Null());
    } else if ((type instanceof ArrayType || type instanceof MapType) && chance(2)) {
      fallback = Optional.of(new DefaultValue.Empty());
    } else if (type instanceof ScalarType scalar && chance(3)) {
      fallback = Optional.of(new DefaultValue.Scalar(fallback(scalar)));
    }
    return new Field(name, keys, type, nullable, fallback, "");
  }

  private static Object fallback(ScalarType type) {
    return switch (type.kind()) {
      case BOOLEAN -> true;
      case INT, LONG -> -7L;
      case FLOAT, DOUBLE -> new BigDecimal("2.5");
      case STRING -> "dé\"fault";
      case BYTES -> "AAEC";
      case ENUM -> type.symbols().get(0);
      case DECIMAL -> new BigDecimal(BigInteger.valueOf(-3), type.scale()).toPlainString();
      case DATE -> "1955-11-05";
      case TIMESTAMP -> "1985-10-26T01:21:00.123456Z";
    };
  }

  private Type type(int depth) {
    switch (depth < 3 ? below(7) : 6) {
      case 0:
        return record(depth + 1, 1 + below(4));
      case 1:
        return new ArrayType(type(depth + 1), chance(2));
      case 2:
        return new MapType(type(depth + 1), chance(2));
      default:
        return scalar();
    }
  }

  private ScalarType scalar() {
    Kind kind = pick(Kind.values());
    return switch (kind) {
      case DECIMAL -> {
        int precision = 1 + below(38);
        yield ScalarType.decimal(precision, below(precision + 1));
      }
      case ENUM -> ScalarType.enumeration(List.of("RED", "GREEN", "BLUE"));
      default -> ScalarType.of(kind);
    };
  }

  // ---- records

  /** One JSON object on one line. */
  String record(RecordType type) {
    StringBuilder out = new StringBuilder();
    object(out, type);
    return out.toString();
  }

  private void object(StringBuilder out, RecordType type) {
    List<Field> fields = new ArrayList<>(type.fields());
    if (chance(4)) {
      Collections.shuffle(fields, random);
    }
    out.append('{');
    String comma = "";
    for (Field field : fields) {
      if (chance(oddity)) {
        out.append(comma).append(blank());
        string(out, chance(2) ? "unknown" : field.name() + "x");
        out.append(':');
        anything(out, 0);
        comma = ",";
      }
      boolean optional = field.defaultValue().isPresent();
      if (chance(optional ? 3 : oddity * 4)) {
        continue;
      }
      int times = chance(oddity * 8) ? 2 : 1;
      for (int i = 0; i < times; i++) {
        out.append(comma).append(blank());
        string(out, field.keys().get(below(field.keys().size())));
        out.append(blank()).append(':').append(blank());
        value(out, field.type(), field.nullable());
        out.append(blank());
        comma = ",";
      }
    }
    out.append('}');
  }

  private String blank() {
    return chance(10) ? pick(new String[] {" ", "\t", "  ", "\r"}) : "";
  }

  private void value(StringBuilder out, Type type, boolean nullable) {
    if (chance(nullable ? 4 : oddity * 4)) {
      out.append("null");
    } else if (chance(oddity * 4)) {
      anything(out, 0);
    } else if (type instanceof RecordType record) {
      object(out, record);
    } else if (type instanceof ArrayType array) {
      int count = chance(4) ? 0 : chance(20) ? below(60) : below(4);
      out.append('[');
      for (int i = 0; i < count; i++) {
        out.append(i > 0 ? "," : "").append(blank());
        value(out, array.element(), array.nullableElements());
      }
      out.append(blank()).append(']');
    } else if (type instanceof MapType map) {
      int count = chance(4) ? 0 : chance(20) ? below(40) : below(4);
      out.append('{');
      for (int i = 0; i < count; i++) {
        out.append(i > 0 ? "," : "").append(blank());
        string(out, chance(oddity * 2) ? "same" : pick(TEXTS) + i);
        out.append(':');
        value(out, map.values(), map.nullableValues());
      }
      out.append(blank()).append('}');
    } else {
      scalar(out, (ScalarType) type);
    }
  }

  private void anything(StringBuilder out, int depth) {
    switch (below(depth > 2 ? 4 : 6)) {
      case 0 -> out.append(pick(NUMBERS));
      case 1 -> string(out, pick(TEXTS));
      case 2 -> out.append(chance(2));
      case 3 -> out.append("null");
      case 4 -> {
        out.append('[');
        anything(out, depth + 1);
        out.append(']');
      }
      default -> {
        out.append("{\"k\":");
        anything(out, depth + 1);
        out.append('}');
      }
    }
  }

  private void scalar(StringBuilder out, ScalarType type) {
    boolean odd = chance(oddity);
    switch (type.kind()) {
      case BOOLEAN -> out.append(chance(2));
      case INT ->
          out.append(odd ? pick(NUMBERS) : String.valueOf(chance(2) ? below(9) : random.nextInt()));
      case LONG ->
          out.append(
              odd ? pick(NUMBERS) : String.valueOf(chance(2) ? below(9) : random.nextLong()));
      case FLOAT -> out.append(odd ? pick(NUMBERS) : String.valueOf(random.nextFloat() - 0.5f));
      case DOUBLE ->
          out.append(
              odd
                  ? pick(NUMBERS)
                  : chance(3)
                      ? String.valueOf(random.nextGaussian() * Math.pow(10, below(60) - 30))
                      : String.format(Locale.ROOT, "%.2f", random.nextGaussian() * 100));
      case STRING ->
          string(
              out,
              chance(2)
                  ? pick(TEXTS)
                  : chance(2) ? "v" + below(5) : Long.toHexString(random.nextLong()));
      case BYTES -> {
        byte[] bytes = new byte[below(9)];
        random.nextBytes(bytes);
        string(out, odd ? "no base64!" : Base64.getEncoder().encodeToString(bytes));
      }
      case ENUM -> string(out, odd ? "PINK" : pick(new String[] {"RED", "GREEN", "BLUE"}));
      case DECIMAL -> {
        String number = odd ? pick(NUMBERS) : decimal(type);
        if (chance(3)) {
          string(out, number);
        } else {
          out.append(number);
        }
      }
      case DATE ->
          string(
              out,
              odd
                  ? pick(DATES)
                  : java.time.LocalDate.of(1 + below(9999), 1 + below(12), 1 + below(28))
                      .toString());
      case TIMESTAMP ->
          string(
              out,
              odd
                  ? pick(TIMES)
                  : java.time.Instant.ofEpochSecond(
                          below(Integer.MAX_VALUE) * (chance(4) ? -20L : 1L),
                          chance(2) ? 0 : below(1_000_000_000))
                      .toString());
    }
  }

  private String decimal(ScalarType type) {
    int digits = 1 + below(type.precision());
    StringBuilder unscaled = new StringBuilder();
    for (int i = 0; i < digits; i++) {
      unscaled.append(below(10));
    }
    BigDecimal value = new BigDecimal(new BigInteger(unscaled.toString()), type.scale());
    value = chance(2) ? value : value.negate();
    return chance(3) ? value.stripTrailingZeros().toString() : value.toPlainString();
  }

  private void string(StringBuilder out, String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (Character.isHighSurrogate(c)) {
        char low = text.charAt(++i);
        if (chance(2)) {
          out.append(c).append(low);
        } else {
          out.append("\\u").append(HexFormat.of().toHexDigits(c));
          out.append("\\u").append(HexFormat.of().toHexDigits(low));
        }
      } else if (c < ' ' || chance(25)) {
        out.append("\\u").append(HexFormat.of().toHexDigits(c));
      } else {
        out.append(c);
      }
    }
    out.append('"');
  }
}
