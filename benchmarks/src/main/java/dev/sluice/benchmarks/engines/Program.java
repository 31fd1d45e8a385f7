package dev.sluice.benchmarks.engines;

import dev.sluice.benchmarks.Failure;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** A Java program of this checkout that runs on a class path of its own. */
final class Program {
  private Program() {}

  /**
   * How to start it.
   *
   * @param module its folder, which was built
   * @throws Failure when it was not built
   */
  static List<String> command(Path module, List<String> options, String main, String argument)
      throws IOException {
    Path target = module.resolve("target");
    Path libraries = target.resolve("classpath.txt");
    List<Path> jars = List.of();
    if (Files.exists(libraries)) {
      try (Stream<Path> files = Files.list(target)) {
        jars =
            files
                .filter(file -> file.getFileName().toString().matches("sluice-.*[0-9]\\.jar"))
                .toList();
      }
    }
    if (jars.size() != 1) {
      throw new Failure(
          "Cannot start "
              + main
              + ": it is not built in: "
              + module
              + ". Build it with ./mvnw package -DskipTests -am -pl "
              + module.getParent().getFileName()
              + "/"
              + module.getFileName());
    }
    return Stream.of(
            Stream.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()),
            options.stream(),
            Stream.of(
                "-cp",
                jars.getFirst() + File.pathSeparator + Files.readString(libraries).strip(),
                main,
                argument))
        .flatMap(part -> part)
        .toList();
  }
}
