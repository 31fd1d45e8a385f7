package dev.sluice.cli;

import static dev.sluice.cli.Asked.average;
import static dev.sluice.cli.Asked.by;
import static dev.sluice.cli.Asked.count;
import static dev.sluice.cli.Asked.distinct;
import static dev.sluice.cli.Asked.ratio;
import static dev.sluice.cli.Asked.row;
import static dev.sluice.cli.Asked.where;

import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What the queries of {@code sensors} have to answer. */
final class SensorAnswers {
  private static final DateTimeFormatter SECOND =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss");

  private SensorAnswers() {}

  private record Reading(
      String sensor,
      LocalDateTime time,
      String location,
      double temperature,
      @Nullable Double humidity,
      double battery,
      String status,
      String model,
      @Nullable LocalDateTime calibrated,
      List<String> tags,
      @Nullable String floor) {
    String day() {
      return time.toLocalDate().toString();
    }
  }

  private static Reading reading(Asked.Fields fields) {
    return new Reading(
        fields.text("sensor_id"),
        fields.time("event_time"),
        fields.text("location"),
        fields.number("temperature").doubleValue(),
        fields.get("humidity") == null ? null : fields.number("humidity").doubleValue(),
        fields.number("battery_level").doubleValue(),
        fields.text("status"),
        fields.text("metadata.device_model"),
        fields.get("metadata.calibration") == null
            ? null
            : fields.time("metadata.calibration.calibrated_at"),
        fields.get("metadata.tags") instanceof List<?> tags
            ? tags.stream().map(String::valueOf).toList()
            : List.of(),
        fields.textOrNull("metadata.attributes.floor"));
  }

  static List<Asked> all(List<Asked.Fields> records) {
    List<Reading> all = records.stream().map(SensorAnswers::reading).toList();
    List<Reading> some =
        where(
            all, r -> r.day().compareTo("2024-01-16") >= 0 && r.day().compareTo("2024-01-18") <= 0);
    Map<String, String> days = Map.of("from", "2024-01-16", "to", "2024-01-18");
    return new Asked.Questions()
        .ask("average_by_location", days, climate(some))
        .ask("status_distribution", days, status(some))
        .ask("low_battery", Map.of(), lowBattery(all, 20))
        .ask("low_battery", Map.of("percent", "35.5"), lowBattery(all, 35.5))
        .ask(
            "hourly_climate",
            Map.of("location", "laboratory", "day", "2024-01-17"),
            hours(
                where(all, r -> r.location().equals("laboratory") && r.day().equals("2024-01-17"))))
        .ask("stale_sensors", Map.of("hours", "3"), stale(all, 3))
        .ask("temperature_outliers", Map.of("sigmas", "2.25", "limit", "12"), outliers(all))
        .ask("comfort", days, comfort(some))
        .ask("by_floor", days, floors(some))
        .ask("calibration_due", Map.of("days", "200"), calibration(all, 200))
        .ask("tags", Map.of(), tags(all))
        .all();
  }

