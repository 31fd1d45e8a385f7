package dev.sluice.benchmarks.reliability;

import dev.sluice.benchmarks.Machine;
import dev.sluice.benchmarks.Text;
import dev.sluice.benchmarks.reliability.ReliabilityRun.Figure;
import dev.sluice.benchmarks.reliability.ReliabilityRun.Part;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What came of it.
 *
 * @param command as it can be called again
 * @param date as it is to be printed; may be empty
 */
record ReliabilityReport(
    Machine machine, String command, String date, long seed, List<Part> parts) {

  boolean balanced() {
    return parts.stream().allMatch(part -> part.failures().isEmpty());
  }

  Map<String, Object> toJson() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("machine", machine.toJson());
    json.put("command", command);
    json.put("date", date);
    json.put("seed", seed);
    json.put("balanced", balanced());
    json.put("lost", parts.stream().mapToLong(Part::lost).sum());
    json.put("doubled", parts.stream().mapToLong(Part::doubled).sum());
    json.put("orphans", parts.stream().mapToLong(Part::orphans).sum());
    List<Object> all = new ArrayList<>();
    for (Part part : parts) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("what", part.what());
      for (Figure figure : part.figures()) {
        one.put(figure.name().replace(' ', '_'), figure.number());
      }
      one.put("lost", part.lost());
      one.put("doubled", part.doubled());
      one.put("orphans", part.orphans());
      one.put("seconds", dev.sluice.benchmarks.Stats.rounded(part.seconds()));
      one.put("failures", part.failures());
      all.add(one);
    }
    json.put("parts", all);
    return json;
  }

  List<String> markdown() {
    List<String> lines = new ArrayList<>();
    lines.add("## Exactly once");
    lines.add("");
    lines.add("Written by `" + command + "`" + (date.isEmpty() ? "" : " on " + date) + ".");
    lines.add("");
    lines.addAll(machine.lines());
    lines.add(
        "- Faults: error before the effect, error after it, time-out whose request is carried out"
            + " later, death before and after the effect. The second fault of a pair strikes the"
            + " delivery that is to mend the first.");
    lines.add(
        "- All but the kills in memory: S3 with conditional writes, SQS with visibility, duplicates"
            + " and dead letters, virtual time; the real converter, each input converted once. The"
            + " kills: the deployable jar in processes of its own, against the local lake's S3 and"
            + " Glue.");
    lines.add(
        "- Compared, once the queue has drained and again after the sweep, with what each key's"
            + " newest version should show: every record once in silver or quarantine, an entry for"
            + " every version, nothing else.");
    lines.add("");
    lines.add("| what was done | how much | lost | doubled | orphans after the sweep | time |");
    lines.add("|---|---|---|---|---|---|");
    for (Part part : parts) {
      List<String> figures = new ArrayList<>();
      part.figures().forEach(f -> figures.add(Text.count(f.number()) + " " + f.name()));
      lines.add(
          "| "
              + part.what()
              + " | "
              + String.join(", ", figures)
              + " | "
              + Text.count(part.lost())
              + " | "
              + Text.count(part.doubled())
              + " | "
              + Text.count(part.orphans())
              + " | "
              + Text.seconds(part.seconds())
              + " |");
    }
    return lines;
  }
}
