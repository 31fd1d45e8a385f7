package dev.sluice.convert;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.model.dataset.Dataset;
import dev.sluice.model.dataset.UnknownFields;
import dev.sluice.model.limit.Limits;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Two engines that share no code with the writer read back what was written. */
class ReadBackTest {
  private static final String DECIMAL =
      "{\"type\": \"bytes\", \"logicalType\": \"decimal\", \"precision\": %d, \"scale\": %d}";

  private static final String EVERYTHING =
      """
      {"name": "flag", "type": "boolean"},
      {"name": "small", "type": "int"},
      {"name": "big", "type": "long"},
      {"name": "single", "type": "float"},
      {"name": "real", "type": "double"},
      {"name": "text", "type": "string"},
      {"name": "raw", "type": "bytes"},
      {"name": "kind", "type": {"type": "enum", "name": "Kind", "symbols": ["RED", "GREEN"]}},
      {"name": "d5", "type": %s},
      {"name": "d15", "type": %s},
      {"name": "d30", "type": %s},
      {"name": "day", "type": {"type": "int", "logicalType": "date"}},
      {"name": "at", "type": {"type": "long", "logicalType": "timestamp-micros"}},
      {"name": "maybe", "type": ["null", "string"], "default": null},
      {"name": "inner", "type": ["null", {"type": "record", "name": "Inner", "fields": [
          {"name": "x", "type": ["null", "long"], "default": null},
          {"name": "y", "type": "double", "default": 1.5}]}], "default": null},
      {"name": "tags", "type": {"type": "array", "items": ["null", "string"]}, "default": []},
      {"name": "lines", "type": ["null", {"type": "array", "items": {"type": "record",
          "name": "Line", "fields": [
          {"name": "sku", "type": "string"},
          {"name": "sizes", "type": {"type": "array", "items": "int"}, "default": []}]}}],
          "default": null},
      {"name": "grid", "type": {"type": "array", "items": {"type": "array", "items": "double"}},
          "default": []},
      {"name": "labels", "type": {"type": "map", "values": ["null", "long"]}, "default": {}}
      """
          .formatted(DECIMAL.formatted(5, 2), DECIMAL.formatted(15, 4), DECIMAL.formatted(30, 10));

  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource(Codec.class)
  void everyTypeReadsBackEqual(Codec codec) throws SQLException {
    Dataset dataset = Declared.of(folder, EVERYTHING);
    String text =
        """
        {"flag":true,"small":-2147483648,"big":9223372036854775807,"single":1.5,"real":-0.0,\
        "text":"hé\\u0000llo \\ud83d\\ude00","raw":"AAH/","kind":"GREEN","d5":-123.45,\
        "d15":"12345678901.2345","d30":12345678901234567890.0123456789,"day":"1901-02-28",\
        "at":"1969-12-31T23:59:59.999999Z","maybe":null,"inner":{"x":7},"tags":["a",null,""],\
        "lines":[{"sku":"s1","sizes":[1,2]},{"sku":"s2"}],"grid":[[],[1,2.5],[]],\
        "labels":{"a":1,"b":null,"":3}}
        {"flag":false,"small":0,"big":-1,"single":-3.4028235e38,"real":1e308,"text":"","raw":"",\
        "kind":"RED","d5":0,"d15":0.0001,"d30":-99999999999999999999.9999999999,\
        "day":"2024-02-29","at":"2024-02-29T12:00:00+02:00","maybe":"x","inner":null,"lines":null}
        """;

    Run run = Run.of(dataset, folder, ConvertOptions.defaults().withCodec(codec), utf8(text));

    assertThat(run.reasons()).isEmpty();
    List<Map<String, Object>> rows = run.rows();
    assertThat(rows.get(0))
        .containsEntry("flag", true)
        .containsEntry("small", -2147483648L)
        .containsEntry("big", Long.MAX_VALUE)
        .containsEntry("single", 1.5f)
        .containsEntry("real", -0.0)
        .containsEntry("text", "hé\u0000llo 😀")
        .containsEntry("raw", "0x0001ff")
        .containsEntry("kind", "GREEN")
        .containsEntry("d5", new BigDecimal("-123.45"))
        .containsEntry("d15", new BigDecimal("12345678901.2345"))
        .containsEntry("d30", new BigDecimal("12345678901234567890.0123456789"))
        .containsEntry("day", LocalDate.of(1901, 2, 28))
        .containsEntry("at", Instant.parse("1969-12-31T23:59:59.999999Z"))
        .containsEntry("tags", Arrays.asList("a", null, ""))
        .containsEntry("grid", List.of(List.of(), List.of(1.0, 2.5), List.of()));
    assertThat(rows.get(0).get("inner")).isEqualTo(Map.of("x", 7L, "y", 1.5));
    assertThat(rows.get(0).get("lines"))
        .isEqualTo(
            List.of(
                Map.of("sku", "s1", "sizes", List.of(1L, 2L)),
                Map.of("sku", "s2", "sizes", List.of())));
    assertThat(rows.get(1))
        .containsEntry("at", Instant.parse("2024-02-29T10:00:00Z"))
        .containsEntry("inner", null)
        .containsEntry("tags", List.of())
        .containsEntry("lines", null)
        .containsEntry("labels", Map.of());
    bothAgree(run, text);
  }

