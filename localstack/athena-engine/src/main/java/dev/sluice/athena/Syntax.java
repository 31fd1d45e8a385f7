package dev.sluice.athena;

import io.trino.execution.ParameterExtractor;
import io.trino.sql.parser.ParsingException;
import io.trino.sql.parser.SqlParser;
import io.trino.sql.tree.DataType;
import io.trino.sql.tree.DereferenceExpression;
import io.trino.sql.tree.Identifier;
import io.trino.sql.tree.Node;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What can be told of a statement's text without running it. */
final class Syntax {
  private static final SqlParser PARSER = new SqlParser();

  private Syntax() {}

  /**
   * Parses a statement and the values that are to take the places of its question marks.
   *
   * @return {@code error} with the place and the reason when it is no statement; otherwise {@code
   *     parameters}, how many question marks it has, and {@code expressions}, for each value
   *     whether it is an expression without names of columns, which any other text is not
   */
  static Map<String, Object> of(String sql, List<String> values) {
    Map<String, Object> answer = new LinkedHashMap<>();
    try {
      answer.put("parameters", ParameterExtractor.getParameterCount(PARSER.createStatement(sql)));
    } catch (ParsingException e) {
      answer.put("error", e.getMessage());
      return answer;
    }
    List<Boolean> expressions = new ArrayList<>();
    for (String value : values) {
      expressions.add(isConstant(value));
    }
    answer.put("expressions", expressions);
    return answer;
  }

  private static boolean isConstant(String value) {
    try {
      return !namesColumns(PARSER.createExpression(value));
    } catch (ParsingException e) {
      return false;
    }
  }

  private static boolean namesColumns(Node node) {
    if (node instanceof Identifier || node instanceof DereferenceExpression) {
      return true;
    }
    // The name of a type is none of a column.
    return !(node instanceof DataType)
        && node.getChildren().stream().anyMatch(Syntax::namesColumns);
  }
}
