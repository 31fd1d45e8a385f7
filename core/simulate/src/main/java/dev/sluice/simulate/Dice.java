package dev.sluice.simulate;

/**
 * Random numbers by SplitMix64 (Steele, Lea and Flood 2014), so that a seed means the same for
 * ever: nothing here depends on the JDK's own generators or on the platform's mathematics.
 */
final class Dice {
  private long state;
  private double spare = Double.NaN;

  Dice(long seed) {
    this.state = seed;
  }

  long next() {
    state += 0x9E3779B97F4A7C15L;
    long z = state;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  /** 0 up to, not including, {@code bound}. */
  int below(int bound) {
    return (int) (((next() >>> 32) * bound) >>> 32);
  }

  /** {@code from} to {@code to}, both included; less than 2^32 values. */
  long between(long from, long to) {
    return from + (((next() >>> 32) * (to - from + 1)) >>> 32);
  }

  /** 0 up to, not including, 1. */
  double unit() {
    return (next() >>> 11) * 0x1.0p-53;
  }

  /** True once in {@code n}. */
  boolean oneIn(int n) {
    return below(n) == 0;
  }

  /** Normally distributed around 0 with deviation 1. */
  double normal() {
    if (!Double.isNaN(spare)) {
      double value = spare;
      spare = Double.NaN;
      return value;
    }
    double u;
    double v;
    double square;
    do {
      u = 2 * unit() - 1;
      v = 2 * unit() - 1;
      square = u * u + v * v;
    } while (square >= 1 || square == 0);
    double factor = StrictMath.sqrt(-2 * StrictMath.log(square) / square);
    spare = v * factor;
    return u * factor;
  }

  /** Log-normally distributed, with this median. */
  double logNormal(double median, double sigma) {
    return median * StrictMath.exp(sigma * normal());
  }

  /** One of these. */
  <T> T pick(T[] values) {
    return values[below(values.length)];
  }

  /** Numbers 0 to n-1 with given weights. */
  static final class Weighted {
    private final int[] upTo;

    Weighted(int... weights) {
      upTo = new int[weights.length];
      int sum = 0;
      for (int i = 0; i < weights.length; i++) {
        sum = Math.addExact(sum, weights[i]);
        upTo[i] = sum;
      }
    }

    /** The n-th is {@code 1/n} as frequent as the first. */
    static Weighted zipf(int count) {
      int[] weights = new int[count];
      for (int i = 0; i < count; i++) {
        weights[i] = 10_000_000 / (i + 1);
      }
      return new Weighted(weights);
    }

    int pick(Dice dice) {
      int ticket = dice.below(upTo[upTo.length - 1]);
      int low = 0;
      int high = upTo.length - 1;
      while (low < high) {
        int middle = (low + high) >>> 1;
        if (ticket < upTo[middle]) {
          high = middle;
        } else {
          low = middle + 1;
        }
      }
      return low;
    }
  }
}
