package dev.sluice.benchmarks.convert;

import dev.sluice.benchmarks.Text;
import dev.sluice.model.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The ratios of every run whose figures were kept: a file with one JSON object a line, oldest
 * first, each {@code date}, {@code records_scale}, {@code runs}, {@code cpu}, {@code java}, {@code
 * duckdb} and {@code workloads} as {@code --json} has them.
 *
 * @param file may not be there yet
 */
record History(Path file) {

  List<Map<String, @Nullable Object>> read() throws IOException {
    List<Map<String, @Nullable Object>> entries = new ArrayList<>();
    if (Files.exists(file)) {
      for (String line : Files.readAllLines(file)) {
        entries.add(Json.parseObject(line));
      }
    }
    return entries;
  }

  void append(Map<String, ?> entry) throws IOException {
    Files.createDirectories(file.toAbsolutePath().getParent());
    Files.writeString(
        file, Json.write(entry) + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  /** A table in Markdown, a run a line. */
  static List<String> lines(List<Map<String, @Nullable Object>> entries) {
    Set<String> workloads = new LinkedHashSet<>();
    for (Map<String, @Nullable Object> entry : entries) {
      workloads(entry).forEach(one -> workloads.add(String.valueOf(one.get("workload"))));
    }
    List<String> lines = new ArrayList<>();
    lines.add(
        "| date | scale | "
            + String.join(" | ", workloads.stream().map(name -> name + ": DuckDB / ours").toList())
            + " | "
            + String.join(" | ", workloads.stream().map(name -> name + ": CPU-s per GB").toList())
            + " | machine |");
    lines.add("|---|---|" + "---|".repeat(2 * workloads.size()) + "---|");
    for (Map<String, @Nullable Object> entry : entries) {
      lines.add(
          "| "
              + entry.get("date")
              + " | "
              + entry.get("records_scale")
              + " | "
              + cells(entry, workloads, "ratio_to_duckdb_cpu")
              + " | "
              + cells(entry, workloads, "cpu_seconds_per_gb")
              + " | "
              + entry.get("cpu")
              + " |");
    }
    return lines;
  }

  private static String cells(
      Map<String, @Nullable Object> entry, Set<String> names, String figure) {
    List<String> cells = new ArrayList<>();
    for (String name : names) {
      cells.add(
          workloads(entry).stream()
              .filter(one -> name.equals(one.get("workload")))
              .map(one -> one.get(figure))
              .map(value -> value instanceof Number number ? Text.number(number.doubleValue()) : "")
              .findFirst()
              .orElse(""));
    }
    return String.join(" | ", cells);
  }

  private static List<Map<?, ?>> workloads(Map<String, @Nullable Object> entry) {
    List<Map<?, ?>> workloads = new ArrayList<>();
    if (entry.get("workloads") instanceof List<?> list) {
      for (Object one : list) {
        if (one instanceof Map<?, ?> map) {
          workloads.add(map);
        }
      }
    }
    return workloads;
  }
}
