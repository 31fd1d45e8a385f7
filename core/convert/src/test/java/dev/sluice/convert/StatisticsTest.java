package dev.sluice.convert;

import static org.apache.parquet.filter2.predicate.FilterApi.and;
import static org.apache.parquet.filter2.predicate.FilterApi.binaryColumn;
import static org.apache.parquet.filter2.predicate.FilterApi.doubleColumn;
import static org.apache.parquet.filter2.predicate.FilterApi.eq;
import static org.apache.parquet.filter2.predicate.FilterApi.gtEq;
import static org.apache.parquet.filter2.predicate.FilterApi.longColumn;
import static org.apache.parquet.filter2.predicate.FilterApi.lt;
import static org.apache.parquet.filter2.predicate.FilterApi.notEq;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.model.dataset.Dataset;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Predicate;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.filter2.compat.FilterCompat;
import org.apache.parquet.filter2.predicate.FilterPredicate;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.io.LocalInputFile;
import org.apache.parquet.io.api.Binary;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bounds and counts of nulls are right, and readers that skip by them miss nothing. */
class StatisticsTest {
  private static final String FIELDS =
      """
      {"name": "n", "type": "long"},
      {"name": "i", "type": ["null", "int"], "default": null},
      {"name": "d", "type": ["null", "double"], "default": null},
      {"name": "f", "type": ["null", "float"], "default": null},
      {"name": "s", "type": ["null", "string"], "default": null},
      {"name": "b", "type": ["null", "boolean"], "default": null},
      {"name": "p", "type": ["null", {"type": "bytes", "logicalType": "decimal",
          "precision": 5, "scale": 2}], "default": null},
      {"name": "w", "type": ["null", {"type": "bytes", "logicalType": "decimal",
          "precision": 30, "scale": 2}], "default": null},
      {"name": "at", "type": ["null", {"type": "long", "logicalType": "timestamp-micros"}],
          "default": null},
      {"name": "nothing", "type": ["null", "string"], "default": null}
      """;

  @TempDir Path folder;

