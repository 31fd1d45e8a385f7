package dev.sluice.model.query;

import dev.sluice.model.ErrorCode;
import dev.sluice.model.SluiceException;
import dev.sluice.model.dataset.Problems;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An SQL file of a declaration: comment lines {@code -- key: value} at its top, then one statement.
 *
 * @param headers in the order in which they stand
 * @param sql what follows them
 */
record SqlFile(List<Header> headers, String sql) {
  private static final Pattern LINE = Pattern.compile("--\\s*([a-z]+)\\s*:\\s*(.*?)\\s*");

  SqlFile {
    headers = List.copyOf(headers);
  }

  /**
   * A comment line.
   *
   * @param line its number, from 1
   */
  record Header(int line, String key, String value) {}

  /**
   * Takes the text apart; what is wrong with it goes to the problems.
   *
   * @param where the file's name in problems
   * @param keys what may stand in comment lines
   * @param many the one of them that may stand there more than once
   */
  static SqlFile read(
      String where, String text, List<String> keys, String many, Problems problems) {
    List<Header> headers = new ArrayList<>();
    String[] lines = text.split("\n", -1);
    int line = 0;
    while (line < lines.length && (lines[line].isBlank() || lines[line].startsWith("--"))) {
      if (!lines[line].isBlank()) {
        header(where + ":" + (line + 1), line + 1, lines[line].stripTrailing(), keys, problems)
            .ifPresent(header -> {
              if (!header.key().equals(many)
                  && headers.stream().anyMatch(other -> other.key().equals(header.key()))) {
                problems.add(
                    where + ":" + header.line(), header.key(), "it stands twice", "remove one");
              } else {
                headers.add(header);
              }
            });
      }
      line++;
    }
    String sql = String.join("\n", List.of(lines).subList(line, lines.length)).stripTrailing();
    if (sql.isBlank()) {
      problems.add(where, "the statement", "there is none", "write it below the comments");
    }
    if (SqlParameters.hasSemicolon(sql)) {
      problems.add(where, "the statement", "it has a semicolon", "one file is one statement");
    }
    return new SqlFile(headers, sql);
  }

  private static Optional<Header> header(
      String at, int line, String text, List<String> keys, Problems problems) {
    Matcher matcher = LINE.matcher(text);
    if (!matcher.matches() || !keys.contains(matcher.group(1))) {
      problems.add(
          at,
          "the comment",
          "it is none of " + String.join(", ", keys),
          "write '-- " + keys.get(0) + ": …', or put other comments behind the first line of SQL");
      return Optional.empty();
    }
    return Optional.of(new Header(line, matcher.group(1), matcher.group(2)));
  }

  /** The values of that key's lines. */
  List<Header> all(String key) {
    return headers.stream().filter(header -> header.key().equals(key)).toList();
  }

  /** The value of that key, or the empty text, and then a problem. */
  String required(String key, String where, Problems problems) {
    String value = all(key).stream().map(Header::value).findFirst().orElse("");
    if (value.isEmpty()) {
      problems.add(where, key, "it is missing", "add a line '-- " + key + ": …' at the top");
    }
    return value;
  }

  /**
   * The text of a file.
   *
   * @param what stands in the message when it cannot be read: {@code the queries}
   */
  static String text(Path file, String what) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new SluiceException(
          ErrorCode.FILE_ACCESS, "Cannot load " + what + ": the file cannot be read: " + file, e);
    }
  }
}
