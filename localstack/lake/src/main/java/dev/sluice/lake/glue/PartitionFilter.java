package dev.sluice.lake.glue;

import dev.sluice.lake.api.ServiceException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.glue.model.Column;

/**
 * The filter that {@code GetPartitions} takes: comparisons of partition columns with literals by
 * {@code = <> != < <= > >= IN BETWEEN LIKE IS NULL}, joined by {@code AND OR NOT} and parentheses.
 * Values of numeric columns compare as numbers, all others as text. A comparison with {@value
 * #NULL} is never true.
 */
final class PartitionFilter {
  static final String NULL = "__HIVE_DEFAULT_PARTITION__";

  private static final Pattern TOKEN =
      Pattern.compile(
          "\\s*(?:('(?:[^']|'')*')|(\"(?:[^\"]|\"\")*\")|(`(?:[^`]|``)*`)"
              + "|(-?\\d+(?:\\.\\d+)?)|([\\p{L}_][\\p{L}\\p{N}_$.]*)|(<=|>=|<>|!=|[=<>(),]))");

  private final String text;
  private final Map<String, Integer> columns = new HashMap<>();
  private final List<Boolean> numeric = new ArrayList<>();
  private final List<Token> tokens;
  private int next;

  private enum Kind {
    TEXT,
    QUOTED,
    NAME,
    NUMBER,
    SYMBOL
  }

  private record Token(Kind kind, String text) {}

  private PartitionFilter(String text, List<Column> keys) {
    this.text = text;
    for (Column key : keys) {
      columns.put(key.name().toLowerCase(Locale.ROOT), columns.size());
      String type = key.type() == null ? "string" : key.type().toLowerCase(Locale.ROOT);
      numeric.add(type.matches("(tinyint|smallint|int|integer|bigint|float|double|decimal.*)"));
    }
    this.tokens = tokens(text);
  }

  /**
   * Compiles a filter to a test of partition values, which come in the order of the keys.
   *
   * @throws ServiceException {@code InvalidInputException} when the filter has another form or
   *     names another column
   */
  static Predicate<List<String>> parse(@Nullable String text, List<Column> keys) {
    if (text == null || text.isBlank()) {
      return values -> true;
    }
    PartitionFilter filter = new PartitionFilter(text, keys);
    Predicate<List<String>> result = filter.or();
    if (filter.next < filter.tokens.size()) {
      throw filter.wrong("unexpected " + filter.tokens.get(filter.next).text());
    }
    return result;
  }

  private List<Token> tokens(String text) {
    List<Token> found = new ArrayList<>();
    var matcher = TOKEN.matcher(text);
    int at = 0;
    String rest = text.stripTrailing();
    while (at < rest.length()) {
      if (!matcher.find(at) || matcher.start() != at) {
        throw wrong("cannot read it from position " + (at + 1));
      }
      if (matcher.group(1) != null) {
        found.add(new Token(Kind.TEXT, unquote(matcher.group(1))));
      } else if (matcher.group(2) != null) {
        found.add(new Token(Kind.QUOTED, unquote(matcher.group(2))));
      } else if (matcher.group(3) != null) {
        found.add(new Token(Kind.NAME, unquote(matcher.group(3))));
      } else if (matcher.group(4) != null) {
        found.add(new Token(Kind.NUMBER, matcher.group(4)));
      } else if (matcher.group(5) != null) {
        found.add(new Token(Kind.NAME, matcher.group(5)));
      } else {
        found.add(new Token(Kind.SYMBOL, matcher.group(6)));
      }
      at = matcher.end();
    }
    return found;
  }

  private static String unquote(String quoted) {
    String quote = quoted.substring(0, 1);
    return quoted.substring(1, quoted.length() - 1).replace(quote + quote, quote);
  }

  private Predicate<List<String>> or() {
    Predicate<List<String>> left = and();
    while (word("or")) {
      left = left.or(and());
    }
    return left;
  }

  private Predicate<List<String>> and() {
    Predicate<List<String>> left = not();
    while (word("and")) {
      left = left.and(not());
    }
    return left;
  }

  private Predicate<List<String>> not() {
    return word("not") ? not().negate() : primary();
  }

