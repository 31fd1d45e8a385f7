package dev.sluice.convert;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.benchmarks.engines.Spark;
import dev.sluice.benchmarks.engines.SqlReader;
import dev.sluice.benchmarks.engines.Trino;
import dev.sluice.benchmarks.engines.Values;
import dev.sluice.model.dataset.Dataset;
import dev.sluice.model.json.Json;
import dev.sluice.model.schema.RecordType;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.internal.column.columnindex.OffsetIndex;
import org.apache.parquet.io.LocalInputFile;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What is written reads back value for value in the engines that users query with, Spark and Trino:
 * the same random data as in {@code DifferentialTest}, which reads it through parquet-java and
 * DuckDB. {@code -Dsluice.readers.rounds} and {@code -Dsluice.readers.seed} ask for more, or for
 * one again.
 */
class ReadersIT {
  private static final int ROUNDS = Integer.getInteger("sluice.readers.rounds", 12);
  private static final long SEED = Long.getLong("sluice.readers.seed", 20261121);
  private static final Path ROOT = Path.of(System.getProperty("sluice.root"));

  @TempDir static Path folder;

  private static List<SqlReader> readers = List.of();

  @BeforeAll
  static void start() throws IOException {
    readers = List.of(new Spark(ROOT, folder), new Trino(ROOT, folder));
  }

  @AfterAll
  static void stop() throws IOException {
    for (SqlReader reader : readers) {
      reader.close();
    }
  }

  @Test
  void randomRecordsOfRandomSchemasReadBackEqual() {
    long rows = 0;
    for (int round = 0; round < ROUNDS; round++) {
      long seed = SEED + round;
      try {
        RandomRun random = RandomRun.of(seed, folder);
        readBack(random.schema(), random.run(), random.expected());
        rows += random.run().conversion.written();
      } catch (IOException | RuntimeException | AssertionError e) {
        throw new AssertionError(
            "Differs: run again with -Dsluice.readers.rounds=1 -Dsluice.readers.seed=" + seed, e);
      }
    }
    assertThat(rows).isGreaterThan(ROUNDS * 20L);
  }

  @Test
  void decimalsOfEveryPrecisionReadBackEqualFromManyRowGroupsInEveryCodec() throws IOException {
    Dataset dataset =
        Declared.of(
            folder,
            IntStream.rangeClosed(1, 38)
                .mapToObj(p ->
                    """
                    {"name": "d%1$d", "default": null, "type": ["null", {"type": "bytes",
                      "logicalType": "decimal", "precision": %1$d, "scale": %2$d}]}\
                    """
                        .formatted(p, p / 3))
                .collect(Collectors.joining(",\n")));
    Random random = new Random(SEED);
    StringBuilder json = new StringBuilder();
    List<Map<String, Object>> rows = new ArrayList<>();
    for (int i = 0; i < 1_500; i++) {
      Map<String, Object> row = new LinkedHashMap<>();
      StringBuilder record = new StringBuilder();
      for (int p = 1; p <= 38; p++) {
        BigDecimal value = random.nextInt(8) == 0 ? null : decimal(random, p, p / 3);
        row.put("d" + p, value);
        record.append(p == 1 ? "{" : ",").append("\"d").append(p).append("\":");
        record.append(value == null ? "null" : value.toPlainString());
      }
      json.append(record).append("}\n");
      rows.add(row);
    }
    for (Codec codec : Codec.values()) {
      Run run =
          Run.of(
              dataset,
              folder,
              ConvertOptions.defaults()
                  .withCodec(codec)
                  .withBufferBytes(100_000)
                  .withScratchBytes(300_000),
              json.toString().getBytes(StandardCharsets.UTF_8));

      assertThat(layout(run).rowGroups()).isGreaterThan(1);
      readBack(dataset.schema(), run, Map.of("", rows));
    }
  }

  /** Numbers of all lengths, the largest and the smallest among them. */
  private static BigDecimal decimal(Random random, int precision, int scale) {
    StringBuilder digits = new StringBuilder();
    boolean extreme = random.nextInt(20) == 0;
    for (int i = 1 + (extreme ? precision - 1 : random.nextInt(precision)); i > 0; i--) {
      digits.append(extreme ? 9 : random.nextInt(10));
    }
    BigInteger unscaled = new BigInteger(digits.toString());
    return new BigDecimal(random.nextBoolean() ? unscaled : unscaled.negate(), scale);
  }

