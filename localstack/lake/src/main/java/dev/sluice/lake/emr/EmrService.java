package dev.sluice.lake.emr;

import dev.sluice.lake.api.Events;
import dev.sluice.lake.api.JsonOperation;
import dev.sluice.lake.api.JsonService;
import dev.sluice.lake.api.Objects;
import dev.sluice.lake.api.ServiceException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.services.emr.model.ActionOnFailure;
import software.amazon.awssdk.services.emr.model.AddJobFlowStepsRequest;
import software.amazon.awssdk.services.emr.model.AddJobFlowStepsResponse;
import software.amazon.awssdk.services.emr.model.AddTagsRequest;
import software.amazon.awssdk.services.emr.model.AddTagsResponse;
import software.amazon.awssdk.services.emr.model.CancelStepsInfo;
import software.amazon.awssdk.services.emr.model.CancelStepsRequest;
import software.amazon.awssdk.services.emr.model.CancelStepsRequestStatus;
import software.amazon.awssdk.services.emr.model.CancelStepsResponse;
import software.amazon.awssdk.services.emr.model.Cluster;
import software.amazon.awssdk.services.emr.model.ClusterState;
import software.amazon.awssdk.services.emr.model.ClusterSummary;
import software.amazon.awssdk.services.emr.model.Configuration;
import software.amazon.awssdk.services.emr.model.DescribeClusterRequest;
import software.amazon.awssdk.services.emr.model.DescribeClusterResponse;
import software.amazon.awssdk.services.emr.model.DescribeStepRequest;
import software.amazon.awssdk.services.emr.model.DescribeStepResponse;
import software.amazon.awssdk.services.emr.model.HadoopJarStepConfig;
import software.amazon.awssdk.services.emr.model.InstanceCollectionType;
import software.amazon.awssdk.services.emr.model.InstanceFleet;
import software.amazon.awssdk.services.emr.model.InstanceFleetConfig;
import software.amazon.awssdk.services.emr.model.InstanceGroup;
import software.amazon.awssdk.services.emr.model.InstanceGroupConfig;
import software.amazon.awssdk.services.emr.model.InstanceRoleType;
import software.amazon.awssdk.services.emr.model.JobFlowInstancesConfig;
import software.amazon.awssdk.services.emr.model.ListBootstrapActionsRequest;
import software.amazon.awssdk.services.emr.model.ListBootstrapActionsResponse;
import software.amazon.awssdk.services.emr.model.ListClustersRequest;
import software.amazon.awssdk.services.emr.model.ListClustersResponse;
import software.amazon.awssdk.services.emr.model.ListInstanceFleetsRequest;
import software.amazon.awssdk.services.emr.model.ListInstanceFleetsResponse;
import software.amazon.awssdk.services.emr.model.ListInstanceGroupsRequest;
import software.amazon.awssdk.services.emr.model.ListInstanceGroupsResponse;
import software.amazon.awssdk.services.emr.model.ListStepsRequest;
import software.amazon.awssdk.services.emr.model.ListStepsResponse;
import software.amazon.awssdk.services.emr.model.RemoveTagsRequest;
import software.amazon.awssdk.services.emr.model.RemoveTagsResponse;
import software.amazon.awssdk.services.emr.model.RunJobFlowRequest;
import software.amazon.awssdk.services.emr.model.RunJobFlowResponse;
import software.amazon.awssdk.services.emr.model.SetTerminationProtectionRequest;
import software.amazon.awssdk.services.emr.model.SetTerminationProtectionResponse;
import software.amazon.awssdk.services.emr.model.Step;
import software.amazon.awssdk.services.emr.model.StepCancellationOption;
import software.amazon.awssdk.services.emr.model.StepConfig;
import software.amazon.awssdk.services.emr.model.StepState;
import software.amazon.awssdk.services.emr.model.StepSummary;
import software.amazon.awssdk.services.emr.model.Tag;
import software.amazon.awssdk.services.emr.model.TerminateJobFlowsRequest;
import software.amazon.awssdk.services.emr.model.TerminateJobFlowsResponse;
import software.amazon.awssdk.utils.builder.Buildable;

