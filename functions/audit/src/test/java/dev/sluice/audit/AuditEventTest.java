package dev.sluice.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.books.AuditRequest;
import dev.sluice.model.ErrorCode;
import dev.sluice.model.SluiceException;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AuditEventTest {
  private static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");
  private static final Instant STOP = NOW.plusSeconds(60);

  private static AuditRequest request(String event) {
    return AuditEvent.request(event, true, NOW, STOP);
  }

  @Test
  void nothingSaidAuditsTwoDaysOfAllDatasetsUntilTheTimeIsUp() {
    AuditRequest request = request("{}");

    assertThat(request.dataset()).isEmpty();
    assertThat(request.since()).contains(Instant.parse("2026-11-18T12:00:00Z"));
    assertThat(request.repair()).isTrue();
    assertThat(request.rows()).isTrue();
    assertThat(request.safeAge()).isEqualTo(AuditRequest.SAFE_AGE);
    assertThat(request.stop()).isEqualTo(STOP);
    assertThat(AuditEvent.request("{}", false, NOW, STOP).repair()).isFalse();
  }

  @Test
  void theEventSaysWhatToAuditAndWhetherToMend() {
    assertThat(request("{\"dataset\":\"readings\"}").dataset()).contains("readings");
    assertThat(request("{\"since\":\"2026-11-01T00:00:00Z\"}").since())
        .contains(Instant.parse("2026-11-01T00:00:00Z"));
    assertThat(request("{\"since\":\"PT6H\"}").since())
        .contains(Instant.parse("2026-11-20T06:00:00Z"));
    assertThat(request("{\"full\":true}").since()).isEmpty();
    assertThat(request("{\"full\":false}").since()).isPresent();
    assertThat(request("{\"repair\":false}").repair()).isFalse();
  }

  @Test
  void everythingThatIsWrongIsInOneMessage() {
    assertThatThrownBy(() ->
            request(
                "{\"dataset\":1,\"since\":\"yesterday\",\"full\":true,\"repair\":\"no\",\"sinse\":\"x\"}"))
        .isInstanceOfSatisfying(
            SluiceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_SETTINGS))
        .hasMessageContaining("dataset: not a text")
        .hasMessageContaining("since and full: name one")
        .hasMessageContaining("repair: neither true nor false")
        .hasMessageContaining("unknown: sinse (known are dataset, since, full, repair)")
        .hasMessageContaining("{} audits the last two days");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[]|not a JSON object",
        "{\"since\":\"yesterday\"}|since: neither an instant",
        "{\"since\":\"P1Y\"}|since: neither an instant"
      })
  void whatCannotBeReadIsRefused(String event, String why) {
    assertThatThrownBy(() -> request(event)).hasMessageContaining(why);
  }
}
