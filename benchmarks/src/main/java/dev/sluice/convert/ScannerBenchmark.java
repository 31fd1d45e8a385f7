package dev.sluice.convert;

import dev.sluice.benchmarks.convert.StandardInput;
import dev.sluice.model.dataset.UnknownFields;
import dev.sluice.model.limit.Limits;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Text to columns: nanoseconds a record. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class ScannerBenchmark {
  static final int RECORDS = 1000;

  @Param({"SENSORS", "CLICKS", "RECEIPTS"})
  private StandardInput input;

  private byte[] text;
  private int end;
  private Batch batch;
  private Scanner scanner;

  public ScannerBenchmark() {
    input = StandardInput.SENSORS;
    text = new byte[0];
    Node root = Samples.schema(input);
    batch = new Batch(root.leaves());
    scanner = new Scanner(root, batch, Limits.defaults(), UnknownFields.IGNORE);
  }

  @Setup
  public void read() {
    Node root = Samples.schema(input);
    batch = new Batch(root.leaves());
    scanner = new Scanner(root, batch, Limits.defaults(), UnknownFields.IGNORE);
    text = Samples.text(input, RECORDS);
    end = text.length - Bytes.PADDING;
  }

  /** All records of the text into a batch. */
  @Benchmark
  @OperationsPerInvocation(RECORDS)
  public int records() {
    batch.clear();
    scanner.reset(text);
    int at = 0;
    while (at < end) {
      scanner.record(at);
      batch.endRow(at, scanner.pos, 0);
      at = scanner.pos + 1;
    }
    return batch.rows;
  }

  /** All records skipped as values of no known type: the price of structure alone. */
  @Benchmark
  @OperationsPerInvocation(RECORDS)
  public int skipped() {
    scanner.reset(text);
    int at = 0;
    int count = 0;
    while (at < end) {
      scanner.anyValue(at);
      at = scanner.pos + 1;
      count++;
    }
    return count;
  }
}
