package dev.sluice.simulate;

import dev.sluice.model.Reason;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is true about simulated records, found while generating and without any query engine.
 *
 * @param dataset which dataset
 * @param seed of the options
 * @param records lines given, {@code good + bad}
 * @param good records that fit the declaration
 * @param bad records that belong into quarantine
 * @param late good records whose event time is older than those around them
 * @param reasons bad records by the reason that quarantine must give; only those that occur
 * @param partitions good records by partition directory such as {@code
 *     location=roof/day=2024-01-15}
 * @param answers what each SQL file of the dataset must return, by file name without {@code .sql}
 */
public record Truth(
    String dataset,
    long seed,
    long records,
    long good,
    long bad,
    long late,
    Map<Reason, Long> reasons,
    Map<String, Long> partitions,
    Map<String, Answer> answers) {
  public Truth {
    reasons = Collections.unmodifiableMap(new LinkedHashMap<>(reasons));
    partitions = Collections.unmodifiableMap(new LinkedHashMap<>(partitions));
    answers = Collections.unmodifiableMap(new LinkedHashMap<>(answers));
  }

  /** The truth as a JSON object, always with the same bytes for the same options. */
  public Map<String, @Nullable Object> toJson() {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("dataset", dataset);
    json.put("seed", seed);
    json.put("records", records);
    json.put("good", good);
    json.put("bad", bad);
    json.put("late", late);
    Map<String, @Nullable Object> byReason = new LinkedHashMap<>();
    reasons.forEach((reason, count) -> byReason.put(reason.name(), count));
    json.put("reasons", byReason);
    json.put("partitions", partitions);
    Map<String, @Nullable Object> byQuery = new LinkedHashMap<>();
    answers.forEach((query, answer) -> byQuery.put(query, answer.toJson()));
    json.put("answers", byQuery);
    return json;
  }
}
