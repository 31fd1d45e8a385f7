package dev.sluice.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A Markdown file of which each command writes one section. A section stands between two comments
 * that carry its name; everything else in the file is left as it is.
 */
public final class NumbersFile {
  private static final String HEAD =
      """
      # Numbers

      Each section is written by the command that it names, which measures behind a correctness gate:
      a wrong answer is never timed. Figures hold for the machine that is named, and for its load.
      """;

  private NumbersFile() {}

  /** Puts the section in its place, or at the end of the file when it has none yet. */
  public static void write(Path file, String section, List<String> lines) throws IOException {
    String before = Files.exists(file) ? Files.readString(file) : HEAD;
    if (file.toAbsolutePath().getParent() != null) {
      Files.createDirectories(file.toAbsolutePath().getParent());
    }
    Files.writeString(file, replaced(before, section, lines));
  }

  static String replaced(String text, String section, List<String> lines) {
    String begin = "<!-- begin " + section + " -->\n";
    String end = "<!-- end " + section + " -->\n";
    String whole = begin + String.join("\n", lines).strip() + "\n" + end;
    int from = text.indexOf(begin);
    int to = text.indexOf(end);
    if (from < 0 || to < from) {
      return text.stripTrailing() + "\n\n" + whole;
    }
    return text.substring(0, from) + whole + text.substring(to + end.length());
  }
}