/**
 * The EMR API. Clusters are names for a queue of steps; the steps are really executed. What says
 * how many machines a cluster has is kept and shown, for there is one here; what says how steps are
 * computed is done, or refused by name.
 */
public final class EmrService implements JsonService, AutoCloseable {
  private static final int PAGE = 50;
  private static final int MOST_STEPS = 256;
  private static final int LONGEST_STRING = 10_240;
  private static final int MOST_STEP_IDS = 10;
  private static final long LEAST_IDLE = 60;
  private static final long MOST_IDLE = 604_800;
  private static final String ID_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  private static final int ID_LENGTH = 13;

  /** The releases that have the Spark and the Scala that run here. */
  private static final Pattern RELEASE = Pattern.compile("emr-spark-8\\.1\\.\\d+");

  private static final Set<String> APPLICATIONS = Set.of("spark", "hadoop");

  /** Configurations that are done. */
  private static final String SPARK_DEFAULTS = "spark-defaults";

  /** Configurations of machines and of what is on them, which is decided here. */
  private static final Set<String> MACHINES =
      Set.of(
          "capacity-scheduler",
          "emrfs-site",
          "hdfs-site",
          "iceberg-defaults",
          "spark",
          "spark-hive-site",
          "yarn-site");

  private final EmrSettings settings;
  private final EmrStore store;
  private final Clusters clusters;
  private final SecureRandom random = new SecureRandom();
  private final Map<String, JsonOperation<?, ?>> operations = new LinkedHashMap<>();

  /**
   * The clusters that were there, which go on with {@link #start}; the engine and the objects stay
   * the caller's.
   *
   * @param events where state changes are told
   */
  public EmrService(
      StepEngine engine, Objects objects, Events events, EmrSettings settings, Clock clock) {
    this.settings = settings;
    this.store = new EmrStore(settings.folder());
    this.clusters = new Clusters(store, engine, objects, events, settings, clock);
    clusters();
    steps();
    instances();
    tags();
  }

  @Override
  public String target() {
    return "ElasticMapReduce";
  }

  @Override
  public Map<String, JsonOperation<?, ?>> operations() {
    return Map.copyOf(operations);
  }

  /** Goes on with the clusters that were there; a step that ran when the lake ended has failed. */
  public void start() {
    clusters.start();
  }

  /** For the lake's health. */
  public String state() {
    int executing = clusters.executing();
    return executing == 0 ? "idle" : "running, steps: " + executing;
  }

  /** Ends running steps; they are found failed when the lake is started again. */
  public void stop() {
    clusters.close();
  }

  @Override
  public void close() {
    stop();
    store.close();
  }

  private <I extends SdkPojo, O extends SdkPojo> void on(
      String name, Supplier<? extends Buildable> request, Function<I, O> call) {
    operations.put(name, new JsonOperation<I, O>(request, call));
  }

  // Clusters.

  private void clusters() {
    on("RunJobFlow", RunJobFlowRequest::builder, this::run);
    on(
        "DescribeCluster",
        DescribeClusterRequest::builder,
        (DescribeClusterRequest request) ->
            DescribeClusterResponse.builder()
                .cluster(cluster(request.clusterId()).cluster())
                .build());
    on("ListClusters", ListClustersRequest::builder, this::listClusters);
    on(
        "TerminateJobFlows",
        TerminateJobFlowsRequest::builder,
        (TerminateJobFlowsRequest request) -> {
          List<EmrStore.Record> all = jobFlows(request.jobFlowIds());
          if (all.stream()
              .anyMatch(each ->
                  !each.ending() && Boolean.TRUE.equals(each.cluster().terminationProtected()))) {
            throw invalid(
                "Could not shut down one or more job flows since they are termination protected.");
          }
          all.forEach(each -> clusters.with(each.cluster().id(), clusters::terminate));
          return TerminateJobFlowsResponse.builder().build();
        });
    on(
        "SetTerminationProtection",
        SetTerminationProtectionRequest::builder,
        (SetTerminationProtectionRequest request) -> {
          for (EmrStore.Record each : jobFlows(request.jobFlowIds())) {
            clusters.with(
                each.cluster().id(),
                record -> {
                  modifiable(record);
                  clusters.change(
                      record.cluster().toBuilder()
                          .terminationProtected(Boolean.TRUE.equals(request.terminationProtected()))
                          .build());
                });
          }
          return SetTerminationProtectionResponse.builder().build();
        });
  }

