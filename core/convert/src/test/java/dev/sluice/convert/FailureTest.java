package dev.sluice.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.model.dataset.Dataset;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A conversion that fails leaves nothing behind, and closes what it opened. */
class FailureTest {
  @TempDir Path folder;
  private Dataset dataset;
  private byte[] text;

  @BeforeEach
  void declare() {
    dataset =
        Declared.of(
            folder,
            "{\"name\": \"id\", \"type\": \"long\"}, {\"name\": \"s\", \"type\": \"string\"}",
            "partition: [s]");
    StringBuilder records = new StringBuilder();
    for (int i = 0; i < 200_000; i++) {
      records.append("{\"id\":").append(i % 1000 == 0 ? "bad" : String.valueOf(i));
      records.append(",\"s\":\"").append(i % 50).append("\"}\n");
    }
    text = records.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static final class Broken extends FilterInputStream {
    private int left;
    boolean closed;

    Broken(InputStream in, int left) {
      super(in);
      this.left = left;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      if (left == 0) {
        throw new IOException("connection reset");
      }
      int n = super.read(bytes, offset, Math.min(left, length));
      left -= n;
      return n;
    }

    @Override
    public void close() throws IOException {
      closed = true;
      super.close();
    }
  }

  private Conversion convert(Source.Content content, Path home, Progress progress)
      throws IOException {
    ConvertOptions options =
        ConvertOptions.defaults()
            .withBufferBytes(100_000)
            .withScratchBytes(1_000_000)
            .withFileBytes(50_000);
    return new Converter(dataset, options)
        .convert(
            new Source("memory", "", "stem", content),
            home.resolve("data"),
            home.resolve("quarantine"),
            progress);
  }

  private static List<Path> files(Path home) throws IOException {
    if (!Files.exists(home)) {
      return List.of();
    }
    try (Stream<Path> all = Files.walk(home)) {
      return all.filter(Files::isRegularFile).toList();
    }
  }

  @Test
  void aSourceThatFailsLeavesNothing() throws IOException {
    for (int at : new int[] {0, 3, 100, 1 << 20, 3_000_000, text.length}) {
      Path home = folder.resolve("at" + at);
      Broken broken = new Broken(new ByteArrayInputStream(text), at);

      assertThatThrownBy(() -> convert(() -> broken, home, Progress.NONE))
          .isInstanceOf(IOException.class)
          .hasMessage("connection reset");
      assertThat(files(home)).isEmpty();
      assertThat(broken.closed).isTrue();
    }
  }

  @Test
  void aSourceThatDoesNotOpenLeavesNothing() throws IOException {
    Path home = folder.resolve("home");

    assertThatThrownBy(() ->
            convert(
                () -> {
                  throw new IOException("no such key");
                },
                home,
                Progress.NONE))
        .hasMessage("no such key");
    assertThat(files(home)).isEmpty();
  }

  @Test
  void progressMayAbandonTheConversion() throws IOException {
    for (int calls : new int[] {1, 3}) {
      Path home = folder.resolve("calls" + calls);
      int[] left = {calls};

      assertThatThrownBy(() ->
              convert(
                  () -> new ByteArrayInputStream(text),
                  home,
                  (bytes, records) -> {
                    if (--left[0] == 0) {
                      throw new IllegalStateException("enough");
                    }
                  }))
          .hasMessage("enough");
      assertThat(files(home)).isEmpty();
    }
  }

  @Test
  void aQuarantineThatCannotBeWrittenLeavesNothing() throws IOException {
    Path home = folder.resolve("home");
    Files.createDirectories(home.resolve("quarantine/stem.ndjson/in the way"));

    assertThatThrownBy(() -> convert(() -> new ByteArrayInputStream(text), home, Progress.NONE))
        .isInstanceOf(IOException.class);
    assertThat(files(home)).isEmpty();
  }

  @Test
  void convertingAgainReplacesWhatWasThere() throws IOException {
    Path home = folder.resolve("home");
    Conversion first = convert(() -> new ByteArrayInputStream(text), home, Progress.NONE);
    List<Path> before = files(home);

    Conversion second = convert(() -> new ByteArrayInputStream(text), home, Progress.NONE);

    assertThat(files(home)).isEqualTo(before);
    assertThat(second).isEqualTo(first);
    byte[] clean = "{\"id\":1,\"s\":\"0\"}".getBytes(StandardCharsets.UTF_8);
    assertThat(convert(() -> new ByteArrayInputStream(clean), home, Progress.NONE).quarantine())
        .isEmpty();
    assertThat(home.resolve("quarantine/stem.ndjson")).doesNotExist();
  }
}
