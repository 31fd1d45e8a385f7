package dev.sluice.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.model.SluiceException;
import dev.sluice.model.emr.ClusterRequest;
import dev.sluice.model.emr.Emr;
import dev.sluice.model.emr.EmrPlace;
import dev.sluice.model.emr.StepRequest;
import dev.sluice.model.job.EmrSettings;
import dev.sluice.testing.AwsEndpoint;
import dev.sluice.testing.EmrContract;
import dev.sluice.testing.FakeEmr;
import dev.sluice.testing.FakePartitionRegistrar;
import dev.sluice.testing.FaultHook;
import dev.sluice.testing.InMemoryObjectStore;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;

/** The adapter over the wire. */
class EmrClustersIT extends EmrContract {
  private volatile Instant now = Instant.parse("2026-11-21T00:00:00.250Z");
  private final Clock clock =
      new Clock() {
        @Override
        public Instant instant() {
          return now;
        }

        @Override
        public ZoneId getZone() {
          return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
          return this;
        }
      };
  private final FakeEmr fake = new FakeEmr(clock, FaultHook.NONE, Duration.ofSeconds(30));
  private AwsEndpoint endpoint;
  private AwsClients clients;

  @BeforeEach
  void start() throws IOException {
    endpoint =
        new AwsEndpoint(
            new InMemoryObjectStore(clock, FaultHook.NONE, 100),
            new FakePartitionRegistrar(FaultHook.NONE),
            fake);
    clients =
        new AwsClients(
            new AwsSettings(Region.EU_CENTRAL_1, Optional.of(endpoint.uri())),
            StaticCredentialsProvider.create(AwsBasicCredentials.create("a", "b")));
  }

  @AfterEach
  void stop() {
    clients.close();
    endpoint.close();
  }

  @Override
  protected Emr emr() {
    return clients.emr(Clock.systemUTC());
  }

  @Override
  protected void until(BooleanSupplier so) {
    for (int i = 0; !so.getAsBoolean(); i++) {
      assertThat(i).isLessThan(100);
      now = now.plusSeconds(15);
    }
  }

  @Override
  protected List<String> arguments() {
    return List.of("spark-submit");
  }

  @Test
  void listsAreReadToTheirEnd() {
    String id = fake.waitingCluster("everybody's");
    for (int i = 0; i < 7; i++) {
      emr().add(id, new StepRequest("step " + i, arguments()));
      fake.waitingCluster("another");
    }
    now = now.plusSeconds(60);

    assertThat(emr().steps(id)).hasSize(7);
    assertThat(emr().clusters(Instant.EPOCH, true)).hasSize(8);
  }

  @Test
  void aLaunchIsNeverAskedForTwiceAndLooksAreRepeated() {
    endpoint.failNext(500);
    assertThatThrownBy(() -> emr().run(request()))
        .isInstanceOf(SluiceException.class)
        .hasMessageContaining("RunJobFlow");
    assertThat(endpoint.requests()).hasSize(1);
    assertThat(fake.allClusters()).isEmpty();
    endpoint.failNext(500);
    assertThat(emr().clusters(Instant.EPOCH, false)).isEmpty();
    assertThat(endpoint.requests()).hasSize(3);
  }

  private ClusterRequest request() {
    return new ClusterRequest(
        "sluice.a",
        EmrSettings.defaults(),
        new EmrPlace("role", "profile", List.of("subnet-1"), Optional.of("safe"), "s3://l/logs/"),
        Map.of("sluice:run", "a"),
        new StepRequest("a", List.of("spark-submit", "x")));
  }

  @Test
  void aClusterEndsByItselfScalesAndFallsBackToOnDemand() {
    Map<String, Object> input = EmrClusters.runJobFlow(request());

    assertThat(input)
        .containsEntry("Name", "sluice.a")
        .containsEntry("ReleaseLabel", "emr-spark-8.1.0")
        .containsEntry("LogUri", "s3://l/logs/")
        .containsEntry("ServiceRole", "role")
        .containsEntry("JobFlowRole", "profile")
        .containsEntry("SecurityConfiguration", "safe")
        .containsEntry("AutoTerminationPolicy", Map.of("IdleTimeout", 900L))
        .containsEntry("Tags", List.of(Map.of("Key", "sluice:run", "Value", "a")))
        .containsEntry(
            "Steps",
            List.of(
                Map.of(
                    "Name",
                    "a",
                    "ActionOnFailure",
                    "TERMINATE_CLUSTER",
                    "HadoopJarStep",
                    Map.of("Jar", "command-runner.jar", "Args", List.of("spark-submit", "x")))))
        .containsEntry(
            "ManagedScalingPolicy",
            Map.of(
                "ComputeLimits",
                Map.of(
                    "UnitType", "InstanceFleetUnits",
                    "MinimumCapacityUnits", 1,
                    "MaximumCapacityUnits", 4,
                    "MaximumOnDemandCapacityUnits", 1,
                    "MaximumCoreCapacityUnits", 1)));
    Map<?, ?> instances = (Map<?, ?>) input.get("Instances");
    assertThat(instances.get("KeepJobFlowAliveWhenNoSteps")).isEqualTo(false);
    assertThat(instances.get("Ec2SubnetIds")).isEqualTo(List.of("subnet-1"));
    List<?> fleets = (List<?>) instances.get("InstanceFleets");
    assertThat(fleets).hasSize(3);
    Map<?, ?> spot = (Map<?, ?>) fleets.get(2);
    assertThat(spot.get("TargetSpotCapacity")).isEqualTo(1);
    assertThat(spot.get("LaunchSpecifications"))
        .isEqualTo(
            Map.of(
                "SpotSpecification",
                Map.of(
                    "TimeoutDurationMinutes",
                    10L,
                    "TimeoutAction",
                    "SWITCH_TO_ON_DEMAND",
                    "AllocationStrategy",
                    "price-capacity-optimized")));
  }
}
