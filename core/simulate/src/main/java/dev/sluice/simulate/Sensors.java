package dev.sluice.simulate;

import dev.sluice.model.Reason;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ObjLongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A week of up to 200 sensors in eight places. Temperatures follow the time of day, each device has
 * a bias and drifts, batteries drain and are changed, some devices fail for a while, some get new
 * firmware; the status follows from all that.
 */
final class Sensors implements Workload {
  private static final long START = Text.millis(2024, 1, 15);
  private static final long SPAN = 7 * Text.DAY_MILLIS;
  private static final int FIRST_DAY =
      (int) ((START - Workload.MOST_LATE_MILLIS) / Text.DAY_MILLIS);
  private static final int DAYS = 11;

  private static final String[] LOCATIONS = {
    "cold_storage", "laboratory", "lobby", "office", "roof", "server_room", "warehouse", "workshop"
  };
  private static final double[] MEAN = {4.0, 20.5, 20.0, 21.5, 6.0, 24.0, 16.0, 18.5};
  private static final double[] SWING = {0.3, 0.8, 1.5, 1.8, 7.0, 0.6, 2.5, 2.2};
  private static final double[] HUMIDITY = {70, 45, 42, 40, 75, 30, 55, 48};
  private static final Dice.Weighted PLACES = new Dice.Weighted(2, 3, 3, 6, 2, 2, 4, 3);

  private static final String[] STATUS = {"active", "warning", "error", "offline"};

  private static final String[] MODELS = {"T-100", "TH-200", "THP-300", "THP-350"};
  private static final Dice.Weighted MODEL = new Dice.Weighted(2, 5, 3, 2);
  private static final String[] FIRMWARE = {"1.9.3", "2.4.1", "3.0.0", "3.1.2"};
  private static final String[] NEXT_FIRMWARE = {"1.9.4", "2.5.0", "3.0.1", "3.2.0"};

  /** A reading that starts a failure is one in so many, by model. */
  private static final int[] FAILS_ONE_IN = {900, 1500, 1200, 400};

  private static final String[] TAGS = {
    "critical", "public", "night-shift", "leased", "\u00e9tage-2", "pilot"
  };

  /** What stays the same about a sensor, and where it stands. */
  private static final class Sensor {
    int place;
    int model;
    double bias;
    double driftPerDay;
    double drainPerDay;
    double battery;
    double batterySince;
    double firmwareChange;
    int failing;
    String id = "";
    String before = "";
    String after = "";
  }

  private final long records;
  private final Dice dice;
  private final Sensor[] sensors;
  private final Text.Clock clock = new Text.Clock();
  private long index;

  // The record last generated.
  private int sensor;
  private int status;
  private long eventTime;
  private long temperature;
  private long battery;

  // The truth.
  private final boolean[] seen;
  private final long[][] byDay = new long[LOCATIONS.length][DAYS];
  private final long[] sum = new long[LOCATIONS.length];
  private final long[] min = new long[LOCATIONS.length];
  private final long[] max = new long[LOCATIONS.length];
  private final long[] low = new long[LOCATIONS.length];
  private final long[][] byStatus = new long[MODELS.length][4];

  Sensors(SimulationOptions options) {
    records = options.records();
    dice = new Dice(options.seed());
    sensors = new Sensor[(int) Math.max(1, Math.min(200, records / 20))];
    seen = new boolean[sensors.length];
    Arrays.fill(min, Long.MAX_VALUE);
    Arrays.fill(max, Long.MIN_VALUE);
    for (int i = 0; i < sensors.length; i++) {
      sensors[i] = install(i);
    }
  }

