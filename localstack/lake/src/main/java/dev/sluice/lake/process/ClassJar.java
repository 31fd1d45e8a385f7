package dev.sluice.lake.process;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Jars with a single class of the lake, so that a child gets that class and nothing else of the
 * lake's class path.
 */
public final class ClassJar {
  private ClassJar() {}

  /**
   * Writes the jar. The same bytes each time, and left alone when already there: archives of
   * classes that the JVM keeps are valid only as long as the files of the class path do not change.
   *
   * @param className the fully qualified name of a class on the lake's class path that needs no
   *     other class of the lake
   * @param folder where to write; it exists
   * @param name the file's name
   * @return the absolute path of the jar
   */
  public static Path write(String className, Path folder, String name) {
    Path jar = folder.toAbsolutePath().resolve(name);
    byte[] content = content(className);
    try {
      if (Files.exists(jar) && Arrays.equals(Files.readAllBytes(jar), content)) {
        return jar;
      }
      Path temporary = Files.createTempFile(folder, name, ".new");
      Files.write(temporary, content);
      Files.move(
          temporary, jar, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      return jar;
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write " + jar + ": " + e.getMessage(), e);
    }
  }

  private static byte[] content(String className) {
    String file = className.replace('.', '/') + ".class";
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (InputStream in = ClassJar.class.getClassLoader().getResourceAsStream(file);
        ZipOutputStream zip = new ZipOutputStream(bytes)) {
      if (in == null) {
        throw new IllegalStateException("There is no " + file);
      }
      ZipEntry entry = new ZipEntry(file);
      entry.setTimeLocal(LocalDateTime.of(2026, 11, 20, 0, 0));
      zip.putNextEntry(entry);
      in.transferTo(zip);
      zip.closeEntry();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
