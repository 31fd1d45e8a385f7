package dev.sluice.lake.emr;

import dev.sluice.lake.json.SdkJson;
import dev.sluice.lake.store.Journal;
import dev.sluice.model.json.Json;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.emr.model.Cluster;
import software.amazon.awssdk.services.emr.model.ClusterState;
import software.amazon.awssdk.services.emr.model.JobFlowInstancesConfig;
import software.amazon.awssdk.services.emr.model.Step;
import software.amazon.awssdk.services.emr.model.StepState;

/**
 * Clusters and their steps, in memory and in a journal. Safe for use by many threads; who changes
 * what depends on what it was sees to it that nobody else does so meanwhile.
 */
final class EmrStore implements AutoCloseable {
  private static final Set<ClusterState> ENDED =
      Set.of(ClusterState.TERMINATED, ClusterState.TERMINATED_WITH_ERRORS);
  private static final int MOST_CLUSTERS = 1_000;
  private static final long COMPACT_FROM = 4 << 20;

  private final Journal journal;
  // In the order of creation.
  private final LinkedHashMap<String, Record> clusters = new LinkedHashMap<>();

  /**
   * A cluster as it was asked for and as it is.
   *
   * @param instances as they were asked for
   * @param keepAlive whether it waits for steps when it has none
   * @param idleSeconds after how long without steps it ends; null for never
   * @param steps by id, in their order
   */
  record Record(
      Cluster cluster,
      JobFlowInstancesConfig instances,
      boolean keepAlive,
      @Nullable Long idleSeconds,
      LinkedHashMap<String, Step> steps) {

    boolean ended() {
      return ENDED.contains(cluster.status().state());
    }

    /** Whether it takes no steps any more. */
    boolean ending() {
      return ended() || cluster.status().state() == ClusterState.TERMINATING;
    }

    List<Step> in(StepState state) {
      return steps.values().stream().filter(step -> step.status().state() == state).toList();
    }
  }

  EmrStore(Path folder) {
    journal = Journal.open(folder.resolve("emr.journal"), Journal.Sync.NEVER, this::replay);
    if (journal.size() > COMPACT_FROM) {
      journal.compact(this::snapshot);
    }
  }

  @Override
  public synchronized void close() {
    journal.close();
  }

  synchronized Optional<Record> cluster(@Nullable String id) {
    return Optional.ofNullable(id == null ? null : clusters.get(id)).map(EmrStore::copy);
  }

  /** The newest first. */
  synchronized List<Record> clusters() {
    return new ArrayList<>(clusters.values()).reversed().stream().map(EmrStore::copy).toList();
  }

  // Answers are read without the lock.
  private static Record copy(Record record) {
    return new Record(
        record.cluster(),
        record.instances(),
        record.keepAlive(),
        record.idleSeconds(),
        new LinkedHashMap<>(record.steps()));
  }

  synchronized void create(Record record) {
    write(created(record));
    record.steps().values().forEach(step -> put(record.cluster().id(), step));
  }

  synchronized void put(Cluster cluster) {
    write(Map.of("op", "cluster", "value", SdkJson.toTree(cluster)));
  }

  synchronized void put(String clusterId, Step step) {
    write(Map.of("op", "step", "cluster", clusterId, "value", SdkJson.toTree(step)));
  }

  private static Map<String, @Nullable Object> created(Record record) {
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("op", "create");
    tree.put("value", SdkJson.toTree(record.cluster()));
    tree.put("instances", SdkJson.toTree(record.instances()));
    tree.put("keepAlive", record.keepAlive());
    tree.put("idleSeconds", record.idleSeconds());
    return tree;
  }

  private void write(Map<String, ?> change) {
    byte[] record = Json.write(change).getBytes(StandardCharsets.UTF_8);
    journal.append(record);
    // What holds now is what a restart would read.
    replay(record);
  }

  private void snapshot(Consumer<byte[]> out) {
    Consumer<Map<String, ?>> each =
        change -> out.accept(Json.write(change).getBytes(StandardCharsets.UTF_8));
    for (Record record : clusters.values()) {
      each.accept(created(record));
      record
          .steps()
          .values()
          .forEach(step ->
              each.accept(
                  Map.of(
                      "op",
                      "step",
                      "cluster",
                      record.cluster().id(),
                      "value",
                      SdkJson.toTree(step))));
    }
  }

  private void replay(byte[] record) {
    Map<String, ?> change = Json.parseObject(new String(record, StandardCharsets.UTF_8));
    String operation = String.valueOf(change.get("op"));
    Object value = change.get("value");
    switch (operation) {
      case "create" -> {
        Cluster cluster = (Cluster) SdkJson.fromTree(value, Cluster::builder);
        clusters.put(
            cluster.id(),
            new Record(
                cluster,
                (JobFlowInstancesConfig)
                    SdkJson.fromTree(change.get("instances"), JobFlowInstancesConfig::builder),
                Boolean.TRUE.equals(change.get("keepAlive")),
                change.get("idleSeconds") instanceof Number seconds ? seconds.longValue() : null,
                new LinkedHashMap<>()));
        if (clusters.size() > MOST_CLUSTERS) {
          clusters.values().stream()
              .filter(Record::ended)
              .findFirst()
              .ifPresent(oldest -> clusters.remove(oldest.cluster().id()));
        }
      }
      case "cluster" -> {
        Cluster cluster = (Cluster) SdkJson.fromTree(value, Cluster::builder);
        Record old = known(cluster.id());
        clusters.put(
            cluster.id(),
            new Record(cluster, old.instances(), old.keepAlive(), old.idleSeconds(), old.steps()));
      }
      case "step" -> {
        Step step = (Step) SdkJson.fromTree(value, Step::builder);
        known(String.valueOf(change.get("cluster"))).steps().put(step.id(), step);
      }
      default ->
          throw new IllegalStateException(
              "Cannot read EMR's journal: it was written by a newer version: " + operation);
    }
  }

  private Record known(String id) {
    return Objects.requireNonNull(clusters.get(id), id);
  }
}
