package dev.sluice.lake.store;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;
import java.util.zip.Checksum;

/** The checksum algorithms that S3 knows. */
public enum Digest {
  /** CRC-32. */
  CRC32(4, 0xedb88320L),
  /** CRC-32C. */
  CRC32C(4, 0x82f63b78L),
  /** CRC-64/NVME, the one that every object has. */
  CRC64NVME(8, Crc64Nvme.POLYNOMIAL),
  /** SHA-1. */
  SHA1(20, 0),
  /** SHA-256. */
  SHA256(32, 0);

  private final int bytes;
  private final long polynomial;

  Digest(int bytes, long polynomial) {
    this.bytes = bytes;
    this.polynomial = polynomial;
  }

  /** The name as in {@code x-amz-checksum-} headers. */
  public String header() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The algorithm of the name, in any case. */
  public static Optional<Digest> named(String name) {
    return Arrays.stream(values()).filter(d -> d.name().equalsIgnoreCase(name)).findFirst();
  }

  /** Whether the text is Base64 of a value of this algorithm. */
  public boolean isValue(String base64) {
    try {
      return Base64.getDecoder().decode(base64).length == bytes;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** Whether the value of a whole follows from those of its parts. */
  public boolean combines() {
    return polynomial != 0;
  }

  /** A computation under way. */
  public interface Running {
    /** Takes more bytes. */
    void update(byte[] bytes, int offset, int length);

    /** The value, in Base64. */
    String base64();
  }

  /** Starts a computation. */
  public Running start() {
    return switch (this) {
      case CRC32 -> running(new CRC32());
      case CRC32C -> running(new CRC32C());
      case CRC64NVME -> running(new Crc64Nvme());
      case SHA1 -> running(message("SHA-1"));
      case SHA256 -> running(message("SHA-256"));
    };
  }

  /** The value of all the bytes, in Base64. */
  public String of(byte[] content) {
    Running running = start();
    running.update(content, 0, content.length);
    return running.base64();
  }

  static MessageDigest message(String algorithm) {
    try {
      return MessageDigest.getInstance(algorithm);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has " + algorithm, e);
    }
  }

  private Running running(Checksum checksum) {
    return new Running() {
      @Override
      public void update(byte[] content, int offset, int length) {
        checksum.update(content, offset, length);
      }

      @Override
      public String base64() {
        return encode(checksum.getValue());
      }
    };
  }

  private static Running running(MessageDigest digest) {
    return new Running() {
      @Override
      public void update(byte[] content, int offset, int length) {
        digest.update(content, offset, length);
      }

      @Override
      public String base64() {
        return Base64.getEncoder().encodeToString(digest.digest());
      }
    };
  }

  private String encode(long crc) {
    byte[] value =
        bytes == 4
            ? ByteBuffer.allocate(4).putInt((int) crc).array()
            : ByteBuffer.allocate(8).putLong(crc).array();
    return Base64.getEncoder().encodeToString(value);
  }

  private long decode(String base64) {
    ByteBuffer value = ByteBuffer.wrap(Base64.getDecoder().decode(base64));
    return bytes == 4 ? value.getInt() & 0xffffffffL : value.getLong();
  }

  /**
   * The value of two stretches together. Only where {@link #combines}.
   *
   * @param first Base64, of the first stretch
   * @param second Base64, of the second stretch
   * @param length of the second stretch, in bytes
   */
  public String combine(String first, String second, long length) {
    // Appending zero bits is linear, so it is a matrix, and many of them its power.
    int width = bytes * 8;
    long[] power = new long[width];
    power[0] = polynomial;
    for (int i = 1; i < width; i++) {
      power[i] = 1L << (i - 1);
    }
    long crc = decode(first);
    // Three squarings make one bit eight, a byte.
    for (int i = 0; i < 3; i++) {
      power = square(power);
    }
    for (long left = length; left > 0; left >>>= 1) {
      if ((left & 1) != 0) {
        crc = times(power, crc);
      }
      power = square(power);
    }
    return encode(crc ^ decode(second));
  }

  private static long times(long[] matrix, long vector) {
    long sum = 0;
    for (int i = 0; vector != 0; vector >>>= 1, i++) {
      if ((vector & 1) != 0) {
        sum ^= matrix[i];
      }
    }
    return sum;
  }

  private static long[] square(long[] matrix) {
    long[] square = new long[matrix.length];
    for (int i = 0; i < matrix.length; i++) {
      square[i] = times(matrix, matrix[i]);
    }
    return square;
  }
}
