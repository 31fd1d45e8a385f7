package dev.sluice.model.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrinoTypesTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "string | varchar",
        "int | integer",
        "float | real",
        "binary | varbinary",
        "timestamp | timestamp(3)",
        "decimal(12,2) | decimal(12,2)",
        "varchar(7) | varchar(7)",
        "array<bigint> | array(bigint)",
        "map<string,double> | map(varchar,double)",
        "struct<a:int,b_2:array<struct<c:date>>> | row(\"a\" integer,\"b_2\" array(row(\"c\" date)))",
      })
  void aTypeOfGlueIsOneOfTrino(String hive, String trino) {
    assertThat(TrinoTypes.of(hive)).contains(trino);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "integer",
        "varchar",
        "STRING",
        "decimal",
        "decimal(39,2)",
        "decimal(2,3)",
        "array<>",
        "array<int",
        "array<int>>",
        "map<string>",
        "struct<>",
        "struct<int>",
        "struct<a:int,>",
        "timestamp(6)",
        "array< int>",
      })
  void whatIsNoTypeIsNone(String text) {
    assertThat(TrinoTypes.of(text)).isEmpty();
  }
}
