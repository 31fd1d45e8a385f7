package dev.sluice.benchmarks.convert;

/** SplitMix64: the same throws for the same seed, on every JDK. */
final class Dice {
  private long state;

  Dice(long seed) {
    state = seed;
  }

  long next() {
    long z = state += 0x9E3779B97F4A7C15L;
    z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
    z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
    return z ^ z >>> 31;
  }

  /** 0 to {@code bound - 1}, evenly. */
  int below(int bound) {
    return (int) ((next() >>> 33) * bound >>> 31);
  }

  /** 0 to {@code bound - 1}, evenly enough for bounds far below 2^53. */
  long below(long bound) {
    return (long) (unit() * bound);
  }

  /** 0 to 1, without 1. */
  double unit() {
    return (next() >>> 11) * 0x1p-53;
  }

  /** 0 to {@code bound - 1}, small ones far more often. */
  int small(int bound) {
    return (int) (bound * unit() * unit());
  }

  /** True once in {@code times}. */
  boolean oneIn(int times) {
    return below(times) == 0;
  }

  byte[] of(byte[][] choices) {
    return choices[below(choices.length)];
  }

  /** One of the choices, the first ones more often. */
  byte[] skewed(byte[][] choices) {
    double u = unit();
    return choices[(int) (choices.length * u * u)];
  }
}
