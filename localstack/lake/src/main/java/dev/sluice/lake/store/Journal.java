package dev.sluice.lake.store;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * An append-only log of records in one file, the durable half of a state that is held in memory.
 *
 * <p>A record is any bytes, up to {@link #MAX_RECORD}. It is in the log whole or not at all: every
 * record is framed by its length and a CRC32C, and an unfinished record at the end of the file is
 * cut off when the journal is opened. When {@link #append} returns, the operating system has the
 * record, so that it survives the end of the process by any signal; with {@link Sync#ALWAYS} the
 * disk has it, so that it survives a power cut as well.
 *
 * <p>Safe for use by many threads; open in one process at a time.
 */
public final class Journal implements AutoCloseable {

  /** Whether each record is forced to the disk. */
  public enum Sync {
    /** Records survive the end of the process, not the end of the machine. */
    NEVER,
    /** Records survive a power cut; each append waits for the disk. */
    ALWAYS
  }

  /** The most bytes that one record can have. */
  public static final int MAX_RECORD = 256 << 20;

  private static final byte[] MAGIC = "SLUICEJ1".getBytes(StandardCharsets.US_ASCII);
  private static final int FRAME = 8;

  private final Path file;
  private final Sync sync;
  private final long cut;
  // Not a FileChannel: a channel closes itself when a thread is interrupted while it writes.
  private RandomAccessFile out;
  private long end;
  private boolean broken;

  private Journal(Path file, Sync sync, RandomAccessFile out, long end, long cut) {
    this.file = file;
    this.sync = sync;
    this.out = out;
    this.end = end;
    this.cut = cut;
  }

  /**
   * Opens the journal, creating it (and its folder) when there is none, and hands every record to
   * {@code replay} in the order of writing before it returns.
   *
   * @throws UncheckedIOException when the file is not a journal, is damaged before its end, is open
   *     elsewhere, or cannot be read
   */
  public static Journal open(Path file, Sync sync, Consumer<byte[]> replay) {
    RandomAccessFile out = null;
    try {
      Path folder = file.toAbsolutePath().getParent();
      if (folder != null) {
        Files.createDirectories(folder);
      }
      out = new RandomAccessFile(file.toFile(), "rw");
      lock(out);
      Files.deleteIfExists(successor(file));
      long size = out.length();
      long end = replay(out, size, replay);
      if (end == 0) {
        out.setLength(0);
        out.write(MAGIC);
        end = MAGIC.length;
        size = end;
      }
      if (end < size) {
        out.setLength(end);
      }
      out.seek(end);
      return new Journal(file, sync, out, end, size - end);
    } catch (IOException e) {
      closeQuietly(out);
      throw new UncheckedIOException("Cannot open the journal: " + e.getMessage() + ": " + file, e);
    } catch (RuntimeException | Error e) {
      closeQuietly(out);
      throw e;
    }
  }

  /**
   * Appends one record.
   *
   * @throws UncheckedIOException when the record could not be written, for instance because the
   *     disk is full; the journal is then as it was before
   */
  public synchronized void append(byte[] record) {
    if (broken) {
      throw new UncheckedIOException(
          new IOException(
              "Cannot append to the journal: an earlier failed write could not be undone, restart"
                  + " to recover: "
                  + file));
    }
    byte[] frame = frame(record);
    try {
      out.write(frame);
      if (sync == Sync.ALWAYS) {
        out.getFD().sync();
      }
      end += frame.length;
    } catch (IOException e) {
      undo();
      throw new UncheckedIOException(
          "Cannot append to the journal: " + e.getMessage() + ": " + file, e);
    }
  }

  private void undo() {
    try {
      out.setLength(end);
      out.seek(end);
    } catch (IOException e) {
      broken = true;
    }
  }

  /**
   * Replaces all records by those that {@code snapshot} hands to the consumer it is given, in one
   * step: after a crash either the old or the new records are there. Appends wait meanwhile; the
   * caller sees to it that the snapshot stands for everything appended so far.
   *
   * @throws UncheckedIOException when the new file could not be written; the old one stays in use
   */
  public synchronized void compact(Consumer<Consumer<byte[]>> snapshot) {
    Path next = successor(file);
    RandomAccessFile replacement = null;
    try {
      try (OutputStream raw = Files.newOutputStream(next);
          DataOutputStream data = new DataOutputStream(new BufferedOutputStream(raw, 1 << 16))) {
        data.write(MAGIC);
        snapshot.accept(record -> {
          try {
            data.write(frame(record));
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
      }
      replacement = new RandomAccessFile(next.toFile(), "rw");
      lock(replacement);
      long size = replacement.length();
      replacement.seek(size);
      // The new file must be on the disk before its name is, or a power cut could lose both.
      replacement.getFD().sync();
      Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      syncFolder(file);
      RandomAccessFile old = out;
      out = replacement;
      end = size;
      broken = false;
      closeQuietly(old);
    } catch (IOException e) {
      closeQuietly(replacement);
      deleteQuietly(next);
      throw new UncheckedIOException(
          "Cannot compact the journal: " + e.getMessage() + ": " + file, e);
    } catch (RuntimeException | Error e) {
      closeQuietly(replacement);
      deleteQuietly(next);
      throw e;
    }
  }

  /** The bytes that the journal has on disk now. */
  public synchronized long size() {
    return end;
  }

  /** The bytes of an unfinished record that were cut off when the journal was opened. */
  public long cut() {
    return cut;
  }

  /** Closes the file; appending afterwards fails. */
  @Override
  public synchronized void close() {
    broken = true;
    closeQuietly(out);
  }

  private static byte[] frame(byte[] record) {
    if (record.length > MAX_RECORD) {
      throw new IllegalArgumentException(
          "Cannot append to the journal: the record has more than "
              + MAX_RECORD
              + " bytes: "
              + record.length);
    }
    ByteBuffer frame = ByteBuffer.allocate(FRAME + record.length);
    frame.putInt(record.length).putInt(checksum(record, record.length)).put(record);
    return frame.array();
  }

  /** Covers the length too, so that a stretch of zeros is no record. */
  private static int checksum(byte[] record, int length) {
    CRC32C crc = new CRC32C();
    crc.update(length >>> 24);
    crc.update(length >>> 16);
    crc.update(length >>> 8);
    crc.update(length);
    crc.update(record, 0, length);
    return (int) crc.getValue();
  }

  /** Returns where the whole records end; 0 when not even the header is whole. */
  private static long replay(RandomAccessFile file, long size, Consumer<byte[]> replay)
      throws IOException {
    // Through the one open file: closing a second one would drop the process's lock on it.
    InputStream in = new BufferedInputStream(Channels.newInputStream(file.getChannel()), 1 << 16);
    byte[] magic = in.readNBytes(MAGIC.length);
    if (!Arrays.equals(magic, 0, magic.length, MAGIC, 0, magic.length)) {
      throw new IOException("the file is no journal of this version");
    }
    if (magic.length < MAGIC.length) {
      return 0;
    }
    long position = MAGIC.length;
    while (true) {
      byte[] head = in.readNBytes(FRAME);
      if (head.length < FRAME) {
        return position;
      }
      ByteBuffer frame = ByteBuffer.wrap(head);
      int length = frame.getInt();
      int crc = frame.getInt();
      boolean sane = length >= 0 && length <= MAX_RECORD;
      if (sane && position + FRAME + length > size) {
        return position;
      }
      byte[] record = sane ? in.readNBytes(length) : new byte[0];
      if (!sane || checksum(record, length) != crc) {
        boolean last = sane && position + FRAME + length == size;
        if (last || onlyZeros(head, record, in)) {
          return position;
        }
        throw new IOException(
            "the file is damaged at byte "
                + position
                + " of "
                + size
                + ", restore a copy or move it away");
      }
      position += FRAME + length;
      replay.accept(record);
    }
  }

  /** What a power cut leaves when a file's length reached the disk before its content. */
  private static boolean onlyZeros(byte[] head, byte[] record, InputStream in) throws IOException {
    for (byte b : head) {
      if (b != 0) {
        return false;
      }
    }
    for (byte b : record) {
      if (b != 0) {
        return false;
      }
    }
    for (int b = in.read(); b >= 0; b = in.read()) {
      if (b != 0) {
        return false;
      }
    }
    return true;
  }

  private static void lock(RandomAccessFile file) throws IOException {
    try {
      if (file.getChannel().tryLock() != null) {
        return;
      }
    } catch (OverlappingFileLockException e) {
      // The same as a lock held by another process.
    }
    throw new IOException("it is in use, stop the other lake on this data folder first");
  }

  private static Path successor(Path file) {
    return file.resolveSibling(file.getFileName() + ".new");
  }

  private static void syncFolder(Path file) {
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null) {
      return;
    }
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException e) {
      // Not every system can force a folder; the rename itself is done.
    }
  }

  private static void closeQuietly(@Nullable AutoCloseable file) {
    try {
      if (file != null) {
        file.close();
      }
    } catch (Exception e) {
      // Everything that was acknowledged has been written already.
    }
  }

  private static void deleteQuietly(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      // Deleted when the journal is opened again.
    }
  }
}
