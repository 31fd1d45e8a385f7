package dev.sluice.lake.store;

import dev.sluice.lake.api.ServiceException;
import dev.sluice.lake.store.Content.Segment;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * The folder of immutable content files. A file has a random name, is written once, and is deleted
 * when nothing uses it any more; whatever no journal entry names is left over from a crash and is
 * swept away at the start.
 */
final class ContentFiles {
  private static final int FOLDERS = 256;

  private final Path folder;
  private final boolean sync;
  private final String run = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());

  ContentFiles(Path folder, boolean sync) throws IOException {
    this.folder = folder;
    this.sync = sync;
    for (int i = 0; i < FOLDERS; i++) {
      Files.createDirectories(folder.resolve(HexFormat.of().toHexDigits((byte) i)));
    }
  }

  /**
   * Deletes every file from before this run that is not in {@code known} or has no user. Returns
   * how many. Others may store and delete meanwhile.
   */
  int sweep(Map<String, ContentFile> known) throws IOException {
    int swept = 0;
    for (int i = 0; i < FOLDERS; i++) {
      try (DirectoryStream<Path> files =
          Files.newDirectoryStream(folder.resolve(HexFormat.of().toHexDigits((byte) i)))) {
        for (Path file : files) {
          String name = file.getFileName().toString();
          ContentFile content = known.get(name);
          if (!name.endsWith(run) && (content == null || !used(content))) {
            swept += Files.deleteIfExists(file) ? 1 : 0;
          }
        }
      }
    }
    return swept;
  }

  private synchronized boolean used(ContentFile file) {
    return file.users > 0;
  }

  /**
   * Starts a new file. The caller closes the writer; what it did not {@link Writer#finish} is
   * deleted.
   */
  Writer create(long expected) {
    if (expected > 0) {
      long usable = folder.toFile().getUsableSpace();
      if (usable > 0 && usable < expected) {
        throw full(expected + " bytes wanted, " + usable + " free");
      }
    }
    return new Writer();
  }

  synchronized void retain(Content content) {
    for (Segment segment : content.segments()) {
      segment.file().users++;
    }
  }

  void release(Content content) {
    release(content, true);
  }

  /** Gives up one use; the last one deletes the file, unless told not to. */
  void release(Content content, boolean delete) {
    for (Segment segment : content.segments()) {
      boolean unused;
      synchronized (this) {
        unused = --segment.file().users == 0;
      }
      if (unused && delete) {
        delete(path(segment.file()));
      }
    }
  }

  InputStream open(Content content) {
    return new Reader(content.segments());
  }

  private Path path(ContentFile file) {
    return folder.resolve(file.name.substring(0, 2)).resolve(file.name);
  }

  private static void delete(Path path) {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      // Swept at the next start.
    }
  }

  /** A full disk as S3's client is told, any other error as it is. */
  RuntimeException explain(UncheckedIOException e) {
    return isFull(e.getCause()) ? full(String.valueOf(e.getCause().getMessage())) : e;
  }

  private ServiceException full(String why) {
    return new ServiceException(
        507,
        "InsufficientStorage",
        "Cannot store the object: the disk is full ("
            + why
            + "), free some space and try again: "
            + folder);
  }

  /** Whether the error says that there is no room, as far as the system tells. */
  private boolean isFull(IOException e) {
    String message = String.valueOf(e.getMessage());
    return message.contains("No space left")
        || message.contains("not enough space")
        || message.contains("Disk quota")
        || folder.toFile().getUsableSpace() == 0;
  }

  /** Writes one file. The file does not exist before the first byte. */
  final class Writer extends OutputStream {
    private final ContentFile file;
    private @Nullable RandomAccessFile out;
    private long size;
    private boolean finished;

    private Writer() {
      String name = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong()) + run;
      this.file = new ContentFile(name);
    }

    @Override
    public void write(int b) {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
      if (length == 0) {
        return;
      }
      try {
        if (out == null) {
          Path path = path(file);
          if (Files.exists(path)) {
            throw new FileAlreadyExistsException(path.toString());
          }
          out = new RandomAccessFile(path.toFile(), "rw");
        }
        out.write(bytes, offset, length);
        size += length;
      } catch (IOException e) {
        throw failed(e);
      }
    }

    private RuntimeException failed(IOException e) {
      return isFull(e)
          ? full(String.valueOf(e.getMessage()))
          : new UncheckedIOException(
              "Cannot store the object: " + e.getMessage() + ": " + folder, e);
    }

    /** Ends the file; the operating system has all of it. Holds one use, for the caller. */
    Content finish() {
      if (out == null) {
        return Content.EMPTY;
      }
      try {
        if (sync) {
          out.getFD().sync();
        }
        out.close();
      } catch (IOException e) {
        throw failed(e);
      }
      finished = true;
      Content content = new Content(List.of(new Segment(file, 0, size)));
      retain(content);
      return content;
    }

    @Override
    public void close() {
      if (out != null && !finished) {
        try {
          out.close();
        } catch (IOException e) {
          // It is deleted anyway.
        }
        delete(path(file));
      }
    }
  }

  private final class Reader extends InputStream {
    private final List<Segment> segments;
    private int next;
    private long left;
    private @Nullable RandomAccessFile in;

    Reader(List<Segment> segments) {
      this.segments = segments;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      if (length == 0) {
        return 0;
      }
      while (left == 0) {
        if (next == segments.size()) {
          return -1;
        }
        Segment segment = segments.get(next++);
        close();
        in = new RandomAccessFile(path(segment.file()).toFile(), "r");
        in.seek(segment.offset());
        left = segment.length();
      }
      int count = in.read(bytes, offset, (int) Math.min(length, left));
      if (count < 0) {
        throw new EOFException(
            "Cannot read the object: its content file is shorter than it was: "
                + path(segments.get(next - 1).file()));
      }
      left -= count;
      return count;
    }

    @Override
    public void close() throws IOException {
      if (in != null) {
        in.close();
      }
    }
  }
}
