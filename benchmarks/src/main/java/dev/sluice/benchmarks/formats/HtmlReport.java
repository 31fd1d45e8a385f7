package dev.sluice.benchmarks.formats;

import dev.sluice.benchmarks.Text;
import dev.sluice.benchmarks.formats.FormatsReport.Measure;
import dev.sluice.benchmarks.formats.FormatsRun.Cell;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The report as one HTML file that asks for nothing else: no script, no font, no image. A bar shows
 * a format against JSON on a logarithmic scale, left of the line when it needs less.
 */
final class HtmlReport {
  private static final int LABEL = 150;
  private static final int PLOT = 290;
  private static final int FIGURE = 140;
  private static final int BAR = 15;
  private static final int GAP = 4;
  private static final int HEAD = 26;

  private static final String STYLE =
      """
      body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 78rem;
             padding: 0 1rem; color: #1b2733; background: #fff; }
      h1, h2, h3 { line-height: 1.2; }
      h2 { margin-top: 2.5rem; border-bottom: 1px solid #cfd8e0; }
      .plots { display: flex; flex-wrap: wrap; gap: 1rem 2rem; }
      figure { margin: 0; }
      figcaption { font-weight: 600; }
      svg text { font: 12px system-ui, sans-serif; fill: #1b2733;
                 paint-order: stroke; stroke: #fff; stroke-width: 4px; }
      table { border-collapse: collapse; margin: 1rem 0; font-variant-numeric: tabular-nums; }
      th, td { padding: .2rem .7rem; border-bottom: 1px solid #dfe5ea; text-align: right; }
      th:nth-child(2), td:nth-child(2) { text-align: left; }
      tr.first td { border-top: 2px solid #9fb0bf; }
      """;

  private final FormatsReport report;

  HtmlReport(FormatsReport report) {
    this.report = report;
  }

