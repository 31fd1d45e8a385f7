package dev.sluice.jobs;

import dev.sluice.model.store.ObjectStore;
import dev.sluice.model.store.PartitionRegistrar;
import java.io.Serializable;

/** The way to the object store and the catalog, from the driver and from every executor. */
public interface Connection extends Serializable {

  /** The object store. */
  ObjectStore objects();

  /** The catalog's partitions. */
  PartitionRegistrar partitions();
}
