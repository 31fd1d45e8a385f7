package dev.sluice.simulate;

import dev.sluice.model.Reason;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A running simulation: records one after the other, and the truth about those given so far. Memory
 * is bounded whatever the number of records. Not for several threads at once.
 */
public final class Simulation {
  /** Keeps the fates apart from the data, so that the data does not depend on the rates. */
  private static final long FATE = 0x5DEECE66DL;

  private final String dataset;
  private final SimulationOptions options;
  private final Workload workload;
  private final List<Fault> faults;
  private final Dice fate;
  private final Map<Reason, Long> reasons = new EnumMap<>(Reason.class);
  private long records;
  private long bad;
  private long late;

  Simulation(String dataset, SimulationOptions options, Workload workload) {
    this.dataset = dataset;
    this.options = options;
    this.workload = workload;
    this.faults = workload.faults();
    this.fate = new Dice(options.seed() ^ FATE);
  }

  /**
   * Replaces the content of {@code line} by the next record, one line of JSON (unless the record is
   * bad) without line end.
   *
   * @return false when all records were given; {@code line} is empty then
   */
  public boolean next(StringBuilder line) {
    line.setLength(0);
    if (records == options.records()) {
      return false;
    }
    records++;
    // Always the same throws per record, whatever the rates, for the same reason.
    boolean breaks = fate.unit() < options.badRate();
    boolean isLate = fate.unit() < options.lateRate();
    long delay = fate.between(60_000, Workload.MOST_LATE_MILLIS);
    long harm = fate.next();
    workload.generate(line, isLate ? delay : 0);
    if (breaks) {
      Dice dice = new Dice(harm);
      Fault fault = faults.get(dice.below(faults.size()));
      fault.damage().apply(line, dice);
      reasons.merge(fault.reason(), 1L, Long::sum);
      bad++;
    } else {
      workload.count();
      if (isLate) {
        late++;
      }
    }
    return true;
  }

  /**
   * Writes up to {@code most} further records as UTF-8 lines, each ended by a line feed. Neither
   * flushes nor closes {@code out}.
   *
   * @return how many were written; fewer than {@code most} only when no more are left
   */
  public long writeTo(OutputStream out, long most) throws IOException {
    StringBuilder line = new StringBuilder(1024);
    long written = 0;
    while (written < most && next(line)) {
      out.write(line.append('\n').toString().getBytes(StandardCharsets.UTF_8));
      written++;
    }
    return written;
  }

  /** Writes all remaining records; see {@link #writeTo(OutputStream, long)}. */
  public long writeTo(OutputStream out) throws IOException {
    return writeTo(out, Long.MAX_VALUE);
  }

  /** The truth about the records given so far. */
  public Truth truth() {
    Map<String, Long> partitions = new TreeMap<>();
    workload.partitions((directory, count) -> partitions.merge(directory, count, Long::sum));
    return new Truth(
        dataset,
        options.seed(),
        records,
        records - bad,
        bad,
        late,
        reasons,
        partitions,
        workload.answers());
  }
}
