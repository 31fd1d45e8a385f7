package dev.sluice.benchmarks;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Repeated measurements of one thing, in the order they were taken.
 *
 * @param runs at least one
 */
public record Stats(double... runs) {
  public Stats {
    if (runs.length == 0) {
      throw new IllegalArgumentException("No run was measured");
    }
    runs = runs.clone();
  }

  @Override
  public double[] runs() {
    return runs.clone();
  }

  /** The middle one; of an even number, the mean of the two in the middle. */
  public double median() {
    double[] sorted = runs.clone();
    Arrays.sort(sorted);
    int half = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
  }

  public double min() {
    return Arrays.stream(runs).min().orElseThrow();
  }

  public double max() {
    return Arrays.stream(runs).max().orElseThrow();
  }

  /**
   * Run by run this over {@code other}: what was measured next to each other is compared. Where one
   * was measured less often, it was in the first runs.
   */
  public Stats over(Stats other) {
    double[] ratios = new double[Math.min(runs.length, other.runs.length)];
    for (int i = 0; i < ratios.length; i++) {
      ratios[i] = runs[i] / other.runs[i];
    }
    return new Stats(ratios);
  }

  /** Every run times {@code factor}. */
  public Stats times(double factor) {
    return new Stats(Arrays.stream(runs).map(run -> run * factor).toArray());
  }

  /** Median, spread and every run, rounded to four decimals, for a machine to read. */
  public Map<String, Object> toJson() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("median", rounded(median()));
    json.put("min", rounded(min()));
    json.put("max", rounded(max()));
    json.put("runs", Arrays.stream(runs).mapToObj(Stats::rounded).toList());
    return json;
  }

  /** {@code 2.41 (2.30–2.55)}: median and spread, for people. */
  public String text() {
    return Text.number(median()) + " (" + Text.number(min()) + "–" + Text.number(max()) + ")";
  }

  /** Rounded to four decimals. */
  public static double rounded(double value) {
    return Double.parseDouble(String.format(Locale.ROOT, "%.4f", value));
  }
}
