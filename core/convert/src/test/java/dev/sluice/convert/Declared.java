package dev.sluice.convert;

import dev.sluice.model.dataset.CsvFormat;
import dev.sluice.model.dataset.Dataset;
import dev.sluice.model.dataset.DatasetLoader;
import dev.sluice.model.dataset.OnSourceDelete;
import dev.sluice.model.dataset.PartitionField;
import dev.sluice.model.dataset.PartitionSpec;
import dev.sluice.model.dataset.UnknownFields;
import dev.sluice.model.schema.RecordType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Declarations for tests. */
final class Declared {
  private Declared() {}

  /** Reads a declaration from the fields of its schema and further lines of its YAML. */
  static Dataset of(Path folder, String fields, String... yaml) {
    try {
      Path home = Files.createTempDirectory(folder, "declared").resolve("things");
      Files.createDirectories(home);
      Files.writeString(
          home.resolve("dataset.yaml"),
          "name: things\nschema: schema.avsc\n" + String.join("\n", yaml) + "\n");
      Files.writeString(
          home.resolve("schema.avsc"),
          "{\"type\": \"record\", \"name\": \"Thing\", \"fields\": [" + fields + "]}");
      return DatasetLoader.load(home);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Dataset of(RecordType schema, UnknownFields unknown, PartitionField... partitions) {
    return new Dataset(
        "things",
        "",
        schema,
        Optional.empty(),
        List.of(),
        new PartitionSpec(List.of(partitions)),
        List.of(),
        unknown,
        OnSourceDelete.KEEP,
        CsvFormat.DEFAULT,
        List.of(),
        List.of(),
        List.of(),
        "0123456789abcdef");
  }
}
