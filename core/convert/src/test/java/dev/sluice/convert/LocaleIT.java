package dev.sluice.convert;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.model.dataset.Dataset;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Partitions have their names in every locale, also where file names are ASCII. */
class LocaleIT {
  @TempDir Path folder;

  @Test
  void aLocaleWithoutCharactersBeyondAsciiFailsNoPartition() throws Exception {
    Path log = folder.resolve("log");
    ProcessBuilder builder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "--enable-native-access=ALL-UNNAMED",
                "-Dstdout.encoding=UTF-8",
                "-cp",
                System.getProperty("java.class.path"),
                LocaleIT.class.getName(),
                folder.toString())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    builder.environment().put("LC_ALL", "C");
    Process process = builder.start();
    try {
      assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    assertThat(Files.readAllLines(log, StandardCharsets.UTF_8))
        .containsExactly("s=Zürich 1 true", "s=plain 1 true");
  }

  public static void main(String[] arguments) throws IOException {
    Path folder = Path.of(arguments[0]);
    Dataset dataset =
        Declared.of(
            folder,
            "{\"name\": \"s\", \"type\": \"string\"}, {\"name\": \"i\", \"type\": \"int\"}",
            "partition: [s]");
    byte[] text =
        "{\"s\":\"Zürich\",\"i\":1}\n{\"s\":\"plain\",\"i\":2}\n".getBytes(StandardCharsets.UTF_8);
    Conversion conversion =
        new Converter(dataset, ConvertOptions.defaults())
            .convert(
                new Source("m", "", "stem", () -> new ByteArrayInputStream(text)),
                folder.resolve("data"),
                folder.resolve("quarantine"),
                Progress.NONE);
    for (DataFile file : conversion.files()) {
      System.out.println(
          file.directory() + " " + file.rows() + " " + Files.isRegularFile(file.path()));
    }
  }
}
