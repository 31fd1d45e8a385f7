package dev.sluice.testing;

import dev.sluice.model.store.PartitionRegistrar;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A catalog in memory. */
public final class FakePartitionRegistrar implements PartitionRegistrar {
  private final FaultHook faults;
  private final Set<Registered> registered = ConcurrentHashMap.newKeySet();

  public FakePartitionRegistrar(FaultHook faults) {
    this.faults = faults;
  }

  /** A partition that the catalog has. */
  public record Registered(String database, String table, Partition partition) {}

  /** All partitions, in no order. */
  public Set<Registered> registered() {
    return Set.copyOf(registered);
  }

  @Override
  public void register(String database, String table, List<Partition> partitions) {
    RemoteCall call = new RemoteCall("glue.batch-create-partition", database + "." + table);
    Runnable effect =
        () -> partitions.forEach(p -> registered.add(new Registered(database, table, p)));
    faults.before(call, effect);
    effect.run();
    faults.after(call);
  }
}
