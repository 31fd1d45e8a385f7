package dev.sluice.infra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CdkCliTest {
  private final CdkCli pinned = new CdkCli("2.1148.1");

  @Test
  void thePinnedVersionRuns() {
    assertThat(pinned.check(Map.of("CDK_CLI_VERSION", "2.1148.1"))).isEmpty();
  }

  @Test
  void aLaterVersionOfTheSeriesIsWarnedOf() {
    assertThat(pinned.check(Map.of("CDK_CLI_VERSION", "2.1200.0")))
        .hasValueSatisfying(
            warning -> assertThat(warning).contains("WARNING", "2.1200.0", "npx aws-cdk@2.1148.1"));
  }

  @Test
  void theMistakenVersionThreeIsRefusedByName() {
    assertThatThrownBy(() -> pinned.check(Map.of("CDK_CLI_VERSION", "3.0.0")))
        .hasMessageContaining("started by: 3.0.0")
        .hasMessageContaining("npx aws-cdk@2.1148.1");
    assertThatThrownBy(() -> pinned.check(Map.of())).hasMessageContaining("something else");
  }

  @Test
  void anOlderVersionIsRefused() {
    assertThatThrownBy(() -> pinned.check(Map.of("CDK_CLI_VERSION", "2.1100.3")))
        .hasMessageContaining("started by: 2.1100.3");
    assertThatThrownBy(() -> pinned.check(Map.of("CDK_CLI_VERSION", "next")))
        .hasMessageContaining("started by: next");
  }

  @Test
  void thePinStandsInPackageJson() {
    assertThat(CdkCli.pinned(Path.of(System.getProperty("sluice.root"))).version())
        .matches("2\\.\\d+\\.\\d+");
  }
}
