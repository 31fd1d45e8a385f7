package dev.sluice.model.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.model.Reason;
import dev.sluice.model.json.Json;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LedgerEntryTest {
  private static final LedgerEntry FULL =
      new LedgerEntry(
          "raw",
          "sensors/a b.json",
          "v1",
          "0123456789abcdef0123456789abcdef",
          "0055AED6DCD90281E5",
          12,
          Optional.of(Instant.parse("2026-11-20T10:00:00.123Z")),
          "sensors",
          "00112233445566ff",
          LedgerEntry.Status.LOADED_WITH_QUARANTINE,
          "",
          "",
          3,
          2,
          1,
          Map.of(Reason.MISSING_FIELD, 1L),
          12,
          100,
          80,
          List.of(new LedgerEntry.OutputFile("silver/sensors/day=1/x-0.parquet", "day=1", 2, 80)),
          "ops/quarantine/dataset=sensors/day=2026-11-20/x.ndjson",
          Instant.parse("2026-11-20T10:00:01Z"),
          Duration.ofMillis(37),
          2,
          "0.1.0",
          Optional.of(Instant.parse("2026-11-21T00:00:00Z")),
          3);

  @Test
  void isReadBackFromItsLine() {
    assertThat(FULL.toLine()).endsWith("}\n").containsOnlyOnce("\n");
    assertThat(LedgerEntry.parse(FULL.toLine())).isEqualTo(FULL);
  }

  @Test
  void theSmallestEntryIsReadBack() {
    LedgerEntry entry = LedgerEntry.fromJson(Map.of("status", "REJECTED"));

    assertThat(LedgerEntry.parse(entry.toLine())).isEqualTo(entry);
    assertThat(entry.eventTime()).isEmpty();
  }

  @Test
  void unknownKeysAreOfALaterVersion() {
    assertThat(LedgerEntry.fromJson(Map.of("status", "LOADED", "later", 1L)).status())
        .isEqualTo(LedgerEntry.Status.LOADED);
  }

  @Test
  void anotherTypeIsNamed() {
    assertThatThrownBy(() -> LedgerEntry.fromJson(Map.of("status", "LOADED", "size", "x")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("size");
  }

  @Test
  void theVersionIsTheEtagWhereThereAreNoVersions() {
    assertThat(FULL.version()).isEqualTo("v1");
    assertThat(
            LedgerEntry.fromJson(Json.parseObject("{\"status\":\"LOADED\",\"etag\":\"e\"}"))
                .version())
        .isEqualTo("e");
  }

  @Test
  void outputKeysAreTheFilesAndTheQuarantine() {
    assertThat(FULL.outputKeys())
        .containsExactly(
            "silver/sensors/day=1/x-0.parquet",
            "ops/quarantine/dataset=sensors/day=2026-11-20/x.ndjson");
  }
}
