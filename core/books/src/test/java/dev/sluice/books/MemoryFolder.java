package dev.sluice.books;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDirFactory;

/** Folders in memory where the system has such; a hundred thousand ingests write much scratch. */
public final class MemoryFolder {
  private static final Path MEMORY = Path.of("/dev/shm");

  private MemoryFolder() {}

  /** A new folder, which the caller removes. */
  public static Path create() throws IOException {
    return Files.isWritable(MEMORY)
        ? Files.createTempDirectory(MEMORY, "sluice-")
        : Files.createTempDirectory("sluice-");
  }

  /** For {@code @TempDir}. */
  static final class Factory implements TempDirFactory {
    @Override
    public Path createTempDirectory(AnnotatedElementContext element, ExtensionContext test)
        throws IOException {
      return create();
    }
  }
}
