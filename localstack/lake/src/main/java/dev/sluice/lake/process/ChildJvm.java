package dev.sluice.lake.process;

import dev.sluice.model.ErrorCode;
import dev.sluice.model.SluiceException;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** A JVM that does part of the lake's work, and ends when this one does, whatever ends it. */
public final class ChildJvm implements AutoCloseable {
  private static final Duration TIME_TO_EXIT = Duration.ofSeconds(4);

  /**
   * What to run.
   *
   * @param name for messages, for instance {@code Athena's engine}
   * @param javaHome the JDK; its {@code bin/java} is run
   * @param jvmArgs options of the JVM, without the class path
   * @param classpath jars and folders in order
   * @param mainClass the fully qualified name of a class with a public static main
   * @param args the arguments of main
   * @param env the whole environment of the child; nothing is inherited
   * @param logFile where standard output is appended; its folder is created
   * @param errorFile where standard error is appended, perhaps the same file
   * @param workingDir the working folder; created
   * @param guardDir where the jar is put that ends the child with its parent, the last of the class
   *     path; created
   */
  public record Spec(
      String name,
      Path javaHome,
      List<String> jvmArgs,
      List<Path> classpath,
      String mainClass,
      List<String> args,
      Map<String, String> env,
      Path logFile,
      Path errorFile,
      Path workingDir,
      Path guardDir) {
    public Spec {
      jvmArgs = List.copyOf(jvmArgs);
      classpath = List.copyOf(classpath);
      args = List.copyOf(args);
      env = Map.copyOf(env);
    }

    /** With one log, and everything else in the working folder. */
    public Spec(
        String name,
        Path javaHome,
        List<String> jvmArgs,
        List<Path> classpath,
        String mainClass,
        List<String> args,
        Map<String, String> env,
        Path logFile,
        Path workingDir) {
      this(
          name,
          javaHome,
          jvmArgs,
          classpath,
          mainClass,
          args,
          env,
          logFile,
          logFile,
          workingDir,
          workingDir);
    }
  }

  private final Spec spec;
  private final Process process;

  private ChildJvm(Spec spec, Process process) {
    this.spec = spec;
    this.process = process;
  }

  /**
   * Starts a child; returns when its process is there, not when it is ready.
   *
   * @throws SluiceException when the JDK or a jar is missing, or the process cannot be started
   */
  public static ChildJvm start(Spec spec) {
    Path java = spec.javaHome().resolve("bin").resolve("java");
    if (!Files.isExecutable(java)) {
      throw new SluiceException(
          ErrorCode.INVALID_SETTINGS,
          "Cannot start "
              + spec.name()
              + ": there is no Java at: "
              + java
              + ". Set JAVA_HOME to a JDK of version 25 or later.");
    }
    for (Path entry : spec.classpath()) {
      if (!Files.exists(entry)) {
        throw new SluiceException(
            ErrorCode.FILE_ACCESS,
            "Cannot start "
                + spec.name()
                + ": a part of its class path is missing: "
                + entry
                + ". Build it with ./mvnw package.");
      }
    }
    try {
      Files.createDirectories(spec.workingDir());
      Files.createDirectories(spec.guardDir());
      for (Path log : List.of(spec.logFile(), spec.errorFile())) {
        Path logFolder = log.toAbsolutePath().getParent();
        if (logFolder != null) {
          Files.createDirectories(logFolder);
        }
      }
      List<String> command = new ArrayList<>();
      command.add(java.toString());
      command.addAll(spec.jvmArgs());
      command.add("-cp");
      command.add(
          spec.classpath().stream()
                  .map(entry -> entry.toAbsolutePath().toString())
                  .collect(Collectors.joining(File.pathSeparator))
              + File.pathSeparator
              + ClassJar.write(Guard.class.getName(), spec.guardDir(), "guard.jar"));
      command.add(Guard.class.getName());
      command.add(spec.mainClass());
      command.addAll(spec.args());
      ProcessBuilder builder = new ProcessBuilder(command);
      builder.environment().clear();
      builder.environment().putAll(spec.env());
      builder.directory(spec.workingDir().toFile());
      builder.redirectOutput(ProcessBuilder.Redirect.appendTo(spec.logFile().toFile()));
      if (spec.errorFile().equals(spec.logFile())) {
        builder.redirectErrorStream(true);
      } else {
        builder.redirectError(ProcessBuilder.Redirect.appendTo(spec.errorFile().toFile()));
      }
      return new ChildJvm(spec, builder.start());
    } catch (IOException e) {
      throw new SluiceException(
          ErrorCode.FILE_ACCESS,
          "Cannot start " + spec.name() + ": " + e.getMessage() + ". Its log is " + spec.logFile(),
          e);
    }
  }

  /** The operating system's number of the process. */
  public long pid() {
    return process.pid();
  }

  /** Whether it runs. */
  public boolean isAlive() {
    return process.isAlive();
  }

  /** Completes with the exit code when the child has ended. */
  public CompletableFuture<Integer> onExit() {
    return process.onExit().thenApply(Process::exitValue);
  }

  /** What was run. */
  public Spec spec() {
    return spec;
  }

  /** Ends the child at once, without its shutdown hooks. */
  public void kill() {
    process.destroyForcibly();
  }

  /** Asks the child to exit, and kills it when it has not after a few seconds. */
  @Override
  public void close() {
    try {
      process.getOutputStream().close();
    } catch (IOException e) {
      // It has ended already.
    }
    try {
      if (!process.waitFor(TIME_TO_EXIT.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
