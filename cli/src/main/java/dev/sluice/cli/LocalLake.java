package dev.sluice.cli;

import dev.sluice.lake.Lake;
import dev.sluice.lake.LakeSettings;
import dev.sluice.model.job.JobCode;
import dev.sluice.model.limit.Limits;
import dev.sluice.model.registry.LakeLayout;
import java.nio.file.Path;
import java.util.Map;

/** The local lake in this process, with the clients that talk to it. */
final class LocalLake implements AutoCloseable {
  static final LakeLayout LAYOUT = LakeLayout.defaults();

  private final Lake lake;
  private final Aws aws;

  LocalLake(Lake lake) {
    this.lake = lake;
    this.aws = Aws.of(lake.url().toString(), Map.of());
  }

  /**
   * Starts it.
   *
   * @param data where it keeps everything
   * @param port on 127.0.0.1; 0 takes any free one
   * @param datasets the folder of the declarations
   * @throws dev.sluice.model.SluiceException when it cannot start, with the way out
   */
  static LocalLake start(Console console, Path data, int port, Path datasets) {
    return start(
        console, data, port, datasets, LakeSettings.DEFAULT_STEP_HEAP_MIB, Limits.defaults());
  }

  /**
   * The same with another heap of EMR steps and other limits.
   *
   * @param stepHeapMib the heap's limit in MiB
   * @param limits what one upload may ask for
   */
  static LocalLake start(
      Console console, Path data, int port, Path datasets, int stepHeapMib, Limits limits) {
    return new LocalLake(
        Lake.start(
            LakeSettings.defaults(console.root())
                .withPort(port)
                .withData(data)
                .withDatasets(datasets)
                .withStepHeapMib(stepHeapMib)
                .withLimits(limits)));
  }

  /** Clients of its endpoint. */
  Aws aws() {
    return aws;
  }

  /** Where it has the code of the jobs. */
  JobCode jobCode() {
    return lake.jobCode();
  }

  @Override
  public void close() {
    lake.close();
  }
}
