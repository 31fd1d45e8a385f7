package dev.sluice.infra;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.model.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What deploys to LocalStack-compatible servers, as far as it can be checked without one. */
class LocalStackFilesTest {
  private static final Path ROOT = Path.of(System.getProperty("sluice.root"));

  @Test
  void everyImageIsPinnedAndHasAProfile() throws IOException {
    String compose = Files.readString(ROOT.resolve("localstack/compose.yaml"));
    assertThat(all(compose, "image: (\\S+)"))
        .hasSize(2)
        .allMatch(image -> image.matches("[a-z-]+/[a-z-]+:\\d+\\.\\d+\\.\\d+"));
    assertThat(all(compose, "profiles: \\[(\\w+)]")).containsExactly("floci", "localstack");
  }

  @Test
  void onlyThisMachineReachesTheServerAndNoTokenIsWrittenDown() throws IOException {
    String compose = Files.readString(ROOT.resolve("localstack/compose.yaml"));
    assertThat(all(compose, "- \"([^\"]*):4566\""))
        .hasSize(2)
        .allMatch(p -> p.startsWith("127.0.0.1:"));
    assertThat(all(compose, "LOCALSTACK_AUTH_TOKEN: (.*)"))
        .containsExactly("${LOCALSTACK_AUTH_TOKEN:-}");
  }

  @Test
  void theScriptDeploysStacksThatThereAre() throws IOException {
    List<String> named =
        all(Files.readString(ROOT.resolve("localstack/deploy")), "\"sluice-\\$stage-(\\w+)\"");
    assertThat(named).isNotEmpty();
    assertThat(named)
        .allSatisfy(stack ->
            assertThat(ROOT.resolve("infra-cdk/src/test/golden/" + stack + ".json")).exists());
  }

  @Test
  void theScriptsToolIsPinned() throws IOException {
    Object pins =
        Json.parseObject(Files.readString(ROOT.resolve("infra-cdk/package.json")))
            .get("devDependencies");
    assertThat(((Map<?, ?>) pins).get("aws-cdk-local")).asString().matches("\\d+\\.\\d+\\.\\d+");
  }

  private static List<String> all(String text, String pattern) {
    return Pattern.compile(pattern)
        .matcher(text)
        .results()
        .map(found -> found.group(1))
        .collect(Collectors.toList());
  }
}
