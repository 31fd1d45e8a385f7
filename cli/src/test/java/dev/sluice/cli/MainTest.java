package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import org.junit.jupiter.api.Test;

class MainTest {
  private final Recorder sluice = new Recorder();

  @Test
  void withoutACommandItTeaches() {
    assertThat(sluice.run()).isZero();
    assertThat(sluice.out()).isEqualTo(Main.help());
    assertThat(sluice.run("--help")).isZero();
    assertThat(sluice.out()).isEqualTo(Main.help());
  }

  @Test
  void theHelpNamesEveryCommand() {
    Main.commands(sluice.console())
        .getSubcommands()
        .keySet()
        .forEach(command -> assertThat(Main.help()).contains("./sluice " + command + " "));
  }

  @Test
  void everyCommandExplainsItself() {
    for (String command : Main.commands(sluice.console()).getSubcommands().keySet()) {
      assertThat(sluice.run(command, "--help")).as(command).isZero();
      assertThat(sluice.out()).startsWith("Usage: sluice " + command);
    }
  }

  @Test
  void anUnknownCommandIsAMistakeInTheCommandLine() {
    assertThat(sluice.run("cnvert")).isEqualTo(Main.USAGE);
    assertThat(sluice.err()).contains("cnvert").contains("convert");
    assertThat(sluice.out()).isEmpty();
  }

  @Test
  void versionNamesSluiceAndJava() {
    assertThat(sluice.run("version")).isZero();
    assertThat(sluice.out()).contains("sluice ").contains("java ");
    assertThat(sluice.run("--version")).isZero();
    assertThat(sluice.out()).contains("sluice ");
  }

  @Test
  void errorsAreSentencesWithoutStackTraces() {
    assertThat(sluice.run("sql", "--endpoint", "nowhere", "SELECT 1")).isEqualTo(Main.USAGE);
    assertThat(sluice.err()).startsWith("sluice: Cannot use an endpoint").doesNotContain("\tat ");
  }

  @Test
  void verboseAndTheEnvironmentShowTheStackTrace() {
    sluice.run("sql", "--verbose", "--endpoint", "nowhere", "SELECT 1");
    assertThat(sluice.err()).contains("\tat dev.sluice.cli");

    sluice.environment("SLUICE_DEBUG", "1").run("sql", "--endpoint", "nowhere", "SELECT 1");
    assertThat(sluice.err()).contains("\tat dev.sluice.cli");
  }

  @Test
  void coloursNeedATerminalAndNoObjection() {
    assertThat(sluice.console().colours()).isFalse();
    assertThat(new Recorder().terminal().console().colours()).isTrue();
    assertThat(new Recorder().terminal().environment("NO_COLOR", "1").console().colours())
        .isFalse();
    assertThat(new Recorder().terminal().environment("TERM", "dumb").console().colours()).isFalse();
  }

  @Test
  void exceptionsOfTheSystemBecomeSentences() {
    assertThat(Main.sentence(new NoSuchFileException("a.json")))
        .isEqualTo("Cannot read a file: it does not exist: a.json");
    assertThat(Main.sentence(new UncheckedIOException(new AccessDeniedException("/closed/x"))))
        .isEqualTo("Cannot access a file: permission is denied: /closed/x");
    assertThat(Main.sentence(new IOException("No space left on device")))
        .isEqualTo("Cannot read or write: No space left on device");
    assertThat(Main.sentence(new IllegalStateException("x"))).contains("a defect in Sluice");
  }
}