  private RunJobFlowResponse run(RunJobFlowRequest request) {
    check(request);
    String id = id("j-");
    String arn =
        "arn:aws:elasticmapreduce:"
            + settings.region()
            + ":"
            + settings.account()
            + ":cluster/"
            + id;
    JobFlowInstancesConfig instances = request.instances();
    Instant now = clusters.now();
    boolean keepAlive = Boolean.TRUE.equals(instances.keepJobFlowAliveWhenNoSteps());
    Cluster cluster =
        Cluster.builder()
            .id(id)
            .clusterArn(arn)
            .name(request.name())
            .status(s ->
                s.state(ClusterState.STARTING)
                    .stateChangeReason(reason -> {})
                    .timeline(timeline -> timeline.creationDateTime(now)))
            .ec2InstanceAttributes(e ->
                e.ec2KeyName(instances.ec2KeyName())
                    .ec2SubnetId(
                        instances.ec2SubnetId() != null
                            ? instances.ec2SubnetId()
                            : instances.ec2SubnetIds().stream().findFirst().orElse(null))
                    .requestedEc2SubnetIds(instances.ec2SubnetIds())
                    .iamInstanceProfile(request.jobFlowRole())
                    .emrManagedMasterSecurityGroup(instances.emrManagedMasterSecurityGroup())
                    .emrManagedSlaveSecurityGroup(instances.emrManagedSlaveSecurityGroup())
                    .serviceAccessSecurityGroup(instances.serviceAccessSecurityGroup())
                    .additionalMasterSecurityGroups(instances.additionalMasterSecurityGroups())
                    .additionalSlaveSecurityGroups(instances.additionalSlaveSecurityGroups()))
            .instanceCollectionType(
                instances.instanceFleets().isEmpty()
                    ? InstanceCollectionType.INSTANCE_GROUP
                    : InstanceCollectionType.INSTANCE_FLEET)
            .logUri(request.logUri())
            .releaseLabel(request.releaseLabel())
            .osReleaseLabel(request.osReleaseLabel())
            .autoTerminate(!keepAlive)
            .terminationProtected(Boolean.TRUE.equals(instances.terminationProtected()))
            .unhealthyNodeReplacement(instances.unhealthyNodeReplacement())
            .visibleToAllUsers(!Boolean.FALSE.equals(request.visibleToAllUsers()))
            .applications(request.applications())
            .tags(request.tags())
            .serviceRole(request.serviceRole())
            .autoScalingRole(request.autoScalingRole())
            .normalizedInstanceHours(0)
            .masterPublicDnsName("localhost")
            .configurations(request.configurations())
            .scaleDownBehavior(request.scaleDownBehavior())
            .ebsRootVolumeSize(request.ebsRootVolumeSize())
            .ebsRootVolumeIops(request.ebsRootVolumeIops())
            .ebsRootVolumeThroughput(request.ebsRootVolumeThroughput())
            .repoUpgradeOnBoot(request.repoUpgradeOnBoot())
            .placementGroups(request.placementGroupConfigs())
            .stepConcurrencyLevel(1)
            .build();
    LinkedHashMap<String, Step> steps = new LinkedHashMap<>();
    request
        .steps()
        .forEach(each -> {
          Step step = step(each);
          steps.put(step.id(), step);
        });
    clusters.create(
        new EmrStore.Record(
            cluster,
            instances,
            keepAlive,
            request.autoTerminationPolicy() == null
                ? null
                : request.autoTerminationPolicy().idleTimeout(),
            steps));
    return RunJobFlowResponse.builder().jobFlowId(id).clusterArn(arn).build();
  }

