package dev.sluice.benchmarks;

import java.io.PrintStream;
import java.nio.file.Path;

/**
 * Where a benchmark works and reports.
 *
 * @param out results
 * @param err progress and complaints
 * @param root the folder of the Sluice checkout
 * @param work where inputs and outputs lie while they are needed
 */
public record Place(PrintStream out, PrintStream err, Path root, Path work) {

  /** Says what is being done, one line each. */
  public void progress(String line) {
    err.println(line);
  }
}