  String html() {
    StringBuilder html = new StringBuilder();
    html.append("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">")
        .append("<meta name=\"viewport\" content=\"width=device-width\">")
        .append("<title>JSON, CSV and Parquet</title><style>")
        .append(STYLE)
        .append("</style></head><body>\n<h1>JSON, CSV and Parquet</h1>\n<ul>");
    for (String line : report.method()) {
      html.append("<li>").append(escaped(line.substring(2).replace("`", ""))).append("</li>\n");
    }
    html.append("</ul>\n<p>Each bar compares a format with JSON of the same records, on a")
        .append(
            " logarithmic scale: a green bar to the left needs less, an orange one to the right more.</p>\n")
        .append("<h2>Where Parquet as the lake keeps it (zstd) loses</h2>\n<ul>");
    for (String line : report.losses()) {
      html.append("<li>").append(escaped(line.substring(2))).append("</li>\n");
    }
    html.append("</ul>\n");
    for (String workload : report.workloads()) {
      html.append("<h2>").append(escaped(workload)).append("</h2>\n<div class=\"plots\">\n");
      for (Measure measure : Measure.values()) {
        html.append("<figure><figcaption>")
            .append(escaped(measure.label()))
            .append("</figcaption>")
            .append(plot(workload, measure))
            .append("</figure>\n");
      }
      html.append("</div>\n").append(table(workload));
    }
    return html.append("</body></html>\n").toString();
  }

  private String plot(String workload, Measure measure) {
    List<Long> sizes = report.sizes();
    double least = 0.5;
    double most = 2;
    for (long size : sizes) {
      for (Format format : Format.values()) {
        double ratio = ratio(workload, size, format, measure);
        least = Math.min(least, ratio);
        most = Math.max(most, ratio);
      }
    }
    Axis axis = new Axis((int) Math.floor(Math.log10(least)), (int) Math.ceil(Math.log10(most)));
    int rows = Format.values().length - 1;
    int groupHeight = HEAD + rows * (BAR + GAP) + GAP;
    int height = sizes.size() * groupHeight + HEAD;
    int width = LABEL + PLOT + FIGURE;
    StringBuilder svg = new StringBuilder();
    svg.append(
        format(
            "<svg role=\"img\" aria-label=\"%s of %s\" width=\"%d\" height=\"%d\""
                + " viewBox=\"0 0 %d %d\">",
            escaped(measure.label()), escaped(workload), width, height, width, height));
    for (int power = axis.from(); power <= axis.to(); power++) {
      double x = axis.x(Math.pow(10, power));
      svg.append(
          format(
              "<line x1=\"%.1f\" y1=\"0\" x2=\"%.1f\" y2=\"%d\" stroke=\"%s\"/>",
              x, x, height - HEAD, power == 0 ? "#1b2733" : "#dfe5ea"));
      svg.append(
          format(
              "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>",
              x, height - 8, power == 0 ? "JSON" : tick(power)));
    }
    int y = 0;
    for (long size : sizes) {
      Cell json = report.cell(workload, size, Format.JSON);
      svg.append(
          format(
              "<text x=\"0\" y=\"%d\" font-weight=\"600\">%s records, JSON %s</text>",
              y + HEAD - 9, Text.count(size), escaped(measure.text(json))));
      y += HEAD;
      for (Format each : Format.values()) {
        if (each != Format.JSON) {
          bar(svg, workload, size, each, measure, axis, y);
          y += BAR + GAP;
        }
      }
      y += GAP;
    }
    return svg.append("</svg>").toString();
  }

  private void bar(
      StringBuilder svg,
      String workload,
      long size,
      Format format,
      Measure measure,
      Axis axis,
      int y) {
    double ratio = ratio(workload, size, format, measure);
    double one = axis.x(1);
    double end = axis.x(ratio);
    svg.append(
        format(
            "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>",
            LABEL - 6, y + BAR - 3, escaped(format.label())));
    svg.append(
        format(
            "<rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>",
            Math.min(one, end),
            y,
            Math.max(1, Math.abs(end - one)),
            BAR,
            ratio <= 1 ? "#2a7f62" : "#c0562f"));
    svg.append(
        format(
            "<text x=\"%d\" y=\"%d\">%s</text>",
            LABEL + PLOT + 6,
            y + BAR - 3,
            escaped(measure.text(report.cell(workload, size, format)) + ", " + times(ratio))));
  }

  private double ratio(String workload, long size, Format format, Measure measure) {
    double json = measure.of(report.cell(workload, size, Format.JSON));
    double value = measure.of(report.cell(workload, size, format));
    return Math.max(value, 1e-9) / Math.max(json, 1e-9);
  }

  /** {@code 13× less}, {@code 1.2× more}, or {@code the same}. */
  private static String times(double ratio) {
    String factor = Text.number(Math.max(ratio, 1 / ratio)) + "×";
    return factor.equals("1.00×") ? "the same" : factor + (ratio < 1 ? " less" : " more");
  }

  /** Powers of ten from left to right, 1 among them. */
  private record Axis(int from, int to) {
    double x(double ratio) {
      return LABEL + PLOT * (Math.log10(ratio) - from) / (to - from);
    }
  }

  private static String tick(int power) {
    return power > 0
        ? "×" + Math.round(Math.pow(10, power))
        : "1/" + Math.round(Math.pow(10, -power));
  }

  private String table(String workload) {
    StringBuilder html = new StringBuilder("<table><tr><th>records</th><th>format</th>");
    html.append("<th>files</th>");
    for (Measure measure : Measure.values()) {
      html.append("<th>").append(escaped(measure.label())).append("</th>");
    }
    html.append("</tr>\n");
    for (long size : report.sizes()) {
      for (Format format : Format.values()) {
        Cell cell = report.cell(workload, size, format);
        List<String> texts = new ArrayList<>();
        texts.add(Text.count(size));
        texts.add(format.label());
        texts.add(Text.count(cell.files()));
        for (Measure measure : Measure.values()) {
          texts.add(measure.text(cell));
        }
        html.append(format == Format.JSON ? "<tr class=\"first\">" : "<tr>");
        texts.forEach(text -> html.append("<td>").append(escaped(text)).append("</td>"));
        html.append("</tr>\n");
      }
    }
    return html.append("</table>\n").toString();
  }

  private static String format(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
