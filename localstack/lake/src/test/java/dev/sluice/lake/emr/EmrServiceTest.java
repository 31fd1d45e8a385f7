package dev.sluice.lake.emr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.lake.api.Objects;
import dev.sluice.lake.api.ServiceException;
import dev.sluice.lake.json.SdkJson;
import dev.sluice.model.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.services.emr.model.ActionOnFailure;
import software.amazon.awssdk.services.emr.model.AddJobFlowStepsRequest;
import software.amazon.awssdk.services.emr.model.AddJobFlowStepsResponse;
import software.amazon.awssdk.services.emr.model.AddTagsRequest;
import software.amazon.awssdk.services.emr.model.Application;
import software.amazon.awssdk.services.emr.model.BootstrapActionConfig;
import software.amazon.awssdk.services.emr.model.CancelStepsRequest;
import software.amazon.awssdk.services.emr.model.CancelStepsResponse;
import software.amazon.awssdk.services.emr.model.Cluster;
import software.amazon.awssdk.services.emr.model.Configuration;
import software.amazon.awssdk.services.emr.model.DescribeClusterRequest;
import software.amazon.awssdk.services.emr.model.DescribeClusterResponse;
import software.amazon.awssdk.services.emr.model.ListClustersRequest;
import software.amazon.awssdk.services.emr.model.ListClustersResponse;
import software.amazon.awssdk.services.emr.model.ListStepsRequest;
import software.amazon.awssdk.services.emr.model.ListStepsResponse;
import software.amazon.awssdk.services.emr.model.RemoveTagsRequest;
import software.amazon.awssdk.services.emr.model.RunJobFlowRequest;
import software.amazon.awssdk.services.emr.model.RunJobFlowResponse;
import software.amazon.awssdk.services.emr.model.SetTerminationProtectionRequest;
import software.amazon.awssdk.services.emr.model.StepConfig;
import software.amazon.awssdk.services.emr.model.StepSummary;
import software.amazon.awssdk.services.emr.model.Tag;
import software.amazon.awssdk.services.emr.model.TerminateJobFlowsRequest;

/** The EMR API over an engine whose steps end when the test says so. */
class EmrServiceTest {
  @TempDir Path folder;

  private final Engine engine = new Engine();
  private final Memory objects = new Memory();
  private final List<Map<String, ?>> events = new CopyOnWriteArrayList<>();
  private final Hand clock = new Hand();
  private EmrService service;

  /** Steps by the name of their jar. */
  private static final class Engine implements StepEngine {
    private final Map<String, Started> started = new ConcurrentHashMap<>();

    /** Whether what starts ends well at once, in whatever order it gets its turn. */
    private volatile boolean immediate;

    @Override
    public Execution start(Run run) {
      String name = run.command().resource();
      try {
        Files.writeString(run.stderr(), "Cannot go on: " + name + "\n");
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      Started execution = new Started(run, new CompletableFuture<>());
      started.put(name, execution);
      if (immediate) {
        execution.exit().complete(0);
      }
      return execution;
    }

    Started await(String name) throws InterruptedException {
      return EmrServiceTest.await(() -> Optional.ofNullable(started.get(name)));
    }
  }

  private record Started(StepEngine.Run run, CompletableFuture<Integer> exit)
      implements StepEngine.Execution {
    @Override
    public void interrupt() {
      exit.complete(143);
    }

    @Override
    public void kill() {
      exit.complete(137);
    }

    @Override
    public String description() {
      return "a process";
    }
  }

  private static final class Memory implements Objects {
    private final Map<String, byte[]> all = new ConcurrentHashMap<>();

    @Override
    public void put(String bucket, String key, byte[] content, String contentType) {
      all.put(bucket + "/" + key, content);
    }

    @Override
    public Optional<byte[]> get(String bucket, String key) {
      return Optional.ofNullable(all.get(bucket + "/" + key));
    }

    @Override
    public List<String> list(String bucket, String prefix, int most) {
      return List.of();
    }
  }

  private static final class Hand extends Clock {
    private volatile Instant now = Instant.parse("2026-11-21T12:00:00Z");

    @Override
    public ZoneOffset getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(java.time.ZoneId zone) {
      return this;
    }

    @Override
    public Instant instant() {
      return now;
    }
  }

