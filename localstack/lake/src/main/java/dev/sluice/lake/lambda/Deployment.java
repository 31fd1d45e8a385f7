package dev.sluice.lake.lambda;

import dev.sluice.model.ErrorCode;
import dev.sluice.model.SluiceException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A copy of a function's jar, so that a build that replaces the jar cannot pull it away from under
 * a running process.
 *
 * @param jar the copy
 * @param archive where the JVM keeps an archive of the classes it loaded from it
 */
record Deployment(Path jar, Path archive) {

  /** A class of each jar that AWS's runtime interface client consists of. */
  private static final List<String> RUNTIME_CLASSES =
      List.of(
          "com.amazonaws.services.lambda.runtime.api.client.AWSLambda",
          "com.amazonaws.services.lambda.runtime.Context",
          "com.amazonaws.services.lambda.runtime.serialization.PojoSerializer",
          "software.amazon.awssdk.utilslite.SdkInternalThreadLocal");

  /**
   * Copies the jar as it is now, unless that has been done; older copies go away.
   *
   * @throws SluiceException when there is no jar
   */
  static synchronized Deployment of(LambdaFunction function, Path folder) {
    Path source = function.jar();
    if (!Files.isRegularFile(source)) {
      throw new SluiceException(
          ErrorCode.INVALID_SETTINGS,
          "Cannot run the function "
              + function.name()
              + ": its jar is missing: "
              + source
              + ". Build it with ./mvnw package.");
    }
    try {
      String version = Files.size(source) + "-" + Files.getLastModifiedTime(source).toMillis();
      Path jar = folder.resolve(function.name() + "-" + version + ".jar");
      if (!Files.exists(jar)) {
        Files.createDirectories(folder);
        try (Stream<Path> old = Files.list(folder)) {
          for (Path file : old.filter(Files::isRegularFile).toList()) {
            if (file.getFileName().toString().startsWith(function.name() + "-")) {
              Files.delete(file);
            }
          }
        }
        Path temporary = Files.createTempFile(folder, "deploy", ".new");
        Files.copy(source, temporary, StandardCopyOption.REPLACE_EXISTING);
        Files.move(temporary, jar, StandardCopyOption.ATOMIC_MOVE);
      }
      return new Deployment(jar, folder.resolve(function.name() + "-" + version + ".jsa"));
    } catch (IOException e) {
      throw new UncheckedIOException(
          "Cannot deploy the function " + function.name() + ": " + e.getMessage(), e);
    }
  }

  /** The jars of AWS's runtime interface client, from the lake's own class path. */
  static List<Path> runtimeClient() {
    List<Path> jars = new ArrayList<>();
    for (String name : RUNTIME_CLASSES) {
      try {
        Class<?> type = Class.forName(name, false, Deployment.class.getClassLoader());
        Path jar = Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
        if (!jars.contains(jar)) {
          jars.add(jar);
        }
      } catch (ClassNotFoundException | URISyntaxException e) {
        throw new SluiceException(
            ErrorCode.INTERNAL,
            "Cannot run functions: AWS's runtime interface client is not on the class path: "
                + name,
            e);
      }
    }
    return jars;
  }

  /** Whether AWS's runtime interface client has a native library for this machine. */
  static boolean hasNativeLibrary() {
    return System.getProperty("os.name").equals("Linux")
        && Deployment.class.getClassLoader().getResource("jni/" + nativeName()) != null;
  }

  private static String nativeName() {
    String machine =
        switch (System.getProperty("os.arch")) {
          case "amd64" -> "x86_64";
          case "aarch64" -> "aarch_64";
          case String other -> other;
        };
    boolean musl =
        Files.exists(Path.of("/lib/ld-musl-x86_64.so.1"))
            || Files.exists(Path.of("/lib/ld-musl-aarch64.so.1"));
    return "libaws-lambda-jni." + (musl ? "linux_musl-" : "linux-") + machine + ".so";
  }

  /**
   * The native part of the runtime client, unpacked below the folder. Left to itself each process
   * unpacks it to the same file in {@code /tmp}, and crashes when another does so at the same time.
   */
  static synchronized Path nativeLibrary(Path folder) {
    Path library = folder.toAbsolutePath().resolve(nativeName());
    try (InputStream in =
        Deployment.class.getClassLoader().getResourceAsStream("jni/" + nativeName())) {
      if (in == null) {
        throw new IllegalStateException("There is no " + nativeName());
      }
      byte[] content = in.readAllBytes();
      if (!Files.exists(library) || Files.size(library) != content.length) {
        Files.createDirectories(folder);
        Path temporary = Files.createTempFile(folder, "native", ".new");
        Files.write(temporary, content);
        Files.move(
            temporary,
            library,
            StandardCopyOption.ATOMIC_MOVE,
            StandardCopyOption.REPLACE_EXISTING);
      }
      return library;
    } catch (IOException e) {
      throw new UncheckedIOException(
          "Cannot unpack AWS's runtime interface client: " + e.getMessage(), e);
    }
  }
}
