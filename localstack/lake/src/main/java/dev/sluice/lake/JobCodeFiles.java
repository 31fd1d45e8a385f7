package dev.sluice.lake;

import dev.sluice.lake.api.Objects;
import dev.sluice.model.ErrorCode;
import dev.sluice.model.SluiceException;
import dev.sluice.model.job.JobCode;
import dev.sluice.model.limit.Limits;
import dev.sluice.model.registry.LakeLayout;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.LocalDateTime;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Puts the job jar and the declarations into the lake, as a deployment does on AWS, under keys that
 * change with their content.
 */
final class JobCodeFiles {
  /** The job jar, relative to the repository's root. */
  static final String JAR = "emr-jobs/spark/target/sluice-jobs.jar";

  private static final int HASH_BYTES = 8;

  private JobCodeFiles() {}

  /**
   * Puts them where they are not yet.
   *
   * @param jar the job jar
   * @param datasets the folder of the declarations
   * @param limits what one upload may ask for
   * @throws SluiceException when they cannot be read
   */
  static JobCode put(Objects objects, LakeLayout layout, Path jar, Path datasets, Limits limits) {
    try {
      return new JobCode(
          put(objects, layout, "sluice-jobs.jar", Files.readAllBytes(jar)),
          put(objects, layout, "datasets.zip", zip(datasets)),
          limits);
    } catch (IOException e) {
      throw new SluiceException(
          ErrorCode.FILE_ACCESS,
          "Cannot start the local lake: the code of the jobs cannot be read: " + e.getMessage(),
          e);
    }
  }

  private static String put(Objects objects, LakeLayout layout, String name, byte[] content) {
    String key = layout.codeKey(hash(content), name);
    if (objects.get(layout.lakeBucket(), key).isEmpty()) {
      objects.put(layout.lakeBucket(), key, content, "application/zip");
    }
    return layout.lakeUri(key);
  }

  private static String hash(byte[] content) {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(content), 0, HASH_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The same bytes for the same files. */
  private static byte[] zip(Path folder) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes);
        Stream<Path> all = Files.walk(folder)) {
      List<Path> files =
          all.filter(Files::isRegularFile)
              .filter(file -> !folder.relativize(file).toString().startsWith("."))
              .sorted()
              .toList();
      for (Path file : files) {
        ZipEntry entry =
            new ZipEntry(
                folder
                    .relativize(file)
                    .toString()
                    .replace(file.getFileSystem().getSeparator(), "/"));
        entry.setTimeLocal(LocalDateTime.of(2026, 11, 20, 0, 0));
        zip.putNextEntry(entry);
        Files.copy(file, zip);
        zip.closeEntry();
      }
    }
    return bytes.toByteArray();
  }
}
