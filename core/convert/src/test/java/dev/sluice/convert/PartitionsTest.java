package dev.sluice.convert;

import static dev.sluice.model.Reason.OUT_OF_RANGE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.model.Reason;
import dev.sluice.model.dataset.Dataset;
import dev.sluice.model.dataset.PartitionField;
import dev.sluice.model.dataset.PartitionValues;
import dev.sluice.model.dataset.Transform;
import dev.sluice.model.dataset.Transform.Unit;
import dev.sluice.model.dataset.UnknownFields;
import dev.sluice.model.json.Json;
import dev.sluice.model.limit.Limit;
import dev.sluice.model.limit.Limits;
import dev.sluice.model.schema.Field;
import dev.sluice.model.schema.FieldPath;
import dev.sluice.model.schema.RecordType;
import dev.sluice.model.schema.ScalarType;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Records are in the partition that {@link PartitionValues} names, whatever their number. */
class PartitionsTest {
  private static final String FIELDS =
      """
      {"name": "i", "type": ["null", "int"], "default": null},
      {"name": "l", "type": ["null", "long"], "default": null},
      {"name": "s", "type": ["null", "string"], "default": null},
      {"name": "e", "type": ["null", {"type": "enum", "name": "E", "symbols": ["RED", "GREEN",
          "BLUE"]}], "default": null},
      {"name": "b", "type": ["null", "boolean"], "default": null},
      {"name": "d5", "type": ["null", {"type": "bytes", "logicalType": "decimal",
          "precision": 5, "scale": 2}], "default": null},
      {"name": "d15", "type": ["null", {"type": "bytes", "logicalType": "decimal",
          "precision": 15, "scale": 0}], "default": null},
      {"name": "d25", "type": ["null", {"type": "bytes", "logicalType": "decimal",
          "precision": 25, "scale": 3}], "default": null},
      {"name": "day", "type": ["null", {"type": "int", "logicalType": "date"}], "default": null},
      {"name": "at", "type": ["null", {"type": "long", "logicalType": "timestamp-micros"}],
          "default": null}
      """;

  @TempDir Path folder;

  @Test
  void everyTransformGivesTheReferencesValues() {
    RecordType schema = Declared.of(folder, FIELDS).schema();
    long seed = System.nanoTime() >>> 10;
    RandomData random = new RandomData(seed, 1_000_000);
    StringBuilder text = new StringBuilder();
    List<Map<String, Object>> rows = new ArrayList<>();
    Reference reference = new Reference(schema, UnknownFields.IGNORE, Limits.defaults());
    for (int i = 0; i < 120; i++) {
      String record = random.record(schema);
      Reference.Fate fate = reference.of(record.getBytes(StandardCharsets.UTF_8));
      if (fate.reason() == null) {
        text.append(record).append('\n');
        rows.add(fate.row());
      }
    }
    for (Field field : schema.fields()) {
      for (Transform transform : transforms(field)) {
        PartitionField part =
            new PartitionField(
                "part", new FieldPath(List.of(field.name())), transform, Optional.empty());
        Dataset dataset = Declared.of(schema, UnknownFields.IGNORE, part);
        Map<String, Long> expected = new TreeMap<>();
        long tooLong = 0;
        for (Map<String, Object> row : rows) {
          String value =
              PartitionValues.render(transform, (ScalarType) field.type(), row.get(field.column()));
          String directory = PartitionValues.directory("part", value);
          if (directory.getBytes(StandardCharsets.UTF_8).length > 255) {
            tooLong++;
          } else {
            expected.merge(directory, 1L, Long::sum);
          }
        }

        Run run = Run.of(dataset, folder, text.toString());

        Map<String, Long> actual = new TreeMap<>();
        run.conversion.files().forEach(f -> actual.put(f.directory(), f.rows()));
        assertThat(actual)
            .as("%s of %s, seed %s", transform, field.name(), seed)
            .isEqualTo(expected);
        assertThat(run.conversion.quarantined()).isEqualTo(tooLong);
        run.conversion
            .files()
            .forEach(
                f -> assertThat(PartitionValues.parse(f.directory())).isEqualTo(f.partition()));
      }
    }
  }

