package dev.sluice.query;

import dev.sluice.query.Problem.Kind;
import io.trino.grammar.sql.SqlBaseLexer;
import io.trino.sql.parser.ParsingException;
import io.trino.sql.parser.SqlParser;
import io.trino.sql.tree.AliasedRelation;
import io.trino.sql.tree.Explain;
import io.trino.sql.tree.ExplainAnalyze;
import io.trino.sql.tree.FunctionCall;
import io.trino.sql.tree.Join;
import io.trino.sql.tree.JsonTable;
import io.trino.sql.tree.Lateral;
import io.trino.sql.tree.Node;
import io.trino.sql.tree.Parameter;
import io.trino.sql.tree.PatternRecognitionRelation;
import io.trino.sql.tree.QualifiedName;
import io.trino.sql.tree.Query;
import io.trino.sql.tree.QuerySpecification;
import io.trino.sql.tree.Relation;
import io.trino.sql.tree.SampledRelation;
import io.trino.sql.tree.SetOperation;
import io.trino.sql.tree.Statement;
import io.trino.sql.tree.StaticMethodCall;
import io.trino.sql.tree.Table;
import io.trino.sql.tree.TableFunctionInvocation;
import io.trino.sql.tree.TableSubquery;
import io.trino.sql.tree.Unnest;
import io.trino.sql.tree.Values;
import io.trino.sql.tree.With;
import io.trino.sql.tree.WithQuery;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.antlr.v4.runtime.CharStreams;
import org.antlr.v4.runtime.Token;

/**
 * Lets statements pass that do nothing but read tables of the lake. A statement is parsed by
 * Trino's own parser; what is not known to be harmless is refused.
 *
 * <p>These pass: one {@code SELECT}, {@code WITH}, {@code TABLE} or {@code VALUES}, or {@code
 * EXPLAIN} of one. Within it relations are tables of the lake's databases, named with at most the
 * catalog {@code awsdatacatalog}, common table expressions, subqueries, joins, {@code UNNEST},
 * {@code VALUES}, samples, pattern recognition and {@code JSON_TABLE}. Everything else is refused:
 * other statements, other catalogs and schemas, metadata tables ({@code "t$partitions"}), table
 * functions, functions defined within the statement or named with a catalog, session properties.
 */
final class ReadOnly {
  /** The parser's time grows faster than the square of it: 60 take a moment, 20,000 minutes. */
  private static final int DEEPEST = 60;

  private static final String CATALOG = "awsdatacatalog";
  private static final String WAY_OUT =
      "Write one SELECT, WITH, TABLE, VALUES or EXPLAIN over tables of ";

  private final SqlParser parser = new SqlParser();
  private final List<String> databases;

  /**
   * @param databases those whose tables may be read
   */
  ReadOnly(List<String> databases) {
    this.databases = List.copyOf(databases);
  }

  /**
   * What a statement reads.
   *
   * @param tables {@code database.table} in lower case, sorted
   * @param parameters how many {@code ?} it has
   */
  record Reads(Set<String> tables, int parameters) {}

  /**
   * Looks at a statement.
   *
   * @param database what names without a database refer to
   * @throws ProblemException {@code INVALID_SQL} when it cannot be parsed, {@code NOT_ALLOWED} when
   *     it is not let pass
   */
  Reads check(String sql, String database) {
    if (depth(sql) > DEEPEST) {
      throw tooDeep();
    }
    try {
      Walk walk = new Walk(database);
      walk.statement(parser.createStatement(sql));
      return new Reads(walk.tables, walk.parameters);
    } catch (ParsingException e) {
      throw Problem.of(
              Kind.INVALID_SQL,
              "Cannot read the statement: line "
                  + e.getLineNumber()
                  + ", column "
                  + e.getColumnNumber()
                  + ": "
                  + Texts.shortened(e.getErrorMessage(), 300),
              "Correct the statement; it is one statement in Trino's SQL, without a semicolon"
                  + " within.")
          .thrown();
    } catch (StackOverflowError e) {
      throw tooDeep();
    }
  }

  private static ProblemException tooDeep() {
    return Problem.of(
            Kind.INVALID_SQL,
            "Cannot read the statement: it is nested too deeply",
            "Write it with fewer levels, for instance IN (…) instead of many OR.")
        .thrown();
  }

