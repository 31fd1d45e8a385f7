package dev.sluice.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A chart of bars, one for each row of a result with a label and a number. */
final class BarChart {
  private static final String EIGHTHS = " ▏▎▍▌▋▊▉";
  private static final int MOST_ROWS = 100;
  private static final int LONGEST_LABEL = 30;

  private record Bar(String label, String value, double number) {}

  private final List<Bar> bars;

  private BarChart(List<Bar> bars) {
    this.bars = List.copyOf(bars);
  }

  /**
   * The chart of a result with two columns, the second of numbers; empty for any other, and for one
   * without rows or with more than a hundred.
   */
  static Optional<BarChart> of(Athena.Answer answer) {
    if (answer.columns().size() != 2
        || !ResultFormat.isNumber(answer.types().get(1))
        || answer.rows().isEmpty()
        || answer.rows().size() > MOST_ROWS) {
      return Optional.empty();
    }
    List<Bar> bars = new ArrayList<>();
    for (List<@Nullable String> row : answer.rows()) {
      String label = row.get(0) == null ? "NULL" : row.get(0);
      String value = row.get(1);
      bars.add(new Bar(shortened(label), value == null ? "NULL" : value, number(value)));
    }
    return Optional.of(new BarChart(bars));
  }

  private static String shortened(String label) {
    String visible = label.replaceAll("\\p{Cntrl}", " ");
    return visible.length() <= LONGEST_LABEL
        ? visible
        : visible.substring(0, LONGEST_LABEL - 1) + "…";
  }

  private static double number(@Nullable String value) {
    if (value == null) {
      return 0;
    }
    try {
      double number = Double.parseDouble(value);
      return Double.isFinite(number) ? number : 0;
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  /**
   * The chart's lines.
   *
   * @param width how many columns a line may have
   * @param fine whether the ends of bars may be parts of a column, which not all fonts have; other
   *     bars are of {@code #}
   */
  List<String> lines(int width, boolean fine) {
    int labels = 0;
    int values = 0;
    double least = 0;
    double most = 0;
    for (Bar bar : bars) {
      labels = Math.max(labels, bar.label().length());
      values = Math.max(values, bar.value().length());
      least = Math.min(least, bar.number());
      most = Math.max(most, bar.number());
    }
    int room = Math.max(10, width - labels - values - 6);
    double span = most - least;
    // Bars of negative numbers end where those of positive ones begin.
    int below = span == 0 ? 0 : (int) Math.round(room * -least / span);
    List<String> lines = new ArrayList<>();
    for (Bar bar : bars) {
      double length = span == 0 ? 0 : Math.abs(bar.number()) / span * room;
      StringBuilder line = new StringBuilder(" ");
      line.append(bar.label()).append(" ".repeat(labels - bar.label().length())).append(" │ ");
      line.append(" ".repeat(values - bar.value().length())).append(bar.value()).append(' ');
      if (bar.number() < 0) {
        int cells = (int) Math.max(1, Math.min(below, Math.round(length)));
        line.append(" ".repeat(Math.max(0, below - cells))).append(cell(fine).repeat(cells));
      } else {
        line.append(" ".repeat(below)).append(bar(Math.min(length, room - below), fine));
      }
      lines.add(line.toString().stripTrailing());
    }
    return lines;
  }

  private static String cell(boolean fine) {
    return fine ? "█" : "#";
  }

  private static String bar(double length, boolean fine) {
    if (!fine) {
      return cell(false).repeat((int) Math.round(length));
    }
    int eighths = (int) Math.round(length * 8);
    String end = eighths % 8 == 0 ? "" : EIGHTHS.substring(eighths % 8, eighths % 8 + 1);
    return cell(true).repeat(eighths / 8) + end;
  }
}
