package dev.sluice.model.job;

import dev.sluice.model.ErrorCode;
import dev.sluice.model.SluiceException;
import dev.sluice.model.dataset.Dataset;
import dev.sluice.model.dataset.Datasets;
import dev.sluice.model.dataset.DeclaredFiles;
import dev.sluice.model.dataset.Problems;
import dev.sluice.model.dataset.Similar;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** All declared jobs, by name. */
public final class Jobs {
  /** The folder of a dataset that holds its jobs. */
  public static final String FOLDER = "jobs";

  /** How the name of a declaration ends. */
  public static final String ENDING = ".yaml";

  private final Map<String, JobDeclaration> byName;

  private Jobs(Map<String, JobDeclaration> byName) {
    this.byName = Collections.unmodifiableMap(byName);
  }

  /**
   * These jobs.
   *
   * @throws IllegalArgumentException when two have the same name, or write the same table
   */
  public static Jobs of(Collection<JobDeclaration> jobs) {
    Map<String, JobDeclaration> byName = new TreeMap<>();
    Map<String, String> writers = new HashMap<>();
    for (JobDeclaration job : jobs) {
      if (byName.put(job.name(), job) != null) {
        throw new IllegalArgumentException("Two jobs are named " + job.name());
      }
      for (GoldTable table : job.tables()) {
        if (writers.put(table.name(), job.name()) != null) {
          throw new IllegalArgumentException("Two jobs write the table " + table.name());
        }
      }
    }
    return new Jobs(byName);
  }

  /**
   * Reads the declarations in the {@code jobs} folders of the datasets. Each dataset lists its jobs
   * under {@code jobs}, so that a file that nobody runs is noticed.
   *
   * @param root the folder with one folder per dataset
   * @throws SluiceException {@code INVALID_DECLARATION} with every problem of every declaration
   */
  public static Jobs load(Path root, Datasets datasets) {
    Problems problems = new Problems();
    List<JobDeclaration> jobs = new ArrayList<>();
    Map<String, String> writers = new HashMap<>();
    for (Dataset dataset : datasets.all()) {
      Path folder = root.resolve(dataset.name()).resolve(FOLDER);
      DeclaredFiles files = new DeclaredFiles(root, dataset.name(), FOLDER, ENDING, problems);
      for (String job : dataset.jobs()) {
        if (!files.has(job)) {
          continue;
        }
        Optional<JobDeclaration> read = new JobReader(folder, dataset.name(), job, problems).read();
        read.ifPresent(jobs::add);
        for (GoldTable table : read.map(JobDeclaration::tables).orElse(List.of())) {
          String other = writers.putIfAbsent(table.name(), read.orElseThrow().name());
          if (other != null) {
            problems.add(
                dataset.name() + "/" + FOLDER + "/" + job + ENDING,
                "tables '" + table.name() + "'",
                "the job " + other + " writes it",
                "give it another name");
          }
        }
      }
      files.reportUnlisted();
    }
    problems.throwIfAny("load the jobs", root);
    return of(jobs);
  }

  /**
   * The job of that name.
   *
   * @throws SluiceException {@code INVALID_SETTINGS}, with the one that was probably meant
   */
  public JobDeclaration get(String name) {
    return find(name)
        .orElseThrow(() ->
            new SluiceException(
                ErrorCode.INVALID_SETTINGS,
                "Cannot find the job: none is declared under that name: "
                    + name
                    + "\n"
                    + Similar.wayOut(name, byName.keySet())));
  }

  /** The job of that name, if there is one. */
  public Optional<JobDeclaration> find(String name) {
    return Optional.ofNullable(byName.get(name));
  }

  /** All jobs, sorted by name. */
  public Collection<JobDeclaration> all() {
    return byName.values();
  }
}
