package dev.sluice.jobs;

import dev.sluice.model.ErrorCode;
import dev.sluice.model.SluiceException;
import dev.sluice.model.dataset.Dataset;
import dev.sluice.model.dataset.Datasets;
import dev.sluice.model.dataset.PartitionField;
import dev.sluice.model.dataset.PartitionValues;
import dev.sluice.model.dataset.Transform;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Which part of a gold table is computed anew, from which part of its input. */
sealed interface Plan {
  /** Beyond so many values, a condition that names them costs more than it saves. */
  int MOST_PARTS = 500;

  /** Nothing changed. */
  record Nothing() implements Plan {}

  /**
   * All of it.
   *
   * @param why for people
   */
  record Everything(String why) implements Plan {}

  /**
   * Some of its partitions.
   *
   * @param columns columns of the gold table
   * @param affected the values of these columns whose rows are computed anew
   * @param read the partitions to read, by dataset; datasets that are not named are read whole
   * @param changed how many partitions of the input changed
   */
  record Parts(
      List<String> columns,
      Set<List<@Nullable String>> affected,
      Map<String, Set<String>> read,
      int changed)
      implements Plan {}

  /**
   * Compares what there is now with what the table was made of.
   *
   * @param last empty when that is not known
   */
  static Plan of(Refresh refresh, Datasets datasets, Mark now, Optional<Mark> last, boolean full) {
    if (refresh instanceof Refresh.ByPartition by) {
      check(by, datasets, now);
    }
    if (full) {
      return new Everything("as asked");
    }
    if (last.isEmpty()) {
      return new Everything("no earlier run is known");
    }
    if (!last.get().revision().equals(now.revision())) {
      return new Everything("the job was changed");
    }
    Map<String, Set<String>> changed = new TreeMap<>();
    for (Map.Entry<String, Mark.Input> input : now.inputs().entrySet()) {
      Mark.Input earlier = last.get().inputs().get(input.getKey());
      if (earlier == null || !earlier.declaration().equals(input.getValue().declaration())) {
        return new Everything("the declaration of " + input.getKey() + " was changed");
      }
      Set<String> partitions = input.getValue().changedSince(earlier);
      if (!partitions.isEmpty()) {
        changed.put(input.getKey(), partitions);
      }
    }
    if (changed.isEmpty()) {
      return new Nothing();
    }
    int count = changed.values().stream().mapToInt(Set::size).sum();
    if (!(refresh instanceof Refresh.ByPartition by)) {
      return new Everything(count + " of the input's partitions changed");
    }
    for (String dataset : changed.keySet()) {
      if (!aligned(datasets.get(dataset), by)) {
        return new Everything(dataset + " changed");
      }
    }
    Set<List<@Nullable String>> affected = new LinkedHashSet<>();
    changed
        .values()
        .forEach(partitions ->
            partitions.forEach(partition ->
                affected.addAll(
                    around(values(partition, by.columns()), by.daysAfter(), by.daysBefore()))));
    if (affected.size() > MOST_PARTS) {
      return new Everything(affected.size() + " partitions are affected");
    }
    Set<List<@Nullable String>> needed = new LinkedHashSet<>();
    affected.forEach(each -> needed.addAll(around(each, by.daysBefore(), by.daysAfter())));
    Map<String, Set<String>> read = new LinkedHashMap<>();
    now.inputs()
        .forEach((dataset, input) -> {
          if (aligned(datasets.get(dataset), by)) {
            Set<String> partitions = new LinkedHashSet<>();
            for (String partition : input.partitions().keySet()) {
              if (needed.contains(values(partition, by.columns()))) {
                partitions.add(partition);
              }
            }
            read.put(dataset, partitions);
          }
        });
    return new Parts(by.columns(), Collections.unmodifiableSet(affected), read, count);
  }

  private static void check(Refresh.ByPartition by, Datasets datasets, Mark now) {
    List<Dataset> inputs = now.inputs().keySet().stream().map(datasets::get).toList();
    boolean known = inputs.stream().anyMatch(dataset -> aligned(dataset, by));
    if (!known) {
      throw wrong("no input is partitioned by " + String.join(", ", by.columns()));
    }
    if (by.daysBefore() + by.daysAfter() > 0) {
      for (Dataset dataset : inputs) {
        for (PartitionField level : dataset.partitions().fields()) {
          if (aligned(dataset, by)
              && by.columns().contains(level.column())
              && !(by.columns().size() == 1
                  && level.transform() instanceof Transform.Time time
                  && time.unit() == Transform.Unit.DAY
                  && !time.relative())) {
            throw wrong(level.column() + " of " + dataset.name() + " is no day");
          }
        }
      }
    }
  }

  private static SluiceException wrong(String why) {
    return new SluiceException(
        ErrorCode.INVALID_DECLARATION,
        "Cannot tell which partitions to compute anew: "
            + why
            + ". Correct the job, or the partitions of the dataset.");
  }

  private static boolean aligned(Dataset dataset, Refresh.ByPartition by) {
    return dataset.partitions().fields().stream()
        .map(PartitionField::column)
        .toList()
        .containsAll(by.columns());
  }

  private static List<@Nullable String> values(String partition, List<String> columns) {
    Map<String, @Nullable String> all = PartitionValues.parse(partition);
    List<@Nullable String> values = new ArrayList<>(columns.size());
    columns.forEach(column -> values.add(all.get(column)));
    return values;
  }

  /** A day and the days around it; what is no day stands alone. */
  private static List<List<@Nullable String>> around(
      List<@Nullable String> values, int daysBefore, int daysAfter) {
    String day = values.get(0);
    if (daysBefore + daysAfter == 0 || day == null) {
      return List.of(values);
    }
    List<List<@Nullable String>> around = new ArrayList<>();
    try {
      LocalDate middle = LocalDate.parse(day);
      for (int i = -daysBefore; i <= daysAfter; i++) {
        around.add(Collections.singletonList(middle.plusDays(i).toString()));
      }
    } catch (DateTimeException e) {
      around.add(values);
    }
    return around;
  }
}
