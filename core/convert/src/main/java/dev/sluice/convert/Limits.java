package dev.sluice.convert;

/**
 * What one input may ask for.
 *
 * @param recordBytes the longest record; default 16 MiB
 * @param depth the deepest nesting of objects and arrays; default 64
 * @param numberDigits the longest number in characters; default 400
 * @param rawBytes how much of a bad record's text quarantine keeps; default 64 KiB
 */
public record Limits(int recordBytes, int depth, int numberDigits, int rawBytes) {

  /** The documented defaults. */
  public static Limits defaults() {
    return new Limits(16 << 20, 64, 400, 64 << 10);
  }
}
