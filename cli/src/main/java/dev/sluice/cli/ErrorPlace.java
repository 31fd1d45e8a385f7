package dev.sluice.cli;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Shows where in a statement a failure is. */
final class ErrorPlace {
  private static final Pattern PLACE = Pattern.compile("\\bline (\\d{1,6}):(\\d{1,6}): ");

  private ErrorPlace() {}

  /** The line that the message names, and a mark below the place; none when it names none. */
  static List<String> lines(String sql, String message) {
    Matcher place = PLACE.matcher(message);
    if (!place.find()) {
      return List.of();
    }
    List<String> lines = sql.lines().toList();
    int line = Integer.parseInt(place.group(1));
    int column = Integer.parseInt(place.group(2));
    if (line < 1 || line > lines.size()) {
      return List.of();
    }
    String text = lines.get(line - 1);
    if (column < 1 || column > text.length() + 1) {
      return List.of();
    }
    String number = lines.size() == 1 ? "  " : line + ": ";
    StringBuilder mark = new StringBuilder(" ".repeat(number.length()));
    // A tab stays one, so that the mark stands below its character.
    text.substring(0, column - 1).chars().forEach(c -> mark.append(c == '\t' ? '\t' : ' '));
    return List.of(number + text, mark.append('^').toString());
  }
}
