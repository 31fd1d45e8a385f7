package dev.sluice.benchmarks.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.benchmarks.DuckDb;
import dev.sluice.benchmarks.Failure;
import dev.sluice.benchmarks.Folders;
import dev.sluice.benchmarks.Shipped;
import dev.sluice.convert.Codec;
import dev.sluice.model.dataset.Dataset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GateTest {
  private static final int RECORDS = 400;

  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource
  void allPeersWriteTheSameTable(StandardInput input) throws Exception {
    Dataset dataset = Shipped.dataset(input.dataset(), folder);
    Path json = folder.resolve("in.ndjson");
    input.write(json, 42, RECORDS, Long.MAX_VALUE);
    String schema =
        new String(
            Shipped.bytes("datasets/" + input.dataset() + "/schema.avsc"), StandardCharsets.UTF_8);
    try (DuckDb duck = new DuckDb(1)) {
      Gate gate = new Gate(duck, dataset, json, RECORDS);
      Path out = folder.resolve("out");

      Peer.ours(dataset, Codec.ZSTD).convert(json, Folders.fresh(out));
      int checks = gate.check("sluice", out, true);
      assertThat(checks).isGreaterThan(dataset.schema().fields().size());

      Textbook textbook = new Textbook(schema, dataset.partitions(), Codec.SNAPPY);
      textbook.convert(json, Folders.fresh(out));
      assertThat(textbook.bad).isZero();
      gate.check("textbook", out, true);

      Peer.duckDb(duck, dataset, Codec.SNAPPY).convert(json, Folders.fresh(out));
      gate.check("duckdb", out, false);
    }
  }

  @Test
  void oneOtherNestedValueOrOneLostRecordIsFound() throws Exception {
    Dataset dataset = Shipped.dataset("receipts", folder);
    Path json = folder.resolve("in.ndjson");
    Path other = folder.resolve("other.ndjson");
    StandardInput.RECEIPTS.write(json, 42, RECORDS, Long.MAX_VALUE);
    String text = Files.readString(json);
    try (DuckDb duck = new DuckDb(1)) {
      Gate gate = new Gate(duck, dataset, json, RECORDS);
      Path out = folder.resolve("out");

      Files.writeString(other, text.replaceFirst("\"quantity\":\\d", "\"quantity\":9"));
      Peer.ours(dataset, Codec.ZSTD).convert(other, Folders.fresh(out));
      assertThatThrownBy(() -> gate.check("sluice", out, true))
          .isInstanceOf(Failure.class)
          .hasMessageContaining("line_items[].quantity: ")
          .hasMessageContaining("whole rows: ")
          .hasMessageNotContaining("unit_price");

      Files.writeString(other, text.substring(text.indexOf('\n') + 1));
      Peer.ours(dataset, Codec.ZSTD).convert(other, Folders.fresh(out));
      assertThatThrownBy(() -> gate.check("sluice", out, true))
          .hasMessageContaining("rows: 399 instead of 400");
    }
  }

  @Test
  void theTextbookWayCountsLinesThatDoNotFit() throws Exception {
    Dataset dataset = Shipped.dataset("clicks", folder);
    Path json = folder.resolve("in.ndjson");
    StandardInput.CLICKS.write(json, 42, 10, Long.MAX_VALUE);
    Files.writeString(
        json, Files.readString(json) + "not json\n{\"event_id\":1}\n{\"event_id\":\"cut\n");
    String schema =
        new String(Shipped.bytes("datasets/clicks/schema.avsc"), StandardCharsets.UTF_8);
    Textbook textbook = new Textbook(schema, dataset.partitions(), Codec.SNAPPY);
    textbook.convert(json, Folders.fresh(folder.resolve("out")));
    assertThat(textbook.bad).isEqualTo(3);
  }
}