  private static List<List<@Nullable Object>> climate(List<Reading> all) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    by(all, Reading::location)
        .forEach((location, readings) -> {
          List<Double> degrees = readings.stream().map(Reading::temperature).sorted().toList();
          rows.add(
              row(
                  location,
                  readings.size(),
                  distinct(readings, Reading::sensor),
                  average(degrees),
                  degrees.getFirst(),
                  degrees.getLast(),
                  count(readings, r -> r.battery() < 20)));
        });
    return rows;
  }

  private static List<List<@Nullable Object>> status(List<Reading> all) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    by(all, Reading::model)
        .forEach((model, readings) -> {
          List<@Nullable Object> row = row(model);
          for (String status : List.of("active", "warning", "error", "offline")) {
            row.add(count(readings, r -> r.status().equals(status)));
          }
          row.add(ratio(count(readings, r -> !r.status().equals("active")), readings.size()));
          rows.add(row);
        });
    return Asked.sorted(rows, -6, 1);
  }

  private static TreeMap<String, Reading> newest(List<Reading> all) {
    TreeMap<String, Reading> newest = new TreeMap<>();
    for (Reading reading : all) {
      newest.merge(reading.sensor(), reading, (a, b) -> a.time().isBefore(b.time()) ? b : a);
    }
    return newest;
  }

  private static List<List<@Nullable Object>> lowBattery(List<Reading> all, double percent) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    newest(all)
        .forEach((sensor, last) -> {
          if (last.battery() < percent) {
            rows.add(
                row(
                    sensor,
                    last.location(),
                    last.model(),
                    last.battery(),
                    SECOND.format(last.time())));
          }
        });
    return Asked.sorted(rows, 4, 1);
  }

  private static List<List<@Nullable Object>> hours(List<Reading> readings) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    by(readings, r -> r.time().getHour())
        .forEach((hour, some) -> {
          List<Double> humidity = new ArrayList<>();
          for (Reading reading : some) {
            if (reading.humidity() != null) {
              humidity.add(reading.humidity());
            }
          }
          List<Double> degrees = some.stream().map(Reading::temperature).sorted().toList();
          rows.add(
              row(
                  hour,
                  some.size(),
                  average(degrees),
                  humidity.isEmpty() ? null : (Object) average(humidity),
                  degrees.getLast()));
        });
    return rows;
  }

  private static List<List<@Nullable Object>> stale(List<Reading> all, int hours) {
    LocalDateTime now =
        all.stream().map(Reading::time).max(Comparator.naturalOrder()).orElseThrow();
    List<List<@Nullable Object>> rows = new ArrayList<>();
    newest(all)
        .forEach((sensor, last) -> {
          long minutes = ChronoUnit.MINUTES.between(last.time(), now);
          if (minutes > hours * 60) {
            rows.add(row(sensor, last.location(), SECOND.format(last.time()), minutes));
          }
        });
    return Asked.sorted(rows, -4, 1);
  }

  private static List<List<@Nullable Object>> outliers(List<Reading> all) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    by(all, r -> r.location() + " " + r.day())
        .values()
        .forEach(readings -> {
          List<Double> degrees = readings.stream().map(Reading::temperature).toList();
          double usual = average(degrees);
          double spread = Asked.deviation(degrees);
          for (Reading reading : readings) {
            if (spread > 0 && Math.abs(reading.temperature() - usual) > 2.25 * spread) {
              rows.add(
                  row(
                      reading.location(),
                      reading.sensor(),
                      SECOND.format(reading.time()),
                      reading.temperature(),
                      usual,
                      (reading.temperature() - usual) / spread));
            }
          }
        });
    rows.sort(
        Comparator.comparing((List<@Nullable Object> r) -> -Math.abs((Double) r.get(5)))
            .thenComparing(r -> (String) r.get(1))
            .thenComparing(r -> (String) r.get(2)));
    return Asked.first(12, rows);
  }

  private static List<List<@Nullable Object>> comfort(List<Reading> all) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    by(all, Reading::location)
        .forEach((location, readings) -> {
          List<Reading> measured = where(readings, r -> r.humidity() != null);
          rows.add(
              row(
                  location,
                  measured.size(),
                  ratio(
                      count(measured, r -> r.temperature() < 18 || r.temperature() > 24),
                      measured.size()),
                  ratio(
                      count(
                          measured,
                          r -> r.humidity() != null && (r.humidity() < 30 || r.humidity() > 60)),
                      measured.size())));
        });
    return rows;
  }

  private static List<List<@Nullable Object>> floors(List<Reading> all) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    by(all, r -> r.floor() == null ? "unknown" : r.floor())
        .forEach((floor, readings) ->
            rows.add(
                row(
                    floor,
                    distinct(readings, Reading::sensor),
                    readings.size(),
                    average(readings.stream().map(Reading::temperature).toList()))));
    return rows;
  }

  private static List<List<@Nullable Object>> calibration(List<Reading> all, int days) {
    List<List<@Nullable Object>> never = new ArrayList<>();
    List<List<@Nullable Object>> longAgo = new ArrayList<>();
    by(all, Reading::sensor)
        .forEach((sensor, readings) -> {
          Reading last = newest(readings).firstEntry().getValue();
          LocalDateTime calibrated = null;
          for (Reading reading : readings) {
            if (reading.calibrated() != null
                && (calibrated == null || calibrated.isBefore(reading.calibrated()))) {
              calibrated = reading.calibrated();
            }
          }
          if (calibrated == null) {
            never.add(row(sensor, last.location(), null));
          } else if (ChronoUnit.DAYS.between(calibrated, last.time()) > days) {
            longAgo.add(
                row(sensor, last.location(), ChronoUnit.DAYS.between(calibrated, last.time())));
          }
        });
    List<List<@Nullable Object>> rows = new ArrayList<>(never);
    rows.addAll(Asked.sorted(longAgo, -3, 1));
    return rows;
  }

  private static List<List<@Nullable Object>> tags(List<Reading> all) {
    TreeMap<String, List<Reading>> byTag = new TreeMap<>();
    for (Reading reading : all) {
      for (String tag : reading.tags()) {
        byTag.computeIfAbsent(tag, t -> new ArrayList<>()).add(reading);
      }
    }
    List<List<@Nullable Object>> rows = new ArrayList<>();
    byTag.forEach((tag, readings) ->
        rows.add(
            row(
                tag,
                distinct(readings, Reading::sensor),
                readings.size(),
                count(readings, r -> !r.status().equals("active")))));
    return rows;
  }

  static LocalDate monday(LocalDateTime time) {
    return time.toLocalDate().minusDays(time.getDayOfWeek().getValue() - 1L);
  }
}
