package dev.sluice.infra;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.model.registry.FunctionSpec;
import dev.sluice.model.registry.QueueSpec;
import dev.sluice.model.registry.Registry;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;

@NeedsNode
class FunctionsIT {
  private static final Registry REGISTRY = Registry.standard();

  private static Synthesis.Resource function(FunctionSpec spec) {
    return Synthesis.small()
        .resource(
            "AWS::Lambda::Function", "FunctionName", FunctionsStack.physicalName(spec.name()));
  }

  @Test
  void aFunctionIsAsTheRegistryHasIt() {
    for (FunctionSpec spec : REGISTRY.functions()) {
      Synthesis.Resource function = function(spec);
      assertThat(function.at("Handler")).isEqualTo(spec.handler());
      assertThat(function.at("MemorySize")).isEqualTo((long) spec.memoryMib());
      assertThat(function.at("Timeout")).isEqualTo(spec.timeout().toSeconds());
      assertThat(((Map<?, ?>) function.at("Environment", "Variables")).keySet())
          .map(String::valueOf)
          .containsExactlyInAnyOrderElementsOf(spec.environment());
    }
  }

  @Test
  void aHandlersClassIsInTheJarThatIsDeployed() throws IOException {
    for (FunctionSpec spec : REGISTRY.functions()) {
      try (JarFile jar = new JarFile(Synthesis.ROOT.resolve(spec.artifact()).toFile())) {
        assertThat(jar.getEntry(spec.handlerClass().replace('.', '/') + ".class"))
            .as(spec.handler())
            .isNotNull();
      }
    }
  }

  @Test
  void everyNativeLibraryInAJarIsThereForTheArchitectureItRunsOn() throws IOException {
    for (FunctionSpec spec : REGISTRY.functions()) {
      assertThat(function(spec).at("Architectures")).isEqualTo(List.of("arm64"));
      try (JarFile jar = new JarFile(Synthesis.ROOT.resolve(spec.artifact()).toFile())) {
        List<String> libraries =
            jar.stream().map(ZipEntry::getName).filter(name -> name.endsWith(".so")).toList();
        for (String library : List.of("snappy", "zstd")) {
          List<String> of = libraries.stream().filter(name -> name.contains(library)).toList();
          assertThat(
                  of.isEmpty()
                      || of.stream().anyMatch(n -> n.toLowerCase().contains("linux/aarch64/")))
              .as("%s in %s", library, spec.artifact())
              .isTrue();
        }
      }
    }
  }

  @Test
  void aQueueFeedsThePublishedVersionWithTheRegistrysNumbers() {
    Intrinsics intrinsics = new Intrinsics(Synthesis.small());
    for (QueueSpec spec : REGISTRY.queues()) {
      Synthesis.Resource mapping =
          Synthesis.small()
              .resource(
                  "AWS::Lambda::EventSourceMapping",
                  "EventSourceArn",
                  "arn:aws:sqs:eu-central-1:111122223333:" + spec.name());
      assertThat(mapping.at("BatchSize")).isEqualTo((long) spec.batchSize());
      assertThat(mapping.at("ScalingConfig", "MaximumConcurrency"))
          .isEqualTo((long) spec.maxConcurrency());
      assertThat(mapping.at("FunctionResponseTypes")).isEqualTo(List.of("ReportBatchItemFailures"));
      assertThat(mapping.at("FunctionName").toString()).contains(":" + FunctionsStack.ALIAS);
      assertThat(intrinsics.resolve(mapping, mapping.at("MaximumBatchingWindowInSeconds")))
          .isEqualTo(spec.batchWindow().isZero() ? null : spec.batchWindow().toSeconds());
    }
  }

  @Test
  void aFunctionStartsFromASnapshotIsTracedAndStopsLoops() {
    for (FunctionSpec spec : REGISTRY.functions()) {
      Synthesis.Resource function = function(spec);
      assertThat(function.at("SnapStart", "ApplyOn")).isEqualTo("PublishedVersions");
      assertThat(function.at("TracingConfig", "Mode")).isEqualTo("Active");
      assertThat(function.at("RecursiveLoop")).isEqualTo("Terminate");
    }
  }

  @Test
  void aPermissionsBoundaryBoundsEveryRole() {
    List<Synthesis.Resource> roles =
        Synthesis.fresh(Synthesis.two(), Map.of("permissionsBoundary", "developers"), Map.of())
            .resources("AWS::IAM::Role");
    assertThat(roles)
        .isNotEmpty()
        .allSatisfy(role ->
            assertThat(String.valueOf(role.at("PermissionsBoundary")))
                .contains(":policy/developers"));
  }
}
