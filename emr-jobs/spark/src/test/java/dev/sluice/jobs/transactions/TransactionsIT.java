package dev.sluice.jobs.transactions;

import static dev.sluice.jobs.SharedSpark.rows;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.jobs.SharedSpark;
import dev.sluice.jobs.Simulated;
import dev.sluice.jobs.clickstream.Plans;
import dev.sluice.model.json.Json;
import dev.sluice.simulate.Answer;
import dev.sluice.simulate.SimulationOptions;
import dev.sluice.simulate.Truth;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TransactionsIT {

  /** A booking in the cardiology, at noon, by one who books little. */
  private static Map<String, @Nullable Object> booking(String id, String time, String amount) {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("transaction_id", id);
    fields.put("event_time", time);
    fields.put("user_id", "u");
    fields.put("department", "cardiology");
    fields.put("type", "supplies");
    fields.put("amount", new BigDecimal(amount));
    fields.put("currency", "EUR");
    return fields;
  }

  private static Map<String, @Nullable Object> with(
      Map<String, @Nullable Object> booking, @Nullable Object... changes) {
    Map<String, @Nullable Object> other = new LinkedHashMap<>(booking);
    for (int i = 0; i < changes.length; i += 2) {
      other.put(String.valueOf(changes[i]), changes[i + 1]);
    }
    return other;
  }

  private static Dataset<Row> silver(List<Map<String, @Nullable Object>> bookings) {
    return SharedSpark.silver(
        "transactions", bookings.stream().map(Json::write).toArray(String[]::new));
  }

  private static Dataset<Row> scored(List<Map<String, @Nullable Object>> bookings) {
    return Risk.scored(Risk.bookings(silver(bookings)));
  }

  /** Ten of 100.00 on as many days from the first of March on. */
  private static List<Map<String, @Nullable Object>> history() {
    List<Map<String, @Nullable Object>> history = new ArrayList<>();
    for (int day = 1; day <= 10; day++) {
      history.add(booking("h" + day, "2024-03-%02dT12:00:00Z".formatted(day), "100.00"));
    }
    return history;
  }

  @Test
  void anAmountIsComparedWithTheDaysBefore() {
    List<Map<String, @Nullable Object>> bookings = history();
    // Not with others of the same day, nor of another type or user.
    bookings.add(booking("a", "2024-03-11T12:00:00Z", "1000.00"));
    bookings.add(booking("b", "2024-03-11T08:00:00Z", "499.99"));
    bookings.add(with(booking("c", "2024-03-11T08:00:00Z", "500.00"), "type", "training"));
    bookings.add(with(booking("d", "2024-03-11T08:00:00Z", "300.00"), "user_id", "v"));
    assertThat(
            rows(
                scored(bookings)
                    .where("day = '2024-03-11'")
                    .select(
                        "transaction_id",
                        "user_times",
                        "department_times",
                        "points_user",
                        "points_department",
                        "risk_score",
                        "risk_level"),
                "transaction_id"))
        .containsExactly(
            List.of("a", 10.0, 10.0, 30, 25, 55, "medium"),
            List.of("b", 4.9999, 4.9999, 10, 5, 15, "low"),
            Arrays.asList("c", null, null, 0, 0, 0, "low"),
            Arrays.asList("d", null, 3.0, 0, 5, 5, "low"));
  }

  @Test
  void historyNeedsSomeBookingsAndEndsAfterNinetyDays() {
    List<Map<String, @Nullable Object>> bookings = history();
    bookings.add(booking("x", "2024-06-08T12:00:00Z", "100.00"));
    assertThat(
            rows(
                scored(bookings)
                    .selectExpr("day", "user_times IS NOT NULL", "department_times IS NOT NULL"),
                "day"))
        .containsExactly(
            List.of("2024-03-01", false, false),
            List.of("2024-03-02", false, false),
            List.of("2024-03-03", false, false),
            List.of("2024-03-04", true, false),
            List.of("2024-03-05", true, false),
            List.of("2024-03-06", true, false),
            List.of("2024-03-07", true, false),
            List.of("2024-03-08", true, false),
            List.of("2024-03-09", true, false),
            List.of("2024-03-10", true, false),
            // The 10th of March is 90 days ago: one booking is not enough.
            List.of("2024-06-08", false, false));
    bookings.add(booking("y", "2024-03-11T12:00:00Z", "100.00"));
    assertThat(rows(scored(bookings).where("department_times IS NOT NULL").select("day")))
        .containsExactly(List.of("2024-03-11"));
  }

  @Test
  void placeTypeHourAndFrequencyGivePoints() {
    List<Map<String, @Nullable Object>> bookings = new ArrayList<>();
    bookings.add(
        with(
            booking("a", "2024-03-11T05:59:59.999Z", "1.00"),
            "department",
            "pharmacy",
            "type",
            "drug_purchase"));
    bookings.add(booking("b", "2024-03-11T06:00:00Z", "1.00"));
    bookings.add(booking("c", "2024-03-11T07:00:00Z", "1.00"));
    bookings.add(booking("d", "2024-03-11T20:00:00Z", "1.00"));
    bookings.add(booking("e", "2024-03-11T20:30:00Z", "1.00"));
    bookings.add(booking("f", "2024-03-11T20:40:00Z", "1.00"));
    bookings.add(booking("g", "2024-03-11T20:50:00Z", "1.00"));
    bookings.add(booking("h", "2024-03-11T21:00:00Z", "1.00"));
    assertThat(
            rows(
                scored(bookings)
                    .selectExpr(
                        "transaction_id",
                        "points_place",
                        "points_type",
                        "points_hour",
                        "bookings_in_hour",
                        "points_frequency",
                        "array_join(reasons, ', ')"),
                "transaction_id"))
        .containsExactly(
            List.of(
                "a", 10, 10, 15, 1L, 0, "department at risk, type at risk, outside office hours"),
            List.of("b", 0, 0, 0, 2L, 0, ""),
            List.of("c", 0, 0, 0, 2L, 0, ""),
            List.of("d", 0, 0, 15, 1L, 0, "outside office hours"),
            List.of("e", 0, 0, 15, 2L, 0, "outside office hours"),
            List.of("f", 0, 0, 15, 3L, 5, "outside office hours, many bookings within an hour"),
            List.of("g", 0, 0, 15, 4L, 5, "outside office hours, many bookings within an hour"),
            List.of("h", 0, 0, 15, 5L, 10, "outside office hours, many bookings within an hour"));
  }

  @Test
  void copiesAreOneBookingAndBookingsThatLookAlikeAreTwo() {
    Map<String, @Nullable Object> booking = booking("a", "2024-03-11T12:00:00Z", "1.00");
    assertThat(
            rows(
                scored(List.of(booking, with(booking, "transaction_id", "b"), booking))
                    .select("transaction_id", "bookings_in_hour"),
                "transaction_id"))
        .containsExactly(List.of("a", 2L), List.of("b", 2L));
  }

  @Test
  void alertsAreWhatHasFiftyPoints() {
    Dataset<Row> scores = SharedSpark.frame("id string, risk_score int", "a", 49, "b", 50, "c", 99);
    assertThat(rows(Risk.alerts(scores).select("id"), "id"))
        .containsExactly(List.of("b"), List.of("c"));
  }

  /** Two employees, two departments, eight days with a gap. */
  private static Dataset<Row> some() {
    return scored(
        List.of(
            booking("a", "2024-03-10T12:00:00Z", "10.00"),
            with(booking("b", "2024-03-11T21:00:00Z", "20.00"), "approved_by", "v"),
            with(booking("c", "2024-03-13T12:00:00Z", "40.00"), "department", "surgery"),
            with(booking("d", "2024-03-18T12:00:00Z", "5.50"), "user_id", "v")));
  }

  @Test
  void usersAreSummedUp() {
    assertThat(
            rows(
                Statistics.users(some())
                    .select(
                        "user_id",
                        "bookings",
                        "total",
                        "max_amount",
                        "departments",
                        "off_hours",
                        "approved",
                        "alerts",
                        "max_risk",
                        "average_risk",
                        "average_amount",
                        "off_hours_share"),
                "user_id"))
        .containsExactly(
            List.of(
                "u",
                3L,
                new BigDecimal("70.00"),
                new BigDecimal("40.00"),
                2L,
                1L,
                1L,
                0L,
                15,
                25 / 3.0,
                70 / 3.0,
                1 / 3.0),
            List.of(
                "v",
                1L,
                new BigDecimal("5.50"),
                new BigDecimal("5.50"),
                1L,
                0L,
                0L,
                0L,
                0,
                0.0,
                5.5,
                0.0));
  }

  @Test
  void daysAndWeeksHaveTrends() {
    assertThat(
            rows(
                Statistics.daily(some()).select("day", "bookings", "total", "average_of_week"),
                "day"))
        .containsExactly(
            List.of("2024-03-10", 1L, new BigDecimal("10.00"), 10.0),
            List.of("2024-03-11", 1L, new BigDecimal("20.00"), 15.0),
            List.of("2024-03-13", 1L, new BigDecimal("40.00"), 70 / 3.0),
            List.of("2024-03-18", 1L, new BigDecimal("5.50"), 75.5 / 4));
    assertThat(
            rows(
                Statistics.weekly(some())
                    .selectExpr(
                        "department",
                        "cast(week as string)",
                        "bookings",
                        "users",
                        "total",
                        "change"),
                "department",
                "week"))
        .containsExactly(
            Arrays.asList("cardiology", "2024-03-04", 1L, 1L, new BigDecimal("10.00"), null),
            List.of("cardiology", "2024-03-11", 1L, 1L, new BigDecimal("20.00"), 1.0),
            List.of("cardiology", "2024-03-18", 1L, 1L, new BigDecimal("5.50"), 5.5 / 20 - 1),
            Arrays.asList("surgery", "2024-03-11", 1L, 1L, new BigDecimal("40.00"), null));
  }

  @Test
  void nothingComesOfNothing() {
    Dataset<Row> none = scored(List.of());
    assertThat(rows(none)).isEmpty();
    assertThat(rows(Statistics.users(none))).isEmpty();
    assertThat(rows(Statistics.departments(none))).isEmpty();
    assertThat(rows(Statistics.daily(none))).isEmpty();
    assertThat(rows(Statistics.weekly(none))).isEmpty();
  }

  @Test
  void theHistoryOfDepartmentsIsSentToTheBookings() {
    assertThat(Plans.of(scored(history()))).contains("BroadcastHashJoin [department");
  }

  @Test
  void departmentsAreWhatTheSimulatorSaysAndOddBookingsAreFound() {
    SimulationOptions options = new SimulationOptions(6_000, 42, 0, 0.02);
    Truth truth = Simulated.truth("transactions", options);
    String[] lines = Simulated.lines("transactions", options).toArray(String[]::new);
    Dataset<Row> scored =
        Risk.scored(Risk.bookings(SharedSpark.silver("transactions", lines))).persist();
    try {
      assertThat(scored.count()).isEqualTo(truth.good());
      assertAnswer(
          truth.answers().get("department_totals"),
          Statistics.departments(scored)
              .orderBy("department")
              .select(
                  "department",
                  "bookings",
                  "users",
                  "total",
                  "max_amount",
                  "average_amount",
                  "off_hours"));
      // Four of 120 employees are odd, in every fourth of their bookings.
      Row found =
          Risk.alerts(scored)
              .selectExpr(
                  "count(*)",
                  "count_if(user_id IN ('user-0017', 'user-0058', 'user-0091', 'user-0104'))")
              .first();
      assertThat(found.getLong(0)).as("alerts").isBetween(1L, 80L);
      assertThat((double) found.getLong(1))
          .as("of %s", found)
          .isGreaterThan(0.3 * found.getLong(0));
    } finally {
      scored.unpersist();
    }
  }

  private static void assertAnswer(Answer answer, Dataset<Row> actual) {
    List<List<@Nullable String>> text = new ArrayList<>();
    for (List<@Nullable Object> row : rows(actual)) {
      List<@Nullable String> cells = new ArrayList<>();
      row.forEach(cell -> cells.add(Objects.toString(cell, null)));
      text.add(cells);
    }
    assertThat(answer.difference(text)).isEmpty();
  }
}
