package dev.sluice.infra;

import dev.sluice.model.SluiceException;
import java.nio.file.Path;
import software.amazon.awscdk.App;

/** The program that the CDK CLI runs: writes the templates of the stage that the context names. */
public final class Main {
  private Main() {}

  /**
   * @param args none; settings come from the context in {@code cdk.json} and on the CLI's command
   *     line
   */
  @SuppressWarnings("SystemOut")
  public static void main(String[] args) {
    Path root = Path.of(System.getProperty("sluice.root", ".."));
    try {
      CdkCli.pinned(root).check(System.getenv()).ifPresent(System.err::println);
      App app = new App();
      LakeApp.in(app, Project.at(root), StageSettings.from(app.getNode()::tryGetContext));
      synthesize(app);
    } catch (SluiceException e) {
      System.err.println("sluice: " + e.getMessage());
      System.exit(1);
    }
  }

  @SuppressWarnings("SystemOut")
  private static void synthesize(App app) {
    try {
      app.synth();
    } catch (RuntimeException e) {
      if (System.getenv("SLUICE_DEBUG") != null) {
        throw e;
      }
      // The library prints what it finds itself; the trace would show only its inner workings.
      System.err.println(
          "sluice: Cannot synthesize: " + e.getMessage().lines().findFirst().orElse(""));
      System.exit(1);
    }
  }
}
