package dev.sluice.cli;

import dev.sluice.aws.AwsClients;
import dev.sluice.model.dataset.Datasets;
import dev.sluice.model.emr.Emr;
import dev.sluice.model.registry.LakeLayout;
import dev.sluice.model.registry.Registry;
import dev.sluice.model.store.MessageQueue;
import dev.sluice.model.store.ObjectStore;
import dev.sluice.model.store.PartitionRegistrar;
import java.nio.file.Path;
import java.time.Clock;

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
