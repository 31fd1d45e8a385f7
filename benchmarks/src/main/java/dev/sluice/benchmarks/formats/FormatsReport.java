package dev.sluice.benchmarks.formats;

import dev.sluice.benchmarks.Machine;
import dev.sluice.benchmarks.Stats;
import dev.sluice.benchmarks.Text;
import dev.sluice.benchmarks.formats.FormatsRun.Cell;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * The figures of one run of the command.
 *
 * @param duckdb DuckDB's version as it tells it
 * @param date when, as the caller says; empty when it does not
 * @param runs measured runs of each figure
 * @param cells in order of workload, size and format
 */
record FormatsReport(
    Machine machine, String duckdb, String date, int runs, long seed, List<Cell> cells) {
  FormatsReport {
    cells = List.copyOf(cells);
  }

  /** What is compared. */
  enum Measure {
    SIZE("size", Cell::bytes),
    WRITE("write", cell -> cell.write().median()),
    FULL("full read", cell -> cell.full().median()),
    AGGREGATE("one-column aggregate", cell -> cell.aggregate().median()),
    FILTERED("one partition", cell -> cell.filtered().median());

    private final String label;
    private final ToDoubleFunction<Cell> value;

    Measure(String label, ToDoubleFunction<Cell> value) {
      this.label = label;
      this.value = value;
    }

    String label() {
      return label;
    }

    double of(Cell cell) {
      return value.applyAsDouble(cell);
    }

    String text(Cell cell) {
      return this == SIZE ? Text.bytes(of(cell)) : Text.seconds(of(cell));
    }
  }

  List<String> workloads() {
    return cells.stream().map(Cell::workload).distinct().toList();
  }

  List<Long> sizes() {
    return cells.stream().map(Cell::records).distinct().sorted().toList();
  }

  Cell cell(String workload, long records, Format format) {
    return cells.stream()
        .filter(cell -> cell.workload().equals(workload))
        .filter(cell -> cell.records() == records && cell.format() == format)
        .findFirst()
        .orElseThrow(() -> new IllegalStateException(workload + " " + records + " " + format));
  }

  /** How the figures came about, in Markdown. */
  List<String> method() {
    List<String> lines = new ArrayList<>(machine.lines());
    lines.add("- Everything is read through one engine, DuckDB " + duckdb + ", on one thread.");
    lines.add(
        "- Figures are medians of "
            + runs
            + " runs (of a million records or more, at most 3) after one to warm up, of wall time, files in the page cache; seed "
            + seed
            + ".");
    lines.add(
        "- JSON is one file of lines as uploaded. CSV is one file: nested records as columns"
            + " `a.b`, arrays and maps as JSON text, null as nothing. Parquet is what the converter"
            + " writes by the dataset's declaration, a file per partition; \"one file\" is the same"
            + " without partitions.");
    lines.add(
        "- Write is the way from the uploaded JSON: for JSON a mere copy; for CSV a Jackson tree a"
            + " line; for Parquet the converter, which checks types and rules as well. Full read"
            + " hashes every value of every column. One partition counts and sums the largest: by"
            + " partition column where there is one, else by a condition on the fields.");
    lines.add(
        "- Gate: counts and sums, of all and of the partition, are equal in all formats and to"
            + " what the simulator knows; otherwise nothing is timed.");
    return lines;
  }

  /** The section of {@code docs/numbers.md}. */
  List<String> markdown() {
    List<String> lines = new ArrayList<>();
    lines.add("## JSON, CSV and Parquet");
    lines.add("");
    lines.add(
        "Written by `./sluice bench formats --records "
            + sizes().stream().map(String::valueOf).collect(Collectors.joining(","))
            + " --runs "
            + runs
            + "`"
            + (date.isEmpty() ? "; no date was given." : " on " + date + "."));
    lines.add("");
    lines.addAll(method());
    for (String workload : workloads()) {
      lines.add("");
      lines.add("### " + workload);
      lines.add("");
      lines.add("| records | format | files | size | of JSON | " + names() + " |");
      lines.add("|---|---|---|---|---|---|---|---|---|");
      for (long size : sizes()) {
        for (Format format : Format.values()) {
          lines.add(row(cell(workload, size, format), cell(workload, size, Format.JSON)));
        }
      }
    }
    lines.add("");
    lines.add("Where Parquet as the lake keeps it (zstd) loses:");
    lines.add("");
    lines.addAll(losses());
    return lines;
  }

  private static String names() {
    List<String> names = new ArrayList<>();
    for (Measure measure : Measure.values()) {
      if (measure != Measure.SIZE) {
        names.add(measure.label());
      }
    }
    return String.join(" | ", names);
  }

  private static String row(Cell cell, Cell json) {
    List<String> texts = new ArrayList<>();
    texts.add(Text.count(cell.records()));
    texts.add(cell.format().label());
    texts.add(Text.count(cell.files()));
    texts.add(Measure.SIZE.text(cell));
    texts.add(String.format(Locale.ROOT, "%.0f %%", 100.0 * cell.bytes() / json.bytes()));
    for (Measure measure : Measure.values()) {
      if (measure != Measure.SIZE) {
        texts.add(measure.text(cell));
      }
    }
    return "| " + String.join(" | ", texts) + " |";
  }

  /** One line for every size: in what JSON or CSV is better. */
  List<String> losses() {
    List<String> lines = new ArrayList<>();
    for (long size : sizes()) {
      List<String> found = new ArrayList<>();
      for (Measure measure : Measure.values()) {
        if (measure == Measure.WRITE) {
          continue; // JSON is copied and not converted, so it always wins.
        }
        List<String> where = new ArrayList<>();
        for (String workload : workloads()) {
          double ours = measure.of(cell(workload, size, Format.PARQUET_ZSTD));
          double best =
              Math.min(
                  measure.of(cell(workload, size, Format.JSON)),
                  measure.of(cell(workload, size, Format.CSV)));
          if (ours > best) {
            where.add(workload + " " + Text.number(ours / best) + "×");
          }
        }
        if (!where.isEmpty()) {
          found.add(measure.label() + " (" + String.join(", ", where) + ")");
        }
      }
      lines.add(
          "- "
              + Text.count(size)
              + " records, against the better of JSON and CSV: "
              + (found.isEmpty() ? "nowhere" : String.join("; ", found))
              + ".");
    }
    return lines;
  }

  /** Every figure with every run. */
  Map<String, Object> toJson() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("date", date.isEmpty() ? "not given" : date);
    json.put("machine", machine.toJson());
    json.put("duckdb", duckdb);
    json.put("runs", (long) runs);
    json.put("seed", seed);
    List<Object> all = new ArrayList<>();
    for (Cell cell : cells) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("workload", cell.workload());
      one.put("records", cell.records());
      one.put("format", cell.format().label());
      one.put("files", (long) cell.files());
      one.put("bytes", cell.bytes());
      one.put("write_ms", millis(cell.write()));
      one.put("full_read_ms", millis(cell.full()));
      one.put("aggregate_ms", millis(cell.aggregate()));
      one.put("partition_ms", millis(cell.filtered()));
      all.add(one);
    }
    json.put("cells", all);
    return json;
  }

  private static Map<String, Object> millis(Stats seconds) {
    return seconds.times(1000).toJson();
  }
}
