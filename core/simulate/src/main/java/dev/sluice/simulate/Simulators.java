package dev.sluice.simulate;

import dev.sluice.model.ErrorCode;
import dev.sluice.model.SluiceException;
import java.util.List;

/** The workloads that can be simulated: one for each shipped dataset. */
public final class Simulators {
  private static final List<String> NAMES =
      List.of("sensors", "receipts", "transactions", "clickstream");

  private Simulators() {}

  /** The names of the datasets that can be simulated. */
  public static List<String> names() {
    return NAMES;
  }

  /**
   * Begins a simulation.
   *
   * @throws SluiceException {@link ErrorCode#UNKNOWN_DATASET} naming the known ones
   */
  public static Simulation start(String dataset, SimulationOptions options) {
    Workload workload =
        switch (dataset) {
          case "sensors" -> new Sensors(options);
          case "receipts" -> new Receipts(options);
          case "transactions" -> new Transactions(options);
          case "clickstream" -> new Clickstream(options);
          default ->
              throw new SluiceException(
                  ErrorCode.UNKNOWN_DATASET,
                  "Cannot simulate: no simulator has this name: "
                      + dataset
                      + ". Choose one of "
                      + String.join(", ", NAMES));
        };
    return new Simulation(dataset, options, workload);
  }
}
