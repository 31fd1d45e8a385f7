package dev.sluice.convert;

import java.io.IOException;
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

/** What pages are made of: nanoseconds a value. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class EncodingBenchmark {
  static final int VALUES = 20_000;

  /** Bits of a dictionary's ids. */
  @Param({"2", "7", "13"})
  private int width;

  private final Out out = new Out(1 << 20);
  private final int[] ids = new int[VALUES];
  private final int[] sorted = new int[VALUES];
  private final byte[] levels = new byte[VALUES];
  private final byte[] flags = new byte[VALUES];
  private final long[] longs = new long[VALUES];
  private final long[] growing = new long[VALUES];
  private final Compressor snappy = new Compressor(Codec.SNAPPY);
  private final Compressor zstd = new Compressor(Codec.ZSTD);
  private final Out page = new Out(1 << 20);

  @Setup
  public void fill() {
    SplittableRandom random = new SplittableRandom(42);
    for (int i = 0; i < VALUES; i++) {
      ids[i] = random.nextInt(1 << width);
      sorted[i] = (int) ((long) i * (1 << width) / VALUES);
      levels[i] = (byte) (random.nextInt(10) == 0 ? 1 : 2);
      flags[i] = (byte) random.nextInt(2);
      growing[i] = ((long) i << width) + random.nextInt(1 << width);
      longs[i] = Double.doubleToRawLongBits(random.nextInt(100_000) / 100.0);
    }
    page.clear();
    page.hybrid(ids, 0, VALUES, width);
  }

  /** Ids in no order: bit-packed. */
  @Benchmark
  @OperationsPerInvocation(VALUES)
  public int packed() {
    out.clear();
    out.hybrid(ids, 0, VALUES, width);
    return out.size;
  }

  /** Ids in order: runs. */
  @Benchmark
  @OperationsPerInvocation(VALUES)
  public int runs() {
    out.clear();
    out.hybrid(sorted, 0, VALUES, width);
    return out.size;
  }

  /** Definition levels, one of ten another. */
  @Benchmark
  @OperationsPerInvocation(VALUES)
  public int levels() {
    out.clear();
    out.levels(levels, 0, VALUES, 2);
    return out.size;
  }

  @Benchmark
  @OperationsPerInvocation(VALUES)
  public int booleans() {
    out.clear();
    out.bits(flags, 0, VALUES);
    return out.size;
  }

  @Benchmark
  @OperationsPerInvocation(VALUES)
  public int plainDoubles() {
    out.clear();
    for (long value : longs) {
      out.putLong(value);
    }
    return out.size;
  }

  /** Numbers that mostly grow, as their differences. */
  @Benchmark
  @OperationsPerInvocation(VALUES)
  public int differences() {
    out.clear();
    out.delta(growing, 0, VALUES);
    return out.size;
  }

  /** The packed page, compressed. */
  @Benchmark
  @OperationsPerInvocation(VALUES)
  public int snappy() throws IOException {
    snappy.compress(page);
    return snappy.size;
  }

  /** The packed page, compressed. */
  @Benchmark
  @OperationsPerInvocation(VALUES)
  public int zstd() throws IOException {
    zstd.compress(page);
    return zstd.size;
  }
}
