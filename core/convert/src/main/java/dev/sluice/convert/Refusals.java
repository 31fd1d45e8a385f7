package dev.sluice.convert;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Takes the records that do not fit. */
@FunctionalInterface
interface Refusals {
  /**
   * Takes one record.
   *
   * @param end of the text at hand
   * @param length of the whole record; the text from {@code start} may be only its beginning
   */
  void add(Fault fault, byte[] text, int start, int end, long length, long line, long offset)
      throws IOException;

  /** Holds the refused records of a batch back until their turn comes; their text must stay. */
  final class Held implements Refusals {
    private record Refused(
        Fault fault, byte[] text, int start, int end, long length, long line, long offset) {}

    private final List<Refused> held = new ArrayList<>();

    @Override
    public void add(
        Fault fault, byte[] text, int start, int end, long length, long line, long offset) {
      held.add(new Refused(fault, text, start, end, length, line, offset));
    }

    /**
     * Gives all of them on, in their order.
     *
     * @param linesBefore lines before the one that was counted as the first
     */
    void release(Refusals to, long linesBefore) throws IOException {
      for (Refused r : held) {
        to.add(r.fault, r.text, r.start, r.end, r.length, linesBefore + r.line, r.offset);
      }
      held.clear();
    }
  }
}
