package dev.sluice.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FooterTest {
  @TempDir Path folder;

  @Test
  void theEndOfAFileTellsItsRows() throws IOException {
    Run run =
        Run.of(
            Declared.of(folder, "{\"name\": \"id\", \"type\": \"long\"}"),
            folder,
            "{\"id\":1}\n{\"id\":2}\n{\"id\":3}\n");
    DataFile file = run.conversion.files().get(0);
    byte[] bytes = Files.readAllBytes(file.path());
    byte[] trailer = Arrays.copyOfRange(bytes, bytes.length - 8, bytes.length);

    int length = Footer.length(trailer);

    assertThat(Footer.rows(bytes)).isEqualTo(3);
    assertThat(Footer.rows(Arrays.copyOfRange(bytes, bytes.length - length, bytes.length)))
        .isEqualTo(3);
    assertThatThrownBy(() -> Footer.rows(trailer)).isInstanceOf(IOException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "PAR1", "0123PAR2", "\uFFFF\uFFFFPAR1", "xxxx\u0000\u0000\u0000\u0000PAR1"})
  void whatIsNoParquetFileIsRefused(String text) {
    assertThatThrownBy(() -> Footer.rows(text.getBytes(StandardCharsets.ISO_8859_1)))
        .isInstanceOf(IOException.class);
  }
}
