package dev.sluice.lake.athena;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DialectTest {
  private static final String HOME = "s3://results/tables/1/";

  @Test
  void propertiesOfATableFromAQueryAreRenamed() {
    Dialect.Translated translated =
        Dialect.translate(
            "CREATE TABLE db.t WITH (format='ORC', write_compression = 'zlib',"
                + " partitioned_by = ARRAY['a', 'b']) AS SELECT ')' AS x, a, b FROM u;",
            "db",
            HOME,
            "q-1");
    assertThat(translated.statements())
        .containsExactly(
            "CREATE TABLE db.t WITH (format = 'ORC', external_location = '"
                + HOME
                + "', partitioned_by = ARRAY['a', 'b']) AS SELECT ')' AS x, a, b FROM u");
    assertThat(translated.sessionProperties())
        .containsEntry("awsdatacatalog.compression_codec", "GZIP");
  }

  @Test
  void aTableWithoutPropertiesGetsAPlaceBesideTheResults() {
    assertThat(Dialect.translate("create table t as select 1 as x", "db", HOME, "q-1").statements())
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
                    HOME,
                    "q-1")
                .statements())
        .containsExactly(
            "CREATE TABLE iceberg.\"db\".\"t\" WITH (location = 's3://b/t/', partitioning ="
                + " ARRAY['day(x)']) AS SELECT 1 AS x");
    assertThat(
            Dialect.translate(
                    "OPTIMIZE t REWRITE DATA USING BIN_PACK WHERE x = 1", "db", HOME, "q-1")
                .statements())
        .containsExactly("ALTER TABLE iceberg.\"db\".\"t\" EXECUTE optimize WHERE x = 1");
    assertThat(Dialect.translate("VACUUM a.t", "db", HOME, "q-1").statements()).hasSize(2);
  }

  @Test
  void anUnloadIsATableThatIsForgotten() {
    Dialect.Translated translated =
        Dialect.translate(
            "UNLOAD (SELECT ')' AS x, p FROM u) TO 's3://b/out/' WITH (format='parquet',"
                + " compression = 'snappy', partitioned_by = ARRAY['p']);",
            "db",
            HOME,
            "q-1");
    assertThat(translated.statements())
        .containsExactly(
            "CREATE TABLE awsdatacatalog.\"default\".\"sluice_unload_q_1\" WITH (format ="
                + " 'PARQUET', external_location = 's3://b/out/', partitioned_by = ARRAY['p']) AS"
                + " SELECT ')' AS x, p FROM u");
    assertThat(translated.sessionProperties())
        .containsEntry("awsdatacatalog.compression_codec", "SNAPPY");
    assertThat(translated.target())
        .isEqualTo(
            new Dialect.Target(
                Dialect.Target.Kind.UNLOAD, "default", "sluice_unload_q_1", "s3://b/out/"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "USE db",
        "start transaction",
        "CREATE INDEX i ON t (x)",
        "SET SESSION x = 1",
        "CALL system.x()",
        "ALTER TABLE t RENAME TO u",
        "ALTER TABLE t EXECUTE optimize",
        "CREATE TABLE t LIKE u",
        "DESCRIBE INPUT p",
        "SHOW GRANTS",
        "SELECT * FROM system.runtime.queries",
        "SELECT * FROM \"system\".metadata.catalogs",
        "GRANT SELECT ON t TO u",
      })
  void statementsThatAthenaHasNotAreRefusedInItsWords(String sql) {
    assertThatThrownBy(() -> Dialect.check(sql))
        .isInstanceOf(SqlException.class)
        .hasMessage("Queries of this type are not supported");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT system.x FROM (SELECT 1 AS x) AS system",
        "SELECT a.system.runtime FROM a",
        "ALTER TABLE t DROP COLUMN x",
        "ALTER TABLE t CHANGE COLUMN a b bigint",
        "ALTER DATABASE d SET DBPROPERTIES ('a' = 'b')",
        "CREATE TABLE t (x int) LOCATION 's3://b/' TBLPROPERTIES ('table_type' = 'ICEBERG')",
        "CREATE TABLE t AS SELECT 1 AS x",
        "CREATE VIEW v AS SELECT 1 AS x",
        "DESCRIBE t",
        "DESCRIBE VIEW v",
        "SHOW VIEWS IN d",
        "VACUUM t",
      })
  void statementsOfAthenaAreTaken(String sql) {
    Dialect.check(sql);
  }

  @Test
  void otherStatementsAreNotTouched() {
    String sql = "SELECT '\\', \"a\" FROM t -- it's\nWHERE x = ';'";
    assertThat(Dialect.translate(sql + " ;\n", "db", HOME, "q-1").statements())
        .containsExactly(sql);
  }

  @Test
  void whatCannotBeHonouredIsRefused() {
    assertThatThrownBy(() ->
            Dialect.translate("CREATE TABLE t WITH (wonder = 1) AS SELECT 1", "db", HOME, "q-1"))
        .isInstanceOf(SqlException.class)
        .hasMessageContaining("wonder");
    assertThatThrownBy(() -> Dialect.translate("UNLOAD (SELECT 1) TO 's3://b/'", "db", HOME, "q-1"))
        .isInstanceOf(SqlException.class)
        .hasMessageStartingWith("UNLOAD needs the property format");
    assertThatThrownBy(() ->
            Dialect.translate(
                "UNLOAD (SELECT 1) TO 's3://b/' WITH (format = 'XML')", "db", HOME, "q-1"))
        .isInstanceOf(SqlException.class)
        .hasMessageContaining("XML");
    assertThatThrownBy(() ->
            Dialect.translate(
                "CREATE TABLE t WITH (table_type = 'ICEBERG') AS SELECT 1 AS x", "db", HOME, "q-1"))
        .isInstanceOf(SqlException.class)
        .hasMessageContaining("is_external = false");
    assertThatThrownBy(() -> Dialect.translate("SELECT 1; SELECT 2", "db", HOME, "q-1"))
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
        "create or replace view v as select 1 | DDL | CREATE_VIEW | false",
        "create schema if not exists a | DDL | CREATE_DATABASE | false",
        "alter table t add if not exists partition (a=1) | DDL | ALTER_TABLE_ADD_PARTITION | false",
        "alter table a.t set location 's3://b/' | DDL | ALTER_TABLE_SET | false",
        "show tables | UTILITY | SHOW_TABLES | false",
        "show schemas | UTILITY | SHOW_DATABASES | false",
        "show create table t | UTILITY | SHOW_CREATE_TABLE | false",
        "describe t | UTILITY | DESCRIBE_TABLE | false",
        "explain select 1 | DML | EXPLAIN | true",
        "unload (select 1) to 's3://b/' with (format='JSON') | DML | UNLOAD | false",
        "prepare p from select 1 | UTILITY | PREPARE | false",
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
