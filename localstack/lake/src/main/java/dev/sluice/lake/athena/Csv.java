package dev.sluice.lake.athena;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Results as Athena writes them: every value between double quotes, double quotes doubled, nothing
 * at all for NULL, lines that end with a line feed.
 */
final class Csv {
  private Csv() {}

  /** Some rows and where the next one begins. */
  record Rows(List<List<@Nullable String>> rows, int next) {}

  static void write(List<? extends @Nullable String> row, ByteArrayOutputStream out) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < row.size(); i++) {
      String value = row.get(i);
      if (i > 0) {
        line.append(',');
      }
      if (value != null) {
        line.append('"').append(value.replace("\"", "\"\"")).append('"');
      }
    }
    out.writeBytes(line.append('\n').toString().getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Reads rows that {@link #write} wrote.
   *
   * @param from the byte where a row begins
   * @param most how many rows at most
   */
  static Rows read(byte[] csv, int from, int most) {
    List<List<@Nullable String>> rows = new ArrayList<>();
    int at = from;
    while (at < csv.length && rows.size() < most) {
      List<@Nullable String> row = new ArrayList<>();
      boolean more = true;
      while (more) {
        if (at < csv.length && csv[at] == '"') {
          ByteArrayOutputStream value = new ByteArrayOutputStream();
          at++;
          while (at < csv.length) {
            if (csv[at] == '"') {
              if (at + 1 < csv.length && csv[at + 1] == '"') {
                at++;
              } else {
                break;
              }
            }
            value.write(csv[at++]);
          }
          at++;
          row.add(value.toString(StandardCharsets.UTF_8));
        } else {
          row.add(null);
        }
        more = at < csv.length && csv[at] == ',';
        at++;
      }
      rows.add(row);
    }
    return new Rows(rows, Math.min(at, csv.length));
  }
}
