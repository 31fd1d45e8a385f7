package dev.sluice.benchmarks.convert;

import dev.sluice.benchmarks.Machine;
import dev.sluice.benchmarks.Stats;
import dev.sluice.benchmarks.Text;
import dev.sluice.benchmarks.convert.ConvertRun.Cold;
import dev.sluice.benchmarks.convert.ConvertRun.Figures;
import dev.sluice.benchmarks.convert.ConvertRun.Plan;
import dev.sluice.benchmarks.convert.ConvertRun.Result;
import dev.sluice.benchmarks.convert.ConvertRun.Warm;
import dev.sluice.convert.Codec;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The figures of one run of the command, for people and for machines.
 *
 * @param date when, as the caller says; empty when it does not
 * @param duckdb DuckDB's version as it tells it
 * @param versions of those who ran in processes of their own
 * @param absent who was not measured, and why
 * @param history the runs before this one, and this one, as {@link History} keeps them
 */
record ConvertReport(
    Machine machine,
    String duckdb,
    String date,
    Plan plan,
    Map<Contestant, String> versions,
    Map<Contestant, String> absent,
    List<Result> results,
    List<Map<String, @Nullable Object>> history) {
  ConvertReport {
    versions = Collections.unmodifiableMap(new TreeMap<>(versions));
    absent = Collections.unmodifiableMap(new TreeMap<>(absent));
    results = List.copyOf(results);
    history = List.copyOf(history);
  }

  ConvertReport withHistory(List<Map<String, @Nullable Object>> other) {
    return new ConvertReport(machine, duckdb, date, plan, versions, absent, results, other);
  }

  /** Seconds below which the clock's steps show. */
  private static final double ROUGH = 0.2;

  private static double perGigabyte(Result result) {
    return 1e9 / result.bytes();
  }

  // ---- for machines

  /** The four ratios of each workload, and no more. */
  Map<String, Object> summary() {
    List<Object> workloads = new ArrayList<>();
    for (Result result : results) {
      workloads.add(ratios(result));
    }
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("workloads", workloads);
    return json;
  }

  /** This run's line of the history. */
  Map<String, @Nullable Object> entry() {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("date", date.isEmpty() ? "not given" : date);
    json.put("records_scale", BigDecimal.valueOf(plan.scale()));
    json.put("runs", (long) plan.runs());
    json.put("cpu", machine.cpu() + ", " + machine.cores() + " cores");
    json.put("java", machine.java());
    json.put("duckdb", duckdb);
    json.putAll(summary());
    return json;
  }

  private static Map<String, Object> ratios(Result result) {
    Warm warm = result.warm().getFirst();
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("workload", result.workload());
    json.put(
        "ratio_to_duckdb_cpu",
        Stats.rounded(warm.duckdb().cpu().over(warm.sluice().cpu()).median()));
    warm.ratio(Contestant.TEXTBOOK)
        .ifPresent(ratio -> json.put("ratio_to_textbook_cpu", Stats.rounded(ratio.median())));
    json.put(
        "cpu_seconds_per_gb",
        Stats.rounded(warm.sluice().cpu().times(perGigabyte(result)).median()));
    json.put("output_ratio", Stats.rounded((double) warm.sluice().bytes() / warm.duckdb().bytes()));
    for (Contestant other : Contestant.values()) {
      if (other.isElsewhere()) {
        warm.ratio(other)
            .ifPresent(ratio ->
                json.put("ratio_to_" + other.id() + "_cpu", Stats.rounded(ratio.median())));
      }
    }
    return json;
  }

  /** The same, and everything else. */
  Map<String, Object> full() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("date", date.isEmpty() ? "not given" : date);
    json.put("machine", machine.toJson());
    json.put("duckdb", duckdb);
    Map<String, Object> parameters = new LinkedHashMap<>();
    parameters.put("records_scale", plan.scale());
    parameters.put("runs", (long) plan.runs());
    parameters.put("threads", 1L);
    parameters.put("cold_megabytes", (long) plan.coldMegabytes());
    parameters.put("seed", plan.seed());
    parameters.put("fresh_process_options", Fresh.OPTIONS);
    parameters.put("peers", plan.contestants().stream().map(Contestant::id).toList());
    parameters.put("read_by_spark_and_trino", plan.everyReader());
    json.put("parameters", parameters);
    Map<String, Object> others = new LinkedHashMap<>();
    versions.forEach((contestant, version) -> others.put(contestant.id(), version));
    absent.forEach((contestant, why) -> others.put(contestant.id(), "not measured: " + why));
    json.put("others", others);
    List<Object> workloads = new ArrayList<>();
    for (Result result : results) {
      workloads.add(full(result));
    }
    json.put("workloads", workloads);
    return json;
  }

  private static Map<String, Object> full(Result result) {
    Map<String, Object> json = ratios(result);
    json.put("records", result.records());
    json.put("bytes", result.bytes());
    json.put("gate_checks", (long) result.checks());
    Map<String, Object> codecs = new LinkedHashMap<>();
    for (Warm warm : result.warm()) {
      Map<String, Object> peers = new LinkedHashMap<>();
      warm.peers()
          .forEach((name, figures) -> {
            Map<String, Object> peer = new LinkedHashMap<>();
            peer.put("cpu_seconds", figures.cpu().toJson());
            peer.put("wall_seconds", figures.wall().toJson());
            peer.put("output_bytes", figures.bytes());
            peer.put("output_files", (long) figures.files());
            peers.put(name, peer);
          });
      Map<String, Object> codec = new LinkedHashMap<>();
      for (Contestant contestant : Contestant.values()) {
        warm.ratio(contestant)
            .ifPresent(ratio -> codec.put("ratio_to_" + contestant.id() + "_cpu", ratio.toJson()));
      }
      codec.put("peers", peers);
      codecs.put(warm.codec().name().toLowerCase(Locale.ROOT), codec);
    }
    json.put("warm", codecs);
    Cold cold = result.cold();
    if (cold != null) {
      Map<String, Object> fresh = new LinkedHashMap<>();
      fresh.put("bytes", cold.bytes());
      fresh.put("cpu_seconds", cold.plain().toJson());
      fresh.put("cpu_seconds_as_launched", cold.launched().toJson());
      fresh.put("cpu_seconds_with_quick_compiler_only", cold.quick().toJson());
      fresh.put("duckdb_statement_cpu_seconds", cold.duckdb().toJson());
      fresh.put("ratio_to_duckdb_cpu", cold.duckdb().over(cold.plain()).toJson());
      fresh.put("ratio_to_duckdb_cpu_as_launched", cold.duckdb().over(cold.launched()).toJson());
      fresh.put(
          "ratio_to_duckdb_cpu_with_quick_compiler_only",
          cold.duckdb().over(cold.quick()).toJson());
      fresh.put("small_bytes", cold.smallBytes());
      fresh.put("small_wall_seconds", cold.smallPlain().toJson());
      fresh.put("small_wall_seconds_as_launched", cold.smallLaunched().toJson());
      json.put("cold", fresh);
    }
    return json;
  }

  // ---- for people

  /** The section of {@code docs/numbers.md}. */
  List<String> markdown() {
    List<String> lines = new ArrayList<>();
    lines.add("## JSON to partitioned Parquet");
    lines.add("");
    lines.add(
        "Written by `./sluice bench convert --records-scale "
            + plan.scale()
            + " --runs "
            + plan.runs()
            + " --cold-megabytes "
            + plan.coldMegabytes()
            + (plan.codecs().contains(Codec.ZSTD) ? " --zstd" : "")
            + " --peers "
            + plan.contestants().stream().map(Contestant::id).collect(Collectors.joining(","))
            + (plan.everyReader() ? " --gate all" : "")
            + " --seed "
            + plan.seed()
            + "`"
            + (date.isEmpty() ? "; no date was given." : " on " + date + "."));
    lines.add("");
    lines.addAll(machine.lines());
    lines.add("- DuckDB says of itself: " + duckdb);
    lines.add(
        "- One thread each; page compression as named; DuckDB with `preserve_insertion_order=false`"
            + " and `ignore_errors=true`, one `COPY … PARTITION_BY`. Ours with default settings,"
            + " which quarantine what does not fit. Textbook: Jackson tree → GenericRecord →"
            + " AvroParquetWriter per partition, lines that do not fit counted.");
    lines.add(
        "- Warm: all peers in one JVM, in turn, order reversed each round, a collection before"
            + " each, "
            + plan.runs()
            + " runs after warm-up, of slow peers at most 3. CPU is that of the whole process: compiler and collector"
            + " included. Cells are medians, spread from least to most in parentheses; a ratio is"
            + " taken pair by pair, and above 1 ours is better.");
    lines.add(
        "- Gate: DuckDB read each peer's files and the JSON itself; rows, values of every column"
            + " down to nested ones, values that stand together, and partitions were equal"
            + (plan.everyReader()
                ? "; Spark and Trino read ours, and rows and sums of every column were equal"
                : "")
            + " ("
            + results.stream().mapToInt(Result::checks).sum()
            + " sums compared).");
    lines.add("");
    lines.add(
        "| input | codec | ours, CPU-s per GB | DuckDB, CPU-s per GB | textbook, CPU-s per GB |"
            + " DuckDB / ours | textbook / ours | wall: DuckDB / ours | our size / DuckDB's |");
    lines.add("|---|---|---|---|---|---|---|---|---|");
    for (Result result : results) {
      double perGigabyte = perGigabyte(result);
      for (Warm warm : result.warm()) {
        Figures ours = warm.sluice();
        lines.add(
            row(
                result.workload()
                    + ", "
                    + Text.count(result.records())
                    + " records, "
                    + Text.bytes(result.bytes()),
                warm.codec().name().toLowerCase(Locale.ROOT),
                ours.cpu().times(perGigabyte).text(),
                warm.duckdb().cpu().times(perGigabyte).text(),
                warm.of(Contestant.TEXTBOOK)
                    .map(textbook -> textbook.cpu().times(perGigabyte).text())
                    .orElse("–"),
                "**" + warm.duckdb().cpu().over(ours.cpu()).text() + "**",
                warm.ratio(Contestant.TEXTBOOK).map(Stats::text).orElse("–"),
                warm.duckdb().wall().over(ours.wall()).text(),
                Text.number((double) ours.bytes() / warm.duckdb().bytes())
                    + " ("
                    + Text.bytes(ours.bytes())
                    + ")"));
      }
    }
    if (results.stream()
        .flatMap(result -> result.warm().stream())
        .anyMatch(warm -> warm.sluice().cpu().median() < ROUGH)) {
      lines.add("");
      lines.add(
          "CPU time is counted in steps of 10 ms: ratios of inputs this small are rough. Take a"
              + " larger `--records-scale`.");
    }
    lines.addAll(otherLines());
    if (results.stream().anyMatch(result -> result.cold() != null)) {
      lines.addAll(coldLines());
    }
    if (!history.isEmpty()) {
      lines.add("");
      lines.add("Ratios from run to run (`./sluice bench convert --history`):");
      lines.add("");
      lines.addAll(History.lines(history));
    }
    return lines;
  }

  /** Those who run in processes of their own. */
  private List<String> otherLines() {
    List<String> rows = new ArrayList<>();
    for (Result result : results) {
      for (Warm warm : result.warm()) {
        for (Contestant other : Contestant.values()) {
          warm.of(other)
              .filter(figures -> other.isElsewhere())
              .ifPresent(figures ->
                  rows.add(
                      row(
                          result.workload(),
                          warm.codec().name().toLowerCase(Locale.ROOT),
                          other.label(),
                          figures.cpu().times(perGigabyte(result)).text(),
                          figures.cpu().over(warm.sluice().cpu()).text(),
                          figures.wall().over(warm.sluice().wall()).text(),
                          Text.number((double) warm.sluice().bytes() / figures.bytes()),
                          String.valueOf(figures.files()))));
        }
      }
    }
    List<String> lines = new ArrayList<>();
    if (!rows.isEmpty()) {
      lines.add("");
      lines.add(
          "Others, each warm in a process of its own that counts its own CPU, one thread, the same"
              + " partitions, in turn with ours: "
              + versions.entrySet().stream()
                  .map(each ->
                      each.getKey().label() + " " + each.getValue() + " " + each.getKey().note())
                  .collect(Collectors.joining("; "))
              + ".");
      lines.add("");
      lines.add(
          "| input | codec | peer | its CPU-s per GB | its CPU / ours | its wall / ours | our size /"
              + " its | its files |");
      lines.add("|---|---|---|---|---|---|---|---|");
      lines.addAll(rows);
    }
    if (!absent.isEmpty()) {
      lines.add("");
      absent.forEach((contestant, why) ->
          lines.add(
              "Not measured: " + contestant.label() + ". " + why.lines().findFirst().orElse("")));
    }
    return lines;
  }

  private List<String> coldLines() {
    List<String> lines = new ArrayList<>();
    lines.add("");
    lines.add(
        "A fresh process each ("
            + String.join(" ", Fresh.OPTIONS)
            + "), Snappy. Ours counts everything from the start of the JVM; DuckDB's counts its"
            + " statement alone, without the start of a process or the loading of its library. \"As"
            + " launched\" is how ./sluice convert starts Java for inputs below 1 GB: with the quick compiler"
            + " only, and parsed classes kept from run to run. \"C1\" is that compiler alone, as Lambda"
            + " starts Java by default.");
    lines.add("");
    lines.add(
        "| input | ours, CPU-s | as launched | C1 | DuckDB, CPU-s | DuckDB / ours | as launched |"
            + " C1 | one small file, wall | as launched |");
    lines.add("|---|---|---|---|---|---|---|---|---|---|");
    for (Result result : results) {
      Cold cold = result.cold();
      if (cold != null) {
        lines.add(
            row(
                result.workload() + ", " + Text.bytes(cold.bytes()),
                cold.plain().text(),
                cold.launched().text(),
                cold.quick().text(),
                cold.duckdb().text(),
                cold.duckdb().over(cold.plain()).text(),
                cold.duckdb().over(cold.launched()).text(),
                cold.duckdb().over(cold.quick()).text(),
                cold.smallPlain().text() + " s for " + Text.bytes(cold.smallBytes()),
                cold.smallLaunched().text() + " s"));
      }
    }
    return lines;
  }

  private static String row(String... cells) {
    return "| " + String.join(" | ", cells) + " |";
  }
}