  private static List<Transform> transforms(Field field) {
    Transform identity = new Transform.Identity();
    return switch (((ScalarType) field.type()).kind()) {
      case BOOLEAN -> List.of(identity);
      case INT, LONG, DECIMAL, STRING, ENUM ->
          List.of(
              identity,
              new Transform.Truncate(1),
              new Transform.Truncate(3),
              new Transform.Truncate(1000),
              new Transform.Bucket(1),
              new Transform.Bucket(16));
      default -> {
        List<Transform> all = new ArrayList<>();
        for (Unit unit : Unit.values()) {
          if (unit != Unit.HOUR || field.name().equals("at")) {
            all.add(new Transform.Time(unit, false));
            if (unit != Unit.YEAR) {
              all.add(new Transform.Time(unit, true));
            }
          }
        }
        all.add(new Transform.Bucket(7));
        if (field.name().equals("day")) {
          all.add(identity);
        }
        yield all;
      }
    };
  }

  @Test
  void levelsNestAndRelativePartsLeaveTheCoarserOut() {
    Dataset dataset =
        Declared.of(
            folder,
            FIELDS,
            "partition: [year(at), month(at), day(at) as part_day, s, \"bucket(4, l)\"]");

    Run run =
        Run.of(
            dataset,
            folder,
            "{\"at\":\"2024-01-15T23:59:59Z\",\"s\":\"x\",\"l\":34}\n"
                + "{\"at\":\"1969-12-31T23:59:59.999999Z\",\"s\":\"x\",\"l\":34}\n{}\n");

    assertThat(run.conversion.files().stream().map(DataFile::directory))
        .containsExactly(
            "year=1969/month=12/part_day=31/s=x/l_bucket=3",
            "year=2024/month=01/part_day=15/s=x/l_bucket=3",
            String.join(
                "/",
                List.of("year", "month", "part_day", "s", "l_bucket").stream()
                    .map(c -> c + "=" + PartitionValues.NULL_DIRECTORY)
                    .toList()));
  }

  @Test
  void awkwardTextIsEscapedAndTooLongTextRefused() {
    Dataset dataset = Declared.of(folder, FIELDS, "partition: [s]");
    List<String> values =
        List.of(
            "/",
            "a/b",
            "a=b",
            "100%",
            "a b",
            "Zürich",
            "日本",
            "😀",
            ".",
            "..",
            "a\nb",
            "\u0000",
            "\"q\"",
            "a\\b",
            "{x}",
            "[x]",
            "^",
            "*",
            "?",
            ":",
            "#",
            "'",
            "\u007f",
            "+",
            "~",
            "-",
            "__HIVE_DEFAULT_PARTITION__",
            "",
            " ",
            "%2F",
            "A",
            "a",
            "x".repeat(253),
            "ü".repeat(126));
    List<String> tooLong =
        List.of("x".repeat(254), "ü".repeat(127), "/".repeat(85), "y".repeat(1024));
    StringBuilder text = new StringBuilder("{\"s\":null}\n{}\n");
    values.forEach(v -> text.append(Json.write(Map.of("s", v))).append('\n'));
    tooLong.forEach(v -> text.append(Json.write(Map.of("s", v))).append('\n'));

    Run run = Run.of(dataset, folder, text.toString());

    assertThat(run.reasons()).hasSize(4).containsOnly(OUT_OF_RANGE);
    Map<String, Long> rows = new TreeMap<>();
    run.conversion.files().forEach(f -> rows.put(f.directory(), f.rows()));
    Map<String, Long> expected = new TreeMap<>();
    values.forEach(v -> expected.merge(PartitionValues.directory("s", v), 1L, Long::sum));
    expected.merge("s=" + PartitionValues.NULL_DIRECTORY, 2L, Long::sum);
    assertThat(rows).isEqualTo(expected);
    for (DataFile file : run.conversion.files()) {
      for (Map<String, Object> row : Readers.parquetJava(dataset.schema(), file.path())) {
        assertThat(PartitionValues.directory("s", (String) row.get("s")))
            .isEqualTo(file.directory());
      }
    }
  }

  @Test
  void twoThousandPartitionsAreCompleteAndTheSameBytesHoweverTheStreamIsChopped()
      throws IOException {
    Dataset dataset =
        Declared.of(folder, FIELDS + ", {\"name\": \"n\", \"type\": \"int\"}", "partition: [l]");
    int partitions = 2_000;
    int count = 40_000;
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < count; i++) {
      text.append("{\"l\":").append(i * 7919L % partitions).append(",\"s\":\"v").append(i % 13);
      text.append("\",\"n\":").append(i).append("}\n");
    }
    byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
    ConvertOptions options =
        ConvertOptions.defaults().withCodec(Codec.SNAPPY).withBufferBytes(1 << 20);

