package dev.sluice.audit;

import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import dev.sluice.books.AuditRequest;
import dev.sluice.model.registry.FunctionSpec;
import dev.sluice.model.registry.Registry;
import dev.sluice.model.registry.ScheduleSpec;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class DeployedAsRegisteredTest {

  @Test
  void theRegistryNamesThisHandler() {
    FunctionSpec audit = Registry.standard().function(Registry.AUDIT);

    assertThat(audit.handler()).isEqualTo(AuditHandler.class.getName() + "::handleRequest");
    assertThat(RequestStreamHandler.class).isAssignableFrom(AuditHandler.class);
    assertThat(AuditHandler.class.getConstructors())
        .anyMatch(constructor -> constructor.getParameterCount() == 0);
  }

  @Test
  void theSchedulesInputIsUnderstoodAndOverlapsWithTheLastOne() {
    Instant now = Instant.parse("2026-11-20T00:00:00Z");
    for (ScheduleSpec schedule :
        Registry.standard().schedules().stream()
            .filter(spec -> spec.function().equals(Registry.AUDIT))
            .toList()) {
      AuditRequest request = AuditEvent.request(schedule.input(), true, now, Instant.MAX);

      assertThat(request.since().orElseThrow()).isBefore(now.minus(schedule.rate()));
    }
  }
}
