package dev.sluice.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/**
 * What an action cost.
 *
 * @param cpuSeconds processor time of the whole process: all threads, compiler, collector, and
 *     native code
 * @param wallSeconds time that passed
 */
public record Cpu(double cpuSeconds, double wallSeconds) {
  private static final OperatingSystemMXBean SYSTEM =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

  /** Something to measure. */
  @FunctionalInterface
  public interface Action {
    void run() throws Exception;
  }

  /** Runs {@code action} after a collection, so that nobody pays for another's garbage. */
  public static Cpu of(Action action) throws Exception {
    System.gc();
    long cpu = SYSTEM.getProcessCpuTime();
    long start = System.nanoTime();
    action.run();
    return new Cpu((SYSTEM.getProcessCpuTime() - cpu) / 1e9, (System.nanoTime() - start) / 1e9);
  }
}