    Run run = Run.of(dataset, folder, options, bytes);
    Run chopped =
        Run.of(dataset, folder, options, () -> new FramingTest.Pieces(bytes, 1_021), bytes);

    assertThat(run.conversion.files()).hasSize(partitions);
    for (int i = 0; i < partitions; i++) {
      DataFile file = run.conversion.files().get(i);
      assertThat(file.rows()).isEqualTo(count / partitions);
      assertThat(Files.readAllBytes(chopped.conversion.files().get(i).path()))
          .isEqualTo(Files.readAllBytes(file.path()));
      if (i % 100 == 0) {
        long l = Long.parseLong(file.partition().get("l"));
        List<Object> numbers = new ArrayList<>();
        for (Map<String, Object> row : Readers.parquetJava(dataset.schema(), file.path())) {
          assertThat(row.get("l")).isEqualTo(l);
          numbers.add(row.get("n"));
        }
        List<Object> expected = new ArrayList<>();
        for (int n = 0; n < count; n++) {
          if (n * 7919L % partitions == l) {
            expected.add((long) n);
          }
        }
        assertThat(numbers).isEqualTo(expected);
      }
    }
    List<String> paths = run.conversion.files().stream().map(f -> f.path().toString()).toList();
    String[] sorted = paths.toArray(String[]::new);
    Arrays.sort(sorted);
    assertThat(paths).containsExactly(sorted);
  }

  @Test
  void recordsOfMorePartitionsThanTheLimitAreQuarantined() {
    for (String partition : List.of("s", "l", "s, l", "\"year(t)\"")) {
      Dataset dataset =
          Declared.of(
              folder,
              FIELDS
                  + ", {\"name\": \"t\", \"type\": {\"type\": \"long\","
                  + " \"logicalType\": \"timestamp-micros\"}}",
              "partition: [" + partition + "]");
      StringBuilder text = new StringBuilder();
      int count = 60_000;
      for (int i = 0; i < count; i++) {
        // Ten partitions for long, then a new one each time, and the ten again.
        int p = i < count / 2 || i % 2 == 0 ? i % 10 : i % 5_000;
        text.append("{\"s\":\"").append(p).append("\",\"l\":").append(p);
        text.append(",\"t\":\"").append(2000 + p).append(i % 3 == 0 ? "-02-01" : "-01-01");
        text.append("T00:00:00Z\"}\n");
      }

      Run run =
          Run.of(
              dataset,
              folder,
              ConvertOptions.defaults()
                  .withLimits(Limits.defaults().with(Limit.OPEN_PARTITIONS, 10)),
              text.toString().getBytes(StandardCharsets.UTF_8));

      assertThat(run.conversion.files()).hasSize(10);
      assertThat(run.reasons()).isNotEmpty().containsOnly(Reason.TOO_MANY_PARTITIONS);
      long expected =
          java.util.stream.IntStream.range(count / 2, count)
              .filter(i -> i % 2 != 0 && i % 5_000 >= 10)
              .count();
      assertThat(run.conversion.quarantined()).isEqualTo(expected);
    }
  }

  @Test
  void oneConverterServesManyConversionsAtOnce() throws Exception {
    Dataset dataset = Declared.of(folder, FIELDS, "partition: [s]");
    Converter converter = new Converter(dataset, ConvertOptions.defaults());
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 5_000; i++) {
      text.append("{\"s\":\"p").append(i % 3).append("\",\"l\":").append(i).append("}\n");
    }
    byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
    List<Thread> threads = new ArrayList<>();
    List<Long> written = java.util.Collections.synchronizedList(new ArrayList<>());
    for (int t = 0; t < 4; t++) {
      Path home = folder.resolve("thread" + t);
      Thread thread =
          new Thread(() -> {
            try {
              for (int k = 0; k < 3; k++) {
                written.add(
                    converter
                        .convert(
                            new Source("m", "", "s" + k, () -> new ByteArrayInputStream(bytes)),
                            home,
                            home,
                            Progress.NONE)
                        .written());
              }
            } catch (IOException e) {
              throw new IllegalStateException(e);
            }
          });
      thread.start();
      threads.add(thread);
    }
    for (Thread thread : threads) {
      thread.join();
    }

    assertThat(written).hasSize(12).containsOnly(5_000L);
  }
}
