package dev.sluice.convert;

import dev.sluice.benchmarks.convert.StandardInput;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.SplittableRandom;
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

/** Finding equal values, by how many different ones there are: nanoseconds a value. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class DictionaryBenchmark {
  static final int VALUES = 20_000;

  @Param({"5", "1000", "15000"})
  private int different;

  private final Dictionary dictionary = new Dictionary();
  private long[] numbers = new long[VALUES];
  private byte[] text = new byte[0];
  private int textBytes;
  private long[] references = new long[VALUES];
  private Batch batch;
  private Batch.Column column;

  public DictionaryBenchmark() {
    Node root = Samples.schema(StandardInput.SENSORS);
    batch = new Batch(root.leaves());
    column = batch.columns[0];
  }

  @Setup
  public void fill() {
    SplittableRandom random = new SplittableRandom(42);
    byte[] bytes = new byte[VALUES * 32];
    int at = 0;
    for (int i = 0; i < VALUES; i++) {
      int value = random.nextInt(different);
      numbers[i] = Double.doubleToRawLongBits(value / 100.0);
      byte[] written = ("device-" + (100_000 + value)).getBytes(StandardCharsets.US_ASCII);
      Bytes.INT.set(bytes, at, written.length);
      System.arraycopy(written, 0, bytes, at + 4, written.length);
      references[i] = (long) (at + 4) << 32 | written.length;
      at += 4 + written.length;
    }
    textBytes = at;
    text = Arrays.copyOf(bytes, at + Bytes.PADDING);
    batch.buffer = text;
    column.values = new long[VALUES];
    column.count = VALUES;
  }

  @Benchmark
  @OperationsPerInvocation(VALUES)
  public boolean doubles() {
    return dictionary.numbers(numbers, null, VALUES, 8, 8L * VALUES);
  }

  @Benchmark
  @OperationsPerInvocation(VALUES)
  public boolean texts() {
    return dictionary.text(text, textBytes, VALUES);
  }

  /** As texts are read: references become codes. */
  @Benchmark
  @OperationsPerInvocation(VALUES)
  public int interned() {
    System.arraycopy(references, 0, column.values, 0, VALUES);
    Interner interner = new Interner(8 << 20);
    interner.intern(batch, column);
    return interner.size;
  }
}
