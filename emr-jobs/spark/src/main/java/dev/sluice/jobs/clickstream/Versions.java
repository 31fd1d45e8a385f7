package dev.sluice.jobs.clickstream;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lag;
import static org.apache.spark.sql.functions.lead;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max_by;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.functions.xxhash64;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.expressions.WindowSpec;
import org.apache.spark.sql.functions;

/**
 * The history of things that change slowly, from events that mention them: a row for each stretch
 * of time in which all attributes stayed the same (a slowly changing dimension of type 2).
 *
 * <p>Most things never change, and a few are mentioned all the time. So what is mentioned is first
 * counted, which shrinks it to a row for each thing and state; only things with several states are
 * put in order. No task ever holds all mentions of a popular thing.
 */
final class Versions {
  private Versions() {}

  /**
   * @param mentions with {@code id}, {@code attributes}, {@code event_time} and {@code event_id};
   *     those without {@code id} are left out
   * @param key the name of the surrogate key, {@code bigint}
   * @return {@code key, id, attributes, valid_from, valid_to, is_current}: valid from an instant
   *     until before another, which is null for the current version
   */
  static Dataset<Row> of(Dataset<Row> mentions, String key, String id, String... attributes) {
    Dataset<Row> known = mentions.where(col(id).isNotNull());
    Column[] state =
        Stream.concat(Stream.of(id), Arrays.stream(attributes))
            .map(functions::col)
            .toArray(Column[]::new);
    WindowSpec things = Window.partitionBy(id);
    WindowSpec inTime = things.orderBy("valid_from");

    Dataset<Row> states =
        known
            .groupBy(state)
            .agg(min("event_time").as("valid_from"))
            .withColumn("states", count(lit(1)).over(things));
    Dataset<Row> steady = states.where(col("states").equalTo(1)).withColumn("version", lit(1));

    Column now = struct(Arrays.copyOfRange(state, 1, state.length));
    Dataset<Row> moving =
        known
            .join(
                states.where(col("states").gt(1)).select(id).distinct(), Lists.seq(id), "left_semi")
            .groupBy(col(id), col("event_time").as("valid_from"))
            .agg(max_by(now, col("event_id")).as("now"))
            .withColumn("before", lag("now", 1).over(inTime))
            .where(col("before").isNull().or(not(col("now").equalTo(col("before")))))
            .withColumn("version", row_number().over(inTime));

    List<Column> columns = new ArrayList<>();
    columns.add(col(id));
    for (String attribute : attributes) {
      columns.add(col("now").getField(attribute).as(attribute));
    }
    columns.add(col("valid_from"));
    columns.add(col("version"));

    List<Column> result = new ArrayList<>();
    result.add(keyOf(state).as(key));
    result.addAll(List.of(state));
    result.add(col("valid_from"));
    result.add(col("valid_to"));
    result.add(col("valid_to").isNull().as("is_current"));
    return steady
        .drop("states")
        .unionByName(moving.select(columns.toArray(Column[]::new)))
        .withColumn("valid_to", lead("valid_from", 1).over(inTime))
        .select(result.toArray(Column[]::new));
  }

  /** The first version's key keeps its value when an earlier mention turns up late. */
  private static Column keyOf(Column... state) {
    return xxhash64(
        Stream.concat(
                Arrays.stream(state).map(each -> coalesce(each.cast("string"), lit(""))),
                Stream.of(when(col("version").gt(1), col("valid_from"))))
            .toArray(Column[]::new));
  }
}
