package dev.sluice.benchmarks.formats;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.model.dataset.DatasetLoader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CsvWriterTest {
  @TempDir Path folder;

  @Test
  void nestedRecordsBecomeColumnsAndListsBecomeJson() throws IOException {
    Path dataset = Files.createDirectories(folder.resolve("things"));
    Files.writeString(dataset.resolve("dataset.yaml"), "name: things\nschema: schema.avsc\n");
    Files.writeString(
        dataset.resolve("schema.avsc"),
        """
        {"type": "record", "name": "T", "fields": [
          {"name": "a", "type": ["null", "string"], "default": null},
          {"name": "b", "type": {"type": "record", "name": "B", "fields": [
            {"name": "c", "type": "double"}]}},
          {"name": "d", "type": {"type": "array", "items": "string"}}]}
        """);
    Path json = folder.resolve("in.ndjson");
    Path csv = folder.resolve("out.csv");
    Files.writeString(
        json,
        """
        {"a":"x, \\"y\\"","b":{"c":1.50},"d":["p","q"]}
        {"a":null,"b":{"c":-2},"d":[]}
        {"a":"","b":{"c":3},"d":["line\\nfeed"]}
        """);
    new CsvWriter(DatasetLoader.load(dataset).schema()).convert(json, csv);
    assertThat(csv)
        .hasContent(
            """
            a,b.c,d
            "x, ""y\""",1.5,"[""p"",""q""]"
            ,-2,[]
            "",3,"[""line\\nfeed""]"
            """);
  }
}