  @BeforeEach
  void open() {
    service =
        new EmrService(
            engine,
            objects,
            events::add,
            new EmrSettings(
                folder.resolve("emr"), folder.resolve("logs"), "us-east-1", "000000000000", 1),
            clock);
    service.start();
  }

  @AfterEach
  void close() {
    service.close();
  }

  @SuppressWarnings("unchecked") // operations are asked with what they take
  private <O extends SdkPojo> O call(String operation, SdkPojo request) {
    var known = service.operations().get(operation);
    // As it comes over the wire.
    SdkPojo read = SdkJson.read(SdkJson.write(request), known.request());
    return (O) ((Function<SdkPojo, SdkPojo>) known.call()).apply(read);
  }

  private static <T> T await(java.util.function.Supplier<Optional<T>> value)
      throws InterruptedException {
    long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (true) {
      Optional<T> now = value.get();
      if (now.isPresent()) {
        return now.get();
      }
      assertThat(System.nanoTime()).as("time is up").isLessThan(end);
      Thread.sleep(5);
    }
  }

  private static StepConfig step(String name, ActionOnFailure action) {
    return StepConfig.builder()
        .name(name)
        .actionOnFailure(action)
        .hadoopJarStep(jar -> jar.jar("command-runner.jar").args("spark-submit", name + ".jar"))
        .build();
  }

  private static RunJobFlowRequest.Builder request(boolean keepAlive, StepConfig... steps) {
    return RunJobFlowRequest.builder()
        .name("test")
        .releaseLabel("emr-spark-8.1.0")
        .logUri("s3://logs/emr/")
        .instances(i -> i.instanceCount(1).keepJobFlowAliveWhenNoSteps(keepAlive))
        .steps(steps);
  }

  private String run(boolean keepAlive, StepConfig... steps) {
    RunJobFlowResponse answer = call("RunJobFlow", request(keepAlive, steps).build());
    assertThat(answer.jobFlowId()).matches("j-[0-9A-Z]{13}");
    assertThat(answer.clusterArn())
        .isEqualTo("arn:aws:elasticmapreduce:us-east-1:000000000000:cluster/" + answer.jobFlowId());
    return answer.jobFlowId();
  }

  private Cluster cluster(String id) {
    DescribeClusterResponse answer =
        call("DescribeCluster", DescribeClusterRequest.builder().clusterId(id).build());
    return answer.cluster();
  }

  private Cluster await(String id, String state) throws InterruptedException {
    return await(
        () -> Optional.of(cluster(id)).filter(each -> each.status().stateAsString().equals(state)));
  }

  private List<StepSummary> steps(String id) {
    ListStepsResponse answer = call("ListSteps", ListStepsRequest.builder().clusterId(id).build());
    return answer.steps().reversed();
  }

  private List<String> states(String id) {
    return steps(id).stream().map(step -> step.status().stateAsString()).toList();
  }

  private List<String> told(String detailType) {
    List<String> told = new ArrayList<>();
    for (Map<String, ?> event : events) {
      if (detailType.equals(event.get("detail-type"))) {
        Map<?, ?> detail = (Map<?, ?>) event.get("detail");
        told.add(detail.get("severity") + " " + detail.get("name") + " " + detail.get("state"));
      }
    }
    return told;
  }

  @Test
  void stepsRunOneAfterTheOtherAndATransientClusterEndsAfterTheLast() throws Exception {
    String id =
        run(false, step("a", ActionOnFailure.CONTINUE), step("b", ActionOnFailure.CONTINUE));
    Started first = engine.await("a.jar");
    assertThat(states(id)).containsExactly("RUNNING", "PENDING");
    assertThat(first.run().stepId()).isEqualTo(steps(id).getFirst().id());
    first.exit().complete(0);
    engine.await("b.jar").exit().complete(0);

    Cluster ended = await(id, "TERMINATED");
    assertThat(ended.status().stateChangeReason().codeAsString()).isEqualTo("ALL_STEPS_COMPLETED");
    assertThat(ended.status().timeline().endDateTime()).isEqualTo(clock.now);
    assertThat(states(id)).containsExactly("COMPLETED", "COMPLETED");
    assertThat(objects.all.keySet())
        .contains(
            "logs/emr/" + id + "/steps/" + steps(id).getFirst().id() + "/controller.gz",
            "logs/emr/" + id + "/steps/" + steps(id).getFirst().id() + "/stderr.gz");
    assertThat(told("EMR Step Status Change"))
        .containsExactly(
            "INFO a PENDING",
            "INFO b PENDING",
            "INFO a RUNNING",
            "INFO a COMPLETED",
            "INFO b RUNNING",
            "INFO b COMPLETED");
    assertThat(told("EMR Cluster State Change"))
        .containsExactly("INFO test STARTING", "INFO test RUNNING", "INFO test TERMINATED");
  }

