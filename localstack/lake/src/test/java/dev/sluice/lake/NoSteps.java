package dev.sluice.lake;

import dev.sluice.lake.emr.StepEngine;

/** Stands for Spark in tests that run no steps. */
final class NoSteps implements StepEngine {
  @Override
  public Execution start(Run run) {
    throw new IllegalStateException("no engine");
  }
}