  private static void check(RunJobFlowRequest request) {
    if (request.name() == null || request.name().isEmpty()) {
      throw invalid("Cannot run a job flow: it has no Name.");
    }
    if (request.instances() == null) {
      throw invalid("Cannot run a job flow: it has no Instances.");
    }
    Map<String, @Nullable Object> refused = new LinkedHashMap<>();
    refused.put("AdditionalInfo", request.additionalInfo());
    refused.put("AmiVersion", request.amiVersion());
    refused.put("BootstrapActions", request.bootstrapActions());
    refused.put("CustomAmiId", request.customAmiId());
    refused.put("KerberosAttributes", request.kerberosAttributes());
    refused.put("LogEncryptionKmsKeyId", request.logEncryptionKmsKeyId());
    refused.put("MonitoringConfiguration", request.monitoringConfiguration());
    refused.put("NewSupportedProducts", request.newSupportedProducts());
    refused.put("SecurityConfiguration", request.securityConfiguration());
    refused.put("SupportedProducts", request.supportedProducts());
    refused.put("Instances.HadoopVersion", request.instances().hadoopVersion());
    refuse("a job flow", refused);
    if (request.releaseLabel() == null || !RELEASE.matcher(request.releaseLabel()).matches()) {
      throw invalid(
          "Cannot run a job flow: the local lake has the Spark of emr-spark-8.1.0, not of the"
              + " ReleaseLabel: "
              + request.releaseLabel());
    }
    if (request.stepConcurrencyLevel() != null && request.stepConcurrencyLevel() != 1) {
      throw invalid(
          "Cannot run a job flow: the local lake runs one step of a cluster at a time, not the"
              + " StepConcurrencyLevel: "
              + request.stepConcurrencyLevel());
    }
    request
        .applications()
        .forEach(application -> {
          if (!APPLICATIONS.contains(
              String.valueOf(application.name()).toLowerCase(java.util.Locale.ROOT))) {
            throw invalid(
                "Cannot run a job flow: the local lake runs Spark, not the application: "
                    + application.name());
          }
        });
    request.configurations().forEach(EmrService::check);
    if (request.logUri() != null && !StepLogs.isLocation(request.logUri())) {
      throw invalid("Cannot run a job flow: the LogUri is no location in S3: " + request.logUri());
    }
    if (request.autoTerminationPolicy() != null
        && request.autoTerminationPolicy().idleTimeout() != null
        && (request.autoTerminationPolicy().idleTimeout() < LEAST_IDLE
            || request.autoTerminationPolicy().idleTimeout() > MOST_IDLE)) {
      throw invalid(
          "Cannot run a job flow: the IdleTimeout is 60 to 604800 seconds: "
              + request.autoTerminationPolicy().idleTimeout());
    }
    steps(request.steps(), 0);
  }

  private static void check(Configuration configuration) {
    String name = String.valueOf(configuration.classification());
    if (!name.equals(SPARK_DEFAULTS) && !MACHINES.contains(name)) {
      throw invalid(
          "Cannot run a job flow: the local lake does not support this configuration: " + name);
    }
    if (!configuration.configurations().isEmpty()) {
      throw invalid(
          "Cannot run a job flow: the local lake does not support configurations in another: "
              + name);
    }
  }

  private ListClustersResponse listClusters(ListClustersRequest request) {
    Set<ClusterState> states = Set.copyOf(request.clusterStates());
    List<ClusterSummary> found =
        store.clusters().stream()
            .map(EmrStore.Record::cluster)
            .filter(cluster -> states.isEmpty() || states.contains(cluster.status().state()))
            .filter(cluster ->
                within(
                    cluster.status().timeline().creationDateTime(),
                    request.createdAfter(),
                    request.createdBefore()))
            .map(cluster ->
                ClusterSummary.builder()
                    .id(cluster.id())
                    .name(cluster.name())
                    .status(cluster.status())
                    .normalizedInstanceHours(cluster.normalizedInstanceHours())
                    .clusterArn(cluster.clusterArn())
                    .build())
            .toList();
    Page<ClusterSummary> page = page(found, ClusterSummary::id, request.marker());
    return ListClustersResponse.builder().clusters(page.items()).marker(page.next()).build();
  }

  private static boolean within(
      Instant created, @Nullable Instant after, @Nullable Instant before) {
    return (after == null || !created.isBefore(after))
        && (before == null || !created.isAfter(before));
  }

  // Steps.

