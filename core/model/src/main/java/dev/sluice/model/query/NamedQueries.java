package dev.sluice.model.query;

import dev.sluice.model.ErrorCode;
import dev.sluice.model.SluiceException;
import dev.sluice.model.dataset.Dataset;
import dev.sluice.model.dataset.Datasets;
import dev.sluice.model.dataset.Problems;
import dev.sluice.model.dataset.Similar;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** All declared queries, by name: those of the datasets, and those about the lake itself. */
public final class NamedQueries {
  /** The group of queries about the lake itself. */
  public static final String OPS = "ops";

  private static final List<String> OPS_FILES =
      List.of(
          "cost_per_dataset",
          "failed_slots",
          "ingest_lag",
          "job_runs",
          "quarantine_reasons",
          "refused",
          "small_files",
          "unbalanced",
          "volume_by_day");

  private final Map<String, NamedQuery> byName;

  private NamedQueries(Map<String, NamedQuery> byName) {
    this.byName = Collections.unmodifiableMap(byName);
  }

  /**
   * Reads the SQL files that the datasets name.
   *
   * @param root the folder with one folder per dataset
   * @throws SluiceException {@code INVALID_DECLARATION} with every problem of every file; {@code
   *     FILE_ACCESS} when one cannot be read
   */
  public static NamedQueries load(Path root, Datasets datasets) {
    Problems problems = new Problems();
    Map<String, NamedQuery> byName = new TreeMap<>();
    for (Dataset dataset : datasets.all()) {
      for (String file : dataset.queries()) {
        String where = dataset.name() + "/" + file;
        String stem = file.substring(file.lastIndexOf('/') + 1).replaceFirst("\\.sql$", "");
        String name = dataset.name() + "/" + stem;
        NamedQuery query =
            new QueryFile(where, problems)
                .read(
                    name, SqlFile.text(root.resolve(dataset.name()).resolve(file), "the queries"));
        if (byName.put(name, query) != null) {
          problems.add(where, "the name " + name, "another file has it", "rename one");
        }
      }
    }
    for (String stem : OPS_FILES) {
      String file = stem + ".sql";
      byName.put(
          OPS + "/" + stem,
          new QueryFile(file, problems).read(OPS + "/" + stem, resource(OPS + "/" + file)));
    }
    Map<String, String> statements = new TreeMap<>();
    byName
        .values()
        .forEach(query -> {
          String other = statements.put(query.statementName(), query.name());
          if (other != null) {
            problems.add(
                query.name(),
                "the statement's name " + query.statementName(),
                other + " has it, too",
                "rename one");
          }
        });
    problems.throwIfAny("load the queries", root);
    return new NamedQueries(byName);
  }

  private static String resource(String file) {
    try (InputStream in =
        Objects.requireNonNull(NamedQueries.class.getResourceAsStream(file), file)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** All queries, sorted by name. */
  public Collection<NamedQuery> all() {
    return byName.values();
  }

  /**
   * The query of that name.
   *
   * @throws SluiceException {@code INVALID_SETTINGS}, with the one that was probably meant
   */
  public NamedQuery get(String name) {
    NamedQuery query = byName.get(name);
    if (query == null) {
      List<String> known = new ArrayList<>(byName.keySet());
      throw new SluiceException(
          ErrorCode.INVALID_SETTINGS,
          "Cannot find the query " + name + ": " + Similar.wayOut(name, known));
    }
    return query;
  }
}