  @Test
  void manyPagesAndRowGroupsOfTextThatTurnsUniqueReadBackEqual() throws SQLException {
    Dataset dataset =
        Declared.of(
            folder,
            """
            {"name": "id", "type": "string"},
            {"name": "few", "type": "string"},
            {"name": "n", "type": "long"},
            {"name": "wide", "type": ["null", "string"], "default": null},
            {"name": "list", "type": {"type": "array", "items": "string"}, "default": []}
            """);
    Random random = new Random(5);
    StringBuilder text = new StringBuilder();
    int count = 60_000;
    for (int i = 0; i < count; i++) {
      // Repetitive at first, so that interning begins, unique later, so that it gives up half-way.
      String id = i < 9_000 ? "id" + i % 50 : "id-" + Long.toHexString(random.nextLong());
      text.append("{\"id\":\"").append(id).append("\",\"few\":\"f").append(i % 7);
      text.append("\",\"n\":").append(i % 3 == 0 ? random.nextLong() : i % 100);
      if (i % 4 == 0) {
        text.append(",\"wide\":\"").append("w".repeat(i % 300)).append('"');
      }
      text.append(",\"list\":[");
      for (int k = 0; k < i % 4; k++) {
        text.append(k > 0 ? "," : "").append("\"t").append(k * i % 1000).append('"');
      }
      text.append("]}\n");
    }
    for (long buffer : new long[] {1 << 20, 64 << 20}) {
      ConvertOptions options =
          ConvertOptions.defaults().withCodec(Codec.SNAPPY).withBufferBytes(buffer);

      Run run = Run.of(dataset, folder, options, utf8(text.toString()));

      assertThat(run.conversion.written()).isEqualTo(count);
      bothAgree(run, text.toString());
    }
  }

  @Test
  void filesAreClosedAtTheirSizeAndTheNextBegun() throws SQLException {
    Dataset dataset = Declared.of(folder, "{\"name\": \"id\", \"type\": \"string\"}");
    StringBuilder text = new StringBuilder();
    Random random = new Random(6);
    for (int i = 0; i < 50_000; i++) {
      text.append("{\"id\":\"").append(Long.toHexString(random.nextLong())).append("\"}\n");
    }
    ConvertOptions options =
        ConvertOptions.defaults().withBufferBytes(200_000).withFileBytes(200_000);

    Run run = Run.of(dataset, folder, options, utf8(text.toString()));

    assertThat(run.conversion.files()).hasSizeBetween(2, 9);
    assertThat(run.conversion.files().get(1).path()).hasFileName("stem-1.parquet");
    bothAgree(run, text.toString());
  }

  private void bothAgree(Run run, String text) throws SQLException {
    Reference reference =
        new Reference(run.dataset.schema(), UnknownFields.IGNORE, Limits.defaults());
    List<Map<String, Object>> expected = new ArrayList<>();
    text.lines().forEach(line -> expected.add(reference.of(utf8(line)).row()));
    Run.same("parquet-java", run.rows(), expected);
    List<Map<String, Object>> duck = new ArrayList<>();
    try (Connection connection = Readers.duckDb()) {
      for (DataFile file : run.conversion.files()) {
        duck.addAll(Readers.duckDb(connection, run.dataset.schema(), file.path()));
      }
    }
    Run.same("DuckDB", duck, expected);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
