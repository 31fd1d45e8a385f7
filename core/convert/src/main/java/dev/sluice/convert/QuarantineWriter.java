package dev.sluice.convert;

import dev.sluice.model.Reason;
import dev.sluice.model.json.Json;
import dev.sluice.model.ledger.QuarantineRecord;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes the records that do not fit, one JSON object a line. The file exists once there is one.
 */
final class QuarantineWriter implements Refusals, AutoCloseable {
  private final String dataset;
  private final Source source;
  private final Path file;
  private final int rawLimit;
  private final Map<Reason, Long> reasons = new EnumMap<>(Reason.class);
  private @Nullable BufferedWriter out;
  private long count;

  QuarantineWriter(String dataset, Source source, Path file, int rawLimit) {
    this.dataset = dataset;
    this.source = source;
    this.file = file;
    this.rawLimit = rawLimit;
  }

  @Override
  public void add(Fault fault, byte[] text, int start, int end, long length, long line, long offset)
      throws IOException {
    int kept = Math.min(end - start, rawLimit);
    // A cut inside a character would make text look like binary.
    for (int i = 0;
        i < 3 && kept > 0 && kept < end - start && (text[start + kept] & 0xc0) == 0x80;
        i++) {
      kept--;
    }
    boolean utf8 = Utf8.isValid(text, start, start + kept);
    String raw =
        utf8
            ? new String(text, start, kept, StandardCharsets.UTF_8)
            : Base64.getEncoder()
                .encodeToString(java.util.Arrays.copyOfRange(text, start, start + kept));
    QuarantineRecord record =
        new QuarantineRecord(
            dataset,
            source.name(),
            source.version(),
            line,
            offset,
            length,
            fault.field(),
            fault.reason(),
            fault.rule(),
            fault.expected(),
            fault.found(),
            fault.message(),
            raw,
            !utf8,
            kept < length);
    if (out == null) {
      Files.createDirectories(file.toAbsolutePath().getParent());
      out = Files.newBufferedWriter(file, StandardCharsets.UTF_8);
    }
    out.write(Json.write(record.toJson()));
    out.write('\n');
    count++;
    reasons.merge(fault.reason(), 1L, Long::sum);
  }

  long count() {
    return count;
  }

  Map<Reason, Long> reasons() {
    return reasons;
  }

  Path file() {
    return file;
  }

  /** Completes the file. */
  void finish() throws IOException {
    if (out != null) {
      out.close();
      out = null;
    }
  }

  @Override
  public void close() throws IOException {
    finish();
  }
}
