package dev.sluice.model.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.model.ErrorCode;
import dev.sluice.model.SluiceException;
import dev.sluice.model.registry.LakeLayout.Kind;
import dev.sluice.model.registry.LakeLayout.Origin;
import java.time.LocalDate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LakeLayoutTest {
  private final LakeLayout layout = LakeLayout.defaults();

  @Test
  void keysAreBuiltFromTheirParts() {
    assertThat(layout.rawPrefix("sensors")).isEqualTo("sensors/");
    assertThat(layout.silverPrefix("sensors")).isEqualTo("silver/sensors/");
    assertThat(layout.silverKey("sensors", "location=a/day=2024-01-15", "0a1b-2c", 0))
        .isEqualTo("silver/sensors/location=a/day=2024-01-15/0a1b-2c-0.parquet");
    assertThat(layout.silverKey("sensors", "", "0a1b-2c", 3))
        .isEqualTo("silver/sensors/0a1b-2c-3.parquet");
    assertThat(layout.silverStemPrefix("sensors", "", "0a1b-2c"))
        .isEqualTo("silver/sensors/0a1b-2c-");
    assertThat(layout.quarantineKey("sensors", LocalDate.of(2026, 1, 2), "0a1b-2c"))
        .isEqualTo("ops/quarantine/dataset=sensors/day=2026-01-02/0a1b-2c.ndjson");
    assertThat(layout.ledgerKey("sensors", "0a1b", "2c"))
        .isEqualTo("ops/ledger/dataset=sensors/0a1b.2c.json")
        .startsWith(layout.ledgerPrefix("sensors", "0a1b"));
    assertThat(layout.ledgerKey(LakeLayout.UNKNOWN_DATASET, "0a1b", "2c"))
        .isEqualTo("ops/ledger/dataset=_unknown/0a1b.2c.json");
    assertThat(layout.intentKey("0a1b", "2c", "try1")).isEqualTo("ops/intents/0a1b.2c.try1.json");
    assertThat(layout.goldPrefix("sensors", "sensor_daily"))
        .isEqualTo("gold/sensors/sensor_daily/");
    assertThat(layout.markKey("sensor_daily", "0a1b"))
        .isEqualTo("ops/marks/sensor_daily/0a1b.json")
        .startsWith(layout.marksPrefix("sensor_daily"));
    assertThat(layout.lakeUri(layout.silverPrefix("sensors")))
        .isEqualTo("s3://sluice-lake/silver/sensors/");
  }

  @Test
  void aKeyTellsWhatItWasMadeFrom() {
    String key = "0123456789abcdef0123";
    String version = "0123456789abcdef";
    String stem = key + "-" + version;
    LocalDate day = LocalDate.of(2026, 1, 2);

    assertThat(layout.origin(layout.silverKey("sensors", "a=b/c=d", stem, 12)))
        .contains(new Origin(Kind.SILVER, "sensors", key, version));
    assertThat(layout.origin(layout.silverKey("sensors", "", stem, 0)))
        .contains(new Origin(Kind.SILVER, "sensors", key, version));
    assertThat(layout.origin(layout.quarantineKey("sensors", day, stem)))
        .contains(new Origin(Kind.QUARANTINE, "sensors", key, version));
    assertThat(layout.origin(layout.ledgerKey(LakeLayout.UNKNOWN_DATASET, key, version)))
        .contains(new Origin(Kind.LEDGER, LakeLayout.UNKNOWN_DATASET, key, version));
    assertThat(layout.origin(layout.intentKey(key, version, "a-1")))
        .contains(new Origin(Kind.INTENT, "", key, version));
    // Whatever else may stand in the names of files of one version.
    assertThat(layout.origin("silver/sensors/" + stem + "-g2-0.parquet"))
        .contains(new Origin(Kind.SILVER, "sensors", key, version));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "silver/sensors/part-0.parquet",
        "silver/sensors/0123456789abcdef0123-0123456789abcdef-0.csv",
        "silver/Sensors/0123456789abcdef0123-0123456789abcdef-0.parquet",
        "silver/0123456789abcdef0123-0123456789abcdef-0.parquet",
        "gold/sensors/0123456789abcdef0123-0123456789abcdef-0.parquet",
        "ops/quarantine/sensors/0123456789abcdef0123-0123456789abcdef.ndjson"
      })
  void aForeignKeyTellsNothing(String key) {
    assertThat(layout.origin(key)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "..", "A", "a/b", "_unknown", "1a", "a b", "a%2Fb"})
  void whatIsNoDatasetHasNoTable(String name) {
    assertThatThrownBy(() -> layout.silverPrefix(name))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a/b", "a.b", "..", "a b"})
  void whatIsNoIdIsInNoKey(String id) {
    assertThatThrownBy(() -> layout.silverKey("sensors", "", id, 0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> layout.ledgerKey("sensors", id, "x"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aKeyThatS3DoesNotTakeIsRefused() {
    String fits = "a=" + "é".repeat(480);
    String tooLong = "a=" + "é".repeat(510);

    assertThat(layout.silverKey("sensors", fits, "s", 0)).contains(fits);
    assertThatThrownBy(() -> layout.silverKey("sensors", tooLong, "s", 0))
        .isInstanceOfSatisfying(
            SluiceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_KEY))
        .hasMessageStartingWith("Cannot build a key: it has 1038 bytes and S3 takes 1024: silver/");
  }

  @Test
  void rawAndLakeAreDifferentBuckets() {
    assertThatThrownBy(() -> new LakeLayout("one", "one", "results"))
        .isInstanceOfSatisfying(
            SluiceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_SETTINGS))
        .hasMessageContaining("raw and lake bucket are the same: one");
    assertThatThrownBy(() -> new LakeLayout("Raw", "lake", "results"))
        .hasMessageContaining("the raw bucket has no valid name: Raw");
  }
}
