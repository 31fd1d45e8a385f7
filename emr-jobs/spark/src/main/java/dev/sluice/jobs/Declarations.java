package dev.sluice.jobs;

import dev.sluice.model.ErrorCode;
import dev.sluice.model.SluiceException;
import dev.sluice.model.dataset.DatasetLoader;
import dev.sluice.model.store.ObjectName;
import dev.sluice.model.store.ObjectStore;
import dev.sluice.model.store.OpenObject;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/** Finds the declarations, wherever they are. */
final class Declarations {
  private static final Pattern S3 = Pattern.compile("s3a?://([^/]+)/(.+)");

  /** A declaration is text of some kilobytes. */
  private static final long MOST_BYTES = 256L << 20;

  private Declarations() {}

  /**
   * @param location a folder here, or a zip file here or on S3
   * @return the folder that holds one folder per dataset
   */
  static Path open(String location, Supplier<ObjectStore> store) {
    try {
      Matcher s3 = S3.matcher(location);
      if (s3.matches()) {
        try (OpenObject open =
            store.get().open(new ObjectName(s3.group(1), s3.group(2))).orElse(null)) {
          if (open == null) {
            throw missing(location);
          }
          return root(unpacked(open.content(), location));
        }
      }
      Path path = location.startsWith("file:") ? Path.of(URI.create(location)) : Path.of(location);
      if (Files.isDirectory(path)) {
        return root(path);
      }
      if (!Files.exists(path)) {
        throw missing(location);
      }
      try (InputStream in = Files.newInputStream(path)) {
        return root(unpacked(in, location));
      }
    } catch (IOException e) {
      throw new SluiceException(
          ErrorCode.FILE_ACCESS, "Cannot read the declarations: " + e + ": " + location, e);
    }
  }

  private static SluiceException missing(String location) {
    return new SluiceException(
        ErrorCode.INVALID_SETTINGS,
        "Cannot read the declarations: there is no such folder or file: "
            + location
            + ". Correct --datasets.");
  }

  private static Path unpacked(InputStream in, String location) throws IOException {
    Path folder = Files.createTempDirectory("sluice-datasets-");
    long left = MOST_BYTES;
    ZipInputStream zip = new ZipInputStream(in);
    int entries = 0;
    for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
      entries++;
      Path target = folder.resolve(entry.getName()).normalize();
      if (!target.startsWith(folder)) {
        throw new SluiceException(
            ErrorCode.INVALID_SETTINGS,
            "Cannot read the declarations: the zip file has a name that leads out of it: "
                + location);
      }
      if (entry.isDirectory()) {
        Files.createDirectories(target);
        continue;
      }
      Files.createDirectories(target.getParent());
      byte[] bytes = zip.readNBytes((int) Math.min(Integer.MAX_VALUE - 8, left + 1));
      left -= bytes.length;
      if (left < 0) {
        throw new SluiceException(
            ErrorCode.INVALID_SETTINGS,
            "Cannot read the declarations: they are larger than 256 MiB: " + location);
      }
      Files.write(target, bytes);
    }
    if (entries == 0) {
      throw new SluiceException(
          ErrorCode.INVALID_SETTINGS,
          "Cannot read the declarations: no zip file, or an empty one: " + location);
    }
    return folder;
  }

  /** The folder itself, or its only folder, as zip files are often made. */
  private static Path root(Path folder) throws IOException {
    if (holdsDatasets(folder)) {
      return folder;
    }
    try (Stream<Path> children = Files.list(folder)) {
      return children.filter(Declarations::holdsDatasets).findFirst().orElse(folder);
    }
  }

  private static boolean holdsDatasets(Path folder) {
    if (!Files.isDirectory(folder)) {
      return false;
    }
    try (Stream<Path> children = Files.list(folder)) {
      return children.anyMatch(child -> Files.exists(child.resolve(DatasetLoader.FILE)));
    } catch (IOException e) {
      return false;
    }
  }
}
