package dev.sluice.infra;

import dev.sluice.model.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import software.amazon.awscdk.App;
import software.amazon.awscdk.AppProps;
import software.amazon.awscdk.Stack;

/**
 * The templates of one synthesis, with the feature flags of {@code cdk.json}.
 *
 * @param templates by the stack's part: {@code storage}, {@code catalog}, …
 * @param report what the checks found
 */
record Synthesis(Map<String, Map<?, ?>> templates, Map<?, ?> report) {
  static final Path ROOT = Path.of(System.getProperty("sluice.root"));

  private static final Map<String, Synthesis> DONE = new ConcurrentHashMap<>();

  /** Of the datasets that ship, by default settings. */
  static Synthesis shipped() {
    return DONE.computeIfAbsent("shipped", key -> fresh(Project.at(ROOT), Map.of(), Map.of()));
  }

  /** Of two small datasets of the tests, by default settings. */
  static Synthesis small() {
    return DONE.computeIfAbsent("small", key -> fresh(two(), Map.of(), Map.of()));
  }

  /** One dataset with registered and one with projected partitions. */
  static Project two() {
    return Project.at(ROOT, ROOT.resolve("infra-cdk/src/test/datasets"));
  }

  /** Anew. */
  static Synthesis fresh(Project project, Map<String, ?> settings, Map<String, ?> context) {
    try {
      Path out = Files.createTempDirectory("sluice-cdk");
      Map<String, Object> all = Main.flags(ROOT);
      all.putAll(context);
      all.put(StageSettings.STAGE, "dev");
      all.put(StageSettings.STAGES, Map.of("dev", settings));
      App app = new App(AppProps.builder().outdir(out.toString()).context(all).build());
      LakeApp lake = LakeApp.in(app, project, StageSettings.from(app.getNode()::tryGetContext));
      try {
        app.synth();
      } catch (RuntimeException e) {
        throw new AssertionError(
            e.getMessage() + "\n" + Files.readString(out.resolve("validation-report.json")), e);
      }
      Map<String, Map<?, ?>> templates = new LinkedHashMap<>();
      for (Stack stack : lake.stacks()) {
        String name = stack.getStackName();
        templates.put(
            name.substring(name.lastIndexOf('-') + 1), read(out.resolve(stack.getTemplateFile())));
      }
      Map<?, ?> report = read(out.resolve("validation-report.json"));
      delete(out);
      return new Synthesis(templates, report);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Each holds a copy of every function's jar. */
  private static void delete(Path folder) throws IOException {
    List<Path> all;
    try (Stream<Path> tree = Files.walk(folder)) {
      all = tree.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path each : all) {
      Files.delete(each);
    }
  }

  private static Map<?, ?> read(Path file) {
    try {
      return Json.parseObject(Files.readString(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A resource of a template. */
  record Resource(String stack, String id, String type, Map<?, ?> json) {
    Map<?, ?> properties() {
      return json.get("Properties") instanceof Map<?, ?> map ? map : Map.of();
    }

    /** The property at that path of names and list positions. */
    @Nullable Object at(Object... path) {
      Object value = properties();
      for (Object step : path) {
        value =
            step instanceof Integer index
                ? ((List<?>) value).get(index)
                : ((Map<?, ?>) value).get(step);
        if (value == null) {
          return null;
        }
      }
      return value;
    }
  }

  List<Resource> resources() {
    List<Resource> all = new ArrayList<>();
    templates.forEach((stack, template) ->
        ((Map<?, ?>) template.get("Resources"))
            .forEach((id, resource) -> {
              Map<?, ?> json = (Map<?, ?>) resource;
              all.add(
                  new Resource(stack, String.valueOf(id), String.valueOf(json.get("Type")), json));
            }));
    return all;
  }

  List<Resource> resources(String type) {
    return resources().stream().filter(resource -> resource.type().equals(type)).toList();
  }

  /** The only resource of that type whose property has that value, once resolved. */
  Resource resource(String type, String property, String value) {
    Intrinsics intrinsics = new Intrinsics(this);
    List<Resource> found =
        resources(type).stream()
            .filter(r -> value.equals(intrinsics.resolve(r, r.at(property))))
            .toList();
    if (found.size() != 1) {
      throw new AssertionError(
          found.size() + " resources " + type + " with " + property + "=" + value);
    }
    return found.get(0);
  }
}
