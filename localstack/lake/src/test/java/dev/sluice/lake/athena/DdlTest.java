package dev.sluice.lake.athena;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.lake.athena.SqlReader.Name;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DdlTest {

  @Test
  void anExternalTableIsReadWithAllItsClauses() {
    Ddl.CreateTable table =
        (Ddl.CreateTable)
            Ddl.parse(
                    """
                    -- sensors
                    CREATE EXTERNAL TABLE IF NOT EXISTS `silver`.`Sensors` (
                      `Id` INTEGER COMMENT 'it''s the id',
                      tags array<struct<Key: string, n:decimal(10, 2)>>,
                      m map<string,double>)
                    COMMENT "readings"
                    PARTITIONED BY (location string, day string)
                    ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'
                    WITH SERDEPROPERTIES ('ignore.malformed.json' = 'true')
                    STORED AS INPUTFORMAT 'in' OUTPUTFORMAT 'out'
                    LOCATION 's3://lake/silver/sensors/'
                    TBLPROPERTIES ('a' = '1', "b"="2");
                    """)
                .orElseThrow();
    assertThat(table.name()).isEqualTo(new Name("silver", "sensors"));
    assertThat(table.ifNotExists()).isTrue();
    assertThat(table.columns())
        .containsExactly(
            new Ddl.Column("id", "int", "it's the id"),
            new Ddl.Column("tags", "array<struct<key:string,n:decimal(10,2)>>", null),
            new Ddl.Column("m", "map<string,double>", null));
    assertThat(table.partitionColumns())
        .containsExactly(
            new Ddl.Column("location", "string", null), new Ddl.Column("day", "string", null));
    assertThat(table.comment()).isEqualTo("readings");
    assertThat(table.serde()).isEqualTo("org.openx.data.jsonserde.JsonSerDe");
    assertThat(table.serdeProperties()).containsEntry("ignore.malformed.json", "true");
    assertThat(table.inputFormat()).isEqualTo("in");
    assertThat(table.location()).isEqualTo("s3://lake/silver/sensors/");
    assertThat(table.properties()).containsExactly(Map.entry("a", "1"), Map.entry("b", "2"));
  }

  @Test
  void delimitersAreUnescapedAsHiveDoes() {
    Ddl.CreateTable table =
        (Ddl.CreateTable)
            Ddl.parse(
                    "CREATE EXTERNAL TABLE t (a string) ROW FORMAT DELIMITED FIELDS TERMINATED BY"
                        + " '\\t' ESCAPED BY '\\\\' LINES TERMINATED BY '\\n' NULL DEFINED AS '\\001'"
                        + " STORED AS TEXTFILE LOCATION 's3://b/t'")
                .orElseThrow();
    assertThat(table.serdeProperties())
        .containsEntry("field.delim", "\t")
        .containsEntry("escape.delim", "\\")
        .containsEntry("line.delim", "\n")
        .containsEntry("serialization.null.format", "\u0001");
  }

  @Test
  void partitionsAreReadInBothForms() {
    assertThat(
            Ddl.parse(
                "ALTER TABLE db.t ADD IF NOT EXISTS PARTITION (y=2024, m='01') LOCATION"
                    + " 's3://b/x/' PARTITION (y=2024, m='02')"))
        .contains(
            new Ddl.AddPartitions(
                new Name("db", "t"),
                true,
                List.of(
                    new Ddl.Partition(Map.of("y", "2024", "m", "01"), "s3://b/x/"),
                    new Ddl.Partition(Map.of("y", "2024", "m", "02"), null))));
    assertThat(Ddl.parse("ALTER TABLE t DROP PARTITION (d = '1'), PARTITION (d = '2')"))
        .contains(
            new Ddl.DropPartitions(
                new Name(null, "t"), false, List.of(Map.of("d", "1"), Map.of("d", "2"))));
  }

  @Test
  void namesComeQuotedOrNotAndWithTheCatalog() {
    Name name = new Name("db", "t");
    assertThat(Ddl.parse("drop table awsdatacatalog.DB.`T`"))
        .contains(new Ddl.DropTable(name, false));
    assertThat(Ddl.parse("DESCRIBE `db.t`")).contains(new Ddl.Describe(name));
    assertThat(Ddl.parse("show tables in db 'a*'")).contains(new Ddl.ShowTables("db", "a*", false));
    assertThat(Ddl.parse("SHOW COLUMNS FROM t IN db")).contains(new Ddl.ShowColumns(name));
    assertThat(Ddl.parse("MSCK REPAIR TABLE db.t;")).contains(new Ddl.Repair(name));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT '\\'",
        "CREATE TABLE t AS SELECT 1",
        "CREATE TABLE iceberg.a.b (x bigint) WITH (format = 'PARQUET')",
        "CREATE VIEW v AS SELECT 1",
        "DROP VIEW v",
        "DROP TABLE iceberg.a.b",
        "ALTER TABLE iceberg.a.b EXECUTE optimize",
        "ALTER TABLE a.b RENAME TO c",
        "SHOW FUNCTIONS",
        "SHOW CREATE VIEW v",
        "EXPLAIN SELECT 1",
        "DESCRIBE INPUT p",
      })
  void whatTrinoAnswersIsLeftToIt(String sql) {
    assertThat(Ddl.parse(sql)).isEmpty();
  }

  @Test
  void whatIsMalformedIsRefusedWithThePlace() {
    assertThatThrownBy(() -> Ddl.parse("CREATE EXTERNAL TABLE t\n(a strin) LOCATION 's3://b/'"))
        .isInstanceOf(SqlException.class)
        .hasMessage("line 2:4: there is no such type in Athena's DDL: strin");
    assertThatThrownBy(() -> Ddl.parse("MSCK REPAIR TABLE a; DROP TABLE b"))
        .isInstanceOf(SqlException.class)
        .hasMessageStartingWith("Only one sql statement is allowed");
    assertThatThrownBy(() -> Ddl.parse("DROP DATABASE a b"))
        .isInstanceOf(SqlException.class)
        .hasMessageContaining("line 1:17");
  }
}
