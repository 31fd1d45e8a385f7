package dev.sluice.lake.emr;

import dev.sluice.lake.api.Objects;
import dev.sluice.lake.api.ServiceException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/** What a step left in its files: the controller's log, and copies where EMR puts them. */
final class StepLogs {
  private static final System.Logger LOG = System.getLogger(StepLogs.class.getName());
  private static final List<String> FILES = List.of("controller", "stdout", "stderr");
  private static final int TAIL = 64 << 10;
  private static final int LONGEST_MESSAGE = 2_000;
  private static final Pattern LOCATION = Pattern.compile("s3[an]?://([^/]+)(?:/(.*))?");
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

  /** Frames of a stack, and lines of the log that frameworks keep. */
  private static final Pattern NOISE =
      Pattern.compile("\\s+(at |\\.\\.\\. ).*|\\d\\d/\\d\\d/\\d\\d \\d\\d:\\d\\d:\\d\\d .*|\\s*");

  private StepLogs() {}

  /** Whether logs can be put there: a location in S3. */
  static boolean isLocation(String uri) {
    return LOCATION.matcher(uri).matches();
  }

  /** Adds a line to the controller's log. */
  static void controller(Path folder, Instant now, String line) {
    try {
      Files.writeString(
          folder.resolve("controller"),
          TIME.format(now) + " INFO " + line + "\n",
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      // The step's own end counts, not the line about it.
    }
  }

  /** Where the logs of a step are put, ending with a slash; empty without a log URI. */
  static Optional<String> location(@Nullable String logUri, String clusterId, String stepId) {
    if (logUri == null || !isLocation(logUri)) {
      return Optional.empty();
    }
    return Optional.of(
        logUri.replaceFirst("^s3[an]?://", "s3://").replaceFirst("/*$", "/")
            + clusterId
            + "/steps/"
            + stepId
            + "/");
  }

  /** Puts the logs to S3, each gzipped; what cannot be put is said in the lake's log only. */
  static void upload(Objects objects, Path folder, String location) {
    Matcher place = LOCATION.matcher(location);
    if (!place.matches()) {
      throw new IllegalArgumentException("No location in S3: " + location);
    }
    for (String name : FILES) {
      Path file = folder.resolve(name);
      if (!Files.exists(file)) {
        continue;
      }
      try {
        objects.put(
            place.group(1), place.group(2) + name + ".gz", zipped(file), "application/x-gzip");
      } catch (ServiceException | UncheckedIOException | IOException e) {
        LOG.log(
            System.Logger.Level.WARNING,
            "Cannot put a log of a step to " + location + ": " + e.getMessage());
      }
    }
  }

  private static byte[] zipped(Path file) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream zip = new GZIPOutputStream(bytes, 1 << 16)) {
      Files.copy(file, zip);
    }
    return bytes.toByteArray();
  }

  /**
   * Why a step failed, as far as the end of its standard error tells: the last line that is neither
   * a frame of a stack nor a log line, which for an uncaught exception is its first cause.
   */
  static Optional<String> reason(Path stderr) {
    String text;
    try (RandomAccessFile file = new RandomAccessFile(stderr.toFile(), "r")) {
      long from = Math.max(0, file.length() - TAIL);
      byte[] bytes = new byte[(int) (file.length() - from)];
      file.seek(from);
      file.readFully(bytes);
      text = new String(bytes, StandardCharsets.UTF_8);
    } catch (IOException e) {
      return Optional.empty();
    }
    return text.lines()
        .filter(line -> !NOISE.matcher(line).matches())
        .reduce((first, second) -> second)
        .map(line -> line.substring(0, Math.min(line.length(), LONGEST_MESSAGE)).strip());
  }
}
