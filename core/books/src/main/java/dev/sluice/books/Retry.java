package dev.sluice.books;

import dev.sluice.convert.DecodedStream;
import dev.sluice.model.Reason;
import dev.sluice.model.ledger.QuarantineRecord;
import dev.sluice.model.store.OpenObject;
import java.io.BufferedOutputStream;
import java.io.BufferedReader;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * The records of one quarantine file that are tried again: one a line in {@link #texts}. Everything
 * is in files of a scratch folder; memory holds one record at a time.
 */
final class Retry {
  /** What another declaration or other limits can change; text that is broken stays broken. */
  private static final Set<Reason> CURABLE =
      EnumSet.of(
          Reason.MISSING_FIELD,
          Reason.NULL_FIELD,
          Reason.TYPE_MISMATCH,
          Reason.OUT_OF_RANGE,
          Reason.UNKNOWN_SYMBOL,
          Reason.UNKNOWN_FIELD,
          Reason.RULE_VIOLATED,
          Reason.RECORD_TOO_LARGE,
          Reason.TOO_DEEP,
          Reason.NUMBER_TOO_LONG,
          Reason.TOO_MANY_PARTITIONS);

  /** A larger record is not fetched from its source again. */
  private static final long LARGEST = 64L << 20;

  private final String dataset;
  private final Path texts;
  private final Path stash;
  private final Path index;
  private final Path left;
  private final Map<Reason, Long> reasons = new EnumMap<>(Reason.class);
  private final List<Cut> cuts = new ArrayList<>();
  private long count;
  private long stashed;

  /** A record of which quarantine has only the beginning, and where its line is stashed. */
  private record Cut(long offset, int length, long line) {}

  private Retry(String dataset, Path scratch) {
    this.dataset = dataset;
    texts = scratch.resolve("texts.ndjson");
    stash = scratch.resolve("stash.ndjson");
    index = scratch.resolve("index");
    left = scratch.resolve("left.ndjson");
  }

  /**
   * Sorts the records of a quarantine file.
   *
   * @param wanted which of those that can be tried shall be
   * @param source where records are whole that quarantine has only in part; empty when it is gone
   */
  static Retry of(
      String dataset,
      InputStream quarantine,
      Predicate<QuarantineRecord> wanted,
      Supplier<Optional<OpenObject>> source,
      Path scratch)
      throws IOException {
    Retry retry = new Retry(dataset, scratch);
    try (OutputStream texts = output(retry.texts);
        DataOutputStream index = new DataOutputStream(output(retry.index));
        OutputStream left = output(retry.left)) {
      try (OutputStream stash = output(retry.stash);
          BufferedReader lines =
              new BufferedReader(new InputStreamReader(quarantine, StandardCharsets.UTF_8))) {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          QuarantineRecord record = QuarantineRecord.parse(dataset, line);
          boolean chosen = CURABLE.contains(record.reason()) && wanted.test(record);
          if (chosen && record.truncated() && record.length() <= LARGEST) {
            retry.cuts.add(
                new Cut(record.offset(), (int) record.length(), retry.stash(record, stash)));
          } else if (chosen && !record.truncated() && isOneObject(record.rawBytes())) {
            retry.take(record.rawBytes(), retry.stash(record, stash), texts, index);
          } else {
            retry.leave(record, left);
          }
        }
      }
      retry.fetch(source, texts, index, left);
    }
    return retry;
  }

  /** How many are tried. */
  long count() {
    return count;
  }

  /** The tried records, one a line. */
  Path texts() {
    return texts;
  }

  /**
   * Puts together what is still to be quarantined: what was not tried, and what failed again, with
   * the place and text it always had and what is wrong with it now.
   *
   * @param failed the quarantine file of the tried ones
   * @return empty when there is nothing
   */
  Optional<Path> left(Optional<Path> failed) throws IOException {
    if (failed.isPresent()) {
      try (BufferedReader lines = Files.newBufferedReader(failed.get());
          RandomAccessFile places = new RandomAccessFile(index.toFile(), "r");
          RandomAccessFile originals = new RandomAccessFile(stash.toFile(), "r");
          OutputStream out =
              new BufferedOutputStream(
                  Files.newOutputStream(left, java.nio.file.StandardOpenOption.APPEND))) {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          QuarantineRecord again = QuarantineRecord.parse(dataset, line);
          places.seek((again.line() - 1) * Long.BYTES);
          leave(original(originals, places.readLong()).because(again), out);
        }
      }
    }
    return Files.size(left) == 0 ? Optional.empty() : Optional.of(left);
  }

  /** What is left, by reason. */
  Map<Reason, Long> reasons() {
    return reasons;
  }

  private long stash(QuarantineRecord record, OutputStream out) throws IOException {
    long at = stashed;
    byte[] line = record.toLine().getBytes(StandardCharsets.UTF_8);
    out.write(line);
    stashed += line.length;
    return at;
  }

  private void take(byte[] text, long line, OutputStream texts, DataOutputStream places)
      throws IOException {
    for (int i = 0; i < text.length; i++) {
      if (text[i] == '\n') {
        // White space to JSON as well, and as wrong inside a string.
        text[i] = '\r';
      }
    }
    texts.write(text);
    texts.write('\n');
    places.writeLong(line);
    count++;
  }

  private void leave(QuarantineRecord record, OutputStream out) throws IOException {
    out.write(record.toLine().getBytes(StandardCharsets.UTF_8));
    reasons.merge(record.reason(), 1L, Long::sum);
  }

  /** Takes truncated records from their source, as far as it is there. */
  private void fetch(
      Supplier<Optional<OpenObject>> source,
      OutputStream texts,
      DataOutputStream places,
      OutputStream out)
      throws IOException {
    if (cuts.isEmpty()) {
      return;
    }
    cuts.sort(Comparator.comparingLong(Cut::offset));
    try (RandomAccessFile originals = new RandomAccessFile(stash.toFile(), "r");
        OpenObject open = source.get().orElse(null)) {
      InputStream text =
          open == null ? InputStream.nullInputStream() : new DecodedStream(open.content());
      long at = 0;
      for (Cut cut : cuts) {
        // Records may lie within one another: a broken one reaches as far as its line.
        byte[] whole = new byte[0];
        if (cut.offset() >= at) {
          at += skip(text, cut.offset() - at);
          whole = text.readNBytes(cut.length());
          at += whole.length;
        }
        if (whole.length == cut.length() && isOneObject(whole)) {
          take(whole, cut.line(), texts, places);
        } else {
          leave(original(originals, cut.line()), out);
        }
      }
    }
  }

  private static long skip(InputStream in, long bytes) throws IOException {
    byte[] buffer = new byte[1 << 16];
    long left = bytes;
    while (left > 0) {
      int n = in.read(buffer, 0, (int) Math.min(buffer.length, left));
      if (n < 0) {
        break;
      }
      left -= n;
    }
    return bytes - left;
  }

  private QuarantineRecord original(RandomAccessFile originals, long at) throws IOException {
    originals.seek(at);
    return QuarantineRecord.parse(dataset, originals.readLine());
  }

  /** Whether it is one object and nothing else, so that on a line of its own it is one record. */
  static boolean isOneObject(byte[] text) {
    int depth = 0;
    boolean string = false;
    int end = text.length;
    while (end > 0 && text[end - 1] <= ' ' && text[end - 1] >= 0) {
      end--;
    }
    for (int i = 0; i < end; i++) {
      byte c = text[i];
      if (string) {
        if (c == '\\') {
          i++;
        } else if (c == '"') {
          string = false;
        }
      } else if (c == '"') {
        string = true;
      } else if (c == '{' || c == '[') {
        depth++;
      } else if (c == '}' || c == ']') {
        depth--;
      }
      if (depth == 0) {
        return i == end - 1 && text[0] == '{';
      }
    }
    return false;
  }

  private static OutputStream output(Path file) throws IOException {
    return new BufferedOutputStream(Files.newOutputStream(file));
  }
}
