package dev.sluice.lake;

import dev.sluice.model.ErrorCode;
import dev.sluice.model.SluiceException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The folder of a lake's state, held by one lake at a time. */
final class DataFolder implements AutoCloseable {
  private static final long MIN_FREE_BYTES = 64L << 20;

  private final Path folder;
  private final RandomAccessFile file;

  private DataFolder(Path folder, RandomAccessFile file) {
    this.folder = folder;
    this.file = file;
  }

  /**
   * Takes the folder.
   *
   * @throws SluiceException when another lake has it, it cannot be written, or the disk is full
   */
  static DataFolder open(Path folder) {
    RandomAccessFile file = null;
    try {
      Files.createDirectories(folder);
      file = new RandomAccessFile(folder.resolve("lake.lock").toFile(), "rw");
      if (!lock(file)) {
        String holder = file.readLine();
        file.close();
        throw new SluiceException(
            ErrorCode.INVALID_SETTINGS,
            "Cannot start the local lake: another one, process "
                + holder
                + ", uses the data folder: "
                + folder
                + ". Stop it, or choose another folder with --data.");
      }
      long free = Files.getFileStore(folder).getUsableSpace();
      if (free < MIN_FREE_BYTES) {
        file.close();
        throw new SluiceException(
            ErrorCode.FILE_ACCESS,
            "Cannot start the local lake: the disk is full, "
                + free / 1024
                + " KiB are left for the data folder: "
                + folder
                + ". Make room, or choose another folder with --data.");
      }
      file.setLength(0);
      file.write((ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII));
      return new DataFolder(folder, file);
    } catch (IOException e) {
      close(file);
      throw new SluiceException(
          ErrorCode.FILE_ACCESS,
          "Cannot start the local lake: the data folder cannot be written: "
              + folder
              + (e instanceof AccessDeniedException
                  ? " (access denied)"
                  : " (" + e.getMessage() + ")")
              + ". Choose another folder with --data.",
          e);
    }
  }

  private static boolean lock(RandomAccessFile file) throws IOException {
    try {
      FileLock lock = file.getChannel().tryLock(Long.MAX_VALUE - 1, 1, false);
      return lock != null;
    } catch (OverlappingFileLockException e) {
      // Held by another lake in this process.
      return false;
    }
  }

  Path folder(String name) {
    return folder.resolve(name);
  }

  @Override
  public void close() {
    close(file);
  }

  private static void close(RandomAccessFile file) {
    try {
      if (file != null) {
        file.close();
      }
    } catch (IOException e) {
      // The lock goes with the process at the latest.
    }
  }
}
