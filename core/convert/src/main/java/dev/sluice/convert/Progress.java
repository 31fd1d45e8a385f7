package dev.sluice.convert;

/** Is told how far a conversion is, every few hundred kilobytes, on the converting thread. */
@FunctionalInterface
public interface Progress {

  /** Tells nobody. */
  Progress NONE = (bytesIn, records) -> {};

  /**
   * May throw to abandon the conversion; nothing it wrote stays visible then.
   *
   * @param bytesIn stored bytes consumed so far
   * @param records records found so far
   */
  void at(long bytesIn, long records);
}
