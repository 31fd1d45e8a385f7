package dev.sluice.infra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.model.SluiceException;
import dev.sluice.model.json.Json;
import dev.sluice.model.registry.FunctionSpec;
import dev.sluice.model.registry.QueueSpec;
import dev.sluice.model.registry.Registry;
import dev.sluice.model.registry.ScheduleSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awscdk.App;
import software.amazon.awscdk.AppProps;

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
  void aScheduleCallsThePublishedVersionAsTheRegistryHasIt() {
    for (ScheduleSpec spec : REGISTRY.schedules()) {
      Synthesis.Resource schedule =
          Synthesis.small().resource("AWS::Scheduler::Schedule", "Name", spec.name());
      assertThat(schedule.at("ScheduleExpression"))
          .isEqualTo("rate(" + spec.rate().toMinutes() + " minutes)");
      assertThat(schedule.at("Target", "Input")).isEqualTo(spec.input());
      assertThat(new Intrinsics(Synthesis.small()).resolve(schedule, schedule.at("Target", "Arn")))
          .isEqualTo(
              "arn:aws:lambda:eu-central-1:111122223333:function:"
                  + FunctionsStack.physicalName(spec.function())
                  + ":"
                  + FunctionsStack.ALIAS);
    }
  }

  @Test
  void aStageMayAuditWithoutMending() {
    Synthesis watching = Synthesis.fresh(Synthesis.two(), Map.of("auditRepair", false), Map.of());
    assertThat(
            watching
                .resource("AWS::Lambda::Function", "FunctionName", "sluice-audit")
                .at("Environment", "Variables", Registry.ENV_AUDIT_REPAIR))
        .isEqualTo("false");
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

  @Test
  void aFunctionOfWhichNothingSaysWhatItMayDoIsNotDeployed() {
    Map<String, Object> context = Main.flags(Synthesis.ROOT);
    context.put(StageSettings.STAGE, "dev");
    context.put(StageSettings.STAGES, Map.of("dev", Map.of()));
    LakeApp lake =
        LakeApp.in(
            new App(AppProps.builder().context(context).build()),
            Synthesis.two(),
            StageSettings.from(context::get));
    Permissions permissions = new Permissions(lake.functions(), Synthesis.two(), lake.storage());
    assertThatThrownBy(() -> permissions.of("nobody", lake.functions().logGroup(Registry.INGEST)))
        .isInstanceOf(SluiceException.class)
        .hasMessageContaining("Cannot deploy function nobody: nothing says what it may do");
  }

  @Test
  void theRightsOnManyDatasetsFitIntoPolicies(@TempDir Path folder) throws IOException {
    Path visits = Synthesis.ROOT.resolve("infra-cdk/src/test/datasets/visits");
    for (int i = 0; i < 60; i++) {
      Path dataset = Files.createDirectories(folder.resolve("visits_of_shop_" + i));
      Files.copy(visits.resolve("schema.avsc"), dataset.resolve("schema.avsc"));
      Files.writeString(
          dataset.resolve("dataset.yaml"),
          "name: visits_of_shop_" + i + "\nschema: schema.avsc\npartition: [day(visited_at)]\n");
    }
    Synthesis many = Synthesis.fresh(Project.at(Synthesis.ROOT, folder), Map.of(), Map.of());
    Intrinsics intrinsics = new Intrinsics(many);
    for (Map.Entry<String, Integer> limit :
        Map.of("AWS::IAM::Policy", 10_240, "AWS::IAM::ManagedPolicy", 6_144).entrySet()) {
      assertThat(many.resources(limit.getKey()))
          .isNotEmpty()
          .allSatisfy(policy ->
              assertThat(
                      Json.write(intrinsics.resolve(policy, policy.at("PolicyDocument"))).length())
                  .isLessThan(limit.getValue()));
    }
    assertThat(
            new Policies(many)
                .allows(
                    many.resources("AWS::IAM::Role").get(0).id(),
                    "s3:GetObject",
                    "arn:aws:s3:::sluice-raw-111122223333-eu-central-1-an/visits_of_shop_59/a",
                    Map.of("aws:SecureTransport", "true", "s3:TlsVersion", "1.3")))
        .isTrue();
  }
}
