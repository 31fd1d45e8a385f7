package dev.sluice.athena;

import io.airlift.slice.Slice;
import io.trino.spi.block.Block;
import io.trino.spi.block.SqlMap;
import io.trino.spi.block.SqlRow;
import io.trino.spi.type.ArrayType;
import io.trino.spi.type.CharType;
import io.trino.spi.type.DecimalType;
import io.trino.spi.type.MapType;
import io.trino.spi.type.RowType;
import io.trino.spi.type.TimestampType;
import io.trino.spi.type.TimestampWithTimeZoneType;
import io.trino.spi.type.Type;
import io.trino.spi.type.VarbinaryType;
import io.trino.spi.type.VarcharType;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Values and types as Athena writes them in its results, where every value is text. */
final class Cells {
  private static final HexFormat HEX = HexFormat.ofDelimiter(" ");

  private Cells() {}

  /** The value at a position as Athena's text, or null. */
  static @Nullable String text(Type type, Block block, int position) {
    if (block.isNull(position)) {
      return null;
    }
    return switch (type) {
      case VarcharType varchar -> varchar.getSlice(block, position).toStringUtf8();
      case VarbinaryType binary -> HEX.formatHex(binary.getSlice(block, position).getBytes());
      case ArrayType array -> {
        Block elements = array.getObject(block, position);
        StringBuilder text = new StringBuilder("[");
        for (int i = 0; i < elements.getPositionCount(); i++) {
          text.append(i == 0 ? "" : ", ").append(text(array.getElementType(), elements, i));
        }
        yield text.append(']').toString();
      }
      case MapType map -> {
        SqlMap entries = map.getObject(block, position);
        int offset = entries.getRawOffset();
        StringBuilder text = new StringBuilder("{");
        for (int i = 0; i < entries.getSize(); i++) {
          text.append(i == 0 ? "" : ", ")
              .append(text(map.getKeyType(), entries.getRawKeyBlock(), offset + i))
              .append('=')
              .append(text(map.getValueType(), entries.getRawValueBlock(), offset + i));
        }
        yield text.append('}').toString();
      }
      case RowType row -> {
        SqlRow fields = row.getObject(block, position);
        List<RowType.Field> declared = row.getFields();
        StringBuilder text = new StringBuilder("{");
        for (int i = 0; i < declared.size(); i++) {
          // Athena numbers the fields that have no name from nought.
          text.append(i == 0 ? "" : ", ")
              .append(declared.get(i).getName().orElse("field" + i))
              .append('=')
              .append(
                  text(
                      declared.get(i).getType(), fields.getRawFieldBlock(i), fields.getRawIndex()));
        }
        yield text.append('}').toString();
      }
      case TimestampType timestamp ->
          millis(timestamp.getObjectValue(block, position).toString(), timestamp.getPrecision());
      case TimestampWithTimeZoneType timestamp ->
          millis(timestamp.getObjectValue(block, position).toString(), timestamp.getPrecision());
      default -> {
        Object value = type.getObjectValue(block, position);
        yield value instanceof Slice slice ? slice.toStringUtf8() : String.valueOf(value);
      }
    };
  }

  /** Athena's timestamps have three fraction digits or more. */
  private static String millis(String timestamp, int precision) {
    if (precision >= 3) {
      return timestamp;
    }
    int seconds = timestamp.lastIndexOf(':') + 3;
    int fraction = precision == 0 ? seconds : seconds + 1 + precision;
    return timestamp.substring(0, fraction)
        + ".000".substring(precision == 0 ? 0 : 1 + precision)
        + timestamp.substring(fraction);
  }

  /** A column's type in the words of Athena's result metadata. */
  static Column column(String name, Type type) {
    return switch (type) {
      case VarcharType varchar ->
          new Column(name, "varchar", varchar.getLength().orElse(Integer.MAX_VALUE), 0);
      case CharType character -> new Column(name, "char", character.getLength(), 0);
      case DecimalType decimal ->
          new Column(name, "decimal", decimal.getPrecision(), decimal.getScale());
      case TimestampType timestamp ->
          new Column(name, "timestamp", Math.max(3, timestamp.getPrecision()), 0);
      case TimestampWithTimeZoneType timestamp ->
          new Column(name, "timestamp with time zone", Math.max(3, timestamp.getPrecision()), 0);
      case VarbinaryType _ -> new Column(name, "varbinary", 1073741824, 0);
      default -> {
        String base = type.getBaseName();
        yield switch (base) {
          case "tinyint" -> new Column(name, base, 3, 0);
          case "smallint" -> new Column(name, base, 5, 0);
          case "integer" -> new Column(name, base, 10, 0);
          case "bigint" -> new Column(name, base, 19, 0);
          case "real" -> new Column(name, "float", 17, 0);
          case "double" -> new Column(name, base, 17, 0);
          default -> new Column(name, base, 0, 0);
        };
      }
    };
  }

  /**
   * One column of a result.
   *
   * @param name as the statement names it
   * @param type Athena's name of the type, without parameters
   * @param precision digits, characters or fraction digits, 0 where that means nothing
   * @param scale digits after the point of a decimal
   */
  record Column(String name, String type, int precision, int scale) {}
}