  @Test
  void columnsOfSeveralPagesReadBackEqualInEveryEncoding() throws IOException {
    Dataset dataset =
        Declared.of(
            folder,
            """
            {"name": "id", "type": "long"},
            {"name": "few", "type": ["null", "string"], "default": null},
            {"name": "many", "type": "string"},
            {"name": "price", "type": "double"},
            {"name": "at", "type": {"type": "long", "logicalType": "timestamp-micros"}},
            {"name": "day", "type": {"type": "int", "logicalType": "date"}},
            {"name": "on", "type": "boolean"},
            {"name": "marks", "type": {"type": "array", "items": ["null", "int"]}}
            """);
    Random random = new Random(SEED);
    StringBuilder json = new StringBuilder();
    List<Map<String, Object>> rows = new ArrayList<>();
    for (long i = 0; i < 45_000; i++) {
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("id", i * 3);
      row.put("few", random.nextInt(5) == 0 ? null : "Zürich 日本 " + random.nextInt(9));
      row.put("many", Long.toHexString(random.nextLong()));
      row.put("price", random.nextGaussian());
      // Before 1970 and after it, to the microsecond.
      row.put("at", Instant.EPOCH.plus(random.nextLong() >> 10, ChronoUnit.MICROS));
      row.put("day", LocalDate.ofEpochDay(random.nextInt(200_000) - 100_000));
      row.put("on", random.nextBoolean());
      List<Object> marks = new ArrayList<>();
      for (int n = random.nextInt(4); n > 0; n--) {
        marks.add(random.nextInt(4) == 0 ? null : (Object) (long) random.nextInt());
      }
      row.put("marks", marks);
      rows.add(row);
      Map<String, Object> record = new LinkedHashMap<>(row);
      record.replaceAll((name, value) ->
          value instanceof Instant || value instanceof LocalDate
              ? value.toString()
              : value instanceof Double number ? new BigDecimal(number.toString()) : value);
      json.append(Json.write(record)).append('\n');
    }

    Run run = Run.of(dataset, folder, json.toString());

    Layout layout = layout(run);
    assertThat(layout.mostPages()).isGreaterThan(2);
    assertThat(layout.encodings())
        .contains(
            Encoding.PLAIN,
            Encoding.RLE_DICTIONARY,
            Encoding.DELTA_BINARY_PACKED,
            Encoding.DELTA_LENGTH_BYTE_ARRAY);
    readBack(dataset.schema(), run, Map.of("", rows));
  }

  /** How files are laid out, by their footers. */
  private record Layout(int rowGroups, int mostPages, Set<Encoding> encodings) {}

  private static Layout layout(Run run) throws IOException {
    int groups = 0;
    int pages = 0;
    Set<Encoding> encodings = new TreeSet<>();
    for (DataFile file : run.conversion.files()) {
      try (ParquetFileReader reader =
          new ParquetFileReader(
              new LocalInputFile(file.path()),
              ParquetReadOptions.builder(new PlainParquetConfiguration()).build())) {
        groups = Math.max(groups, reader.getRowGroups().size());
        for (BlockMetaData group : reader.getRowGroups()) {
          for (ColumnChunkMetaData chunk : group.getColumns()) {
            encodings.addAll(chunk.getEncodings());
            OffsetIndex index = reader.readOffsetIndex(chunk);
            // A chunk of one page needs none.
            pages = Math.max(pages, index == null ? 1 : index.getPageCount());
          }
        }
      }
    }
    return new Layout(groups, pages, encodings);
  }

  /** Every row of every file, in order, in each engine. */
  private static void readBack(
      RecordType schema, Run run, Map<String, List<Map<String, Object>>> expected)
      throws IOException {
    if (run.conversion.files().isEmpty()) {
      return;
    }
    for (SqlReader reader : readers) {
      reader.table("things", schema, run.data);
      Map<String, List<Map<String, Object>>> found = new HashMap<>();
      for (List<Object> row : reader.values("things", schema)) {
        found
            .computeIfAbsent(String.valueOf(row.get(0)), path -> new ArrayList<>())
            .add(Values.record(schema, row.subList(1, row.size())));
      }
      for (DataFile file : run.conversion.files()) {
        Run.same(
            reader.name(),
            found.getOrDefault(file.path().toString(), List.of()),
            expected.get(file.directory()));
      }
      assertThat(found).as(reader.name()).hasSize(run.conversion.files().size());
    }
  }
}
