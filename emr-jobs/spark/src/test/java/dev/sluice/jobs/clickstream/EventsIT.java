package dev.sluice.jobs.clickstream;

import static dev.sluice.jobs.SharedSpark.rows;
import static dev.sluice.jobs.clickstream.Click.click;
import static dev.sluice.jobs.clickstream.Click.visited;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;

class EventsIT {

  private static List<String> starts(Dataset<Row> visited) {
    return rows(visited.selectExpr("event_id", "date_format(session_start, 'HH:mm')"), "event_id")
        .stream()
        .map(row -> row.get(0) + " " + row.get(1))
        .toList();
  }

  @Test
  void aVisitEndsAfterMoreThanThirtyMinutes() {
    assertThat(
            starts(
                visited(
                    click("a", "2024-03-05T10:00:00Z", "u", "s"),
                    click("b", "2024-03-05T10:30:00Z", "u", "s"),
                    click("c", "2024-03-05T11:00:00.001Z", "u", "s"),
                    click("d", "2024-03-05T11:01:00Z", "u", "s"))))
        .containsExactly("a 10:00", "b 10:00", "c 11:00", "d 11:00");
  }

  @Test
  void aVisitGoesOnOverMidnightAndUnderAnotherSessionId() {
    assertThat(
            starts(
                visited(
                    click("a", "2024-03-05T23:50:00Z", "u", "s1"),
                    click("b", "2024-03-06T00:10:00Z", "u", "s2"),
                    click("c", "2024-03-06T00:10:00Z", "other", "s2"))))
        .containsExactly("a 23:50", "b 23:50", "c 00:10");
  }

  @Test
  void theOrderOfArrivalChangesNothing() {
    List<Click> clicks = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      clicks.add(
          click("e" + i, "2024-03-05T%02d:%02d:00Z".formatted(i / 6, i % 6 * 9), "u" + i % 3, "s")
              .with("country", i < 30 ? "DE" : "AT")
              .with("campaign", i % 20 == 7 ? "c" + i : null));
    }
    List<?> inOrder = rows(visited(clicks.toArray(Click[]::new)), "event_id");
    Collections.shuffle(clicks, new Random(7));
    assertThat(rows(visited(clicks.toArray(Click[]::new)), "event_id")).isEqualTo(inOrder);
  }

  @Test
  void aLateEventJoinsTwoVisitsWhoseFirstKeepsItsKey() {
    Click first = click("a", "2024-03-05T10:00:00Z", "u", "s");
    Click last = click("c", "2024-03-05T10:50:00Z", "u", "s");
    Dataset<Row> before = visited(first, last);
    Dataset<Row> after = visited(last, first, click("b", "2024-03-05T10:25:00Z", "u", "s"));
    assertThat(starts(before)).containsExactly("a 10:00", "c 10:50");
    assertThat(starts(after)).containsExactly("a 10:00", "b 10:00", "c 10:00");
    assertThat(rows(after.select("session_key").distinct()))
        .isEqualTo(rows(before.where("event_id = 'a'").select("session_key")));
  }

  @Test
  void copiesOfAnEventAreOneAndEventsThatLookAlikeAreTwo() {
    Click event = click("a", "2024-03-05T10:00:00Z", "u", "s");
    assertThat(
            starts(
                visited(
                    event,
                    event,
                    event,
                    event.with("event_id", "b"),
                    click("c", "2024-03-05T10:40:00Z", "u", "s"))))
        .containsExactly("a 10:00", "b 10:00", "c 10:40");
  }

  @Test
  void eventsOfNobodyAreKeptApartByTheirSessionId() {
    Dataset<Row> visited =
        visited(
            click("a", "2024-03-05T10:00:00Z", "x", "s1").with("user_id", null),
            click("b", "2024-03-05T10:01:00Z", "x", "s2").with("user_id", null),
            click("c", "2024-03-05T10:02:00Z", "x", "s1").with("user_id", null),
            click("d", "2024-03-05T10:03:00Z", "x", "-")
                .with("user_id", null)
                .with("session_id", null),
            click("e", "2024-03-05T10:04:00Z", "x", "-")
                .with("user_id", null)
                .with("session_id", null));
    assertThat(starts(visited))
        .containsExactly("a 10:00", "b 10:01", "c 10:00", "d 10:03", "e 10:04");
    assertThat(rows(visited.select("user_key").distinct())).containsExactly(List.of(-1L));
  }

  @Test
  void touchesAreTheFirstAndTheLastCampaignUpToThenAndWithin() {
    Dataset<Row> visited =
        visited(
            click("a", "2024-03-05T10:00:00Z", "u", "s1"),
            click("b", "2024-03-05T10:01:00Z", "u", "s1").with("campaign", "spring"),
            click("c", "2024-03-05T10:02:00Z", "u", "s1"),
            // At the same instant, though later by its id.
            click("d", "2024-03-05T10:02:00Z", "u", "s2").with("campaign", "summer"),
            click("e", "2024-03-05T10:03:00Z", "other", "s3"));
    assertThat(rows(visited.select("event_id", "first_touch", "last_touch"), "event_id"))
        .containsExactly(
            Arrays.asList("a", null, null),
            List.of("b", "spring", "spring"),
            List.of("c", "spring", "summer"),
            List.of("d", "spring", "summer"),
            Arrays.asList("e", null, null));
  }

  @Test
  void keysAreTheSameInEveryRunAndWhateverElseThereIs() {
    Click event = click("a", "2024-03-05T10:00:00Z", "u", "s").about("product_view", "P-1", "9.99");
    String keys = "concat_ws(' ', session_key, user_key, device_key, product_key, date_key)";
    // Who has stored a key must find it again: these never change.
    assertThat(rows(visited(event).selectExpr(keys)))
        .containsExactly(
            List.of(
                "-3677326941683440038 -5518383399439759669 8252143538924383712"
                    + " -4823536762597732333 20240305"));
    Dataset<Row> more =
        visited(
            click("0", "2024-03-04T10:00:00Z", "u", "s"),
            event,
            click("z", "2024-03-05T10:00:00Z", "z", "z").about("product_view", "P-2", "1.00"));
    assertThat(rows(more.where("event_id = 'a'").selectExpr(keys)))
        .isEqualTo(rows(visited(event).selectExpr(keys)));
  }

  @Test
  void noEventsAreNoEvents() {
    Dataset<Row> none = visited();
    assertThat(rows(none)).isEmpty();
    assertThat(Arrays.stream(none.columns()).collect(Collectors.toSet()))
        .contains("session_key", "user_key", "product_key", "device_key", "date_key");
  }

  @Test
  void visitorsAreMovedAndSortedOnce() {
    String plan =
        Plans.of(visited(click("a", "2024-03-05T10:00:00Z", "u", "s")).drop("product_key"));
    assertThat(Plans.count(plan, "Exchange hashpartitioning(visitor")).as(plan).isEqualTo(1);
    assertThat(Plans.count(plan, "Sort [visitor")).as(plan).isEqualTo(1);
  }
}