  private Sensor install(int number) {
    Sensor it = new Sensor();
    // Every place has a sensor as soon as there are enough of them.
    it.place = number < LOCATIONS.length ? number : PLACES.pick(dice);
    it.model = MODEL.pick(dice);
    it.bias = 0.4 * dice.normal();
    it.driftPerDay = 0.08 * dice.normal();
    it.drainPerDay = 1 + 9 * dice.unit();
    it.battery = 25 + 75 * dice.unit();
    it.firmwareChange = dice.oneIn(5) ? 7 * dice.unit() : Double.MAX_VALUE;
    it.id = Text.padded(new StringBuilder("sensor-"), number, 4).toString();

    StringBuilder text = new StringBuilder();
    text.append("\",\"installed_on\":\"")
        .append(Text.day(Text.millis(2021, 3, 1) / Text.DAY_MILLIS + dice.below(1000)))
        .append("\",\"calibration\":");
    if (dice.below(10) < 7) {
      text.append("{\"calibrated_at\":\"");
      clock.append(text, Text.millis(2023, 12, 1) + dice.below(40 * 86_400) * 1000L);
      text.append("\",\"offset\":");
      Text.hundredths(text, dice.between(-60, 60)).append('}');
    } else {
      text.append("null");
    }
    text.append(",\"tags\":[");
    int tags = dice.below(4);
    int first = dice.below(TAGS.length);
    for (int i = 0; i < tags; i++) {
      text.append(i == 0 ? "\"" : ",\"").append(TAGS[(first + i) % TAGS.length]).append('"');
    }
    text.append("],\"attributes\":{");
    if (dice.below(5) > 0) {
      text.append("\"floor\":\"").append(dice.below(6)).append('"');
      if (dice.oneIn(2)) {
        text.append(",\"room\":\"").append((char) ('A' + dice.below(6)));
        Text.padded(text, dice.below(40), 2).append('"');
      }
      if (dice.oneIn(10)) {
        text.append(",\"mount\":\"Decke \u00fcber der T\u00fcr\"");
      }
    }
    text.append("}}}");
    String start = ",\"metadata\":{\"device_model\":\"" + MODELS[it.model] + "\",\"firmware\":\"";
    it.before = start + FIRMWARE[it.model] + text;
    it.after = start + NEXT_FIRMWARE[it.model] + text;
    return it;
  }

  @Override
  public void generate(StringBuilder line, long lateMillis) {
    sensor = (int) (index % sensors.length);
    Sensor it = sensors[sensor];
    // No sensor has two readings at one time: they shift by less than half their interval.
    long place = index * SPAN / records;
    long interval = SPAN * sensors.length / records;
    eventTime = START + place + dice.below((int) Math.min(1500, interval / 2) + 1) - lateMillis;
    index++;

    double days = place / (double) Text.DAY_MILLIS;
    double hour = Math.floorMod(eventTime, Text.DAY_MILLIS) / 3_600_000.0;
    double usual =
        MEAN[it.place] + SWING[it.place] * StrictMath.sin((hour - 9) * (StrictMath.PI / 12));
    double error = it.bias + it.driftPerDay * days + 0.12 * dice.normal();
    if (it.failing == 0 && dice.oneIn(FAILS_ONE_IN[it.model])) {
      it.failing = 3 + dice.below(20);
    }
    boolean failing = it.failing > 0;
    if (failing) {
      it.failing--;
      error += 12 * dice.normal();
    } else if (dice.oneIn(2500)) {
      error += dice.oneIn(2) ? 15 : -15;
    }
    double charge = it.battery - it.drainPerDay * (days - it.batterySince);
    if (charge < 0.5) {
      it.battery = charge = 100;
      it.batterySince = days;
    }
    temperature = StrictMath.round(Math.max(-79, Math.min(119, usual + error)) * 100);
    battery = StrictMath.round(charge * 10);
    status = 0;
    if (charge < 3) {
      status = 3;
    } else if (failing) {
      status = 2;
    } else if (charge < 20 || Math.abs(error) > 5) {
      status = 1;
    }

    line.append("{\"sensor_id\":\"").append(it.id).append("\",\"event_time\":\"");
    clock.append(line, eventTime);
    line.append("\",\"location\":\"").append(LOCATIONS[it.place]).append("\",\"temperature\":");
    Text.hundredths(line, temperature);
    line.append(",\"humidity\":");
    if (it.model == 0) {
      line.append("null");
    } else {
      double humidity = HUMIDITY[it.place] - 1.5 * (usual - MEAN[it.place]) + 2 * dice.normal();
      Text.tenths(line, StrictMath.round(Math.max(1, Math.min(99, humidity)) * 10));
    }
    // A device without a barometer leaves the key out.
    if (it.model >= 2) {
      double pressure = 1013 + 9 * StrictMath.sin(days * 1.3) + 0.3 * dice.normal();
      line.append(",\"pressure\":");
      Text.tenths(line, StrictMath.round(pressure * 10));
    }
    line.append(",\"battery_level\":");
    Text.tenths(line, battery);
    line.append(",\"status\":\"").append(STATUS[status]).append('"');
    line.append(days < it.firmwareChange ? it.before : it.after);
  }