  private Predicate<List<String>> primary() {
    if (symbol("(")) {
      Predicate<List<String>> inner = or();
      expect(")");
      return inner;
    }
    Token left = take();
    if (left.kind() == Kind.TEXT || left.kind() == Kind.NUMBER) {
      String operator = operator();
      int column = column(take());
      return comparison(column, flip(operator), left.text());
    }
    if (left.kind() == Kind.NAME && isConstant(left)) {
      boolean value = left.text().equalsIgnoreCase("true");
      return values -> value;
    }
    int column = column(left);
    if (word("is")) {
      boolean negated = word("not");
      if (!word("null")) {
        throw wrong("NULL is expected after IS");
      }
      return values -> values.get(column).equals(NULL) != negated;
    }
    boolean negated = word("not");
    Predicate<List<String>> test;
    if (word("in")) {
      expect("(");
      Predicate<List<String>> any = comparison(column, "=", literal());
      while (symbol(",")) {
        any = any.or(comparison(column, "=", literal()));
      }
      expect(")");
      test = any;
    } else if (word("between")) {
      Predicate<List<String>> from = comparison(column, ">=", literal());
      if (!word("and")) {
        throw wrong("AND is expected in BETWEEN");
      }
      test = from.and(comparison(column, "<=", literal()));
    } else if (word("like")) {
      Pattern pattern = like(literal());
      test =
          values ->
              !values.get(column).equals(NULL) && pattern.matcher(values.get(column)).matches();
    } else if (negated) {
      throw wrong("IN, BETWEEN or LIKE is expected after NOT");
    } else {
      return comparison(column, operator(), literal());
    }
    return negated ? test.negate().and(values -> !values.get(column).equals(NULL)) : test;
  }

  private boolean isConstant(Token token) {
    return (token.text().equalsIgnoreCase("true") || token.text().equalsIgnoreCase("false"))
        && !columns.containsKey(token.text().toLowerCase(Locale.ROOT));
  }

  private Predicate<List<String>> comparison(int column, String operator, String literal) {
    boolean asNumber = numeric.get(column);
    BigDecimal number = asNumber ? number(literal) : null;
    return values -> {
      String value = values.get(column);
      if (value.equals(NULL)) {
        return false;
      }
      int order;
      if (number == null) {
        order = value.compareTo(literal);
      } else {
        try {
          order = new BigDecimal(value).compareTo(number);
        } catch (NumberFormatException e) {
          return false;
        }
      }
      return switch (operator) {
        case "=" -> order == 0;
        case "<>", "!=" -> order != 0;
        case "<" -> order < 0;
        case "<=" -> order <= 0;
        case ">" -> order > 0;
        default -> order >= 0;
      };
    };
  }

  private BigDecimal number(String literal) {
    try {
      return new BigDecimal(literal);
    } catch (NumberFormatException e) {
      throw wrong("a number is expected: " + literal);
    }
  }

  private static Pattern like(String pattern) {
    StringBuilder regex = new StringBuilder();
    for (char c : pattern.toCharArray()) {
      regex.append(c == '%' ? ".*" : c == '_' ? "." : Pattern.quote(String.valueOf(c)));
    }
    return Pattern.compile(regex.toString(), Pattern.DOTALL);
  }

  private static String flip(String operator) {
    return switch (operator) {
      case "<" -> ">";
      case "<=" -> ">=";
      case ">" -> "<";
      case ">=" -> "<=";
      default -> operator;
    };
  }

  private String operator() {
    Token token = take();
    if (token.kind() == Kind.SYMBOL && token.text().matches("=|<>|!=|<|<=|>|>=")) {
      return token.text();
    }
    throw wrong("a comparison is expected instead of " + token.text());
  }

  private String literal() {
    Token token = take();
    if (token.kind() == Kind.NAME && token.text().equalsIgnoreCase("date")) {
      token = take();
    }
    if (token.kind() == Kind.TEXT || token.kind() == Kind.QUOTED || token.kind() == Kind.NUMBER) {
      return token.text();
    }
    throw wrong("a literal is expected instead of " + token.text());
  }

  private int column(Token token) {
    Integer column =
        token.kind() == Kind.NAME || token.kind() == Kind.QUOTED
            ? columns.get(token.text().toLowerCase(Locale.ROOT))
            : null;
    if (column == null) {
      throw wrong("there is no partition column " + token.text());
    }
    return column;
  }

  private Token take() {
    if (next >= tokens.size()) {
      throw wrong("it ends too early");
    }
    return tokens.get(next++);
  }

  private boolean word(String word) {
    if (next < tokens.size()
        && tokens.get(next).kind() == Kind.NAME
        && tokens.get(next).text().equalsIgnoreCase(word)) {
      next++;
      return true;
    }
    return false;
  }

  private boolean symbol(String symbol) {
    if (next < tokens.size()
        && tokens.get(next).kind() == Kind.SYMBOL
        && tokens.get(next).text().equals(symbol)) {
      next++;
      return true;
    }
    return false;
  }

  private void expect(String symbol) {
    if (!symbol(symbol)) {
      throw wrong(symbol + " is expected");
    }
  }

  private ServiceException wrong(String why) {
    return new ServiceException(
        400, "InvalidInputException", "Cannot filter the partitions: " + why + ": " + text);
  }
}
