package dev.sluice.convert;

import dev.sluice.benchmarks.convert.StandardInput;
import dev.sluice.model.limit.Limits;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
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

/** Single values, by how they are written: nanoseconds a value. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class ValuesBenchmark {
  static final int VALUES = 1000;

  /** A way to write a value. */
  public enum Form {
    SHORT_DOUBLE("temperature"),
    LONG_DOUBLE("temperature"),
    EXPONENT_DOUBLE("temperature"),
    SMALL_INTEGER("seq"),
    LARGE_INTEGER("seq"),
    USUAL_TIMESTAMP("timestamp"),
    OFFSET_TIMESTAMP("timestamp"),
    SHORT_TEXT("status"),
    ESCAPED_TEXT("status");

    private final String field;

    Form(String field) {
      this.field = field;
    }

    private String write(SplittableRandom random) {
      Instant instant = Instant.ofEpochMilli(1_772_323_200_000L + random.nextLong(500_000_000L));
      return switch (this) {
        case SHORT_DOUBLE -> random.nextInt(1000, 4000) / 100 + "." + random.nextInt(10, 99);
        case LONG_DOUBLE -> Double.toString(random.nextDouble());
        case EXPONENT_DOUBLE -> random.nextInt(1, 9) + "." + random.nextInt(9999) + "e-12";
        case SMALL_INTEGER -> Integer.toString(random.nextInt(1000));
        case LARGE_INTEGER -> Long.toString(random.nextLong());
        case USUAL_TIMESTAMP -> '"' + instant.toString() + '"';
        case OFFSET_TIMESTAMP -> '"' + instant.toString().replace("Z", "+01:00") + '"';
        case SHORT_TEXT -> "\"low_battery\"";
        case ESCAPED_TEXT -> "\"Crunchy \\\"XL\\\" m\\u00fcsli\"";
      };
    }
  }

  @Param private Form form;

  private Node node;
  private Batch batch;
  private Values values;
  private int[] starts;

  public ValuesBenchmark() {
    form = Form.SHORT_DOUBLE;
    node = Samples.leaf(StandardInput.SENSORS, form.field);
    batch = new Batch(Samples.schema(StandardInput.SENSORS).leaves());
    values = new Values(batch, new BadRecord(), Limits.defaults());
    starts = new int[VALUES];
  }

  @Setup
  public void write() {
    node = Samples.leaf(StandardInput.SENSORS, form.field);
    SplittableRandom random = new SplittableRandom(42);
    // No text stands at offset 0 of a buffer.
    StringBuilder text = new StringBuilder("\n");
    for (int i = 0; i < VALUES; i++) {
      starts[i] = text.length();
      text.append(form.write(random)).append('\n');
    }
    byte[] bytes = Samples.padded(text.toString().getBytes(StandardCharsets.US_ASCII));
    batch.buffer = bytes;
    values.reset(bytes);
  }

  @Benchmark
  @OperationsPerInvocation(VALUES)
  public long parse() {
    batch.clear();
    long sum = 0;
    for (int start : starts) {
      sum += values.scalar(node, start);
    }
    return sum;
  }
}
