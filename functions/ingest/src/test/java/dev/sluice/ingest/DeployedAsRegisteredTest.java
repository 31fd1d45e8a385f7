package dev.sluice.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.model.registry.FunctionSpec;
import dev.sluice.model.registry.Registry;
import org.junit.jupiter.api.Test;

class DeployedAsRegisteredTest {

  @Test
  void theRegistryNamesThisHandler() {
    FunctionSpec ingest = Registry.standard().function(Registry.INGEST);

    assertThat(ingest.handler()).isEqualTo(IngestHandler.class.getName() + "::handleRequest");
    assertThat(IngestHandler.class.getMethods())
        .anyMatch(method -> method.getName().equals("handleRequest"));
    assertThat(IngestHandler.class.getConstructors())
        .anyMatch(constructor -> constructor.getParameterCount() == 0);
  }
}
