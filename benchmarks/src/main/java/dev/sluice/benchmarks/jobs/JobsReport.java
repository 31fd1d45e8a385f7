package dev.sluice.benchmarks.jobs;

import dev.sluice.benchmarks.Machine;
import dev.sluice.benchmarks.Stats;
import dev.sluice.benchmarks.Text;
import dev.sluice.benchmarks.jobs.JobsRun.Size;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The figures of one run of the command.
 *
 * @param date when, as the caller says; empty when it does not
 * @param runs warm runs
 * @param memory Spark's heap
 * @param sizes from the smallest to the largest
 */
record JobsReport(
    Machine machine, String date, int runs, int cores, String memory, long seed, List<Size> sizes) {
  JobsReport {
    sizes = List.copyOf(sizes);
  }

  private String command() {
    return "./sluice bench jobs --events "
        + sizes.stream().map(size -> String.valueOf(size.events())).collect(Collectors.joining(","))
        + " --runs "
        + runs
        + " --memory "
        + memory
        + " --cores "
        + cores
        + " --seed "
        + seed;
  }

  /** The section of {@code docs/numbers.md}. */
  List<String> markdown() {
    List<String> lines = new ArrayList<>();
    lines.add("## The star schema of the shop, on Spark");
    lines.add("");
    lines.add(
        "Written by `"
            + command()
            + "`"
            + (date.isEmpty() ? "; no date was given." : " on " + date + "."));
    lines.add("");
    lines.addAll(machine.lines());
    if (!sizes.isEmpty()) {
      lines.add(
          "- Spark "
              + sizes.get(0).spark()
              + " on "
              + cores
              + " cores with a heap of "
              + memory
              + ", in a process of its own for each size; DuckDB "
              + sizes.get(0).duckdb()
              + " on as many threads.");
    }
    lines.add(
        "- The whole job `"
            + JobsRun.JOB
            + "`: Parquet as the converter wrote it is read, and "
            + (sizes.isEmpty() ? "all" : sizes.get(0).rows().size())
            + " tables are computed and written as Iceberg tables. Cold is the first run of a new"
            + " process, warm are those after it. Local files: no S3, no ledger.");
    lines.add(
        "- DuckDB computes the same facts and analyses into its own tables and writes events and"
            + " sessions as Parquet; dimensions and their history it leaves out.");
    lines.add(
        "- Gate: after the cold and after the last run DuckDB read the tables that Spark wrote;"
            + " every row of the analyses, and counts, sums and hashes of the facts, were equal to its"
            + " own ("
            + Text.count(sizes.stream().mapToLong(Size::compared).sum())
            + " values compared).");
    lines.add("- Peak is the most memory that Spark's process has had, as the kernel counts it.");
    lines.add("");
    lines.add(
        "| events | sessions | silver | Spark starts | cold | warm | warm, CPU-s | peak | DuckDB |"
            + " growth: events | growth: warm |");
    lines.add("|---|---|---|---|---|---|---|---|---|---|---|");
    Size before = null;
    for (Size size : sizes) {
      lines.add(
          "| "
              + String.join(
                  " | ",
                  Text.count(size.events()),
                  Text.count(size.rows().getOrDefault("fact_sessions", 0L)),
                  Text.bytes(size.silverBytes()),
                  Text.number(size.start()) + " s",
                  Text.number(size.cold()) + " s",
                  "**" + size.warm().text() + " s**",
                  size.warmCpu().text(),
                  size.peakBytes() == 0 ? "unknown" : Text.bytes(size.peakBytes()),
                  size.duck().text() + " s",
                  before == null ? "" : times((double) size.events() / before.events()),
                  before == null ? "" : times(size.warm().median() / before.warm().median()))
              + " |");
      before = size;
    }
    lines.add("");
    lines.add(
        "Seconds for each table in the last warm run; the first that needs what several share pays for it:");
    lines.add("");
    lines.add(
        "| table | "
            + sizes.stream()
                .map(size -> Text.count(size.events()) + ": rows | seconds")
                .collect(Collectors.joining(" | "))
            + " |");
    lines.add("|---|" + "---|---|".repeat(sizes.size()));
    if (!sizes.isEmpty()) {
      for (String table : sizes.get(0).seconds().keySet()) {
        lines.add(
            "| "
                + table
                + " | "
                + sizes.stream()
                    .map(size ->
                        Text.count(size.rows().getOrDefault(table, 0L))
                            + " | "
                            + Text.number(size.seconds().getOrDefault(table, 0.0)))
                    .collect(Collectors.joining(" | "))
                + " |");
      }
    }
    return lines;
  }

  private static String times(double factor) {
    return Text.number(factor) + "×";
  }

  /** Every figure. */
  Map<String, Object> toJson() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("command", command());
    json.put("date", date);
    json.put("machine", machine.toJson());
    List<Object> all = new ArrayList<>();
    for (Size size : sizes) {
      Map<String, Object> each = new LinkedHashMap<>();
      each.put("events", size.events());
      each.put("silver_bytes", size.silverBytes());
      each.put("spark", size.spark());
      each.put("duckdb", size.duckdb());
      each.put("start_seconds", Stats.rounded(size.start()));
      each.put("cold_seconds", Stats.rounded(size.cold()));
      each.put("warm_seconds", size.warm().toJson());
      each.put("warm_cpu_seconds", size.warmCpu().toJson());
      each.put("peak_bytes", size.peakBytes());
      each.put("duckdb_seconds", size.duck().toJson());
      each.put("duckdb_cpu_seconds", size.duckCpu().toJson());
      each.put("values_compared", size.compared());
      Map<String, Object> tables = new LinkedHashMap<>();
      size.seconds()
          .forEach((table, seconds) -> {
            Map<String, Object> figures = new LinkedHashMap<>();
            figures.put("rows", size.rows().getOrDefault(table, 0L));
            figures.put("seconds", Stats.rounded(seconds));
            tables.put(table, figures);
          });
      each.put("tables", tables);
      all.add(each);
    }
    json.put("sizes", all);
    return json;
  }
}
