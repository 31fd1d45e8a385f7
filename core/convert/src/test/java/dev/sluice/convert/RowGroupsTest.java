package dev.sluice.convert;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.model.dataset.Dataset;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.io.LocalInputFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which row groups records end up in: as few as memory and scratch space allow. */
class RowGroupsTest {
  private static final int PARTITIONS = 40;
  private static final int RECORDS = 40_000;

  @TempDir Path folder;

  private Run run(ConvertOptions options) {
    Dataset dataset =
        Declared.of(
            folder,
            """
            {"name": "n", "type": "long"},
            {"name": "s", "type": "string"},
            {"name": "part", "type": "int"},
            {"name": "maybe", "type": ["null", "double"], "default": null},
            {"name": "list", "type": {"type": "array", "items": "string"}, "default": []}
            """,
            "partition: [part]");
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < RECORDS; i++) {
      text.append("{\"n\":").append(i).append(",\"part\":").append(i % PARTITIONS);
      // Repetitive at first and unique then, so that codes and plain text meet in one row group.
      text.append(",\"s\":\"").append(i < RECORDS / 2 ? i % 7 : i * 7919L).append('"');
      text.append(i % 3 == 0 ? ",\"maybe\":" + i / 8.0 : "");
      text.append(",\"list\":[")
          .append(i % 5 == 0 ? "" : "\"a\",\"b" + i % 9 + "\"")
          .append("]}\n");
    }
    return Run.of(dataset, folder, options, text.toString().getBytes(StandardCharsets.UTF_8));
  }

  private static List<Integer> rowGroups(Run run) throws IOException {
    List<Integer> counts = new ArrayList<>();
    for (DataFile file : run.conversion.files()) {
      try (ParquetFileReader reader = ParquetFileReader.open(new LocalInputFile(file.path()))) {
        counts.add(reader.getRowGroups().size());
      }
    }
    return counts;
  }

  private static Map<String, List<Object>> rows(Run run) {
    Map<String, List<Object>> rows = new TreeMap<>();
    for (DataFile file : run.conversion.files()) {
      rows.computeIfAbsent(file.directory(), d -> new ArrayList<>())
          .addAll(Readers.parquetJava(run.dataset.schema(), file.path()));
    }
    return rows;
  }

  @Test
  void recordsOfManyPartitionsWaitUntilTheyMakeOneRowGroup() throws IOException {
    Run ample = run(ConvertOptions.defaults());
    Run scarce = run(ConvertOptions.defaults().withBufferBytes(500_000));

    assertThat(rowGroups(ample)).hasSize(PARTITIONS).containsOnly(1);
    assertThat(rowGroups(scarce)).hasSize(PARTITIONS).containsOnly(1);
    assertThat(rows(scarce)).isEqualTo(rows(ample));
  }

  @Test
  void whatWaitsIsWrittenWhenScratchSpaceIsUsedUp() throws IOException {
    Run run = run(ConvertOptions.defaults().withBufferBytes(500_000).withScratchBytes(300_000));

    assertThat(rowGroups(run)).hasSize(PARTITIONS).allMatch(count -> count > 1);
    assertThat(rows(run)).isEqualTo(rows(run(ConvertOptions.defaults())));
  }

  @Test
  void longTextThatTurnsOutToBeUniqueIsNotWrittenOutInMemory() throws IOException {
    Dataset dataset = Declared.of(folder, "{\"name\": \"s\", \"type\": \"string\"}");
    String wide = "w".repeat(2_000);
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 8_000; i++) {
      text.append("{\"s\":\"").append(wide).append(i < 4_000 ? "" : String.valueOf(i));
      text.append("\"}\n");
    }

    Run run =
        Run.of(
            dataset,
            folder,
            ConvertOptions.defaults().withBufferBytes(4 << 20).withFileBytes(1L << 40),
            text.toString().getBytes(StandardCharsets.UTF_8));

    try (ParquetFileReader reader =
        ParquetFileReader.open(new LocalInputFile(run.conversion.files().get(0).path()))) {
      assertThat(reader.getRowGroups().get(0).getRowCount()).isGreaterThanOrEqualTo(4_000);
    }
    List<Object> values = run.column("s");
    assertThat(values.get(3_999)).isEqualTo(wide);
    assertThat(values.get(7_999)).isEqualTo(wide + 7_999);
  }
}
