package dev.sluice.jobs.sensors;

import static dev.sluice.jobs.SharedSpark.rows;
import static dev.sluice.jobs.SharedSpark.silver;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SensorStatisticsIT {

  private static String reading(
      String sensor,
      String time,
      String location,
      double temperature,
      double battery,
      String status,
      String model) {
    return """
    {"sensor_id": "%s", "event_time": "%s", "location": "%s", "temperature": %s,
     "battery_level": %s, "status": "%s", "metadata": {"device_model": "%s"}, "day": "%s",
     "humidity": %s}
    """
        .formatted(
            sensor,
            time,
            location,
            temperature,
            battery,
            status,
            model,
            time.substring(0, 10),
            model.equals("dry") ? null : 50)
        .replace("\n", "");
  }

  private static Dataset<Row> readings() {
    return silver(
        "sensors",
        reading("s1", "2024-01-15T10:00:00Z", "roof", 10, 90, "active", "wet"),
        reading("s1", "2024-01-15T10:59:59.999999Z", "roof", 14, 19.5, "warning", "wet"),
        reading("s1", "2024-01-16T00:00:00Z", "roof", 6, 100, "active", "wet"),
        reading("s2", "2024-01-15T11:00:00Z", "roof", 20, 20, "error", "dry"),
        reading("s3", "2024-01-15T10:30:00Z", "lobby", 22, 5, "offline", "dry"));
  }

  @Test
  void allReadingsMakeOneRow() {
    List<@Nullable Object> row = new ArrayList<>(rows(SensorStatistics.overall(readings())).get(0));
    assertThat((Double) row.remove(8)).as("deviation").isCloseTo(6.6933, within(0.001));
    assertThat(row)
        .containsExactly(
            5L,
            3L,
            2L,
            Instant.parse("2024-01-15T10:00:00Z"),
            Instant.parse("2024-01-16T00:00:00Z"),
            14.4,
            6.0,
            22.0,
            50.0,
            null,
            46.9,
            2L);
  }

  @Test
  void eachPlaceHasItsClimate() {
    assertThat(rows(SensorStatistics.locations(readings()), "location"))
        .containsExactly(
            Arrays.asList("lobby", 1L, 1L, 22.0, 22.0, 22.0, null, 1L),
            Arrays.asList("roof", 4L, 2L, 12.5, 6.0, 20.0, 50.0, 1L));
  }

  @Test
  void eachPlaceAndDayHasItsClimate() {
    assertThat(rows(SensorStatistics.daily(readings()), "location", "day"))
        .containsExactly(
            Arrays.asList("lobby", "2024-01-15", 1L, 1L, 22.0, 22.0, 22.0, null, 1L),
            Arrays.asList("roof", "2024-01-15", 3L, 2L, 44 / 3.0, 10.0, 20.0, 50.0, 1L),
            Arrays.asList("roof", "2024-01-16", 1L, 1L, 6.0, 6.0, 6.0, 50.0, 0L));
  }

  @Test
  void hoursBeginOnTheHourInUtc() {
    assertThat(rows(SensorStatistics.hourly(readings()), "location", "hour"))
        .extracting(row -> row.subList(0, 5))
        .containsExactly(
            List.of("lobby", Instant.parse("2024-01-15T10:00:00Z"), "2024-01-15", 1L, 22.0),
            List.of("roof", Instant.parse("2024-01-15T10:00:00Z"), "2024-01-15", 2L, 12.0),
            List.of("roof", Instant.parse("2024-01-15T11:00:00Z"), "2024-01-15", 1L, 20.0),
            List.of("roof", Instant.parse("2024-01-16T00:00:00Z"), "2024-01-16", 1L, 6.0));
  }

  @Test
  void statusIsCountedByModel() {
    assertThat(rows(SensorStatistics.status(readings()), "device_model"))
        .containsExactly(
            List.of("dry", 0L, 0L, 1L, 1L, 1.0), List.of("wet", 2L, 1L, 0L, 0L, 1 / 3.0));
  }

  @Test
  void aBatteryIsLowWhenTheNewestReadingSaysSo() {
    Dataset<Row> newest = SensorStatistics.newest(readings());

    // s1 was low and has a new one; s2 has exactly the limit.
    assertThat(rows(SensorStatistics.lowBattery(newest)))
        .containsExactly(
            List.of("s3", "lobby", "dry", 5.0, "offline", Instant.parse("2024-01-15T10:30:00Z")));
  }

  @Test
  void aSensorIsStaleAfterMoreThanADayOfSilence() {
    Dataset<Row> newest =
        SensorStatistics.newest(
            silver(
                "sensors",
                reading("s1", "2024-01-16T12:00:00Z", "roof", 1, 50, "active", "wet"),
                reading("s2", "2024-01-15T12:00:00Z", "roof", 1, 50, "active", "wet"),
                reading("s3", "2024-01-15T11:58:59Z", "roof", 1, 50, "active", "wet"),
                reading("s3", "2024-01-14T11:58:59Z", "lobby", 1, 50, "active", "wet")));

    assertThat(rows(SensorStatistics.stale(newest)))
        .containsExactly(
            List.of("s3", "roof", "wet", Instant.parse("2024-01-15T11:58:59Z"), 1441L));
  }

  @Test
  void aReadingIsComparedWithTheDayBeforeItOfItsOwnSensor() {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      lines.add(
          reading(
              "s1",
              "2024-01-15T%02d:00:00Z".formatted(10 + i),
              "roof",
              i % 2 == 0 ? 20 : 22,
              50,
              "active",
              "wet"));
    }
    // Average 21, deviation of the sample sqrt(12/11).
    lines.add(reading("s1", "2024-01-15T22:30:00Z", "roof", 26, 50, "active", "wet"));
    lines.add(reading("s1", "2024-01-15T22:00:00Z", "roof", 25, 50, "active", "wet"));
    // Far off, but nothing is known of its sensor, or too little of that day.
    lines.add(reading("s2", "2024-01-15T22:00:00Z", "roof", 99, 50, "active", "wet"));
    lines.add(reading("s1", "2024-01-17T10:00:00Z", "roof", 99, 50, "active", "wet"));

    List<List<@Nullable Object>> found =
        rows(SensorStatistics.anomalies(silver("sensors", lines.toArray(String[]::new))));

    // With the 25 of half an hour before, 26 is no longer that far off: 13 readings, average 21.3.
    assertThat(found).hasSize(0);

    lines.remove(12);
    lines.set(12, reading("s1", "2024-01-15T22:00:00Z", "roof", 25.2, 50, "active", "wet"));
    found = rows(SensorStatistics.anomalies(silver("sensors", lines.toArray(String[]::new))));
    assertThat(found).hasSize(1);
    assertThat(found.get(0).subList(0, 5))
        .containsExactly("s1", "roof", Instant.parse("2024-01-15T22:00:00Z"), 25.2, 21.0);
    assertThat((Double) found.get(0).get(5)).isCloseTo(Math.sqrt(12 / 11.0), within(1e-9));
    assertThat((Double) found.get(0).get(6)).isCloseTo(4.2 / Math.sqrt(12 / 11.0), within(1e-9));
    assertThat(found.get(0).get(7)).isEqualTo("2024-01-15");
  }
}
