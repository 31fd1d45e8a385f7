package dev.sluice.infra;

import dev.sluice.model.ErrorCode;
import dev.sluice.model.SluiceException;
import dev.sluice.model.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import software.amazon.awscdk.App;
import software.amazon.awscdk.AppProps;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.cxapi.CloudAssembly;

/** The program that the CDK CLI runs: writes the templates of the stage that the context names. */
public final class Main {
  private Main() {}

  /**
   * @param args {@code app} writes the templates where the CLI wants them, with settings from the
   *     CLI's context; {@code costs} prints what a lake with default settings costs
   */
  @SuppressWarnings("SystemOut")
  public static void main(String[] args) {
    Path root = Path.of(System.getProperty("sluice.root", ".."));
    try {
      if (List.of(args).equals(List.of("costs"))) {
        System.out.print(costs(Project.at(root)));
        return;
      }
      CdkCli.pinned(root).check(System.getenv()).ifPresent(System.err::println);
      App app = new App();
      LakeApp.in(app, Project.at(root), StageSettings.from(app.getNode()::tryGetContext));
      synthesize(app);
    } catch (SluiceException e) {
      System.err.println("sluice: " + e.getMessage());
      System.exit(1);
    }
  }

  private static String costs(Project project) {
    Map<String, Object> context = flags(project.root());
    context.put(StageSettings.STAGE, "default");
    context.put(StageSettings.STAGES, Map.of("default", Map.of()));
    App app = new App(AppProps.builder().context(context).build());
    LakeApp lake = LakeApp.in(app, project, StageSettings.from(app.getNode()::tryGetContext));
    CloudAssembly assembly = app.synth();
    List<Map<?, ?>> templates = new ArrayList<>();
    for (Stack stack : lake.stacks()) {
      templates.add((Map<?, ?>) assembly.getStackByName(stack.getStackName()).getTemplate());
    }
    return Costs.tables(project.root(), project.registry(), templates);
  }

  /** The feature flags in {@code cdk.json}, for an app that the CLI does not run. */
  static Map<String, Object> flags(Path root) {
    Path file = root.resolve("infra-cdk/cdk.json");
    Map<String, Object> flags = new LinkedHashMap<>();
    try {
      if (Json.parseObject(Files.readString(file)).get("context") instanceof Map<?, ?> context) {
        context.forEach((key, value) -> {
          if (key instanceof String flag && flag.startsWith("@") && value != null) {
            flags.put(flag, value);
          }
        });
      }
    } catch (IOException | IllegalArgumentException e) {
      throw new SluiceException(ErrorCode.FILE_ACCESS, "Cannot read the feature flags: " + file, e);
    }
    return flags;
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
