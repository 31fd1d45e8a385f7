package dev.sluice.cli;

import dev.sluice.convert.Source;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The files that {@code convert} reads. */
final class Inputs {
  private Inputs() {}

  /**
   * One file to read.
   *
   * @param path as it was named, or found below the folder that was named
   * @param stem what its output files are called by: the same file has the same stem wherever and
   *     however it is named, another file another
   * @param bytes its size
   */
  record Input(Path path, String stem, long bytes) {
    Source source() {
      return new Source(path.toString(), "", stem, () -> Files.newInputStream(path));
    }
  }

  /**
   * All files among {@code named} and below the folders in it, folders in the order of their paths.
   * Below a folder, names that start with {@code .} or {@code _} and everything in {@code out} are
   * left out. A file that is named twice is there once.
   *
   * @throws Failure when something does not exist, or a folder holds no file
   */
  static List<Input> find(List<Path> named, Path out) throws IOException {
    Map<Path, Input> found = new LinkedHashMap<>();
    for (Path start : named) {
      if (Files.isDirectory(start)) {
        List<Path> files = below(start, out);
        if (files.isEmpty()) {
          throw new Failure(
              "Cannot convert a folder: it holds no files, or only hidden ones (names that start"
                  + " with . or _): "
                  + start);
        }
        add(found, files);
      } else if (Files.exists(start)) {
        add(found, List.of(start));
      } else {
        throw new Failure("Cannot convert a file: it does not exist: " + start);
      }
    }
    return List.copyOf(found.values());
  }

  private static void add(Map<Path, Input> found, Collection<Path> files) throws IOException {
    for (Path file : files) {
      Path real = file.toRealPath();
      if (!Files.isReadable(real)) {
        throw new Failure("Cannot convert a file: it may not be read: " + file);
      }
      found.putIfAbsent(real, new Input(file, stem(real), Files.size(real)));
    }
  }

  private static List<Path> below(Path folder, Path out) throws IOException {
    Path output = Files.exists(out) ? out.toRealPath() : out.toAbsolutePath().normalize();
    List<Path> files = new ArrayList<>();
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attributes)
              throws IOException {
            boolean skip = !dir.equals(folder) && (hidden(dir) || dir.toRealPath().equals(output));
            return skip ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (!hidden(file) && Files.isRegularFile(file)) {
              files.add(file);
            }
            return FileVisitResult.CONTINUE;
          }
        });
    files.sort(null);
    return files;
  }

  private static boolean hidden(Path path) {
    String name = path.getFileName().toString();
    return name.startsWith(".") || name.startsWith("_");
  }

  /** The file's name without its suffixes, for people, and a hash of its whole path. */
  static String stem(Path real) {
    String name = String.valueOf(real.getFileName());
    int dot = name.indexOf('.', 1);
    String plain = (dot < 0 ? name : name.substring(0, dot)).replaceAll("[^A-Za-z0-9_-]", "-");
    return plain.substring(0, Math.min(40, plain.length())) + "-" + hash(real.toString());
  }

  private static String hash(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