  @Test
  void anEventHasTheFormOfEventBridges() throws Exception {
    String id = run(true, step("a", ActionOnFailure.CONTINUE));
    engine.await("a.jar").exit().complete(1);
    await(id, "WAITING");

    Map<String, ?> event =
        events.stream()
            .filter(each -> each.toString().contains("FAILED"))
            .findFirst()
            .orElseThrow();
    String step = steps(id).getFirst().id();
    assertThat(Json.parseObject(Json.write(event)))
        .containsEntry("version", "0")
        .containsEntry("source", "aws.emr")
        .containsEntry("account", "000000000000")
        .containsEntry("region", "us-east-1")
        .containsEntry("time", "2026-11-21T12:00:00Z")
        .containsEntry("resources", List.of())
        .containsEntry(
            "detail",
            Map.of(
                "severity",
                "ERROR",
                "actionOnFailure",
                "CONTINUE",
                "stepId",
                step,
                "name",
                "a",
                "clusterId",
                id,
                "state",
                "FAILED",
                "message",
                "Step "
                    + step
                    + " (a) in Amazon EMR cluster "
                    + id
                    + " (test) failed at 2026-11-21 12:00 UTC."));
  }

  @ParameterizedTest
  @CsvSource({
    "TERMINATE_CLUSTER, true, false, TERMINATED_WITH_ERRORS, FAILED CANCELLED",
    "TERMINATE_JOB_FLOW, false, false, TERMINATED_WITH_ERRORS, FAILED CANCELLED",
    "TERMINATE_CLUSTER, true, true, WAITING, FAILED CANCELLED",
    "CANCEL_AND_WAIT, true, false, WAITING, FAILED CANCELLED",
    "CANCEL_AND_WAIT, false, false, TERMINATED, FAILED CANCELLED",
    "CONTINUE, true, false, WAITING, FAILED COMPLETED",
    "CONTINUE, false, false, TERMINATED, FAILED COMPLETED"
  })
  void aFailedStepDoesWhatItWasToldTo(
      ActionOnFailure action, boolean keepAlive, boolean guarded, String state, String steps)
      throws Exception {
    RunJobFlowResponse answer =
        call(
            "RunJobFlow",
            request(keepAlive, step("a", action), step("b", action))
                .instances(
                    i -> i.keepJobFlowAliveWhenNoSteps(keepAlive).terminationProtected(guarded))
                .build());
    String id = answer.jobFlowId();
    engine.await("a.jar").exit().complete(1);
    if (action == ActionOnFailure.CONTINUE) {
      engine.await("b.jar").exit().complete(0);
    }
    Cluster cluster = await(id, state);
    assertThat(String.join(" ", states(id))).isEqualTo(steps);
    assertThat(steps(id).getFirst().status().failureDetails().message())
        .isEqualTo("Cannot go on: a.jar");
    if (!state.equals("WAITING")) {
      assertThat(cluster.status().stateChangeReason().codeAsString()).isEqualTo("STEP_FAILURE");
    }
  }

  @Test
  void pendingAndRunningStepsAreCancelledAndEndedOnesAreNot() throws Exception {
    String id =
        run(
            true,
            step("a", ActionOnFailure.TERMINATE_CLUSTER),
            step("b", ActionOnFailure.TERMINATE_CLUSTER));
    engine.await("a.jar");
    List<String> ids = steps(id).stream().map(StepSummary::id).toList();
    CancelStepsRequest request = CancelStepsRequest.builder().clusterId(id).stepIds(ids).build();
    CancelStepsResponse answer = call("CancelSteps", request);
    assertThat(answer.cancelStepsInfoList())
        .extracting(info -> info.statusAsString())
        .containsExactly("SUBMITTED", "SUBMITTED");

    await(id, "WAITING");
    assertThat(states(id)).containsExactly("CANCELLED", "CANCELLED");
    assertThat(engine.started).doesNotContainKey("b.jar");
    answer = call("CancelSteps", request);
    assertThat(answer.cancelStepsInfoList())
        .extracting(info -> info.statusAsString())
        .containsExactly("FAILED", "FAILED");
  }

