package dev.sluice.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.model.dataset.Dataset;
import dev.sluice.model.limit.Limit;
import dev.sluice.model.limit.Limits;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several threads make the same files as one, and none of them is left behind. */
class ThreadsTest {
  private static final int[] THREADS = {2, 3, 8};

  /** Small, so that pieces end everywhere, and large, as it is. */
  private static final int[] CHUNKS = {257, 4_000, RecordReader.CHUNK};

  @TempDir Path folder;
  private Dataset dataset;

  @BeforeEach
  void declare() {
    dataset =
        Declared.of(
            folder,
            """
            {"name": "n", "type": "long"},
            {"name": "s", "type": "string"},
            {"name": "part", "type": ["null", "string"], "default": null},
            {"name": "list", "type": {"type": "array", "items": "double"}, "default": []}
            """,
            "partition: [part]\nquality: [{field: n, min: 0}]");
  }

  @AfterEach
  void noThreadIsLeft() {
    assertThat(Thread.getAllStackTraces().keySet())
        .extracting(Thread::getName)
        .noneMatch(name -> name.startsWith("sluice-convert-"));
  }

  private static String records(int count, boolean faults) {
    Random random = new Random(count);
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < count; i++) {
      int kind = faults ? random.nextInt(40) : 40;
      text.append(kind == 0 ? "{\"n\":" : "{\"n\": ").append(kind == 1 ? -i : i);
      text.append(",\"s\":\"").append(i < count / 3 ? "s" + i % 9 : Long.toHexString(i * 77_777L));
      text.append("\",\"part\":").append(i % 11 == 0 ? "null" : "\"p" + random.nextInt(30) + "\"");
      text.append(kind == 2 ? ",\"s\":1" : "");
      text.append(",\"list\":[").append(i % 3 == 0 ? "" : "1.5," + i);
      text.append(kind == 3 ? "" : "]").append(kind == 4 ? "" : "}");
      text.append(kind == 5 ? "" : kind == 6 ? "\r\n\n  \n" : kind == 7 ? " nonsense\n" : "\n");
    }
    return text.toString();
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] gzip(byte[] bytes) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
    }
    return out.toByteArray();
  }

  /** Every file of a conversion, with its bytes, and what it says of itself. */
  private SortedMap<String, String> outcome(
      ConvertOptions options, int chunk, byte[] stored, byte[] decoded) throws IOException {
    Path home = Files.createTempDirectory(folder, "run");
    Run run =
        Run.of(
            new Converter(dataset, options, chunk),
            dataset,
            home,
            () -> new ByteArrayInputStream(stored),
            decoded);
    SortedMap<String, String> outcome = new TreeMap<>();
    Path root = run.data.getParent();
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        outcome.put(
            root.relativize(file).toString(),
            new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
      }
    }
    Conversion c = run.conversion;
    outcome.put(
        "figures",
        c.read() + " " + c.written() + " " + c.reasons() + " " + c.bytesIn() + c.bytesDecoded());
    return outcome;
  }

  private void sameWithAnyThreads(byte[] stored, byte[] decoded) throws IOException {
    sameWithAnyThreads(ConvertOptions.defaults(), stored, decoded);
    sameWithAnyThreads(
        ConvertOptions.defaults()
            .withBufferBytes(100_000)
            .withScratchBytes(200_000)
            .withFileBytes(60_000),
        stored,
        decoded);
  }

  private void sameWithAnyThreads(ConvertOptions options, byte[] stored, byte[] decoded)
      throws IOException {
    for (int chunk : CHUNKS) {
      SortedMap<String, String> alone = outcome(options, chunk, stored, decoded);
      for (int threads : THREADS) {
        SortedMap<String, String> together =
            outcome(options.withThreads(threads), chunk, stored, decoded);
        assertThat(together.keySet()).isEqualTo(alone.keySet());
        alone.forEach((file, bytes) ->
            assertThat(together.get(file).equals(bytes))
                .as("%s with %s threads and chunks of %s", file, threads, chunk)
                .isTrue());
      }
    }
  }

  @Test
  void goodLines() throws IOException {
    byte[] text = utf8(records(20_000, false));
    sameWithAnyThreads(text, text);
  }

  @Test
  void badLinesAmongGoodOnes() throws IOException {
    byte[] text = utf8(records(20_000, true));
    sameWithAnyThreads(text, text);
  }

  @Test
  void linesThatAreLongerThanWhatIsReadAtOnce() throws IOException {
    String wide = "{\"n\":1,\"s\":\"" + "w".repeat(3_000_000) + "\"}\n";
    String broken = "{\"n\":2,\"s\":\"" + "x".repeat(2_000_000) + "\n";
    byte[] text =
        utf8(records(500, true) + wide + records(700, true) + broken + records(300, true) + wide);
    sameWithAnyThreads(text, text);
  }

  @Test
  void aLineBeyondTheLimit() throws IOException {
    Limits limits = limit(100_000);
    String wide = "{\"n\":1,\"s\":\"" + "w".repeat(150_000) + "\"}\n";
    byte[] text = utf8(records(3_000, true) + wide + records(3_000, true) + wide.strip());
    sameWithAnyThreads(ConvertOptions.defaults().withLimits(limits), text, text);
    // Both inside of what is read at once, and over its end.
    for (int i = 0; i < 4; i++) {
      byte[] shifted = utf8(" ".repeat(40_000 * i) + records(3_000, true) + wide + wide.strip());
      sameWithAnyThreads(ConvertOptions.defaults().withLimits(limits), shifted, shifted);
    }
  }

  @Test
  void objectsOverLinesAndArrays() throws IOException {
    byte[] lines = utf8(records(3_000, true).replace(",\"part\"", ",\n  \"part\""));
    sameWithAnyThreads(lines, lines);
    byte[] array = utf8("[" + records(3_000, false).strip().replace("}\n", "},\n") + "]");
    sameWithAnyThreads(array, array);
  }

  @Test
  void compressedAndCutShort() throws IOException {
    byte[] text = utf8(records(8_000, true));
    byte[] zipped = gzip(text);
    sameWithAnyThreads(zipped, text);
    sameWithAnyThreads(java.util.Arrays.copyOf(zipped, zipped.length / 2), null);
  }

  @Test
  void nothingAndNextToNothing() throws IOException {
    for (String text : new String[] {"", "\n", " \n\n ", "{\"n\":1,\"s\":\"\"}", "\ufeff{}\n[]"}) {
      sameWithAnyThreads(utf8(text), utf8(text));
    }
  }

  private static Limits limit(int recordBytes) {
    return Limits.defaults().with(Limit.RECORD_BYTES, recordBytes).with(Limit.RAW_BYTES, 1_000);
  }

  // ---- failures

  private void convert(InputStream in, Path home, Progress progress) throws IOException {
    new Converter(dataset, ConvertOptions.defaults().withThreads(4).withBufferBytes(100_000))
        .convert(
            new Source("memory", "", "stem", () -> in),
            home.resolve("data"),
            home.resolve("quarantine"),
            progress);
  }

  private static void isEmpty(Path home) {
    if (Files.exists(home)) {
      try (Stream<Path> files = Files.walk(home)) {
        assertThat(files.filter(Files::isRegularFile)).isEmpty();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  @Test
  void aSourceThatFailsLeavesNothing() {
    byte[] text = utf8(records(100_000, true));
    for (int at : new int[] {0, 100, 3_000_000}) {
      Path home = folder.resolve("at" + at);
      InputStream broken =
          new FilterInputStream(new ByteArrayInputStream(text)) {
            private int left = at;

            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
              if (left == 0) {
                throw new IOException("connection reset");
              }
              int n = super.read(bytes, offset, Math.min(left, length));
              left -= n;
              return n;
            }
          };

      assertThatThrownBy(() -> convert(broken, home, Progress.NONE))
          .isInstanceOf(IOException.class)
          .hasMessage("connection reset");
      isEmpty(home);
    }
  }

  @Test
  void progressMayAbandonTheConversionFromWhateverThread() {
    byte[] text = utf8(records(100_000, true));
    for (int calls : new int[] {1, 3, 5}) {
      Path home = folder.resolve("calls" + calls);
      int[] left = {calls};

      assertThatThrownBy(() ->
              convert(
                  new ByteArrayInputStream(text),
                  home,
                  (bytes, records) -> {
                    if (--left[0] == 0) {
                      throw new IllegalStateException("enough");
                    }
                  }))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("enough");
      isEmpty(home);
    }
  }

  @Test
  void anInterruptEndsTheConversion() throws Exception {
    Path home = folder.resolve("home");
    byte[] record = utf8(records(1_000, false));
    Throwable[] why = new Throwable[1];
    boolean[] still = new boolean[1];
    Thread converting =
        new Thread(() -> {
          why[0] =
              org.assertj.core.api.Assertions.catchThrowable(
                  () -> convert(new Endless(record), home, Progress.NONE));
          still[0] = Thread.currentThread().isInterrupted();
        });
    converting.start();
    Thread.sleep(300);
    converting.interrupt();
    converting.join(20_000);

    assertThat(converting.isAlive()).isFalse();
    assertThat(why[0])
        .isInstanceOfAny(
            InterruptedIOException.class, java.nio.channels.ClosedByInterruptException.class);
    assertThat(still[0]).isTrue();
    isEmpty(home);
  }

  /** The same records, again and again. */
  private static final class Endless extends InputStream {
    private final byte[] records;
    private int at;

    Endless(byte[] records) {
      this.records = records;
    }

    @Override
    public int read() {
      throw new UnsupportedOperationException("Read many bytes at a time");
    }

    @Override
    public int read(byte[] bytes, int offset, int length) {
      int n = Math.min(length, records.length - at);
      System.arraycopy(records, at, bytes, offset, n);
      at = (at + n) % records.length;
      return n;
    }
  }
}
