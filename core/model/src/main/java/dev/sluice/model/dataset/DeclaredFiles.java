package dev.sluice.model.dataset;

import dev.sluice.model.ErrorCode;
import dev.sluice.model.SluiceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Files in a subfolder of a dataset that its declaration lists by their names, without their
 * ending. What is listed must be there, and what is there must be listed.
 */
public final class DeclaredFiles {
  private final String dataset;
  private final String folder;
  private final String ending;
  private final Problems problems;
  private final TreeSet<String> left;

  /**
   * Looks for files.
   *
   * @param root the folder with one folder per dataset
   * @param folder the name of the subfolder, and of the list in the declaration: {@code jobs}
   * @param problems receives what is amiss
   * @throws SluiceException {@code FILE_ACCESS} when the folder cannot be listed
   */
  public DeclaredFiles(Path root, String dataset, String folder, String ending, Problems problems) {
    this.dataset = dataset;
    this.folder = folder;
    this.ending = ending;
    this.problems = problems;
    left = names(root.resolve(dataset).resolve(folder), ending, folder);
  }

  private static TreeSet<String> names(Path folder, String ending, String what) {
    TreeSet<String> names = new TreeSet<>();
    if (!Files.isDirectory(folder)) {
      return names;
    }
    try (Stream<Path> files = Files.list(folder)) {
      files
          .map(file -> String.valueOf(file.getFileName()))
          .filter(name -> name.endsWith(ending))
          .map(name -> name.substring(0, name.length() - ending.length()))
          .forEach(names::add);
    } catch (IOException e) {
      throw new SluiceException(
          ErrorCode.FILE_ACCESS,
          "Cannot load the " + what + ": the folder cannot be listed: " + folder,
          e);
    }
    return names;
  }

  /** Whether there is a file of that name, which the declaration lists; a problem if not. */
  public boolean has(String name) {
    boolean found = left.remove(name);
    if (!found) {
      problems.add(
          dataset + "/dataset.yaml",
          folder + " '" + name + "'",
          "there is no file " + folder + "/" + name + ending,
          "add it, or remove the name");
    }
    return found;
  }

  /** Makes a problem of each file that nobody asked for. */
  public void reportUnlisted() {
    for (String unlisted : left) {
      problems.add(
          dataset + "/" + folder + "/" + unlisted + ending,
          "the file",
          "its dataset does not list it",
          "add '" + unlisted + "' to " + folder + " in dataset.yaml, or remove the file");
    }
  }
}
