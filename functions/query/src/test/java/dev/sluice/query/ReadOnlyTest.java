package dev.sluice.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.model.catalog.Catalog;
import dev.sluice.model.query.NamedQueries;
import dev.sluice.model.query.NamedQuery;
import dev.sluice.query.Problem.Kind;
import io.trino.sql.parser.SqlParser;
import io.trino.sql.tree.Node;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ReadOnlyTest {
  private final ReadOnly readOnly = new ReadOnly(Catalog.refined());

  /** Every place of the grammar where a query can stand; {@code #} is the table. */
  private static final List<String> PLACES =
      List.of(
          "SELECT * FROM #",
          "TABLE #",
          "(SELECT * FROM #)",
          "SELECT 1 UNION ALL SELECT * FROM #",
          "SELECT 1 EXCEPT SELECT * FROM #",
          "SELECT 1 INTERSECT (TABLE #)",
          "SELECT * FROM silver.a, #",
          "SELECT * FROM silver.a JOIN # b ON a.x = b.x",
          "SELECT * FROM silver.a CROSS JOIN #",
          "SELECT * FROM silver.a NATURAL JOIN #",
          "SELECT * FROM silver.a LEFT JOIN silver.b ON EXISTS (SELECT 1 FROM #)",
          "SELECT * FROM (SELECT * FROM #) t",
          "SELECT * FROM (# TABLESAMPLE BERNOULLI (10))",
          "SELECT * FROM silver.a CROSS JOIN LATERAL (SELECT * FROM #)",
          "SELECT * FROM UNNEST(ARRAY[(SELECT x FROM #)])",
          "SELECT * FROM (VALUES (1), ((SELECT x FROM #)))",
          "VALUES ((SELECT x FROM #))",
          "SELECT (SELECT x FROM #)",
          "SELECT x + (SELECT max(x) FROM #) FROM silver.a",
          "SELECT max(x) FILTER (WHERE x IN (SELECT x FROM #)) FROM silver.a",
          "SELECT sum(x) OVER (PARTITION BY (SELECT x FROM #)) FROM silver.a",
          "SELECT sum(x) OVER (ORDER BY (SELECT x FROM #)) FROM silver.a",
          "SELECT sum(x) OVER w FROM silver.a WINDOW w AS (ORDER BY (SELECT x FROM #))",
          "SELECT array_agg(x ORDER BY (SELECT x FROM #)) FROM silver.a",
          "SELECT CASE WHEN EXISTS (SELECT 1 FROM #) THEN 1 END",
          "SELECT CASE x WHEN 1 THEN (SELECT x FROM #) ELSE 2 END FROM silver.a",
          "SELECT IF(true, (SELECT x FROM #))",
          "SELECT COALESCE(NULL, (SELECT x FROM #))",
          "SELECT NULLIF(1, (SELECT x FROM #))",
          "SELECT TRY((SELECT x FROM #))",
          "SELECT CAST((SELECT x FROM #) AS varchar)",
          "SELECT EXTRACT(year FROM (SELECT x FROM #))",
          "SELECT TRIM(BOTH (SELECT x FROM #) FROM 'a')",
          "SELECT transform(ARRAY[1], e -> (SELECT x FROM #))",
          "SELECT ARRAY[(SELECT x FROM #)]",
          "SELECT ROW(1, (SELECT x FROM #))",
          "SELECT (ARRAY[1])[(SELECT x FROM #)]",
          "SELECT ((SELECT x FROM #)).y",
          "SELECT JSON_VALUE((SELECT x FROM #), 'lax $')",
          "SELECT JSON_OBJECT('a' : (SELECT x FROM #))",
          "SELECT JSON_ARRAY((SELECT x FROM #))",
          "SELECT x LIKE 'a' ESCAPE (SELECT x FROM #) FROM silver.a",
          "SELECT (SELECT x FROM #) AT TIME ZONE 'UTC'",
          "SELECT * FROM silver.a WHERE x = ALL (SELECT x FROM #)",
          "SELECT * FROM silver.a WHERE x BETWEEN 1 AND (SELECT x FROM #)",
          "SELECT * FROM silver.a WHERE x IS DISTINCT FROM (SELECT x FROM #)",
          "SELECT * FROM silver.a WHERE NOT x IN (1, (SELECT x FROM #))",
          "SELECT x FROM silver.a GROUP BY x, (SELECT x FROM #)",
          "SELECT x FROM silver.a GROUP BY ROLLUP (x, y) HAVING max(x) > (SELECT x FROM #)",
          "SELECT x FROM silver.a ORDER BY (SELECT x FROM #)",
          "WITH a AS (SELECT * FROM #) SELECT 1",
          "WITH a AS (SELECT 1 AS x), b AS (SELECT * FROM a, #) SELECT * FROM b",
          "WITH RECURSIVE a (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM a, #) SELECT * FROM a",
          "SELECT * FROM (WITH a AS (TABLE #) SELECT * FROM a)",
          "SELECT * FROM # FOR TIMESTAMP AS OF TIMESTAMP '2026-01-01 00:00:00 UTC'",
          "SELECT * FROM silver.a FOR VERSION AS OF (SELECT x FROM #)",
          "SELECT * FROM # MATCH_RECOGNIZE (MEASURES A.x AS x PATTERN (A+) DEFINE A AS A.x > 1)",
          "SELECT * FROM silver.a MATCH_RECOGNIZE (PARTITION BY x ORDER BY y MEASURES A.x AS x"
              + " PATTERN (A+) DEFINE A AS A.x > (SELECT x FROM #))",
          "SELECT * FROM JSON_TABLE((SELECT x FROM #), 'lax $' COLUMNS (a integer PATH 'lax $.a'))",
          "EXPLAIN SELECT * FROM #",
          "EXPLAIN (TYPE IO, FORMAT JSON) SELECT * FROM #",
          "EXPLAIN ANALYZE SELECT * FROM #");

  private static final List<String> FORBIDDEN =
      List.of(
          "other.t",
          "bronze.t",
          "default.t",
          "information_schema.tables",
          "silver.information_schema.tables",
          "awsdatacatalog.information_schema.tables",
          "awsdatacatalog.other.t",
          "system.runtime.queries",
          "system.metadata.catalogs",
          "iceberg.silver.t",
          "\"AwsDataCatalog\".other.t",
          "\"silver\".\"t$partitions\"",
          "gold.\"t$history\"",
          "\"t$files\"",
          "a.b.c.d",
          "\"silver.t\".x",
          "TABLE(system.query(query => 'x'))",
          "TABLE(exclude_columns(input => TABLE(silver.t), columns => DESCRIPTOR(a)))",
          "TABLE(sequence(1, 2))");

  @Test
  void tablesOfTheLakeMayStandWhereverATableCan() {
    for (String place : PLACES) {
      for (String table : List.of("silver.t", "Gold.T", "ops.t", "AwsDataCatalog.silver.t", "t")) {
        String name = table.toLowerCase(java.util.Locale.ROOT).replace("awsdatacatalog.", "");
        assertThat(check(place.replace("#", table)).tables())
            .as(place)
            .contains(name.contains(".") ? name : "silver." + name);
      }
    }
  }

  @Test
  void whatIsElsewhereIsRefusedWhereverItStands() {
    for (String place : PLACES) {
      for (String table : FORBIDDEN) {
        boolean nested = table.startsWith("TABLE(");
        String sql = place.replace("#", table);
        if (nested && !parses(sql)) {
          continue;
        }
        refused(sql, Kind.NOT_ALLOWED);
      }
    }
  }

  @Test
  void everythingButQueriesIsRefused() {
    for (String sql :
        List.of(
            "INSERT INTO silver.t SELECT 1",
            "UPDATE silver.t SET a = 1",
            "DELETE FROM silver.t",
            "MERGE INTO silver.t USING silver.u ON t.a = u.a WHEN MATCHED THEN DELETE",
            "TRUNCATE TABLE silver.t",
            "CREATE TABLE silver.t (a integer)",
            "CREATE TABLE silver.t AS SELECT 1 AS a",
            "CREATE VIEW silver.v AS SELECT 1 AS a",
            "CREATE OR REPLACE VIEW silver.v AS SELECT 1 AS a",
            "CREATE SCHEMA x",
            "DROP TABLE silver.t",
            "DROP VIEW silver.v",
            "DROP SCHEMA silver",
            "ALTER TABLE silver.t ADD COLUMN b integer",
            "ALTER TABLE silver.t EXECUTE optimize",
            "ANALYZE silver.t",
            "CALL system.sync_partition_metadata('silver', 't', 'ADD')",
            "GRANT SELECT ON silver.t TO x",
            "PREPARE p FROM SELECT 1",
            "EXECUTE p",
            "EXECUTE IMMEDIATE 'SELECT 1'",
            "DEALLOCATE PREPARE p",
            "DESCRIBE INPUT p",
            "DESCRIBE silver.t",
            "SHOW TABLES",
            "SHOW CATALOGS",
            "SHOW CREATE TABLE silver.t",
            "SHOW SESSION",
            "SHOW FUNCTIONS",
            "SET SESSION a = 1",
            "RESET SESSION a",
            "USE silver",
            "START TRANSACTION",
            "COMMIT",
            "EXPLAIN INSERT INTO silver.t SELECT 1",
            "EXPLAIN ANALYZE DELETE FROM silver.t",
            "EXPLAIN ANALYZE CREATE TABLE silver.t AS SELECT 1 AS a",
            "EXPLAIN EXECUTE p")) {
      assertThat(parses(sql)).as(sql).isTrue();
      refused(sql, Kind.NOT_ALLOWED);
    }
  }

  @Test
  void whatTheParserDoesNotKnowIsNoSql() {
    for (String sql :
        List.of(
            "",
            "SELECT",
            "SELECT 1; SELECT 2",
            "SELECT 1; DROP TABLE silver.t",
            "SELECT 1;",
            "SELECT 'a",
            "UNLOAD (SELECT 1) TO 's3://x/' WITH (format = 'PARQUET')",
            "MSCK REPAIR TABLE silver.t",
            "CREATE EXTERNAL TABLE silver.t (a int) LOCATION 's3://x/'",
            "USING EXTERNAL FUNCTION f(x integer) RETURNS integer LAMBDA 'l' SELECT f(1)",
            "VACUUM silver.t",
            "SELECT * FROM `silver`.`t`")) {
      assertThatThrownBy(() -> check(sql))
          .as(sql)
          .isInstanceOfSatisfying(
              ProblemException.class,
              e -> assertThat(e.problem().kind()).isEqualTo(Kind.INVALID_SQL));
    }
  }

  @Test
  void functionsOfTheStatementOrOfACatalogAreRefused() {
    for (String sql :
        List.of(
            "WITH FUNCTION f(x integer) RETURNS integer RETURN x * 2 SELECT f(1)",
            "SELECT system.builtin.f(1)",
            "SELECT hive.f(1)",
            "SELECT \"$internal\"(1)",
            "WITH SESSION query_max_run_time = '1h' SELECT 1")) {
      assertThat(parses(sql)).as(sql).isTrue();
      refused(sql, Kind.NOT_ALLOWED);
    }
  }

  @Test
  void aCommonTableExpressionIsKnownWhereTrinoKnowsIt() {
    assertThat(check("WITH t AS (SELECT 1 AS x) SELECT * FROM t").tables()).isEmpty();
    assertThat(check("WITH \"T\" AS (SELECT 1 AS x) SELECT * FROM t").tables()).isEmpty();
    // Its own name means the table before.
    assertThat(check("WITH t AS (SELECT * FROM t) SELECT * FROM t").tables())
        .containsExactly("silver.t");
    assertThat(
            check("WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL SELECT n FROM t) TABLE t").tables())
        .isEmpty();
    // Later ones are not known yet.
    assertThat(check("WITH a AS (SELECT * FROM b), b AS (SELECT 1) SELECT * FROM a").tables())
        .containsExactly("silver.b");
    // Not known outside.
    assertThat(check("SELECT * FROM (WITH t AS (SELECT 1 AS x) SELECT * FROM t), t").tables())
        .containsExactly("silver.t");
    // A name with a database is never one.
    assertThat(check("WITH t AS (SELECT 1 AS x) SELECT * FROM gold.t").tables())
        .containsExactly("gold.t");
    // Known in subqueries.
    assertThat(
            check("WITH t AS (SELECT 1 AS x) SELECT (SELECT max(x) FROM t) WHERE EXISTS (TABLE t)")
                .tables())
        .isEmpty();
    assertThat(check("WITH \"t$files\" AS (SELECT 1 AS x) SELECT * FROM \"t$files\"").tables())
        .isEmpty();
    refused("WITH \"t$files\" AS (SELECT * FROM \"t$files\") SELECT 1", Kind.NOT_ALLOWED);
    refused(
        "SELECT * FROM (WITH \"t$files\" AS (SELECT 1) SELECT 1), \"t$files\"", Kind.NOT_ALLOWED);
  }

  @Test
  void questionMarksAreCountedOutsideOfTexts() {
    assertThat(check("SELECT ?, '?', \"?\" /* ? */ FROM t WHERE x = ? -- ?").parameters())
        .isEqualTo(2);
  }

  @Test
  void whatIsNestedTooDeeplyIsRefusedWithAWayOut() {
    long begin = System.nanoTime();
    for (String[] each :
        new String[][] {
          {"(", ")"},
          {"(1 + ", ")"},
          {"(SELECT ", ")"},
          {"ARRAY[", "]"},
          {"CASE WHEN true THEN ", " END"},
          {"f('(', ", ")"},
          {"NOT ", ""},
          {"- ", ""},
          {"1 + ", ""}
        }) {
      int times = 32_000 / (each[0].length() + each[1].length());
      refused("SELECT " + each[0].repeat(times) + "1" + each[1].repeat(times), Kind.INVALID_SQL);
    }
    // Brackets in texts and comments are none.
    check("SELECT '" + "(".repeat(500) + "' /* " + "(".repeat(500) + " */");
    assertThat((System.nanoTime() - begin) / 1_000_000_000).as("seconds").isLessThan(20);
  }

  @Test
  void everyDeclaredQueryOnlyReads() {
    for (NamedQuery query : Asking.QUERIES.all()) {
      String database = query.group().equals(NamedQueries.OPS) ? "ops" : "silver";
      ReadOnly.Reads reads = readOnly.check(query.positionalSql(), database);
      assertThat(reads.tables()).as(query.name()).isNotEmpty();
      assertThat(reads.parameters())
          .as(query.name())
          .isEqualTo(query.literals(java.util.Map.of()).size());
    }
  }

  /** The walk goes by getChildren(); this one goes by the fields of the nodes. */
  @Test
  void noNodeHidesAChildFromTheWalk() throws IllegalAccessException {
    List<String> statements = new ArrayList<>();
    PLACES.forEach(place -> statements.add(place.replace("#", "silver.t")));
    Asking.QUERIES.all().forEach(query -> statements.add(query.positionalSql()));
    for (String sql : statements) {
      Node root = new SqlParser().createStatement(sql);
      Set<Node> walked = Collections.newSetFromMap(new IdentityHashMap<>());
      walk(root, walked);
      Set<Node> found = Collections.newSetFromMap(new IdentityHashMap<>());
      reflect(root, found, Collections.newSetFromMap(new IdentityHashMap<>()));
      found.removeAll(walked);
      assertThat(found)
          .as(sql)
          .filteredOn(node ->
              node instanceof io.trino.sql.tree.Relation
                  || node instanceof io.trino.sql.tree.Statement
                  || node instanceof io.trino.sql.tree.SubqueryExpression
                  || node instanceof io.trino.sql.tree.FunctionCall
                  || node instanceof io.trino.sql.tree.Parameter)
          .isEmpty();
    }
  }

  private static void walk(Node node, Set<Node> walked) {
    walked.add(node);
    node.getChildren().forEach(child -> walk(child, walked));
  }

  private static void reflect(Object value, Set<Node> found, Set<Object> seen)
      throws IllegalAccessException {
    if (value instanceof Iterable<?> all) {
      for (Object each : all) {
        reflect(each, found, seen);
      }
    } else if (value instanceof Optional<?> one) {
      if (one.isPresent()) {
        reflect(one.get(), found, seen);
      }
    } else if (value != null && value.getClass().getName().startsWith("io.trino.sql.tree")) {
      if (value instanceof Enum || !seen.add(value)) {
        return;
      }
      if (value instanceof Node node) {
        found.add(node);
      }
      for (Class<?> type = value.getClass(); type != Object.class; type = type.getSuperclass()) {
        for (Field field : type.getDeclaredFields()) {
          if (!Modifier.isStatic(field.getModifiers()) && !field.getType().isPrimitive()) {
            field.setAccessible(true);
            reflect(field.get(value), found, seen);
          }
        }
      }
    }
  }

  private ReadOnly.Reads check(String sql) {
    return readOnly.check(sql, "silver");
  }

  private void refused(String sql, Kind kind) {
    assertThatThrownBy(() -> check(sql))
        .as(Texts.shortened(sql, 200))
        .isInstanceOfSatisfying(
            ProblemException.class,
            e -> {
              assertThat(e.problem().kind()).isEqualTo(kind);
              assertThat(e.problem().hint()).isNotBlank();
            });
  }

  private static boolean parses(String sql) {
    try {
      new SqlParser().createStatement(sql);
      return true;
    } catch (io.trino.sql.parser.ParsingException e) {
      return false;
    }
  }
}
