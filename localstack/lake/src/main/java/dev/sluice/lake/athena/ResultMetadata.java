package dev.sluice.lake.athena;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The file beside a result that tells its columns, as Athena writes it and drivers read it: a
 * protocol buffer. Its schema is not published; the fields are those that were seen in files of
 * Athena.
 */
final class ResultMetadata {
  private static final int UNKNOWN_NULLABILITY = 3;

  private ResultMetadata() {}

  /**
   * The file's bytes.
   *
   * @param queryId the engine's id of the query
   * @param updateType what was changed, or null
   * @param updated how many rows were changed, or null
   */
  static byte[] of(
      String queryId,
      @Nullable String updateType,
      @Nullable Long updated,
      List<SqlEngine.Column> columns) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    text(out, 1, queryId);
    if (updateType != null) {
      text(out, 2, updateType);
      number(out, 3, updated == null ? 0 : updated);
    }
    for (SqlEngine.Column column : columns) {
      ByteArrayOutputStream one = new ByteArrayOutputStream();
      text(one, 1, "hive");
      text(one, 4, column.name());
      text(one, 5, column.name());
      text(one, 6, column.type());
      number(one, 7, column.precision());
      number(one, 8, column.scale());
      number(one, 9, UNKNOWN_NULLABILITY);
      number(one, 10, column.caseSensitive() ? 1 : 0);
      bytes(out, 4, one.toByteArray());
    }
    return out.toByteArray();
  }

  private static void text(ByteArrayOutputStream out, int field, String text) {
    bytes(out, field, text.getBytes(StandardCharsets.UTF_8));
  }

  private static void bytes(ByteArrayOutputStream out, int field, byte[] bytes) {
    varint(out, field << 3 | 2);
    varint(out, bytes.length);
    out.writeBytes(bytes);
  }

  private static void number(ByteArrayOutputStream out, int field, long number) {
    varint(out, field << 3);
    varint(out, number);
  }

  private static void varint(ByteArrayOutputStream out, long number) {
    long rest = number;
    while ((rest & ~0x7fL) != 0) {
      out.write((int) (rest & 0x7f | 0x80));
      rest >>>= 7;
    }
    out.write((int) rest);
  }
}
