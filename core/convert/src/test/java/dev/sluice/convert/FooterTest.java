package dev.sluice.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.EncodingStats;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.io.LocalInputFile;
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

  /** Readers look up a value in the dictionary only where they know that every page uses it. */
  @Test
  void itIsToldHowThePagesAreEncoded() throws IOException {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 50_000; i++) {
      text.append("{\"few\":\"v").append(i % 5).append("\",\"many\":\"").append(i * 7919L);
      text.append("\"").append(i < 20_000 ? ",\"late\":null" : ",\"late\":" + i).append("}\n");
    }
    Run run =
        Run.of(
            Declared.of(
                folder,
                """
                {"name": "few", "type": "string"},
                {"name": "many", "type": "string"},
                {"name": "late", "type": ["null", "long"], "default": null}
                """),
            folder,
            text.toString());

    try (ParquetFileReader reader =
        ParquetFileReader.open(new LocalInputFile(run.conversion.files().get(0).path()))) {
      List<ColumnChunkMetaData> columns = reader.getRowGroups().get(0).getColumns();
      EncodingStats few = columns.get(0).getEncodingStats();
      assertThat(few.hasDictionaryPages()).isTrue();
      assertThat(few.hasNonDictionaryEncodedPages()).isFalse();
      assertThat(few.getNumDataPagesEncodedAs(Encoding.RLE_DICTIONARY)).isEqualTo(3);
      EncodingStats many = columns.get(1).getEncodingStats();
      assertThat(many.hasDictionaryPages()).isFalse();
      assertThat(many.getNumDataPagesEncodedAs(Encoding.DELTA_LENGTH_BYTE_ARRAY)).isEqualTo(3);
      EncodingStats late = columns.get(2).getEncodingStats();
      assertThat(late.getNumDataPagesEncodedAs(Encoding.PLAIN)).as("only nulls").isEqualTo(1);
      assertThat(late.getNumDataPagesEncodedAs(Encoding.DELTA_BINARY_PACKED)).isEqualTo(2);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "PAR1", "0123PAR2", "\uFFFF\uFFFFPAR1", "xxxx\u0000\u0000\u0000\u0000PAR1"})
  void whatIsNoParquetFileIsRefused(String text) {
    assertThatThrownBy(() -> Footer.rows(text.getBytes(StandardCharsets.ISO_8859_1)))
        .isInstanceOf(IOException.class);
  }
}