  private void steps() {
    on("AddJobFlowSteps", AddJobFlowStepsRequest::builder, this::add);
    on(
        "DescribeStep",
        DescribeStepRequest::builder,
        (DescribeStepRequest request) -> {
          Step step = cluster(request.clusterId()).steps().get(request.stepId());
          if (step == null) {
            throw unknown("Step id '" + request.stepId() + "' is not valid.");
          }
          return DescribeStepResponse.builder().step(step).build();
        });
    on("ListSteps", ListStepsRequest::builder, this::listSteps);
    on("CancelSteps", CancelStepsRequest::builder, this::cancel);
  }

  private AddJobFlowStepsResponse add(AddJobFlowStepsRequest request) {
    if (request.executionRoleArn() != null) {
      throw invalid(
          "Cannot add steps: the local lake authorises nothing, and supports no ExecutionRoleArn.");
    }
    if (request.steps().isEmpty()) {
      throw invalid("Cannot add steps: there are none.");
    }
    List<Step> steps = new ArrayList<>();
    clusters.with(
        jobFlow(request.jobFlowId()).cluster().id(),
        record -> {
          modifiable(record);
          int active =
              Stream.of(StepState.PENDING, StepState.RUNNING, StepState.CANCEL_PENDING)
                  .mapToInt(state -> record.in(state).size())
                  .sum();
          steps(request.steps(), active);
          request.steps().forEach(step -> steps.add(step(step)));
          clusters.add(record, steps);
        });
    return AddJobFlowStepsResponse.builder().stepIds(steps.stream().map(Step::id).toList()).build();
  }

  private static void steps(List<StepConfig> steps, int active) {
    if (steps.size() + active > MOST_STEPS) {
      throw invalid(
          "Maximum number of active steps(State = 'Running', 'Pending' or 'Cancel_Pending') for"
              + " cluster exceeded.");
    }
    for (StepConfig step : steps) {
      HadoopJarStepConfig jar = step.hadoopJarStep();
      if (step.name() == null || jar == null) {
        throw invalid("Cannot run the step: it has no Name or no HadoopJarStep.");
      }
      Map<String, @Nullable Object> refused = new LinkedHashMap<>();
      refused.put("HadoopJarStep.MainClass", jar.mainClass());
      refused.put("HadoopJarStep.Properties", jar.properties());
      refused.put("StepMonitoringConfiguration", step.stepMonitoringConfiguration());
      refuse("the step", refused);
      if (!"command-runner.jar".equals(jar.jar())) {
        throw invalid(
            "Cannot run the step: the local lake runs no other jar than command-runner.jar: "
                + jar.jar());
      }
      for (String argument : jar.args()) {
        if (argument.length() > LONGEST_STRING) {
          throw invalid(
              "Cannot run the step: an argument has more than 10240 characters: "
                  + argument.length());
        }
      }
      SparkSubmit.parse(jar.args());
    }
  }

  private Step step(StepConfig config) {
    return Step.builder()
        .id(id("s-"))
        .name(config.name())
        .config(c -> c.jar(config.hadoopJarStep().jar()).args(config.hadoopJarStep().args()))
        .actionOnFailure(
            config.actionOnFailure() == null
                ? ActionOnFailure.TERMINATE_CLUSTER
                : config.actionOnFailure())
        .status(s ->
            s.state(StepState.PENDING)
                .stateChangeReason(reason -> {})
                .timeline(timeline -> timeline.creationDateTime(clusters.now())))
        .build();
  }

  private ListStepsResponse listSteps(ListStepsRequest request) {
    EmrStore.Record record = cluster(request.clusterId());
    if (request.stepIds().size() > MOST_STEP_IDS) {
      throw unknown("Cannot list steps: at most 10 StepIds can be asked for.");
    }
    for (String id : request.stepIds()) {
      if (!record.steps().containsKey(id)) {
        throw unknown("Step id '" + id + "' is not valid.");
      }
    }
    Set<StepState> states = Set.copyOf(request.stepStates());
    List<StepSummary> found =
        Clusters.newestFirst(record).stream()
            .filter(step -> request.stepIds().isEmpty() || request.stepIds().contains(step.id()))
            .filter(step -> states.isEmpty() || states.contains(step.status().state()))
            .map(step ->
                StepSummary.builder()
                    .id(step.id())
                    .name(step.name())
                    .config(step.config())
                    .actionOnFailure(step.actionOnFailure())
                    .status(step.status())
                    .build())
            .toList();
    Page<StepSummary> page = page(found, StepSummary::id, request.marker());
    return ListStepsResponse.builder().steps(page.items()).marker(page.next()).build();
  }

