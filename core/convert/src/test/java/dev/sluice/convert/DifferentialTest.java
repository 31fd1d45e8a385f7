package dev.sluice.convert;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.model.Reason;
import dev.sluice.model.dataset.Dataset;
import dev.sluice.model.dataset.PartitionField;
import dev.sluice.model.dataset.PartitionValues;
import dev.sluice.model.dataset.Transform;
import dev.sluice.model.dataset.UnknownFields;
import dev.sluice.model.schema.Field;
import dev.sluice.model.schema.FieldPath;
import dev.sluice.model.schema.RecordType;
import dev.sluice.model.schema.ScalarType;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random schemas and random records: {@link Reference} says what must become of each, two engines
 * say what became of it. {@code -Dsluice.differential.rounds} and {@code
 * -Dsluice.differential.seed} ask for more, or for one again.
 */
class DifferentialTest {
  private static final int ROUNDS = Integer.getInteger("sluice.differential.rounds", 200);
  private static final long SEED =
      Long.getLong("sluice.differential.seed", System.nanoTime() >>> 10);

  @TempDir Path folder;

  @Test
  void everyRecordIsWrittenWithItsValuesOrQuarantinedForItsReason() throws SQLException {
    try (Connection duckDb = Readers.duckDb()) {
      for (int round = 0; round < ROUNDS; round++) {
        long seed = SEED + round;
        try {
          round(seed, duckDb);
        } catch (RuntimeException | AssertionError e) {
          throw new AssertionError(
              "Differs: run again with -Dsluice.differential.rounds=1"
                  + " -Dsluice.differential.seed="
                  + seed,
              e);
        }
      }
    }
  }

  private void round(long seed, Connection duckDb) {
    RandomData random = new RandomData(seed, 200);
    RecordType schema = random.schema();
    UnknownFields unknown = random.chance(4) ? UnknownFields.QUARANTINE : UnknownFields.IGNORE;
    PartitionField[] partitions = partitions(schema, random);
    Dataset dataset = Declared.of(schema, unknown, partitions);
    Reference reference = new Reference(schema, unknown, Limits.defaults());
    boolean array = random.chance(3);
    StringBuilder text = new StringBuilder(array ? "[" : "");
    Map<String, List<Map<String, Object>>> expected = new TreeMap<>();
    List<String> refused = new ArrayList<>();
    int count = random.chance(25) ? 3_000 : 1 + random.below(300);
    for (int i = 0; i < count; i++) {
      String record = random.record(schema);
      text.append(i == 0 ? "" : array ? ",\n" : "\n").append(record);
      Reference.Fate fate = reference.of(record.getBytes(StandardCharsets.UTF_8));
      Reason reason = fate.reason();
      if (reason == null) {
        String directory = directory(dataset, fate.row());
        if (directory == null) {
          reason = Reason.OUT_OF_RANGE;
        } else {
          expected.computeIfAbsent(directory, d -> new ArrayList<>()).add(fate.row());
        }
      }
      if (reason != null) {
        refused.add(reason + " " + record);
      }
    }
    text.append(array ? "]" : "");
    ConvertOptions options = ConvertOptions.defaults().withCodec(Codec.values()[random.below(3)]);
    if (random.chance(3)) {
      options = options.withBufferBytes(100_000).withScratchBytes(300_000);
    }

    Run run = Run.of(dataset, folder, options, text.toString().getBytes(StandardCharsets.UTF_8));

    Run.same(
        "quarantined",
        run.refused.stream().map(r -> r.reason() + " " + r.text()).toList(),
        refused);
    assertThat(run.conversion.files().stream().map(DataFile::directory))
        .containsExactlyInAnyOrderElementsOf(expected.keySet());
    for (DataFile file : run.conversion.files()) {
      List<Map<String, Object>> rows = expected.get(file.directory());
      Run.same("parquet-java", Readers.parquetJava(schema, file.path()), rows);
      Run.same("DuckDB", Readers.duckDb(duckDb, schema, file.path()), rows);
    }
  }

  private static PartitionField[] partitions(RecordType schema, RandomData random) {
    if (random.chance(2)) {
      return new PartitionField[0];
    }
    for (Field field : schema.fields()) {
      if (field.type() instanceof ScalarType scalar) {
        Transform transform =
            switch (scalar.kind()) {
              case STRING, ENUM ->
                  random.chance(2) ? new Transform.Identity() : new Transform.Truncate(2);
              case INT, LONG, DECIMAL -> new Transform.Bucket(3);
              case BOOLEAN -> new Transform.Identity();
              case DATE, TIMESTAMP -> new Transform.Bucket(2);
              default -> null;
            };
        if (transform != null) {
          return new PartitionField[] {
            new PartitionField(
                "part", new FieldPath(List.of(field.name())), transform, Optional.empty())
          };
        }
      }
    }
    return new PartitionField[0];
  }

  private static String directory(Dataset dataset, Map<String, Object> row) {
    List<String> values = new ArrayList<>();
    for (PartitionField part : dataset.partitions().fields()) {
      Field field =
          dataset.schema().fields().stream()
              .filter(f -> f.name().equals(part.source().toString()))
              .findFirst()
              .orElseThrow();
      String value =
          PartitionValues.render(
              part.transform(), (ScalarType) field.type(), row.get(field.column()));
      if (PartitionValues.directory(part.column(), value).getBytes(StandardCharsets.UTF_8).length
          > PartitionValues.MAX_DIRECTORY_BYTES) {
        return null;
      }
      values.add(value);
    }
    return PartitionValues.directory(dataset.partitions(), values);
  }
}
