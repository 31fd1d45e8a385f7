package dev.sluice.convert;

import dev.sluice.benchmarks.Folders;
import dev.sluice.benchmarks.Shipped;
import dev.sluice.benchmarks.convert.StandardInput;
import dev.sluice.model.dataset.Dataset;
import dev.sluice.model.schema.FieldPath;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** What the micro benchmarks read. */
final class Samples {
  private static final long SEED = 42;

  private Samples() {}

  static Dataset dataset(StandardInput input) {
    try {
      Path folder = Files.createTempDirectory("sluice-bench");
      try {
        return Shipped.dataset(input.dataset(), folder);
      } finally {
        Folders.delete(folder);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Node schema(StandardInput input) {
    return Node.compile(dataset(input).schema());
  }

  static Node leaf(StandardInput input, String path) {
    return schema(input).find(FieldPath.parse(path));
  }

  /** NDJSON, padded as the scanner wants it. */
  static byte[] text(StandardInput input, int records) {
    return padded(input.sample(SEED, records));
  }

  static byte[] padded(byte[] text) {
    return Arrays.copyOf(text, text.length + Bytes.PADDING);
  }
}
