package dev.sluice.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.model.ErrorCode;
import dev.sluice.model.SluiceException;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SettingsTest {
  @Test
  void everyProblemIsInOneMessage() {
    Settings settings =
        new Settings(
            Map.of("SLUICE_NUMBER", "x", "SLUICE_TYPO", "1", "OTHER", "2", "SLUICE_BLANK", " "));
    settings.required("SLUICE_MISSING", "what it is for");
    settings.required("SLUICE_BLANK", "what that is for");
    settings.optional("SLUICE_NUMBER", Integer::valueOf);
    settings.problem("two of them disagree");

    assertThatThrownBy(settings::check)
        .isInstanceOfSatisfying(
            SluiceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_SETTINGS))
        .hasMessageContaining("missing: SLUICE_MISSING (what it is for)")
        .hasMessageContaining("missing: SLUICE_BLANK")
        .hasMessageContaining("malformed: SLUICE_NUMBER=x")
        .hasMessageContaining("two of them disagree")
        .hasMessageContaining(
            "unknown: SLUICE_TYPO (known are SLUICE_BLANK, SLUICE_MISSING, SLUICE_NUMBER)")
        .hasMessageNotContaining("OTHER");
  }

  @Test
  void whatIsRightIsRead() {
    Settings settings = new Settings(Map.of("SLUICE_A", " text ", "SLUICE_B", "7"));

    assertThat(settings.required("SLUICE_A", "")).isEqualTo("text");
    assertThat(settings.optional("SLUICE_B", Integer::valueOf)).contains(7);
    assertThat(settings.optional("SLUICE_C", Integer::valueOf)).isEmpty();
    settings.check();
  }

  @Test
  void theEndpointMustBeAnHttpUrl() {
    Settings settings = new Settings(Map.of("AWS_ENDPOINT_URL", "localhost:4566"));
    AwsSettings.from(settings);

    assertThatThrownBy(settings::check)
        .hasMessageContaining("AWS_REGION")
        .hasMessageContaining("malformed: AWS_ENDPOINT_URL=localhost:4566");
  }

  @Test
  void theRegionMayBeTheDefaultOne() {
    Settings settings =
        new Settings(
            Map.of(
                "AWS_DEFAULT_REGION", "eu-west-1", "AWS_ENDPOINT_URL", "http://127.0.0.1:4566/"));

    assertThat(AwsSettings.from(settings).region().id()).isEqualTo("eu-west-1");
    settings.check();
  }
}