  private CancelStepsResponse cancel(CancelStepsRequest request) {
    List<CancelStepsInfo> answers = new ArrayList<>();
    boolean kill = request.stepCancellationOption() == StepCancellationOption.TERMINATE_PROCESS;
    clusters.with(
        cluster(request.clusterId()).cluster().id(),
        record -> {
          for (String id : request.stepIds()) {
            Step step = record.steps().get(id);
            if (step == null) {
              throw unknown("Step id '" + id + "' is not valid.");
            }
          }
          for (String id : request.stepIds()) {
            Step step = record.steps().get(id);
            boolean done = clusters.cancel(record, step, kill);
            answers.add(
                CancelStepsInfo.builder()
                    .stepId(id)
                    .status(
                        done ? CancelStepsRequestStatus.SUBMITTED : CancelStepsRequestStatus.FAILED)
                    .reason(
                        done
                            ? ""
                            : "Cannot cancel a step in the state " + step.status().stateAsString())
                    .build());
          }
        });
    return CancelStepsResponse.builder().cancelStepsInfoList(answers).build();
  }

  // Machines, which are only told back.

  private void instances() {
    on(
        "ListInstanceGroups",
        ListInstanceGroupsRequest::builder,
        (ListInstanceGroupsRequest request) ->
            ListInstanceGroupsResponse.builder()
                .instanceGroups(groups(cluster(request.clusterId())))
                .build());
    on(
        "ListInstanceFleets",
        ListInstanceFleetsRequest::builder,
        (ListInstanceFleetsRequest request) ->
            ListInstanceFleetsResponse.builder()
                .instanceFleets(fleets(cluster(request.clusterId())))
                .build());
    on(
        "ListBootstrapActions",
        ListBootstrapActionsRequest::builder,
        (ListBootstrapActionsRequest request) -> {
          cluster(request.clusterId());
          return ListBootstrapActionsResponse.builder().bootstrapActions(List.of()).build();
        });
  }

  private static List<InstanceGroup> groups(EmrStore.Record record) {
    JobFlowInstancesConfig instances = record.instances();
    List<InstanceGroupConfig> configs = new ArrayList<>(instances.instanceGroups());
    if (configs.isEmpty() && instances.masterInstanceType() != null) {
      configs.add(group(InstanceRoleType.MASTER, instances.masterInstanceType(), 1));
      int others = instances.instanceCount() == null ? 0 : instances.instanceCount() - 1;
      if (others > 0) {
        configs.add(
            group(
                InstanceRoleType.CORE,
                instances.slaveInstanceType() == null
                    ? instances.masterInstanceType()
                    : instances.slaveInstanceType(),
                others));
      }
    }
    List<InstanceGroup> groups = new ArrayList<>();
    for (InstanceGroupConfig config : configs) {
      groups.add(
          InstanceGroup.builder()
              .id(part("ig-", record, groups.size()))
              .name(config.name())
              .market(config.market())
              .instanceGroupType(config.instanceRoleAsString())
              .bidPrice(config.bidPrice())
              .instanceType(config.instanceType())
              .requestedInstanceCount(config.instanceCount())
              .runningInstanceCount(record.ended() ? 0 : config.instanceCount())
              .status(s -> s.state(record.ended() ? "TERMINATED" : "RUNNING"))
              .build());
    }
    return groups;
  }

  private static InstanceGroupConfig group(InstanceRoleType role, String type, int count) {
    return InstanceGroupConfig.builder()
        .instanceRole(role)
        .instanceType(type)
        .instanceCount(count)
        .build();
  }

