package dev.sluice.model.dataset;

import dev.sluice.model.ErrorCode;
import dev.sluice.model.SluiceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Files of a dataset's folder that its declaration lists by their names. */
public final class DeclaredFiles {
  private DeclaredFiles() {}

  /**
   * The names of the files in the folder, without their ending; none when there is no folder.
   *
   * @param what stands in the message when the folder cannot be listed: {@code the jobs}
   * @throws SluiceException {@code FILE_ACCESS} when the folder cannot be listed
   */
  public static TreeSet<String> names(Path folder, String ending, String what) {
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
          "Cannot load " + what + ": the folder cannot be listed: " + folder,
          e);
    }
    return names;
  }
}