  @Test
  void aProtectedClusterIsTerminatedOnlyWhenItIsNoMore() throws Exception {
    String id = run(true, step("a", ActionOnFailure.CONTINUE), step("b", ActionOnFailure.CONTINUE));
    call(
        "SetTerminationProtection",
        SetTerminationProtectionRequest.builder()
            .jobFlowIds(id)
            .terminationProtected(true)
            .build());
    TerminateJobFlowsRequest terminate = TerminateJobFlowsRequest.builder().jobFlowIds(id).build();
    assertThatThrownBy(() -> call("TerminateJobFlows", terminate))
        .hasMessageContaining("termination protected");
    assertThat(cluster(id).terminationProtected()).isTrue();
    engine.await("a.jar");
    call(
        "SetTerminationProtection",
        SetTerminationProtectionRequest.builder()
            .jobFlowIds(id)
            .terminationProtected(false)
            .build());
    call("TerminateJobFlows", terminate);

    assertThat(await(id, "TERMINATED").status().stateChangeReason().codeAsString())
        .isEqualTo("USER_REQUEST");
    assertThat(states(id)).containsExactly("CANCELLED", "CANCELLED");
    call("TerminateJobFlows", terminate);
    assertThatThrownBy(() ->
            call(
                "AddJobFlowSteps",
                AddJobFlowStepsRequest.builder()
                    .jobFlowId(id)
                    .steps(step("c", ActionOnFailure.CONTINUE))
                    .build()))
        .hasMessageContaining("may not be modified");
  }

  @Test
  void anIdleClusterEndsWhenItsPolicySaysSo() throws Exception {
    RunJobFlowResponse answer =
        call("RunJobFlow", request(true).autoTerminationPolicy(p -> p.idleTimeout(60L)).build());
    String id = answer.jobFlowId();
    await(id, "WAITING");
    clock.now = clock.now.plusSeconds(59);
    wake(id);
    assertThat(cluster(id).status().stateAsString()).isEqualTo("WAITING");
    clock.now = clock.now.plusSeconds(2);
    wake(id);
    assertThat(await(id, "TERMINATED").status().stateChangeReason().message())
        .contains("60 idle seconds");
  }

  private void wake(String id) throws InterruptedException {
    call(
        "AddTags",
        AddTagsRequest.builder()
            .resourceId(id)
            .tags(Tag.builder().key("k").value("v").build())
            .build());
    Thread.sleep(50);
  }

  @Test
  void aRestartFailsWhatRanAndGoesOnWithWhatWaited() throws Exception {
    String kept =
        run(true, step("a", ActionOnFailure.CONTINUE), step("b", ActionOnFailure.CONTINUE));
    engine.await("a.jar");
    String other = run(false, step("c", ActionOnFailure.TERMINATE_CLUSTER));
    close();
    engine.immediate = true;
    events.clear();
    open();

    await(kept, "WAITING");
    assertThat(states(kept)).containsExactly("FAILED", "COMPLETED");
    assertThat(steps(kept).getFirst().status().failureDetails().message())
        .contains("was stopped while the step ran");
    assertThat(told("EMR Step Status Change")).contains("ERROR a FAILED", "INFO b COMPLETED");
    await(other, "TERMINATED");
    assertThat(states(other)).containsExactly("COMPLETED");
  }

  @Test
  void clustersAreListedByStateAndTimeTheNewestFirstInPages() throws Exception {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      clock.now = clock.now.plusSeconds(1);
      ids.add(run(true));
    }
    call("TerminateJobFlows", TerminateJobFlowsRequest.builder().jobFlowIds(ids.get(7)).build());
    await(ids.get(7), "TERMINATED");

    ListClustersResponse first = call("ListClusters", ListClustersRequest.builder().build());
    ListClustersResponse second =
        call("ListClusters", ListClustersRequest.builder().marker(first.marker()).build());
    List<String> listed = new ArrayList<>();
    first.clusters().forEach(each -> listed.add(each.id()));
    second.clusters().forEach(each -> listed.add(each.id()));
    assertThat(listed).isEqualTo(ids.reversed());
    assertThat(second.marker()).isNull();
    assertThat(
            this.<ListClustersResponse>call(
                    "ListClusters",
                    ListClustersRequest.builder().clusterStatesWithStrings("TERMINATED").build())
                .clusters())
        .extracting(each -> each.id())
        .containsExactly(ids.get(7));
    assertThat(
            this.<ListClustersResponse>call(
                    "ListClusters",
                    ListClustersRequest.builder().createdAfter(clock.now.minusSeconds(2)).build())
                .clusters())
        .hasSize(3);
  }