  private Run run(int count, long buffer) {
    Dataset dataset = Declared.of(folder, FIELDS);
    Random random = new Random(count);
    String[] texts = {"a", "", "z", "é", "😀", "\uffff", "A", "\u0000"};
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < count; i++) {
      text.append("{\"n\":").append(i);
      if (i % 3 != 0) {
        text.append(",\"i\":").append(random.nextInt());
        text.append(",\"d\":")
            .append(i % 5 == 0 ? "-0.0" : i % 7 == 0 ? "0" : String.valueOf(i / 1000));
        text.append(",\"f\":").append(random.nextFloat() - 0.5f);
        text.append(",\"p\":").append(random.nextInt(2000) - 1000);
        text.append(",\"w\":").append(random.nextLong());
        text.append(",\"at\":\"19").append(60 + i % 30).append("-01-01T00:00:00Z\"");
      }
      if (i % 4 != 0) {
        text.append(",\"s\":\"");
        text.append(
            i > count / 2
                ? "k" + i
                : texts[random.nextInt(texts.length)].replace("\u0000", "\\u0000"));
        text.append("\",\"b\":").append(i % 2 == 0);
      }
      text.append("}\n");
    }
    return Run.of(
        dataset,
        folder,
        ConvertOptions.defaults().withBufferBytes(buffer),
        text.toString().getBytes(StandardCharsets.UTF_8));
  }

  private static Comparator<Object> order() {
    return (a, b) -> {
      if (a instanceof String x) {
        return Arrays.compareUnsigned(
            x.getBytes(StandardCharsets.UTF_8), ((String) b).getBytes(StandardCharsets.UTF_8));
      }
      @SuppressWarnings("unchecked")
      Comparable<Object> x = (Comparable<Object>) a;
      return x.compareTo(b);
    };
  }

  @Test
  void boundsAndNullCountsAreThoseOfTheValues() throws IOException {
    for (long buffer : new long[] {300_000, 64 << 20}) {
      Run run = run(30_000, buffer);
      Path file = run.conversion.files().get(0).path();
      List<Map<String, Object>> rows = run.rows();
      int from = 0;
      try (ParquetFileReader reader = ParquetFileReader.open(new LocalInputFile(file))) {
        assertThat(reader.getFooter().getFileMetaData().getKeyValueMetaData())
            .containsEntry("sluice.dataset", "things")
            .containsKey("sluice.fingerprint");
        for (BlockMetaData block : reader.getRowGroups()) {
          int to = from + (int) block.getRowCount();
          for (ColumnChunkMetaData chunk : block.getColumns()) {
            String column = chunk.getPath().toDotString();
            List<Object> values = new ArrayList<>();
            rows.subList(from, to).forEach(row -> values.add(row.get(column)));
            check(chunk, values);
          }
          from = to;
        }
      }
      assertThat(from).isEqualTo(rows.size());
    }
  }

  private static void check(ColumnChunkMetaData chunk, List<Object> values) {
    Statistics<?> statistics = chunk.getStatistics();
    String column = chunk.getPath().toDotString();
    List<Object> present = new ArrayList<>(values);
    present.removeIf(v -> v == null);
    assertThat(statistics.getNumNulls()).as(column).isEqualTo(values.size() - present.size());
    if (present.isEmpty() || column.equals("w")) {
      // The bounds of wide decimals are left out; nobody needs them.
      assertThat(statistics.hasNonNullValue()).as(column).isFalse();
      return;
    }
    present.sort(order());
    assertThat(bound(statistics.genericGetMin(), present.get(0), -0.0))
        .as(column)
        .isEqualTo(plain(present.get(0), -0.0));
    assertThat(bound(statistics.genericGetMax(), present.get(0), 0.0))
        .as(column)
        .isEqualTo(plain(present.get(present.size() - 1), 0.0));
  }

  private static Object plain(Object value, double zero) {
    if (value instanceof java.math.BigDecimal decimal) {
      return decimal.unscaledValue().longValue();
    }
    if (value instanceof java.time.Instant instant) {
      return java.time.temporal.ChronoUnit.MICROS.between(java.time.Instant.EPOCH, instant);
    }
    if (value instanceof Double number && number == 0) {
      return zero;
    }
    return value;
  }

  private static Object bound(Object bound, Object like, double zero) {
    if (bound instanceof Binary binary) {
      return binary.toStringUsingUTF8();
    }
    return bound instanceof Integer number ? Long.valueOf(number) : bound;
  }

  @Test
  void readersThatSkipPagesMissNothing() throws SQLException {
    Run run = run(90_000, 64 << 20);
    Path file = run.conversion.files().get(0).path();
    List<Map<String, Object>> rows = run.rows();
    try (Connection duckDb = Readers.duckDb()) {
      filter(
          run,
          duckDb,
          file,
          rows,
          eq(longColumn("n"), 45_678L),
          "n = 45678",
          r -> r.get("n").equals(45_678L));
      filter(
          run,
          duckDb,
          file,
          rows,
          and(gtEq(longColumn("n"), 19_990L), lt(longColumn("n"), 20_010L)),
          "n >= 19990 AND n < 20010",
          r -> (Long) r.get("n") >= 19_990 && (Long) r.get("n") < 20_010);
      filter(
          run,
          duckDb,
          file,
          rows,
          eq(binaryColumn("s"), Binary.fromString("k70001")),
          "s = 'k70001'",
          r -> "k70001".equals(r.get("s")));
      filter(
          run,
          duckDb,
          file,
          rows,
          gtEq(binaryColumn("s"), Binary.fromString("😀")),
          "s >= '😀'",
          r -> r.get("s") != null && order().compare(r.get("s"), "😀") >= 0);
      filter(
          run,
          duckDb,
          file,
          rows,
          eq(doubleColumn("d"), 88.0),
          "d = 88",
          r -> Double.valueOf(88).equals(r.get("d")));
      filter(
          run,
          duckDb,
          file,
          rows,
          lt(doubleColumn("d"), 1.0),
          "d < 1",
          r -> r.get("d") != null && (Double) r.get("d") < 1);
      filter(
          run,
          duckDb,
          file,
          rows,
          notEq(binaryColumn("nothing"), null),
          "nothing IS NOT NULL",
          r -> false);
    }
  }

  private static void filter(
      Run run,
      Connection duckDb,
      Path file,
      List<Map<String, Object>> rows,
      FilterPredicate predicate,
      String where,
      Predicate<Map<String, Object>> test) {
    List<Map<String, Object>> expected = rows.stream().filter(test).toList();
    Run.same(
        "parquet-java where " + where,
        Readers.parquetJava(run.dataset.schema(), file, FilterCompat.get(predicate)),
        expected);
    Run.same(
        "DuckDB where " + where,
        Readers.duckDb(duckDb, run.dataset.schema(), file, where),
        expected);
  }
}
