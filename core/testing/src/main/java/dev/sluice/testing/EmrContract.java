package dev.sluice.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.model.ErrorCode;
import dev.sluice.model.SluiceException;
import dev.sluice.model.emr.Cluster;
import dev.sluice.model.emr.ClusterRequest;
import dev.sluice.model.emr.ClusterState;
import dev.sluice.model.emr.ClusterSummary;
import dev.sluice.model.emr.Emr;
import dev.sluice.model.emr.EmrPlace;
import dev.sluice.model.emr.Step;
import dev.sluice.model.emr.StepRequest;
import dev.sluice.model.emr.StepState;
import dev.sluice.model.job.EmrSettings;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/** What every {@link Emr} does, the fake one and the real one alike. */
public abstract class EmrContract {

  /** The one under test. */
  protected abstract Emr emr();

  /** Lets time pass, if need be, until it is so; fails when it never is. */
  protected abstract void until(BooleanSupplier so);

  /** What a step runs that ends soon, well or not. */
  protected abstract List<String> arguments();

  private ClusterRequest request(String name) {
    return new ClusterRequest(
        name,
        EmrSettings.defaults(),
        new EmrPlace(
            "sluice-emr-service",
            "sluice-emr-machines",
            List.of(),
            Optional.empty(),
            "s3://sluice-lake/logs/emr/"),
        Map.of("sluice:run", name, "sluice:lake", "sluice-lake"),
        new StepRequest("step of " + name, arguments()));
  }

  @Test
  void aClusterIsKnownByItsIdAtOnceAndEndsAfterItsStep() {
    String id = emr().run(request("contract.once"));

    Cluster cluster = emr().cluster(id).orElseThrow();
    assertThat(cluster.name()).isEqualTo("contract.once");
    assertThat(cluster.tags())
        .containsEntry("sluice:run", "contract.once")
        .containsEntry("sluice:lake", "sluice-lake");
    until(() ->
        emr().steps(id).stream().anyMatch(step -> step.name().equals("step of contract.once")));
    until(() -> emr().cluster(id).orElseThrow().state().ended());
    Step step = emr().steps(id).get(0);
    assertThat(step.state().ended()).isTrue();
    assertThat(step.endedAt()).isPresent();
    assertThat(emr().cluster(id).orElseThrow().endedAt()).isPresent();
  }

  @Test
  void listsShowAClusterUntilItEndsAndAfterwardsOnRequest() {
    Instant before = Instant.parse("2000-01-01T00:00:00Z");
    String id = emr().run(request("contract.listed"));

    until(
        () -> emr().clusters(before, false).stream().map(ClusterSummary::id).anyMatch(id::equals));
    assertThat(emr().clusters(before, false))
        .filteredOn(cluster -> cluster.id().equals(id))
        .extracting(ClusterSummary::name)
        .containsExactly("contract.listed");
    emr().terminate(id);
    until(() -> emr().cluster(id).orElseThrow().state().ended());
    assertThat(emr().clusters(before, true)).noneMatch(cluster -> cluster.id().equals(id));
    assertThat(emr().clusters(before, false)).anyMatch(cluster -> cluster.id().equals(id));
    assertThat(emr().clusters(Instant.parse("2199-01-01T00:00:00Z"), false)).isEmpty();
  }

  @Test
  void aTerminatedClusterEndsItsStepAndMayBeTerminatedAgain() {
    String id = emr().run(request("contract.terminated"));

    emr().terminate(id);
    emr().terminate(id);

    until(() -> emr().cluster(id).orElseThrow().state().ended());
    assertThat(emr().cluster(id).orElseThrow().state()).isEqualTo(ClusterState.TERMINATED);
    assertThat(emr().steps(id)).allMatch(step -> step.state() == StepState.CANCELLED);
    emr().terminate(id);
    emr().cancel(id, emr().steps(id).get(0).id());
  }

  @Test
  void whatThereIsNotIsNone() {
    assertThat(emr().cluster("j-2AXXXXXXGAPLF")).isEmpty();
    assertThat(emr().steps("j-2AXXXXXXGAPLF")).isEmpty();
    emr().terminate("j-2AXXXXXXGAPLF");
    emr().cancel("j-2AXXXXXXGAPLF", "s-2AXXXXXXGAPLF");
  }

  @Test
  void aStepThatNobodyCanTakeIsRefused() {
    SluiceException e =
        catchThrowableOfType(
            SluiceException.class,
            () -> emr().add("j-2AXXXXXXGAPLF", new StepRequest("lost", arguments())));

    assertThat(e.code()).isEqualTo(ErrorCode.INVALID_SETTINGS);
  }

  /** How long a real one may take. */
  protected static final Duration PATIENCE = Duration.ofMinutes(2);
}
