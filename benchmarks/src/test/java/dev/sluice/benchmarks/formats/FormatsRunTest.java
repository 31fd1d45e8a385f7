package dev.sluice.benchmarks.formats;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.benchmarks.Machine;
import dev.sluice.benchmarks.formats.FormatsRun.Cell;
import dev.sluice.model.dataset.Datasets;
import dev.sluice.model.json.Json;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FormatsRunTest {
  @TempDir Path folder;

  @Test
  void everyFormatOfEveryWorkloadGivesTheSimulatorsAnswers() throws Exception {
    Datasets datasets =
        Datasets.load(Path.of(System.getProperty("sluice.root")).resolve("datasets"));
    List<Cell> cells = new ArrayList<>();
    for (String workload : List.of("sensors", "receipts", "transactions", "clickstream")) {
      cells.addAll(new FormatsRun(datasets.get(workload), 1, 42, folder, line -> {}).run(60));
    }
    assertThat(cells).hasSize(4 * Format.values().length);
    FormatsReport report = new FormatsReport(Machine.look(), "v", "2026-11-20", 1, 42, cells);

    String markdown = String.join("\n", report.markdown());
    assertThat(markdown)
        .contains("--records 60 --runs 1` on 2026-11-20.", "### clickstream")
        .contains("60 records, against the better of JSON and CSV: size (");
    assertThat(Json.write(report.toJson())).contains("\"format\":\"Parquet, zstd, one file\"");

    String html = new HtmlReport(report).html();
    assertThat(html.split("<svg ", -1)).hasSize(1 + 4 * FormatsReport.Measure.values().length);
    assertThat(html).doesNotContain("<script", "http", "NaN", "Infinity", "src=");
  }

  @Test
  void sumsOfFloatingPointNumbersMayDifferInTheirLastDigits() {
    assertThat(FormatsRun.equal(List.of("3", "0.30000000000000004"), List.of("3", "0.3"))).isTrue();
    assertThat(FormatsRun.equal(List.of("3", "0.31"), List.of("3", "0.3"))).isFalse();
    assertThat(FormatsRun.equal(List.of("3"), List.of("3", "0.3"))).isFalse();
  }
}
