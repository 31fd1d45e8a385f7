package dev.sluice.jobs;

import dev.sluice.model.ErrorCode;
import dev.sluice.model.SluiceException;
import dev.sluice.model.ledger.LedgerEntry;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What went wrong in Spark, said as everything else is said. Of what Spark throws, the messages are
 * looked at for the name of a file.
 *
 * @param cause what was thrown
 * @param dataset whose file it was; empty when no file of silver is named
 * @param file its URI
 * @param outdated whether the ledger does not list the file any more
 */
record ReadFailure(Throwable cause, String dataset, String file, boolean outdated) {
  private static final Pattern FILE =
      Pattern.compile("silver/([a-z][a-z0-9_]*)/[^\\s,;\"']*?\\.parquet");

  static ReadFailure of(Throwable thrown, JobContext context) {
    for (Throwable each : chain(thrown)) {
      Matcher matcher = FILE.matcher(String.valueOf(each.getMessage()));
      if (each instanceof SluiceException || !matcher.find()) {
        continue;
      }
      String key = matcher.group();
      String dataset = matcher.group(1);
      if (context.datasets().find(dataset).isEmpty()) {
        continue;
      }
      context.lake().forget(dataset);
      boolean listed =
          context.lake().files(dataset).byPartition().values().stream()
              .flatMap(List::stream)
              .map(LedgerEntry.OutputFile::key)
              .anyMatch(key::equals);
      return new ReadFailure(thrown, dataset, context.lake().layout().lakeUri(key), !listed);
    }
    return new ReadFailure(thrown, "", "", false);
  }

  /** The exception to throw. */
  SluiceException exception(String doing) {
    if (cause instanceof SluiceException known) {
      return known;
    }
    if (file.isEmpty()) {
      return new SluiceException(
          ErrorCode.INTERNAL, "Cannot " + doing + ": " + summary(cause), cause);
    }
    return new SluiceException(
        ErrorCode.FILE_ACCESS,
        "Cannot "
            + doing
            + ": a file of silver."
            + dataset
            + " "
            + why()
            + ": "
            + file
            + ". "
            + wayOut(),
        cause);
  }

  private String why() {
    if (outdated) {
      return "was replaced while it was read, again and again";
    }
    if (isMissing()) {
      return "is missing, though the ledger lists it";
    }
    return column()
        .map(column -> "has another type than declared in column " + column)
        .orElse("cannot be read (" + summary(root()) + ")");
  }

  private String wayOut() {
    if (outdated) {
      return "Run the job again.";
    }
    return isMissing()
        ? "Run ./sluice audit --repair."
        : "Load what it was made of again: ./sluice replay --dataset " + dataset + " --whole";
  }

  private boolean isMissing() {
    return chain(cause).stream()
        .anyMatch(each ->
            each instanceof java.io.FileNotFoundException
                || String.valueOf(each.getMessage()).contains("PATH_NOT_FOUND")
                || String.valueOf(each.getMessage()).contains("FILE_NOT_EXIST"));
  }

  private Optional<String> column() {
    Pattern column = Pattern.compile("(?i)column: \\[([^\\]]+)\\]");
    for (Throwable each : chain(cause)) {
      Matcher matcher = column.matcher(String.valueOf(each));
      if (matcher.find()) {
        return Optional.of(matcher.group(1));
      }
    }
    return Optional.empty();
  }

  private Throwable root() {
    List<Throwable> chain = chain(cause);
    return chain.get(chain.size() - 1);
  }

  /** The first line, without the stack that Spark repeats in messages of failed stages. */
  private static String summary(Throwable thrown) {
    String text = String.valueOf(thrown.getMessage()).strip();
    String line = text.lines().findFirst().orElse("");
    String name = thrown.getClass().getSimpleName();
    return line.isEmpty() || line.equals("null")
        ? name
        : line.length() > 500 ? line.substring(0, 500) + "…" : line;
  }

  private static List<Throwable> chain(@Nullable Throwable thrown) {
    List<Throwable> chain = new ArrayList<>();
    Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    for (Throwable each = thrown; each != null && seen.add(each); each = each.getCause()) {
      chain.add(each);
    }
    return chain;
  }
}
