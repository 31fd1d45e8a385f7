package dev.sluice.lake.athena;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DialectTest {
  private static final String HOME = "s3://results/tables/1/";

  @Test
  void propertiesOfATableFromAQueryAreRenamed() {
    Dialect.Translated translated =
        Dialect.translate(
            "CREATE TABLE db.t WITH (format='ORC', write_compression = 'zlib',"
                + " partitioned_by = ARRAY['a', 'b']) AS SELECT ')' AS x, a, b FROM u;",
            "db",
            HOME);
    assertThat(translated.statements())
        .containsExactly(
            "CREATE TABLE db.t WITH (format = 'ORC', external_location = '"
                + HOME
                + "', partitioned_by = ARRAY['a', 'b']) AS SELECT ')' AS x, a, b FROM u");
    assertThat(translated.sessionProperties())
        .containsEntry("awsdatacatalog.compression_codec", "ZLIB");
  }

  @Test
  void aTableWithoutPropertiesGetsAPlaceBesideTheResults() {
    assertThat(Dialect.translate("create table t as select 1 as x", "db", HOME).statements())
        .containsExactly(
            "create table t WITH (format = 'PARQUET', external_location = '"
                + HOME
                + "') as select 1 as x");
  }

  @Test
  void anIcebergTableGoesToItsCatalog() {
    assertThat(
            Dialect.translate(
                    "CREATE TABLE t WITH (table_type = 'ICEBERG', is_external = false, location ="
                        + " 's3://b/t/', partitioning = ARRAY['day(x)']) AS SELECT 1 AS x",
                    "db",
                    HOME)
                .statements())
        .containsExactly(
            "CREATE TABLE iceberg.\"db\".\"t\" WITH (location = 's3://b/t/', partitioning ="
                + " ARRAY['day(x)']) AS SELECT 1 AS x");
    assertThat(
            Dialect.translate("OPTIMIZE t REWRITE DATA USING BIN_PACK WHERE x = 1", "db", HOME)
                .statements())
        .containsExactly("ALTER TABLE iceberg.\"db\".\"t\" EXECUTE optimize WHERE x = 1");
    assertThat(Dialect.translate("VACUUM a.t", "db", HOME).statements()).hasSize(2);
  }

  @Test
  void otherStatementsAreNotTouched() {
    String sql = "SELECT '\\', \"a\" FROM t -- it's\nWHERE x = ';'";
    assertThat(Dialect.translate(sql + " ;\n", "db", HOME).statements()).containsExactly(sql);
  }

  @Test
  void whatCannotBeHonouredIsRefused() {
    assertThatThrownBy(
            () -> Dialect.translate("CREATE TABLE t WITH (wonder = 1) AS SELECT 1", "db", HOME))
        .isInstanceOf(SqlException.class)
        .hasMessageContaining("wonder");
    assertThatThrownBy(() -> Dialect.translate("UNLOAD (SELECT 1) TO 's3://b/'", "db", HOME))
        .isInstanceOf(SqlException.class)
        .hasMessageStartingWith("Cannot run UNLOAD");
    assertThatThrownBy(() -> Dialect.translate("SELECT 1; SELECT 2", "db", HOME))
        .isInstanceOf(SqlException.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "select 1 | DML | SELECT | true",
        "(select 1) union (select 2) | DML | SELECT | true",
        "/* c */ WITH a AS (SELECT 1) SELECT * FROM a | DML | SELECT | true",
        "insert into t values 1 | DML | INSERT | false",
        "create table t with (format='ORC') as select 1 | DDL | CREATE_TABLE_AS_SELECT | false",
        "CREATE TABLE iceberg.a.b (x bigint) WITH (format='ORC') | DDL | CREATE_TABLE | false",
        "create external table t (a int) location 's3://b/' | DDL | CREATE_TABLE | false",
        "drop table t | DDL | DROP_TABLE | false",
        "msck repair table t | DDL | MSCK_REPAIR | false",
        "show tables | UTILITY | SHOW_TABLES | false",
        "describe t | UTILITY | DESCRIBE | false",
        "explain select 1 | UTILITY | EXPLAIN | false",
        "select 'open | DML | UNKNOWN | true",
      })
  void statementsAreClassifiedInAthenasWords(
      String sql, Dialect.Type type, String subtype, boolean rows) {
    assertThat(Dialect.classify(sql)).isEqualTo(new Dialect.Classified(type, subtype, rows));
  }

  @Test
  void preparedStatementsAreTold() {
    assertThat(Dialect.prepared("PREPARE p FROM SELECT ?;"))
        .contains(new Dialect.Prepared("PREPARE", "p", "SELECT ?"));
    assertThat(Dialect.prepared("EXECUTE p USING 1"))
        .contains(new Dialect.Prepared("EXECUTE", "p", "USING 1"));
    assertThat(Dialect.prepared("EXECUTE IMMEDIATE 'SELECT 1'")).isEmpty();
    assertThat(Dialect.prepared("DEALLOCATE PREPARE p"))
        .contains(new Dialect.Prepared("DEALLOCATE", "p", ""));
  }
}
