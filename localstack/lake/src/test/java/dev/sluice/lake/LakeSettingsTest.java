package dev.sluice.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.model.ErrorCode;
import dev.sluice.model.SluiceException;
import dev.sluice.model.limit.Limits;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LakeSettingsTest {
  @TempDir Path home;

  @Test
  void theDefaultsAreThoseOfTheDocuments() throws Exception {
    Files.createDirectory(home.resolve("datasets"));
    LakeSettings settings = LakeSettings.defaults(home);
    assertThat(settings.port()).isEqualTo(4566);
    assertThat(settings.data()).isEqualTo(home.resolve(".sluice/lake"));
    assertThat(settings.concurrency()).isEqualTo(2);
  }

  @Test
  void everyProblemIsInOneMessage() {
    assertThatThrownBy(() ->
            new LakeSettings(
                    -1,
                    home,
                    home.resolve("nowhere"),
                    home.resolve("no-datasets"),
                    home,
                    0,
                    1,
                    1,
                    0,
                    true,
                    Duration.ofSeconds(-1),
                    Optional.of(Duration.ofSeconds(-1)),
                    Limits.defaults())
                .check())
        .isInstanceOfSatisfying(
            SluiceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_SETTINGS))
        .hasMessageContainingAll(
            "port",
            "home",
            "datasets",
            "javaHome",
            "concurrency",
            "engineHeapMib",
            "stepHeapMib",
            "steps",
            "retryAfter",
            "scheduleEvery");
  }
}
