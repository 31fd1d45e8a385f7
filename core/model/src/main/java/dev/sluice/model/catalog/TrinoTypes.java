package dev.sluice.model.catalog;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Types of columns as Glue spells them, in the spelling of Trino, which Athena's views are kept in.
 */
public final class TrinoTypes {
  private static final Map<String, String> PLAIN =
      Map.ofEntries(
          Map.entry("boolean", "boolean"),
          Map.entry("tinyint", "tinyint"),
          Map.entry("smallint", "smallint"),
          Map.entry("int", "integer"),
          Map.entry("bigint", "bigint"),
          Map.entry("float", "real"),
          Map.entry("double", "double"),
          Map.entry("string", "varchar"),
          Map.entry("binary", "varbinary"),
          Map.entry("date", "date"),
          // What Athena reads from tables of files; those of Iceberg have microseconds.
          Map.entry("timestamp", "timestamp(3)"));

  private static final int MOST_DIGITS = 38;

  private final String hive;
  private int at;

  private TrinoTypes(String hive) {
    this.hive = hive;
  }

  /**
   * The type in Trino's spelling.
   *
   * @param hive as in {@link HiveTypes}, in lower case, without blanks; {@code varchar(n)}, {@code
   *     tinyint} and {@code smallint} are known, too
   * @return empty when there is no such type
   */
  public static Optional<String> of(String hive) {
    TrinoTypes types = new TrinoTypes(hive);
    try {
      String trino = types.type();
      return types.at == hive.length() ? Optional.of(trino) : Optional.empty();
    } catch (NoSuchType e) {
      return Optional.empty();
    }
  }

  private String type() throws NoSuchType {
    String word = word();
    switch (word) {
      case "decimal" -> {
        expect('(');
        int precision = number();
        expect(',');
        int scale = number();
        expect(')');
        if (precision < 1 || precision > MOST_DIGITS || scale > precision) {
          throw new NoSuchType();
        }
        return "decimal(" + precision + "," + scale + ")";
      }
      case "varchar" -> {
        expect('(');
        int length = number();
        expect(')');
        return "varchar(" + length + ")";
      }
      case "array" -> {
        expect('<');
        String element = type();
        expect('>');
        return "array(" + element + ")";
      }
      case "map" -> {
        expect('<');
        String key = type();
        expect(',');
        String value = type();
        expect('>');
        return "map(" + key + "," + value + ")";
      }
      case "struct" -> {
        List<String> fields = new ArrayList<>();
        expect('<');
        do {
          String name = word();
          expect(':');
          fields.add("\"" + name + "\" " + type());
        } while (next(','));
        expect('>');
        return "row(" + String.join(",", fields) + ")";
      }
      default -> {
        String plain = PLAIN.get(word);
        if (plain == null) {
          throw new NoSuchType();
        }
        return plain;
      }
    }
  }

  private String word() throws NoSuchType {
    int from = at;
    while (at < hive.length() && isWord(hive.charAt(at))) {
      at++;
    }
    if (at == from) {
      throw new NoSuchType();
    }
    return hive.substring(from, at);
  }

  private static boolean isWord(char c) {
    return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '_';
  }

  private int number() throws NoSuchType {
    String word = word();
    if (!word.matches("\\d{1,5}")) {
      throw new NoSuchType();
    }
    return Integer.parseInt(word);
  }

  private boolean next(char c) {
    boolean there = at < hive.length() && hive.charAt(at) == c;
    if (there) {
      at++;
    }
    return there;
  }

  private void expect(char c) throws NoSuchType {
    if (!next(c)) {
      throw new NoSuchType();
    }
  }

  private static final class NoSuchType extends Exception {
    private static final long serialVersionUID = 1;
  }
}
