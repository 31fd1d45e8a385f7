package dev.sluice.model.query;

import dev.sluice.model.SluiceException;
import dev.sluice.model.catalog.ViewDefinition;
import dev.sluice.model.dataset.Dataset;
import dev.sluice.model.dataset.Datasets;
import dev.sluice.model.dataset.DeclaredFiles;
import dev.sluice.model.dataset.Problems;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The views that datasets declare, each a table of {@code silver} that holds nothing itself. */
public final class Views {
  /** The folder of a dataset that holds its views. */
  public static final String FOLDER = "views";

  /** How the name of a view's file ends. */
  public static final String ENDING = ".sql";

  private Views() {}

  /**
   * Reads the files in the {@code views} folders of the datasets. Each dataset lists its views
   * under {@code views}, so that a file that nobody uses is noticed.
   *
   * @param root the folder with one folder per dataset
   * @return sorted by dataset, then in the order of its list
   * @throws SluiceException {@code INVALID_DECLARATION} with every problem of every file; {@code
   *     FILE_ACCESS} when one cannot be read
   */
  public static List<ViewDefinition> load(Path root, Datasets datasets) {
    Problems problems = new Problems();
    List<ViewDefinition> views = new ArrayList<>();
    Map<String, String> owners = new HashMap<>();
    for (Dataset dataset : datasets.all()) {
      Path folder = root.resolve(dataset.name()).resolve(FOLDER);
      DeclaredFiles files = new DeclaredFiles(root, dataset.name(), FOLDER, ENDING, problems);
      for (String name : dataset.views()) {
        String where = dataset.name() + "/" + FOLDER + "/" + name + ENDING;
        if (!files.has(name)) {
          continue;
        }
        if (datasets.find(name).isPresent()) {
          problems.add(
              where,
              "the name " + name,
              "it is the table of the dataset " + name,
              "give the view another name");
        }
        String other = owners.putIfAbsent(name, dataset.name());
        if (other != null) {
          problems.add(
              where, "the name " + name, "a view of " + other + " has it", "rename one of them");
        }
        Optional<ViewDefinition> view =
            new ViewFile(where, problems)
                .read(name, SqlFile.text(folder.resolve(name + ENDING), "the views"));
        view.ifPresent(views::add);
      }
      files.reportUnlisted();
    }
    problems.throwIfAny("load the views", root);
    return List.copyOf(views);
  }
}