  private static List<InstanceFleet> fleets(EmrStore.Record record) {
    List<InstanceFleet> fleets = new ArrayList<>();
    for (InstanceFleetConfig config : record.instances().instanceFleets()) {
      fleets.add(
          InstanceFleet.builder()
              .id(part("if-", record, fleets.size()))
              .name(config.name())
              .instanceFleetType(config.instanceFleetType())
              .targetOnDemandCapacity(config.targetOnDemandCapacity())
              .targetSpotCapacity(config.targetSpotCapacity())
              .provisionedOnDemandCapacity(0)
              .provisionedSpotCapacity(0)
              .status(s -> s.state(record.ended() ? "TERMINATED" : "RUNNING"))
              .build());
    }
    return fleets;
  }

  private static String part(String prefix, EmrStore.Record record, int index) {
    String id = record.cluster().id();
    return prefix + id.substring("j-".length(), id.length() - 1) + ID_LETTERS.charAt(index);
  }

  // Tags.

  private void tags() {
    on(
        "AddTags",
        AddTagsRequest::builder,
        (AddTagsRequest request) -> {
          clusters.with(
              cluster(request.resourceId()).cluster().id(),
              record -> {
                Map<String, Tag> tags = new LinkedHashMap<>();
                Stream.concat(record.cluster().tags().stream(), request.tags().stream())
                    .forEach(tag -> tags.put(tag.key(), tag));
                clusters.change(record.cluster().toBuilder().tags(tags.values()).build());
              });
          return AddTagsResponse.builder().build();
        });
    on(
        "RemoveTags",
        RemoveTagsRequest::builder,
        (RemoveTagsRequest request) -> {
          clusters.with(
              cluster(request.resourceId()).cluster().id(),
              record ->
                  clusters.change(
                      record.cluster().toBuilder()
                          .tags(
                              record.cluster().tags().stream()
                                  .filter(tag -> !request.tagKeys().contains(tag.key()))
                                  .toList())
                          .build()));
          return RemoveTagsResponse.builder().build();
        });
  }

  // Common.

  private EmrStore.Record cluster(@Nullable String id) {
    return store.cluster(id).orElseThrow(() -> unknown("Cluster id '" + id + "' is not valid."));
  }

  /** The older operations say it differently. */
  private EmrStore.Record jobFlow(@Nullable String id) {
    return store.cluster(id).orElseThrow(() -> invalid("Specified job flow ID does not exist."));
  }

  private List<EmrStore.Record> jobFlows(Collection<String> ids) {
    return ids.stream().map(this::jobFlow).toList();
  }

  private static void modifiable(EmrStore.Record record) {
    if (record.ending()) {
      throw invalid(
          "A job flow that is shutting down, terminated, or finished may not be modified.");
    }
  }

  private static void refuse(String what, Map<String, @Nullable Object> parameters) {
    String names =
        parameters.entrySet().stream()
            .filter(each ->
                each.getValue() != null
                    && !(each.getValue() instanceof Collection<?> list && list.isEmpty())
                    && !(each.getValue() instanceof Map<?, ?> map && map.isEmpty()))
            .map(Map.Entry::getKey)
            .collect(Collectors.joining(", "));
    if (!names.isEmpty()) {
      throw invalid("Cannot run " + what + ": the local lake does not support: " + names);
    }
  }

  private String id(String prefix) {
    StringBuilder id = new StringBuilder(prefix);
    random.ints(ID_LENGTH, 0, ID_LETTERS.length()).forEach(i -> id.append(ID_LETTERS.charAt(i)));
    return id.toString();
  }

  private record Page<T>(List<T> items, @Nullable String next) {}

  /** A marker is the last thing of the page before. */
  private static <T> Page<T> page(List<T> all, Function<T, String> id, @Nullable String marker) {
    int from = 0;
    if (marker != null) {
      List<String> ids = all.stream().map(id).toList();
      if (!ids.contains(marker)) {
        throw unknown("Marker '" + marker + "' is not valid.");
      }
      from = ids.indexOf(marker) + 1;
    }
    int to = Math.min(all.size(), from + PAGE);
    return new Page<>(all.subList(from, to), to < all.size() ? id.apply(all.get(to - 1)) : null);
  }

  private static ServiceException invalid(String message) {
    return new ServiceException(400, "ValidationException", message);
  }

  private static ServiceException unknown(String message) {
    return new ServiceException(400, "InvalidRequestException", message);
  }
}
