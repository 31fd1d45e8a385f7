package dev.sluice.jobs.sensors;

import static org.apache.spark.sql.functions.abs;
import static org.apache.spark.sql.functions.avg;
import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_distinct;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.date_trunc;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.stddev_samp;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.unix_micros;

import dev.sluice.jobs.GoldJob;
import dev.sluice.jobs.Refresh;
import dev.sluice.jobs.Result;
import dev.sluice.jobs.Run;
import dev.sluice.jobs.Tables;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.expressions.WindowSpec;

/**
 * Statistics of the building sensors: in all, by place, by day and hour, and what needs a person.
 */
public final class SensorStatistics implements GoldJob {
  /** Per cent of charge below which a battery is low. */
  static final double LOW_BATTERY = 20;

  /** How long a sensor may be silent. */
  static final long STALE_MINUTES = 24 * 60;

  /** How many standard deviations off a reading may be. */
  static final double SIGMAS = 4;

  /** How many earlier readings it takes to say what is usual. */
  static final int LEAST_READINGS = 12;

  private static final long DAY_MICROS = 24L * 3600 * 1_000_000;

  private static final List<String> STATUS = List.of("active", "warning", "error", "offline");

  /** Runs this job alone. */
  public static void main(String[] args) {
    Run.only(SensorStatistics.class, args);
  }

  @Override
  public List<String> inputs() {
    return List.of("sensors");
  }

  @Override
  public List<Result> results() {
    return List.of(
        new Result("sensor_overall", Refresh.whole(), t -> overall(t.silver("sensors"))),
        new Result("sensor_locations", Refresh.whole(), t -> locations(t.silver("sensors"))),
        new Result("sensor_status", Refresh.whole(), t -> status(t.silver("sensors"))),
        new Result("sensor_low_battery", Refresh.whole(), t -> lowBattery(newest(t))),
        new Result("sensor_stale", Refresh.whole(), t -> stale(newest(t))),
        new Result("sensor_daily", Refresh.by("day"), t -> daily(t.silver("sensors"))),
        new Result("sensor_hourly", Refresh.by("day"), t -> hourly(t.silver("sensors"))),
        new Result(
            "sensor_anomalies", Refresh.byDay("day", 1, 0), t -> anomalies(t.silver("sensors"))));
  }

  private static Dataset<Row> newest(Tables tables) {
    return tables.shared("newest", () -> newest(tables.silver("sensors")));
  }

  /** One row about all readings. */
  static Dataset<Row> overall(Dataset<Row> readings) {
    return readings.agg(
        count(lit(1)).as("readings"),
        count_distinct(col("sensor_id")).as("sensors"),
        count_distinct(col("location")).as("locations"),
        min("event_time").as("first_reading"),
        max("event_time").as("last_reading"),
        avg("temperature").as("avg_temperature"),
        min("temperature").as("min_temperature"),
        max("temperature").as("max_temperature"),
        stddev_samp("temperature").as("stddev_temperature"),
        avg("humidity").as("avg_humidity"),
        avg("pressure").as("avg_pressure"),
        avg("battery_level").as("avg_battery"),
        low().as("low_battery_readings"));
  }

  /** One row a place. */
  static Dataset<Row> locations(Dataset<Row> readings) {
    return climate(readings, col("location"));
  }

  /** One row a place and day. */
  static Dataset<Row> daily(Dataset<Row> readings) {
    return climate(readings, col("location"), col("day"));
  }

  private static Dataset<Row> climate(Dataset<Row> readings, Column... keys) {
    return readings
        .groupBy(keys)
        .agg(
            count(lit(1)).as("readings"),
            count_distinct(col("sensor_id")).as("sensors"),
            avg("temperature").as("avg_temperature"),
            min("temperature").as("min_temperature"),
            max("temperature").as("max_temperature"),
            avg("humidity").as("avg_humidity"),
            low().as("low_battery_readings"));
  }

  /** One row a place and hour that has readings. */
  static Dataset<Row> hourly(Dataset<Row> readings) {
    return readings
        .groupBy(col("location"), date_trunc("hour", col("event_time")).as("hour"), col("day"))
        .agg(
            count(lit(1)).as("readings"),
            avg("temperature").as("avg_temperature"),
            min("temperature").as("min_temperature"),
            max("temperature").as("max_temperature"),
            avg("humidity").as("avg_humidity"),
            avg("pressure").as("avg_pressure"));
  }

  /** One row a device model: readings of each status, and the share of those not active. */
  static Dataset<Row> status(Dataset<Row> readings) {
    Column[] counts =
        STATUS.stream()
            .map(status -> count_if(col("status").equalTo(status)).as(status))
            .toArray(Column[]::new);
    Column share =
        count_if(col("status").notEqual("active"))
            .cast("double")
            .divide(count(lit(1)))
            .as("not_active_share");
    Column[] rest = java.util.Arrays.copyOfRange(counts, 1, counts.length + 1);
    rest[rest.length - 1] = share;
    return readings.groupBy(col("metadata.device_model").as("device_model")).agg(counts[0], rest);
  }

  /** The newest reading of each sensor; of several at one time the one with the least charge. */
  static Dataset<Row> newest(Dataset<Row> readings) {
    return readings
        .groupBy("sensor_id")
        .agg(
            max(struct(
                    col("event_time"),
                    col("battery_level").multiply(-1).as("drained"),
                    col("location"),
                    col("metadata.device_model").as("device_model"),
                    col("status")))
                .as("newest"))
        .select(
            col("sensor_id"),
            col("newest.location").as("location"),
            col("newest.device_model").as("device_model"),
            col("newest.drained").multiply(-1).as("battery_level"),
            col("newest.status").as("status"),
            col("newest.event_time").as("last_seen"));
  }

  /** Sensors whose newest reading shows a low battery. */
  static Dataset<Row> lowBattery(Dataset<Row> newest) {
    return newest.where(col("battery_level").lt(LOW_BATTERY));
  }

  /** Sensors whose newest reading is much older than the newest of all. */
  static Dataset<Row> stale(Dataset<Row> newest) {
    Column minutes =
        unix_micros(col("now"))
            .minus(unix_micros(col("last_seen")))
            .divide(60_000_000)
            .cast("bigint");
    return newest
        .crossJoin(broadcast(newest.agg(max("last_seen").as("now"))))
        .withColumn("silent_minutes", minutes)
        .where(col("silent_minutes").gt(STALE_MINUTES))
        .select("sensor_id", "location", "device_model", "last_seen", "silent_minutes");
  }

  /**
   * Readings far from what the same sensor read in the 24 hours before: their distance from the
   * average in standard deviations.
   */
  static Dataset<Row> anomalies(Dataset<Row> readings) {
    WindowSpec before =
        Window.partitionBy("sensor_id")
            .orderBy(unix_micros(col("event_time")))
            .rangeBetween(-DAY_MICROS, -1);
    return readings
        .select(
            col("sensor_id"),
            col("location"),
            col("event_time"),
            col("temperature"),
            col("day"),
            count(lit(1)).over(before).as("earlier"),
            avg("temperature").over(before).as("usual"),
            stddev_samp("temperature").over(before).as("spread"))
        .where(col("earlier").geq(LEAST_READINGS).and(col("spread").gt(0)))
        .withColumn("sigmas", col("temperature").minus(col("usual")).divide(col("spread")))
        .where(abs(col("sigmas")).gt(SIGMAS))
        .select(
            "sensor_id",
            "location",
            "event_time",
            "temperature",
            "usual",
            "spread",
            "sigmas",
            "day");
  }

  private static Column low() {
    return count_if(col("battery_level").lt(LOW_BATTERY));
  }
}