  /** How deeply brackets are nested, by the parser's own reading of words and texts. */
  private static int depth(String sql) {
    SqlBaseLexer lexer = new SqlBaseLexer(CharStreams.fromString(sql));
    lexer.removeErrorListeners();
    int depth = 0;
    int deepest = 0;
    for (Token token = lexer.nextToken(); token.getType() != Token.EOF; token = lexer.nextToken()) {
      switch (token.getText()) {
        case "(", "[" -> deepest = Math.max(deepest, ++depth);
        case ")", "]" -> depth--;
        default -> {
          if (token.getType() == SqlBaseLexer.CASE) {
            deepest = Math.max(deepest, ++depth);
          } else if (token.getType() == SqlBaseLexer.END) {
            depth--;
          }
        }
      }
    }
    return deepest;
  }

  private final class Walk {
    private final String database;
    private final Set<String> tables = new TreeSet<>();
    private int parameters;

    Walk(String database) {
      this.database = database;
    }

    void statement(Statement statement) {
      switch (statement) {
        case Query query -> query(query, Set.of());
        case Explain explain when explain.getStatement() instanceof Query query ->
            query(query, Set.of());
        case ExplainAnalyze explain when explain.getStatement() instanceof Query query ->
            query(query, Set.of());
        default -> throw refused(words(statement) + " is no query");
      }
    }

    /**
     * @param outer names of common table expressions that are known here, in lower case
     */
    private void query(Query query, Set<String> outer) {
      if (!query.getFunctions().isEmpty()) {
        throw refused("it defines functions");
      }
      if (!query.getSessionProperties().isEmpty()) {
        throw refused("it sets session properties");
      }
      Set<String> known = new HashSet<>(outer);
      if (query.getWith().isPresent()) {
        With with = query.getWith().get();
        for (WithQuery each : with.getQueries()) {
          String name = each.getName().getValue().toLowerCase(Locale.ROOT);
          Set<String> within = new HashSet<>(known);
          if (with.isRecursive()) {
            within.add(name);
          }
          // Not recursive, its own name means what it meant before.
          query(each.getQuery(), within);
          known.add(name);
        }
      }
      for (Node child : query.getChildren()) {
        if (!(child instanceof With)) {
          node(child, known);
        }
      }
    }

    private void node(Node node, Set<String> known) {
      switch (node) {
        case Query query -> {
          query(query, known);
          return;
        }
        case Table table -> table(table.getName(), known);
        case TableFunctionInvocation function ->
            throw refused("it calls the table function " + shown(function.getName()));
        case Relation relation -> relation(relation);
        case Statement statement -> throw refused(words(statement) + " is no query");
        case FunctionCall call -> function(call.getName());
        case StaticMethodCall call -> throw refused("it calls a method of a type");
        case Parameter parameter -> parameters++;
        default -> {}
      }
      for (Node child : node.getChildren()) {
        node(child, known);
      }
    }

    private void table(QualifiedName name, Set<String> known) {
      List<String> parts = name.getParts();
      if (parts.size() == 1 && known.contains(parts.get(0))) {
        return;
      }
      if (parts.size() > 3 || parts.size() == 3 && !parts.get(0).equals(CATALOG)) {
        throw refused("it reads " + shown(name) + ", which is in another catalog");
      }
      String in = parts.size() == 1 ? database : parts.get(parts.size() - 2);
      if (!databases.contains(in)) {
        throw refused("it reads " + shown(name) + ", which is in none of the lake's databases");
      }
      String table = parts.get(parts.size() - 1);
      if (table.contains("$")) {
        throw refused("it reads " + shown(name) + ", which tells of how a table is stored");
      }
      tables.add(in + "." + table);
    }

    private void function(QualifiedName name) {
      if (name.getParts().size() > 1 || name.getSuffix().startsWith("$")) {
        throw refused("it calls " + shown(name) + ", which is no function of SQL");
      }
    }

    private void relation(Relation relation) {
      boolean known =
          relation instanceof AliasedRelation
              || relation instanceof Join
              || relation instanceof JsonTable
              || relation instanceof Lateral
              || relation instanceof PatternRecognitionRelation
              || relation instanceof QuerySpecification
              || relation instanceof SampledRelation
              || relation instanceof SetOperation
              || relation instanceof TableSubquery
              || relation instanceof Unnest
              || relation instanceof Values;
      if (!known) {
        throw refused("it uses " + words(relation) + ", which is not known here");
      }
    }

    private ProblemException refused(String why) {
      return Problem.of(
              Kind.NOT_ALLOWED,
              "Cannot run the statement: " + why,
              WAY_OUT + String.join(", ", databases) + ".")
          .thrown();
    }

    private static String shown(QualifiedName name) {
      return Texts.shortened(name.toString(), 100);
    }

    /** {@code CREATE TABLE} for a {@code CreateTable}. */
    private static String words(Node node) {
      return node.getClass()
          .getSimpleName()
          .replaceAll("(?<=[a-z])(?=[A-Z])", " ")
          .toUpperCase(Locale.ROOT);
    }
  }
}
