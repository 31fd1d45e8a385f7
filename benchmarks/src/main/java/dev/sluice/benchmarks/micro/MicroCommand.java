package dev.sluice.benchmarks.micro;

import dev.sluice.benchmarks.Place;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sluice bench micro}. */
@Command(
    name = "micro",
    mixinStandardHelpOptions = true,
    description = {
      "Measure the converter's inner parts with JMH: scanner, numbers, timestamps, dictionary,"
          + " interning, encodings.",
      "JMH prints what it does; figures are for comparing one version of a part with the next."
    })
public final class MicroCommand implements Callable<Integer> {
  private final Place place;

  @Parameters(
      arity = "0..1",
      paramLabel = "PATTERN",
      defaultValue = ".*",
      description = "Only measurements whose name this regular expression finds.")
  private String pattern = ".*";

  @Option(
      names = "--quick",
      description = "One short fork: to see that all runs, not to trust the figures.")
  private boolean quick;

  @Option(names = "--profiler", paramLabel = "NAME", description = "A JMH profiler, such as gc.")
  private @Nullable String profiler;

  public MicroCommand(Place place) {
    this.place = place;
  }

  @Override
  public Integer call() throws Exception {
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .include(pattern)
            .shouldFailOnError(true)
            .jvmArgsAppend("-XX:+UseSerialGC", "-Xmx512m");
    if (quick) {
      options
          .forks(1)
          .warmupIterations(1)
          .measurementIterations(1)
          .warmupTime(TimeValue.milliseconds(200))
          .measurementTime(TimeValue.milliseconds(200));
    }
    if (profiler != null) {
      options.addProfiler(profiler);
    }
    int measured = new Runner(options.build()).run().size();
    place.progress(measured + " measurements");
    return measured > 0 ? 0 : 1;
  }
}
