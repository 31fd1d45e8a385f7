package dev.sluice.model.dataset;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * How a dataset's CSV is written. Rows become records as if they were JSON objects: a column {@code
 * a.b} is the key {@code b} of the object {@code a}.
 *
 * @param all whether everything uploaded is CSV; otherwise what is named {@code .csv} or {@code
 *     .tsv}, with {@code .gz} or {@code .zst} behind it or not
 * @param delimiter what parts columns; when empty, a tab in {@code .tsv}, else a comma
 * @param quote what encloses cells that hold delimiters, quotes (doubled) or line ends
 * @param header whether the first row names the columns
 * @param columns the columns' names in order; used when there is no header
 * @param nullText what stands for null besides an empty cell
 */
public record CsvFormat(
    boolean all,
    Optional<Character> delimiter,
    char quote,
    boolean header,
    List<String> columns,
    Optional<String> nullText) {

  /** What holds when a declaration says nothing: RFC 4180 with a header. */
  public static final CsvFormat DEFAULT =
      new CsvFormat(false, Optional.empty(), '"', true, List.of(), Optional.empty());

  public CsvFormat {
    columns = List.copyOf(columns);
  }

  /** The same for everything, however it is named. */
  public CsvFormat forAll() {
    return new CsvFormat(true, delimiter, quote, header, columns, nullText);
  }

  /** Whether the object or file of this name is CSV. */
  public boolean covers(String name) {
    return all || isNamed(name, ".csv") || isNamed(name, ".tsv");
  }

  /** What parts the columns of the object or file of this name. */
  public char delimiterOf(String name) {
    return delimiter.orElse(isNamed(name, ".tsv") ? '\t' : ',');
  }

  private static boolean isNamed(String name, String suffix) {
    return name.toLowerCase(Locale.ROOT)
        .matches("(?s).*\\" + suffix + "(\\.gz|\\.gzip|\\.zst|\\.zstd)?");
  }
}
