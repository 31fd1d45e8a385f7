package dev.sluice.model.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.model.dataset.Transform.Unit;
import dev.sluice.model.schema.FieldPath;
import dev.sluice.model.schema.ScalarType;
import dev.sluice.model.schema.ScalarType.Kind;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PartitionValuesTest {
  private static final ScalarType STRING = ScalarType.of(Kind.STRING);
  private static final ScalarType LONG = ScalarType.of(Kind.LONG);
  private static final ScalarType DATE = ScalarType.of(Kind.DATE);
  private static final ScalarType TIMESTAMP = ScalarType.of(Kind.TIMESTAMP);
  private static final Transform IDENTITY = new Transform.Identity();

  @Test
  void identityKeepsTheTextOfTheValue() {
    assertThat(PartitionValues.render(IDENTITY, STRING, "Köln ")).isEqualTo("Köln ");
    assertThat(PartitionValues.render(IDENTITY, LONG, -7L)).isEqualTo("-7");
    assertThat(PartitionValues.render(IDENTITY, ScalarType.of(Kind.BOOLEAN), true))
        .isEqualTo("true");
    assertThat(PartitionValues.render(IDENTITY, DATE, LocalDate.of(2024, 1, 5)))
        .isEqualTo("2024-01-05");
    assertThat(PartitionValues.render(IDENTITY, ScalarType.decimal(9, 2), new BigDecimal("1e3")))
        .isEqualTo("1000.00");
  }

  @Test
  void nullAndEmptyAreTheSamePartition() {
    assertThat(PartitionValues.render(IDENTITY, STRING, null)).isNull();
    assertThat(PartitionValues.render(IDENTITY, STRING, "")).isNull();
    assertThat(PartitionValues.escape(null)).isEqualTo("__HIVE_DEFAULT_PARTITION__");
    assertThat(PartitionValues.escape("")).isEqualTo("__HIVE_DEFAULT_PARTITION__");
    assertThat(PartitionValues.unescape("__HIVE_DEFAULT_PARTITION__")).isNull();
  }

  @Test
  void timeIsInUtcAndPaddedWithZeros() {
    Instant instant = Instant.parse("2024-01-05T07:59:59.999999Z");

    assertThat(time(Unit.YEAR, false, instant)).isEqualTo("2024");
    assertThat(time(Unit.MONTH, false, instant)).isEqualTo("2024-01");
    assertThat(time(Unit.DAY, false, instant)).isEqualTo("2024-01-05");
    assertThat(time(Unit.HOUR, false, instant)).isEqualTo("2024-01-05-07");
    assertThat(time(Unit.MONTH, true, instant)).isEqualTo("01");
    assertThat(time(Unit.DAY, true, instant)).isEqualTo("05");
    assertThat(time(Unit.HOUR, true, instant)).isEqualTo("07");
    assertThat(time(Unit.HOUR, false, Instant.parse("1969-12-31T23:59:59.999999Z")))
        .isEqualTo("1969-12-31-23");
    assertThat(time(Unit.YEAR, false, Instant.parse("0007-01-01T00:00:00Z"))).isEqualTo("0007");
    assertThat(PartitionValues.render(new Transform.Time(Unit.DAY, false), DATE, LocalDate.EPOCH))
        .isEqualTo("1970-01-01");
  }

  private static @Nullable String time(Unit unit, boolean relative, Instant instant) {
    return PartitionValues.render(new Transform.Time(unit, relative), TIMESTAMP, instant);
  }

  @Test
  void everyDayIsTheDayThatTheCalendarSays() {
    Transform.Time day = new Transform.Time(Unit.DAY, false);
    for (long days = -800_000; days < 3_000_000; days += 137) {
      LocalDate date = LocalDate.ofEpochDay(days);
      if (date.getYear() > 0 && date.getYear() < 10_000) {
        assertThat(PartitionValues.ofMicros(day, days * 86_400_000_000L))
            .isEqualTo(date.toString());
      }
    }
  }

  @Test
  void truncationIsIcebergs() {
    Transform ten = new Transform.Truncate(10);
    assertThat(PartitionValues.render(ten, LONG, 1L)).isEqualTo("0");
    assertThat(PartitionValues.render(ten, LONG, -1L)).isEqualTo("-10");
    assertThat(PartitionValues.render(ten, LONG, 19L)).isEqualTo("10");
    ScalarType decimal = ScalarType.decimal(9, 2);
    Transform fifty = new Transform.Truncate(50);
    assertThat(PartitionValues.render(fifty, decimal, new BigDecimal("10.65"))).isEqualTo("10.50");
    assertThat(PartitionValues.render(ten, decimal, new BigDecimal("-0.05"))).isEqualTo("-0.10");
    Transform three = new Transform.Truncate(3);
    assertThat(PartitionValues.render(three, STRING, "iceberg")).isEqualTo("ice");
    assertThat(PartitionValues.render(three, STRING, "ic")).isEqualTo("ic");
    assertThat(PartitionValues.render(three, STRING, "a😀b😀c")).isEqualTo("a😀b");
    assertThat(PartitionValues.render(three, STRING, "😀😀😀")).isEqualTo("😀😀😀");
  }

  /** The values of appendix B of Iceberg's specification. */
  @Test
  void hashesAreIcebergs() {
    assertThat(PartitionValues.hash(34L)).isEqualTo(2017239379);
    assertThat(PartitionValues.hash(new BigDecimal("14.20").unscaledValue().toByteArray()))
        .isEqualTo(-500754589);
    assertThat(PartitionValues.hash(LocalDate.of(2017, 11, 16).toEpochDay())).isEqualTo(-653330422);
    assertThat(PartitionValues.hash(1_510_871_468_000_000L)).isEqualTo(-2047944441);
    assertThat(PartitionValues.hash(1_510_871_468_000_001L)).isEqualTo(-1207196810);
    assertThat(PartitionValues.hash("iceberg".getBytes(java.nio.charset.StandardCharsets.UTF_8)))
        .isEqualTo(1210000089);
    assertThat(PartitionValues.hash(new byte[] {0, 1, 2, 3})).isEqualTo(-188683207);
  }

  @Test
  void bucketsAreTheRemainderOfTheHashWithoutItsSign() {
    Transform bucket = new Transform.Bucket(16);
    assertThat(PartitionValues.render(bucket, LONG, 34L)).isEqualTo("3");
    assertThat(PartitionValues.render(bucket, ScalarType.of(Kind.INT), 34)).isEqualTo("3");
    assertThat(PartitionValues.render(bucket, STRING, "iceberg")).isEqualTo("9");
    assertThat(PartitionValues.render(bucket, STRING, "")).isEqualTo("0");
    assertThat(PartitionValues.render(bucket, ScalarType.decimal(9, 2), new BigDecimal("14.2")))
        .isEqualTo(String.valueOf((-500754589 & Integer.MAX_VALUE) % 16));
    assertThat(PartitionValues.render(bucket, DATE, LocalDate.of(2017, 11, 16)))
        .isEqualTo(String.valueOf((-653330422 & Integer.MAX_VALUE) % 16));
    assertThat(PartitionValues.render(bucket, TIMESTAMP, Instant.parse("2017-11-16T22:31:08Z")))
        .isEqualTo(String.valueOf((-2047944441 & Integer.MAX_VALUE) % 16));
    assertThat(PartitionValues.render(bucket, STRING, null)).isNull();
  }

  @Test
  void whatNeedsNoEscapeIsLeftAsItIs() {
    String plain = "ABCxyz019 !$&()+,-.;<>@_`|}~äöü😀\u0085";

    assertThat(PartitionValues.escape(plain)).isSameAs(plain);
  }

  @Test
  void theCharactersThatHiveEscapesAreEscaped() {
    assertThat(PartitionValues.escape("\"#%'*/:=?\\{[]^\u007f"))
        .isEqualTo("%22%23%25%27%2A%2F%3A%3D%3F%5C%7B%5B%5D%5E%7F");
    assertThat(PartitionValues.escape("a\u0001\n\u001fb")).isEqualTo("a%01%0A%1Fb");
  }

  @Test
  void escapingCanBeUndoneForAnyText() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 2_000; i++) {
      StringBuilder text = new StringBuilder();
      for (int n = 1 + random.nextInt(20); n > 0; n--) {
        text.append((char) (random.nextInt(3) == 0 ? random.nextInt(0x500) : random.nextInt(128)));
      }
      String value = text.toString();
      assertThat(PartitionValues.unescape(PartitionValues.escape(value)))
          .as("seed %d", seed)
          .isEqualTo(value);
      assertThat(PartitionValues.escape(value)).doesNotContain("/", "=");
    }
    assertThat(PartitionValues.unescape("100%")).isEqualTo("100%");
    assertThat(PartitionValues.unescape("%zz")).isEqualTo("%zz");
  }

  @Test
  void aDirectoryHasOneLevelPerField() {
    PartitionSpec spec =
        new PartitionSpec(
            List.of(
                new PartitionField("place", FieldPath.parse("p"), IDENTITY, Optional.empty()),
                new PartitionField(
                    "day",
                    FieldPath.parse("t"),
                    new Transform.Time(Unit.DAY, false),
                    Optional.empty())));

    String directory = PartitionValues.directory(spec, List.of("a/b", "2024-01-05"));

    assertThat(directory).isEqualTo("place=a%2Fb/day=2024-01-05");
    assertThat(PartitionValues.directory(spec, Arrays.asList(null, "2024-01-05")))
        .isEqualTo("place=__HIVE_DEFAULT_PARTITION__/day=2024-01-05");
    Map<String, @Nullable String> values = new LinkedHashMap<>();
    values.put("place", "a/b");
    values.put("day", "2024-01-05");
    assertThat(PartitionValues.parse(directory)).isEqualTo(values);
    assertThat(PartitionValues.parse("")).isEmpty();
    assertThat(PartitionValues.directory(new PartitionSpec(List.of()), List.of())).isEmpty();
    assertThatThrownBy(() -> PartitionValues.directory(spec, List.of("x")))
        .hasMessage("Cannot name a directory: 1 values for 2 levels");
    assertThatThrownBy(() -> PartitionValues.parse("x"))
        .hasMessage("Cannot read a partition directory: no column=value: x");
  }

  @Test
  void aLongValueIsNeverShortened() {
    String value = "x/".repeat(512);

    assertThat(PartitionValues.escape(value)).isEqualTo("x%2F".repeat(512));
  }

  @Test
  void whatTheLoaderRefusesIsNotRendered() {
    assertThatThrownBy(() -> PartitionValues.render(IDENTITY, ScalarType.of(Kind.DOUBLE), 1.5))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> PartitionValues.render(IDENTITY, TIMESTAMP, Instant.EPOCH))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> time(Unit.HOUR, false, DATE, LocalDate.EPOCH))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static @Nullable String time(Unit unit, boolean relative, ScalarType type, Object value) {
    return PartitionValues.render(new Transform.Time(unit, relative), type, value);
  }
}
