package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.model.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * What {@code schema plan} calls readable is read: old files under the changed tables, in a lake
 * that was started again with the changed declarations, for every way a table finds its files.
 */
class SchemaEvolutionIT {
  private static final String BEFORE =
      """
      {"type": "record", "name": "R", "fields": [
        {"name": "id", "type": "long"},
        {"name": "n", "type": "int"},
        {"name": "x", "type": "float"},
        {"name": "price", "type": {"type": "bytes", "logicalType": "decimal", "precision": 5,
            "scale": 2}},
        {"name": "wide", "type": {"type": "bytes", "logicalType": "decimal", "precision": 9,
            "scale": 2}},
        {"name": "old_name", "type": "string"},
        {"name": "gone", "type": "string"},
        {"name": "place", "type": "string"},
        {"name": "numbers", "type": {"type": "array", "items": "int"}},
        {"name": "detail", "type": {"type": "record", "name": "D", "fields": [
          {"name": "a", "type": "int"}, {"name": "b", "type": "string"}]}}
      ]}
      """;
  private static final String AFTER =
      """
      {"type": "record", "name": "R", "fields": [
        {"name": "id", "type": "long"},
        {"name": "added", "type": ["null", "string"], "default": null},
        {"name": "n", "type": "long"},
        {"name": "x", "type": "double"},
        {"name": "price", "type": {"type": "bytes", "logicalType": "decimal", "precision": 12,
            "scale": 2}},
        {"name": "wide", "type": {"type": "bytes", "logicalType": "decimal", "precision": 30,
            "scale": 2}},
        {"name": "new_name", "type": "string", "aliases": ["old_name"]},
        {"name": "place", "type": "string"},
        {"name": "numbers", "type": {"type": "array", "items": "long"}},
        {"name": "detail", "type": {"type": "record", "name": "D", "fields": [
          {"name": "a", "type": "long"}, {"name": "b", "type": "string"},
          {"name": "c", "type": ["null", "string"], "default": null}]}}
      ]}
      """;
  private static final Map<String, String> LAYOUTS =
      Map.of(
          "flat", "",
          "kept", "partition: [place]\n",
          "computed", "partition: [{by: place, values: [here, there]}]\n");
  private static final String OLD =
      "{\"id\":1,\"n\":7,\"x\":0.5,\"price\":1.25,\"wide\":2.50,\"old_name\":\"one\","
          + "\"gone\":\"g\",\"place\":\"here\",\"numbers\":[1,2],"
          + "\"detail\":{\"a\":3,\"b\":\"bee\"}}\n";
  private static final String TOO_LARGE =
      OLD.replace("\"id\":1,\"n\":7", "\"id\":2,\"n\":3000000000");
  private static final String NEW =
      "{\"id\":3,\"n\":3000000000,\"x\":0.1,\"price\":1234567890.25,"
          + "\"wide\":1234567890123456789012345678.25,\"new_name\":\"three\",\"place\":\"there\","
          + "\"numbers\":[5000000000],\"detail\":{\"a\":4000000000,\"b\":\"cee\",\"c\":\"sea\"}}\n";

  @TempDir Path folder;

  @Test
  void whatIsCalledReadableIsRead() throws Exception {
    Path datasets = folder.resolve("datasets");
    Path changed = Files.writeString(folder.resolve("changed.avsc"), AFTER);
    declare(datasets, BEFORE);
    Recorder recorder = new Recorder();
    try (LocalLake lake =
        LocalLake.start(recorder.console(), folder.resolve("lake"), 0, datasets)) {
      for (String name : LAYOUTS.keySet()) {
        upload(lake, name + "/old.ndjson", OLD + TOO_LARGE);
      }
      Lakes.awaitLedger(lake, LAYOUTS.size());
      for (String name : LAYOUTS.keySet()) {
        plan(lake, recorder, datasets, name, changed);
      }
    }
    declare(datasets, AFTER);
    try (LocalLake lake = LocalLake.start(recorder.console(), folder.resolve("lake"), 0, datasets);
        Athena athena = new Athena(lake.aws())) {
      for (String name : LAYOUTS.keySet()) {
        upload(lake, name + "/new.ndjson", NEW);
      }
      Lakes.awaitLedger(lake, 2 * LAYOUTS.size());
      for (String name : LAYOUTS.keySet()) {
        assertThat(
                athena
                    .query(
                        "SELECT id, n, x, price, wide, new_name, added, element_at(numbers, 1),"
                            + " detail.a, detail.b, detail.c, place FROM silver."
                            + name
                            + " ORDER BY id")
                    .rows())
            .as(name)
            .isEqualTo(
                List.of(
                    Arrays.asList(
                        "1", "7", "0.5", "1.25", "2.50", null, null, "1", "3", "bee", null, "here"),
                    Arrays.asList(
                        "3",
                        "3000000000",
                        "0.1",
                        "1234567890.25",
                        "1234567890123456789012345678.25",
                        "three",
                        null,
                        "5000000000",
                        "4000000000",
                        "cee",
                        "sea",
                        "there")));
      }
      // What the plan says of renamed columns: their values are back when objects are loaded again.
      assertThat(
              recorder.run(
                  "replay",
                  "--whole",
                  "--dataset",
                  "flat",
                  "--datasets",
                  datasets,
                  "--endpoint",
                  lake.aws().address()))
          .as(recorder.err())
          .isZero();
      assertThat(athena.query("SELECT id, new_name FROM silver.flat ORDER BY id").rows())
          .isEqualTo(List.of(List.of("1", "one"), List.of("2", "one"), List.of("3", "three")));
    }
  }

  private static void declare(Path datasets, String schema) throws IOException {
    for (Map.Entry<String, String> layout : LAYOUTS.entrySet()) {
      Path dataset = Files.createDirectories(datasets.resolve(layout.getKey()));
      Files.writeString(
          dataset.resolve("dataset.yaml"),
          "name: " + layout.getKey() + "\nschema: schema.avsc\n" + layout.getValue());
      Files.writeString(dataset.resolve("schema.avsc"), schema);
    }
  }

  private static void upload(LocalLake lake, String key, String text) {
    try (S3Client s3 = lake.aws().s3()) {
      s3.putObject(
          put -> put.bucket(LocalLake.LAYOUT.rawBucket()).key(key), RequestBody.fromString(text));
    }
  }

  private static void plan(
      LocalLake lake, Recorder recorder, Path datasets, String name, Path changed) {
    int code =
        recorder.run(
            "schema",
            "plan",
            "--dataset",
            name,
            "--new",
            changed,
            "--datasets",
            datasets,
            "--endpoint",
            lake.aws().address(),
            "--sample",
            "100",
            "--json");
    assertThat(code).as(recorder.err() + recorder.out()).isZero();
    Map<String, ?> document = Json.parseObject(recorder.out());
    assertThat(document.get("compatible")).isEqualTo(true);
    assertThat((Map<?, ?>) Objects.requireNonNull(document.get("sample")))
        .isEqualTo(
            Map.of(
                "objects", 1L,
                "records", 2L,
                "fit_both", 1L,
                "quarantined_both", 0L,
                "fit_to_quarantine", Map.of(),
                "quarantine_to_fit", Map.of("OUT_OF_RANGE n", 1L),
                "refused_objects", Map.of()));
  }
}
