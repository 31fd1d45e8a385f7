package dev.sluice.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.model.dataset.Datasets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class PlanTest {
  private static final Datasets DATASETS = Datasets.load(Path.of(root()).resolve("datasets"));

  private static String root() {
    return System.getProperty("sluice.root");
  }

  private static Mark mark(String... partitionsAndDigests) {
    return new Mark("1", Map.of("sensors", sensors("f", partitionsAndDigests)));
  }

  private static Mark.Input sensors(String declaration, String... partitionsAndDigests) {
    Map<String, String> partitions = new TreeMap<>();
    for (int i = 0; i < partitionsAndDigests.length; i += 2) {
      partitions.put(partitionsAndDigests[i], partitionsAndDigests[i + 1]);
    }
    return new Mark.Input(declaration, partitions);
  }

  private static String at(String location, String day) {
    return "location=" + location + "/day=" + day;
  }

  private static Plan plan(Refresh refresh, Mark now, Mark last) {
    return Plan.of(refresh, DATASETS, now, Optional.of(last), false);
  }

  private static final Mark LAST =
      mark(
          at("roof", "2024-01-15"), "a",
          at("roof", "2024-01-16"), "b",
          at("lobby", "2024-01-15"), "c",
          at("lobby", "2024-01-18"), "d");

  @Test
  void sameFilesMeanNothingToDo() {
    assertThat(plan(Refresh.by("day"), LAST, LAST)).isEqualTo(new Plan.Nothing());
    assertThat(plan(Refresh.whole(), LAST, LAST)).isEqualTo(new Plan.Nothing());
  }

  @Test
  void aPartitionThatChangedCameOrWentAffectsItsValues() {
    Mark now =
        mark(
            at("roof", "2024-01-15"), "a",
            at("roof", "2024-01-16"), "changed",
            at("lobby", "2024-01-15"), "c",
            at("lobby", "2024-01-17"), "new");

    Plan.Parts parts = (Plan.Parts) plan(Refresh.by("day"), now, LAST);

    assertThat(parts.affected())
        .containsExactlyInAnyOrder(
            List.of("2024-01-16"), List.of("2024-01-17"), List.of("2024-01-18"));
    assertThat(parts.read())
        .isEqualTo(Map.of("sensors", Set.of(at("roof", "2024-01-16"), at("lobby", "2024-01-17"))));
    assertThat(parts.changed()).isEqualTo(3);
    assertThat(plan(Refresh.whole(), now, LAST)).isInstanceOf(Plan.Everything.class);
  }

  @Test
  void theWholeOfAnAffectedValueIsRead() {
    Mark now =
        mark(
            at("roof", "2024-01-15"), "changed",
            at("roof", "2024-01-16"), "b",
            at("lobby", "2024-01-15"), "c",
            at("lobby", "2024-01-18"), "d");

    Plan.Parts byDay = (Plan.Parts) plan(Refresh.by("day"), now, LAST);
    assertThat(byDay.read().get("sensors"))
        .containsExactlyInAnyOrder(at("roof", "2024-01-15"), at("lobby", "2024-01-15"));
    Plan.Parts byBoth = (Plan.Parts) plan(Refresh.by("day", "location"), now, LAST);
    assertThat(byBoth.read().get("sensors")).containsExactly(at("roof", "2024-01-15"));
    assertThat(byBoth.affected()).containsExactly(List.of("2024-01-15", "roof"));
  }

  @Test
  void daysAroundAreAffectedAndReadOnBothSides() {
    Mark now =
        mark(
            at("roof", "2024-01-15"), "a",
            at("roof", "2024-01-16"), "changed",
            at("lobby", "2024-01-15"), "c",
            at("lobby", "2024-01-18"), "d");

    Plan.Parts parts = (Plan.Parts) plan(Refresh.byDay("day", 1, 0), now, LAST);

    // The 17th looks back to the 16th, and both to what is before them.
    assertThat(parts.affected())
        .containsExactlyInAnyOrder(List.of("2024-01-16"), List.of("2024-01-17"));
    assertThat(parts.read().get("sensors"))
        .containsExactlyInAnyOrder(
            at("roof", "2024-01-15"), at("roof", "2024-01-16"), at("lobby", "2024-01-15"));
  }

  @Test
  void aRecordWithoutADayStandsAlone() {
    Mark now = mark(at("roof", "__HIVE_DEFAULT_PARTITION__"), "x");

    Plan.Parts parts = (Plan.Parts) plan(Refresh.byDay("day", 1, 1), now, mark());

    assertThat(parts.affected()).containsExactly(java.util.Collections.singletonList(null));
  }

  @Test
  void everythingIsComputedAnewWhenTheBaseIsAnother() {
    Refresh byDay = Refresh.by("day");
    assertThat(Plan.of(byDay, DATASETS, LAST, Optional.empty(), false))
        .isEqualTo(new Plan.Everything("no earlier run is known"));
    assertThat(Plan.of(byDay, DATASETS, LAST, Optional.of(LAST), true))
        .isEqualTo(new Plan.Everything("as asked"));
    assertThat(plan(byDay, new Mark("2", LAST.inputs()), LAST))
        .isEqualTo(new Plan.Everything("the job was changed"));
    assertThat(plan(byDay, new Mark("1", Map.of("sensors", sensors("another"))), LAST))
        .isEqualTo(new Plan.Everything("the declaration of sensors was changed"));
  }

  @Test
  void manyValuesAreNotNamedOneByOne() {
    List<String> partitions = new ArrayList<>();
    for (int i = 0; i <= Plan.MOST_PARTS; i++) {
      partitions.add(at("roof", java.time.LocalDate.ofEpochDay(20_000 + i).toString()));
      partitions.add("x");
    }
    assertThat(plan(Refresh.by("day"), mark(partitions.toArray(String[]::new)), mark()))
        .isEqualTo(new Plan.Everything("501 partitions are affected"));
  }

  @Test
  void aChangeOfAnInputWithoutTheColumnChangesEverything() {
    Mark.Input receipts = new Mark.Input("f", Map.of("year=2024/month=01", "x"));
    Mark last = new Mark("1", Map.of("sensors", sensors("f"), "receipts", receipts));
    Mark now =
        new Mark(
            "1",
            Map.of(
                "sensors",
                sensors("f"),
                "receipts",
                new Mark.Input("f", Map.of("year=2024/month=01", "y"))));

    assertThat(plan(Refresh.by("day"), now, last))
        .isEqualTo(new Plan.Everything("receipts changed"));
  }

  @Test
  void columnsThatNoInputIsPartitionedByAreRefused() {
    assertThatThrownBy(() -> plan(Refresh.by("status"), LAST, LAST))
        .hasMessageContaining("no input is partitioned by status");
    assertThatThrownBy(() -> plan(Refresh.byDay("location", 1, 0), LAST, LAST))
        .hasMessageContaining("location of sensors is no day");
  }

  @Test
  void aMarkIsReadAsItWasWritten() {
    assertThat(Mark.parse(LAST.toText())).isEqualTo(LAST);
    assertThat(Mark.parse(LAST.toText()).digest()).isEqualTo(LAST.digest());
    assertThat(mark("a=b", "x").digest()).isNotEqualTo(mark("a=b", "y").digest());
    assertThatThrownBy(() -> Mark.parse("{}")).isInstanceOf(IllegalArgumentException.class);
  }
}
