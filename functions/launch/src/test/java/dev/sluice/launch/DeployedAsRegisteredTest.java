package dev.sluice.launch;

import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import dev.sluice.model.registry.EventRuleSpec;
import dev.sluice.model.registry.Registry;
import dev.sluice.slots.Recorder;
import java.util.List;
import org.junit.jupiter.api.Test;

class DeployedAsRegisteredTest {

  @Test
  void theRegistryNamesTheseHandlers() {
    for (Class<?> handler : List.of(LaunchHandler.class, RecordHandler.class)) {
      assertThat(Registry.standard().functions())
          .anyMatch(spec -> spec.handler().equals(handler.getName() + "::handleRequest"));
      assertThat(RequestStreamHandler.class).isAssignableFrom(handler);
      assertThat(handler.getConstructors()).anyMatch(c -> c.getParameterCount() == 0);
    }
  }

  @Test
  void theRecorderTakesTheEventsThatAreSentToIt() {
    assertThat(Registry.standard().rules())
        .containsExactly(
            new EventRuleSpec(
                "sluice-record",
                Registry.RECORD,
                "aws.emr",
                List.of(Recorder.STEP, Recorder.CLUSTER)));
  }
}
