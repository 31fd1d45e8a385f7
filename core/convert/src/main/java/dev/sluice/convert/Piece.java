package dev.sluice.convert;

import java.io.IOException;
import java.util.Arrays;

/**
 * Whole lines of a source, with what it takes to scan them apart from the rest. Reused for one
 * piece after the other.
 */
final class Piece {
  private final Batch batch;
  private final RecordReader reader;
  private final Refusals.Held refused;
  private byte[] text = new byte[0];
  private int length;
  private long offset;
  private long storedBytes;
  private boolean any;

  /** Whether the first batch is scanned. */
  boolean scanned;

  /** Whether a thread scans it. */
  boolean scanning;

  /**
   * @param reader fills the batch from the lines, and gives up refused records to {@code refused}
   */
  Piece(Batch batch, RecordReader reader, Refusals.Held refused) {
    this.batch = batch;
    this.reader = reader;
    this.refused = refused;
  }

  /**
   * Takes a copy of whole lines.
   *
   * @param offset where they begin in the decoded source
   * @param stored how much of the stored source was read for them
   */
  void fill(byte[] source, int from, int count, long offset, long stored) {
    if (text.length < count + Bytes.PADDING) {
      text = new byte[count + Bytes.PADDING];
    }
    System.arraycopy(source, from, text, 0, count);
    Arrays.fill(text, count, count + Bytes.PADDING, (byte) 0);
    length = count;
    this.offset = offset;
    storedBytes = stored;
    scanned = false;
    scanning = false;
  }

  /** Scans the first batch. */
  void scan() throws IOException {
    reader.open(text, length, offset);
    any = reader.next();
  }

  /** Hands on batch after batch, in the order of the source. */
  void assemble(RecordReader whole, Assembly assembly, Refusals quarantine, Progress progress)
      throws IOException {
    while (any) {
      assembly.take(batch, reader);
      refused.release(quarantine, whole.linesRead());
      progress.at(storedBytes, whole.read() + reader.read());
      any = reader.next();
    }
    whole.passed(reader.linesRead(), reader.read());
  }
}
