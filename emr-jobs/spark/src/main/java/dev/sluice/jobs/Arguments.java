package dev.sluice.jobs;

import dev.sluice.model.ErrorCode;
import dev.sluice.model.SluiceException;
import dev.sluice.model.registry.LakeLayout;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a step is told.
 *
 * @param jobs names of jobs, {@code dataset/job}; empty when the class that was started says it
 * @param slot the instant that the run was planned for
 * @param run the run's id
 * @param full whether everything is to be computed anew
 * @param layout the lake's buckets
 * @param datasets where the declarations are: a folder, or a zip file of it, here or on S3
 */
record Arguments(
    List<String> jobs, Instant slot, String run, boolean full, LakeLayout layout, String datasets) {
  private static final Map<String, String> KNOWN =
      Map.of(
          "--jobs", "names of jobs with commas between, dataset/job",
          "--slot", "the planned instant, as 2026-11-21T02:00:00Z",
          "--run", "the run's id",
          "--mode", "incremental or full",
          "--raw-bucket", "the bucket of uploads",
          "--lake-bucket", "the bucket of silver, gold and ledger",
          "--datasets", "the folder of declarations, or a zip file of it");

  private static final List<String> ORDER =
      List.of("--jobs", "--slot", "--run", "--mode", "--raw-bucket", "--lake-bucket", "--datasets");

  private static final String JOB = "[a-z][a-z0-9_]{0,63}/[a-z][a-z0-9_-]{0,63}";

  /**
   * @param named whether the class that was started names the job, so that {@code --jobs} may be
   *     left out
   * @throws SluiceException {@code INVALID_SETTINGS} naming everything unknown, missing, repeated
   *     or malformed
   */
  static Arguments parse(List<String> arguments, boolean named) {
    List<String> problems = new ArrayList<>();
    Map<String, String> given = new LinkedHashMap<>();
    for (int i = 0; i < arguments.size(); i++) {
      String name = arguments.get(i);
      if (!KNOWN.containsKey(name)) {
        problems.add("unknown: " + name);
      } else if (i + 1 == arguments.size() || KNOWN.containsKey(arguments.get(i + 1))) {
        problems.add("without a value: " + name);
      } else if (given.putIfAbsent(name, arguments.get(++i)) != null) {
        problems.add("twice: " + name);
      }
    }
    for (String name : ORDER) {
      boolean optional = named && name.equals("--jobs");
      if (!given.containsKey(name) && !optional && !problems.contains("without a value: " + name)) {
        problems.add("missing: " + name + " (" + KNOWN.get(name) + ")");
      }
    }
    List<String> jobs = new ArrayList<>();
    if (given.containsKey("--jobs")) {
      for (String job : given.get("--jobs").split(",", -1)) {
        if (!job.matches(JOB)) {
          problems.add("malformed: --jobs '" + job + "' is no dataset/job");
        } else if (jobs.contains(job)) {
          problems.add("twice: --jobs " + job);
        }
        jobs.add(job);
      }
    }
    Instant slot = Instant.EPOCH;
    if (given.containsKey("--slot")) {
      try {
        slot = Instant.parse(given.get("--slot"));
      } catch (DateTimeException e) {
        problems.add("malformed: --slot '" + given.get("--slot") + "' is no instant in ISO 8601");
      }
    }
    String run = given.getOrDefault("--run", "none");
    if (!run.matches("[A-Za-z0-9._-]{1,200}")) {
      problems.add("malformed: --run '" + run + "' has more than letters, digits, ., _ and -");
    }
    String mode = given.getOrDefault("--mode", "full");
    if (!mode.equals("full") && !mode.equals("incremental")) {
      problems.add("malformed: --mode '" + mode + "' is neither incremental nor full");
    }
    LakeLayout layout = LakeLayout.defaults();
    if (given.containsKey("--raw-bucket") && given.containsKey("--lake-bucket")) {
      try {
        layout =
            new LakeLayout(
                given.get("--raw-bucket"), given.get("--lake-bucket"), layout.resultsBucket());
      } catch (SluiceException e) {
        problems.add("malformed: " + String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
      }
    }
    if (!problems.isEmpty()) {
      throw new SluiceException(
          ErrorCode.INVALID_SETTINGS,
          "Cannot run the step: its arguments are not right: "
              + String.join("; ", problems)
              + ". Known are "
              + String.join(", ", ORDER)
              + ".");
    }
    return new Arguments(
        List.copyOf(jobs), slot, run, mode.equals("full"), layout, given.get("--datasets"));
  }
}