  @Test
  void tagsAreAddedReplacedAndRemoved() {
    String id = run(true);
    for (String value : List.of("1", "2")) {
      call(
          "AddTags",
          AddTagsRequest.builder()
              .resourceId(id)
              .tags(
                  Tag.builder().key("k").value(value).build(),
                  Tag.builder().key("l" + value).value("x").build())
              .build());
    }
    call("RemoveTags", RemoveTagsRequest.builder().resourceId(id).tagKeys("l1").build());

    assertThat(cluster(id).tags())
        .containsExactly(
            Tag.builder().key("k").value("2").build(), Tag.builder().key("l2").value("x").build());
  }

  @Test
  void whatIsNotHonouredIsRefusedByNameAndNothingIsStarted() {
    refused(r -> r.releaseLabel("emr-7.13.0"), "emr-7.13.0");
    refused(r -> r.releaseLabel(null), "ReleaseLabel");
    refused(r -> r.stepConcurrencyLevel(2), "StepConcurrencyLevel");
    refused(r -> r.customAmiId("a").additionalInfo("b"), "AdditionalInfo, CustomAmiId");
    refused(
        r -> r.bootstrapActions(BootstrapActionConfig.builder().name("b").build()),
        "BootstrapActions");
    refused(r -> r.applications(Application.builder().name("Flink").build()), "Flink");
    refused(
        r ->
            r.configurations(
                Configuration.builder().classification("spark-env").properties(Map.of()).build()),
        "spark-env");
    refused(r -> r.logUri("hdfs://logs"), "hdfs://logs");
    refused(r -> r.autoTerminationPolicy(p -> p.idleTimeout(5L)), "IdleTimeout");
    refused(
        r ->
            r.steps(
                StepConfig.builder()
                    .name("s")
                    .hadoopJarStep(jar -> jar.jar("s3://b/own.jar"))
                    .build()),
        "s3://b/own.jar");
    assertThat(
            this.<ListClustersResponse>call("ListClusters", ListClustersRequest.builder().build())
                .clusters())
        .isEmpty();
  }

  private void refused(Consumer<RunJobFlowRequest.Builder> change, String named) {
    RunJobFlowRequest.Builder request = request(true);
    change.accept(request);
    assertThatThrownBy(() -> call("RunJobFlow", request.build()))
        .isInstanceOfSatisfying(
            ServiceException.class, e -> assertThat(e.code()).isEqualTo("ValidationException"))
        .hasMessageContaining(named);
  }

  @Test
  void whatIsUnknownIsSaidAsEmrSaysIt() {
    assertThatThrownBy(() -> cluster("j-NONE"))
        .isInstanceOfSatisfying(
            ServiceException.class, e -> assertThat(e.code()).isEqualTo("InvalidRequestException"))
        .hasMessage("Cluster id 'j-NONE' is not valid.");
    assertThatThrownBy(() ->
            call("TerminateJobFlows", TerminateJobFlowsRequest.builder().jobFlowIds("j-1").build()))
        .hasMessage("Specified job flow ID does not exist.");
  }

  @Test
  void moreThan256StepsAreTooMany() {
    String id = run(true);
    List<StepConfig> steps = new ArrayList<>();
    for (int i = 0; i < 256; i++) {
      steps.add(step("s" + i, ActionOnFailure.CONTINUE));
    }
    AddJobFlowStepsResponse answer =
        call(
            "AddJobFlowSteps", AddJobFlowStepsRequest.builder().jobFlowId(id).steps(steps).build());
    assertThat(answer.stepIds()).hasSize(256).doesNotHaveDuplicates();
    assertThatThrownBy(() ->
            call(
                "AddJobFlowSteps",
                AddJobFlowStepsRequest.builder()
                    .jobFlowId(id)
                    .steps(step("more", ActionOnFailure.CONTINUE))
                    .build()))
        .hasMessageContaining("Maximum number of active steps");
  }
}
