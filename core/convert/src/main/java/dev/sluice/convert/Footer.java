package dev.sluice.convert;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.apache.parquet.format.Util;

/** What the end of a Parquet file says of it. */
public final class Footer {
  private static final int TRAILER = Integer.BYTES + ParquetFile.MAGIC.length;

  private Footer() {}

  /**
   * How many of the file's last bytes {@link #rows} needs.
   *
   * @param tail the last bytes of the file, at least eight
   * @throws IOException when this is not the end of a Parquet file
   */
  public static int length(byte[] tail) throws IOException {
    if (tail.length < TRAILER
        || !Arrays.equals(
            tail,
            tail.length - ParquetFile.MAGIC.length,
            tail.length,
            ParquetFile.MAGIC,
            0,
            ParquetFile.MAGIC.length)) {
      throw new IOException("no Parquet file: it does not end with its mark");
    }
    int footer = ByteBuffer.wrap(tail).order(ByteOrder.LITTLE_ENDIAN).getInt(tail.length - TRAILER);
    if (footer < 0 || footer > Integer.MAX_VALUE - TRAILER) {
      throw new IOException("no Parquet file: its footer cannot be that long: " + footer);
    }
    return footer + TRAILER;
  }

  /**
   * The file's number of rows.
   *
   * @param tail the last bytes of the file, at least {@link #length} of them
   * @throws IOException when this is not the end of a Parquet file
   */
  public static long rows(byte[] tail) throws IOException {
    int length = length(tail);
    if (length > tail.length) {
      throw new IOException("no Parquet file: it is shorter than its footer");
    }
    return Util.readFileMetaData(
            new ByteArrayInputStream(tail, tail.length - length, length - TRAILER), true)
        .getNum_rows();
  }
}
