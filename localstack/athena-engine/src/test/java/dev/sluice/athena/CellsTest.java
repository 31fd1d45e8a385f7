package dev.sluice.athena;

import static io.trino.spi.type.BigintType.BIGINT;
import static io.trino.spi.type.BooleanType.BOOLEAN;
import static io.trino.spi.type.DoubleType.DOUBLE;
import static io.trino.spi.type.TimestampType.createTimestampType;
import static io.trino.spi.type.VarcharType.VARCHAR;
import static org.assertj.core.api.Assertions.assertThat;

import io.airlift.slice.Slices;
import io.trino.spi.block.BlockBuilder;
import io.trino.spi.type.ArrayType;
import io.trino.spi.type.DecimalType;
import io.trino.spi.type.Type;
import io.trino.spi.type.VarbinaryType;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CellsTest {

  @Test
  void valuesAreTextAsAthenaWritesIt() {
    assertThat(text(BOOLEAN, block -> BOOLEAN.writeBoolean(block, true))).isEqualTo("true");
    assertThat(text(BIGINT, block -> BIGINT.writeLong(block, -7))).isEqualTo("-7");
    assertThat(text(DOUBLE, block -> DOUBLE.writeDouble(block, 1))).isEqualTo("1.0");
    assertThat(text(DOUBLE, block -> DOUBLE.writeDouble(block, 1e10))).isEqualTo("1.0E10");
    assertThat(text(DOUBLE, block -> DOUBLE.writeDouble(block, Double.NaN))).isEqualTo("NaN");
    Type decimal = DecimalType.createDecimalType(10, 2);
    assertThat(text(decimal, block -> decimal.writeLong(block, 110))).isEqualTo("1.10");
    Type binary = VarbinaryType.VARBINARY;
    assertThat(
            text(
                binary,
                block ->
                    binary.writeSlice(block, Slices.wrappedBuffer(new byte[] {10, (byte) 255}))))
        .isEqualTo("0a ff");
    assertThat(text(VARCHAR, BlockBuilder::appendNull)).isNull();
  }

  @Test
  void timestampsHaveThreeFractionDigitsOrMore() {
    long micros = 1_705_312_800_100_000L;
    assertThat(
            text(
                createTimestampType(0), b -> createTimestampType(0).writeLong(b, micros - 100_000)))
        .isEqualTo("2024-01-15 10:00:00.000");
    assertThat(text(createTimestampType(1), b -> createTimestampType(1).writeLong(b, micros)))
        .isEqualTo("2024-01-15 10:00:00.100");
    assertThat(text(createTimestampType(6), b -> createTimestampType(6).writeLong(b, micros + 1)))
        .isEqualTo("2024-01-15 10:00:00.100001");
  }

  @Test
  void typesHaveAthenasNamesAndPrecisions() {
    assertThat(Cells.column("c", VARCHAR))
        .isEqualTo(new Cells.Column("c", "varchar", Integer.MAX_VALUE, 0));
    assertThat(Cells.column("c", DecimalType.createDecimalType(10, 2)))
        .isEqualTo(new Cells.Column("c", "decimal", 10, 2));
    assertThat(Cells.column("c", BIGINT)).isEqualTo(new Cells.Column("c", "bigint", 19, 0));
    assertThat(Cells.column("c", new ArrayType(BIGINT)))
        .isEqualTo(new Cells.Column("c", "array", 0, 0));
  }

  private static @Nullable String text(Type type, Consumer<BlockBuilder> value) {
    BlockBuilder builder = type.createBlockBuilder(null, 1);
    value.accept(builder);
    return Cells.text(type, builder.build(), 0);
  }
}
