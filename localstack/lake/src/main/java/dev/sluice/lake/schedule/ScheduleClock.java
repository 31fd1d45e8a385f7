package dev.sluice.lake.schedule;

import dev.sluice.model.ErrorCode;
import dev.sluice.model.SluiceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;

/**
 * The time that schedules go by: the real one, and what it was advanced by. Only schedules have it;
 * everything else that happens, happens at the real time. It never goes back, so that no slot comes
 * twice, and is remembered over a restart.
 */
public final class ScheduleClock {
  private final Path file;
  private final Clock real;
  private Duration ahead;

  private ScheduleClock(Path file, Clock real, Duration ahead) {
    this.file = file;
    this.real = real;
    this.ahead = ahead;
  }

  /**
   * Reads how far the clock was advanced before.
   *
   * @param file where that is kept; there is none before it was ever advanced
   * @throws SluiceException when it cannot be read
   */
  public static ScheduleClock open(Path file, Clock real) {
    try {
      return new ScheduleClock(
          file,
          real,
          Files.exists(file) ? Duration.parse(Files.readString(file).strip()) : Duration.ZERO);
    } catch (IOException | DateTimeException e) {
      throw new SluiceException(
          ErrorCode.FILE_ACCESS,
          "Cannot read the clock of the schedules: " + e.getMessage() + ": " + file,
          e);
    }
  }

  /** The time of the schedules. */
  public synchronized Instant now() {
    return real.instant().plus(ahead);
  }

  /** How far it is ahead of the real time. */
  public synchronized Duration ahead() {
    return ahead;
  }

  /** Moves on. */
  synchronized void advance(Duration by) {
    if (by.isNegative()) {
      throw new IllegalArgumentException("The clock never goes back: " + by);
    }
    Duration next = ahead.plus(by);
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    try {
      Files.writeString(fresh, next + "\n");
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new SluiceException(
          ErrorCode.FILE_ACCESS,
          "Cannot advance the clock of the schedules: " + e.getMessage() + ": " + file,
          e);
    }
    ahead = next;
  }
}
