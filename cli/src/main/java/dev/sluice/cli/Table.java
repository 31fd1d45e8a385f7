package dev.sluice.cli;

import java.util.ArrayList;
import java.util.List;

/** Lays out rows of text in columns. */
final class Table {
  private final List<String> head;
  private final boolean[] right;
  private final List<List<String>> rows = new ArrayList<>();

  /**
   * @param head the columns' headings; one that starts with {@code >} makes its column
   *     right-aligned
   */
  Table(String... head) {
    this(List.of(head));
  }

  Table(List<String> head) {
    this.head = head.stream().map(h -> h.startsWith(">") ? h.substring(1) : h).toList();
    right = new boolean[head.size()];
    for (int i = 0; i < right.length; i++) {
      right[i] = head.get(i).startsWith(">");
    }
  }

  Table row(String... cells) {
    return row(List.of(cells));
  }

  /** Adds a row with as many cells as there are columns. */
  Table row(List<String> cells) {
    if (cells.size() != head.size()) {
      throw new IllegalArgumentException("A row of " + cells.size() + " cells: " + cells);
    }
    rows.add(cells);
    return this;
  }

  /** The lines: headings, a rule, the rows. Line breaks and control characters are made visible. */
  List<String> lines() {
    int[] widths = new int[head.size()];
    List<List<String>> all = new ArrayList<>();
    all.add(head);
    for (List<String> row : rows) {
      all.add(row.stream().map(Table::visible).toList());
    }
    for (List<String> row : all) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], width(row.get(i)));
      }
    }
    List<String> lines = new ArrayList<>();
    for (int r = 0; r < all.size(); r++) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        String cell = all.get(r).get(i);
        String padding = " ".repeat(widths[i] - width(cell));
        line.append(i == 0 ? " " : " │ ").append(right[i] ? padding + cell : cell + padding);
      }
      lines.add(line.toString().stripTrailing());
      if (r == 0) {
        StringBuilder rule = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
          rule.append(i == 0 ? "" : "┼").append("─".repeat(widths[i] + 2));
        }
        lines.add(rule.toString());
      }
    }
    return lines;
  }

  private static String visible(String cell) {
    if (cell.chars().noneMatch(Character::isISOControl)) {
      return cell;
    }
    StringBuilder text = new StringBuilder();
    cell.codePoints()
        .forEach(c -> {
          switch (c) {
            case '\n' -> text.append("\\n");
            case '\r' -> text.append("\\r");
            case '\t' -> text.append("\\t");
            default -> {
              if (Character.isISOControl(c)) {
                text.append(String.format("\\u%04x", c));
              } else {
                text.appendCodePoint(c);
              }
            }
          }
        });
    return text.toString();
  }

  // East Asian wide characters take two columns, combining marks none.
  private static int width(String cell) {
    return cell.codePoints().map(c -> Math.max(0, org.jline.utils.WCWidth.wcwidth(c))).sum();
  }
}
