package dev.sluice.cli;

import dev.sluice.aws.AwsClients;
import dev.sluice.model.dataset.Datasets;
import dev.sluice.model.emr.Emr;
import dev.sluice.model.emr.LaunchPlace;
import dev.sluice.model.limit.Limits;
import dev.sluice.model.registry.LakeLayout;
import dev.sluice.model.registry.Registry;
import dev.sluice.model.store.MessageQueue;
import dev.sluice.model.store.ObjectName;
import dev.sluice.model.store.ObjectStore;
import dev.sluice.model.store.OpenObject;
import dev.sluice.model.store.PartitionRegistrar;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;

/** The lake that an operator's command works on: the ports of the core, connected. */
final class ConnectedLake implements AutoCloseable {
  private final Aws aws;
  private final AwsClients clients;
  private final ObjectStore store;
  private final PartitionRegistrar partitions;
  private final LakeLayout layout;
  private final Path root;
  private final Datasets datasets;
  private final Clock clock;

  ConnectedLake(Aws aws, LakeLayout layout, Path root, Datasets datasets, Clock clock) {
    this.aws = aws;
    this.clients = aws.ports();
    this.store = clients.objects();
    this.partitions = clients.partitions(clock);
    this.layout = layout;
    this.root = root;
    this.datasets = datasets;
    this.clock = clock;
  }

  /** For services that have no port. */
  Aws aws() {
    return aws;
  }

  ObjectStore store() {
    return store;
  }

  PartitionRegistrar partitions() {
    return partitions;
  }

  /** The queue that feeds ingest. */
  MessageQueue ingestQueue() {
    return clients.queue(Registry.INGEST_QUEUE, clock);
  }

  /** Clusters and steps. */
  Emr emr() {
    return clients.emr(clock);
  }

  /** Where {@link #launchPlace} is read from. */
  ObjectName launchPlaceName() {
    return new ObjectName(layout.lakeBucket(), layout.launchPlaceKey());
  }

  /** What the functions have left about themselves; empty while none of them ran. */
  Optional<LaunchPlace> launchPlace() {
    Optional<OpenObject> there = store.open(launchPlaceName());
    if (there.isEmpty()) {
      return Optional.empty();
    }
    try (OpenObject open = there.get()) {
      return Optional.of(
          LaunchPlace.parse(new String(open.content().readAllBytes(), StandardCharsets.UTF_8)));
    } catch (IOException e) {
      throw new Failure(
          "Cannot read what the lake says of itself: " + e.getMessage() + ": " + launchPlaceName(),
          e);
    }
  }

  /** What one upload may ask for; commands that load uploads go by what the functions go by. */
  Limits limits() {
    return launchPlace().map(place -> place.code().limits()).orElseGet(Limits::defaults);
  }

  LakeLayout layout() {
    return layout;
  }

  /** The folder of the declarations. */
  Path root() {
    return root;
  }

  Datasets datasets() {
    return datasets;
  }

  Clock clock() {
    return clock;
  }

  @Override
  public void close() {
    clients.close();
  }
}
