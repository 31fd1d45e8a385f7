package dev.sluice.lake.store;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.zip.Checksum;

/** The CRC-64/NVME that S3 stores for every object by default. */
public final class Crc64Nvme implements Checksum {
  /** The polynomial, bits reversed. */
  static final long POLYNOMIAL = 0x9a6c9329ac4bc9b5L;

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long[][] TABLES = tables();

  private long crc = -1;

  private static long[][] tables() {
    long[][] tables = new long[8][256];
    for (int i = 0; i < 256; i++) {
      long value = i;
      for (int bit = 0; bit < 8; bit++) {
        value = (value & 1) == 0 ? value >>> 1 : value >>> 1 ^ POLYNOMIAL;
      }
      tables[0][i] = value;
    }
    for (int i = 0; i < 256; i++) {
      for (int t = 1; t < 8; t++) {
        long value = tables[t - 1][i];
        tables[t][i] = value >>> 8 ^ tables[0][(int) value & 0xff];
      }
    }
    return tables;
  }

  @Override
  public void update(int b) {
    crc = crc >>> 8 ^ TABLES[0][(int) (crc ^ b) & 0xff];
  }

  @Override
  public void update(byte[] bytes, int offset, int length) {
    long value = crc;
    int end = offset + length;
    int i = offset;
    long[][] t = TABLES;
    for (; i + 8 <= end; i += 8) {
      long x = value ^ (long) LONG.get(bytes, i);
      value =
          t[7][(int) x & 0xff]
              ^ t[6][(int) (x >>> 8) & 0xff]
              ^ t[5][(int) (x >>> 16) & 0xff]
              ^ t[4][(int) (x >>> 24) & 0xff]
              ^ t[3][(int) (x >>> 32) & 0xff]
              ^ t[2][(int) (x >>> 40) & 0xff]
              ^ t[1][(int) (x >>> 48) & 0xff]
              ^ t[0][(int) (x >>> 56)];
    }
    for (; i < end; i++) {
      value = value >>> 8 ^ t[0][(int) (value ^ bytes[i]) & 0xff];
    }
    crc = value;
  }

  @Override
  public long getValue() {
    return ~crc;
  }

  @Override
  public void reset() {
    crc = -1;
  }
}