  @Override
  public void count() {
    Sensor it = sensors[sensor];
    int place = it.place;
    byDay[place][(int) (eventTime / Text.DAY_MILLIS) - FIRST_DAY]++;
    seen[sensor] = true;
    sum[place] += temperature;
    min[place] = Math.min(min[place], temperature);
    max[place] = Math.max(max[place], temperature);
    if (battery < 200) {
      low[place]++;
    }
    byStatus[it.model][status]++;
  }

  @Override
  public List<Fault> faults() {
    List<Fault> faults = Fault.ofText("location");
    faults.addAll(
        List.of(
            Fault.replaced(Reason.MALFORMED_JSON, "temperature", "NaN", "01.5", "21.", "+3"),
            Fault.textForNumber("temperature"),
            Fault.textForNumber("battery_level"),
            Fault.noText("sensor_id"),
            Fault.replaced(Reason.TYPE_MISMATCH, "metadata", "\"TH-200\"", "7", "[]"),
            Fault.replaced(Reason.TYPE_MISMATCH, "tags", "{}", "\"critical\""),
            Fault.replaced(Reason.TYPE_MISMATCH, "installed_on", "\"2023-02-30\"", "\"soon\""),
            Fault.impossibleTime("event_time"),
            Fault.missing("event_time"),
            Fault.missing("location"),
            Fault.missing("temperature"),
            Fault.missing("firmware"),
            Fault.nulled("sensor_id"),
            Fault.nulled("status"),
            Fault.replaced(Reason.UNKNOWN_SYMBOL, "status", "\"rebooting\"", "\"ACTIVE\"", "\"\""),
            Fault.replaced(Reason.RULE_VIOLATED, "temperature", "999.9", "-273.15", "120.01"),
            Fault.replaced(Reason.RULE_VIOLATED, "battery_level", "-1", "100.5", "255"),
            Fault.replaced(Reason.RULE_VIOLATED, "sensor_id", "\"sensor-x\"", "\"\""),
            Fault.replaced(Reason.RULE_VIOLATED, "location", "\"\"")));
    return faults;
  }

  @Override
  public void partitions(ObjLongConsumer<String> consumer) {
    for (int place = 0; place < LOCATIONS.length; place++) {
      for (int day = 0; day < DAYS; day++) {
        if (byDay[place][day] > 0) {
          consumer.accept(
              "location=" + LOCATIONS[place] + "/day=" + Text.day(FIRST_DAY + day),
              byDay[place][day]);
        }
      }
    }
  }

  @Override
  public Map<String, Answer> answers() {
    List<List<@Nullable Object>> climate = new ArrayList<>();
    for (int place = 0; place < LOCATIONS.length; place++) {
      long readings = 0;
      for (long count : byDay[place]) {
        readings += count;
      }
      if (readings == 0) {
        continue;
      }
      long distinct = 0;
      for (int i = 0; i < sensors.length; i++) {
        if (seen[i] && sensors[i].place == place) {
          distinct++;
        }
      }
      climate.add(
          List.of(
              LOCATIONS[place],
              readings,
              distinct,
              sum[place] / 100.0 / readings,
              min[place] / 100.0,
              max[place] / 100.0,
              low[place]));
    }

    List<List<@Nullable Object>> health = new ArrayList<>();
    for (int model = 0; model < MODELS.length; model++) {
      long[] by = byStatus[model];
      long all = by[0] + by[1] + by[2] + by[3];
      if (all > 0) {
        health.add(
            List.of(MODELS[model], by[0], by[1], by[2], by[3], (all - by[0]) / (double) all));
      }
    }
    // Stable, and the models are in order already.
    health.sort(Comparator.comparingDouble(row -> -(Double) row.get(5)));

    Map<String, Answer> answers = new LinkedHashMap<>();
    answers.put(
        "average_by_location",
        new Answer(
            List.of(
                "location",
                "readings",
                "sensors",
                "avg_temperature",
                "min_temperature",
                "max_temperature",
                "low_battery_readings"),
            climate));
    answers.put(
        "status_distribution",
        new Answer(
            List.of("device_model", "active", "warning", "error", "offline", "not_active_share"),
            health));
    return answers;
  }
}
