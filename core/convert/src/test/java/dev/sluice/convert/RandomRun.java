package dev.sluice.convert;

import dev.sluice.model.Reason;
import dev.sluice.model.dataset.Dataset;
import dev.sluice.model.dataset.PartitionField;
import dev.sluice.model.dataset.PartitionValues;
import dev.sluice.model.dataset.Transform;
import dev.sluice.model.dataset.UnknownFields;
import dev.sluice.model.limit.Limits;
import dev.sluice.model.schema.Field;
import dev.sluice.model.schema.FieldPath;
import dev.sluice.model.schema.RecordType;
import dev.sluice.model.schema.ScalarType;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Random records of a random schema, converted, beside what {@link Reference} says must have become
 * of them.
 *
 * @param expected rows by the directory of their partition, in the order of the source
 * @param refused reason and text of each record that belongs into quarantine, in that order
 */
record RandomRun(
    RecordType schema,
    Run run,
    Map<String, List<Map<String, Object>>> expected,
    List<String> refused) {

  /** Converts below {@code folder}; the same seed gives the same. */
  static RandomRun of(long seed, Path folder) {
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
    return new RandomRun(schema, run, expected, refused);
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
