package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

class LakeOptionsTest {
  private final Recorder sluice = new Recorder();

  /** Stands for any command that works on a lake. */
  @Command
  private static final class Any {
    @Mixin private final LakeOptions lake = new LakeOptions();
  }

  private ConnectedLake connect(String... args) {
    Any any = new Any();
    new CommandLine(any).parseArgs(args);
    return any.lake.connect(sluice.console());
  }

  @Test
  void bucketsComeFromOptionsThenTheEnvironmentThenTheStandard() {
    sluice.environment("SLUICE_RAW_BUCKET", "env-raw");
    sluice.environment("SLUICE_LAKE_BUCKET", "env-lake");

    try (ConnectedLake lake = connect("--endpoint", "aws", "--raw-bucket", "own-raw")) {
      assertThat(lake.layout().rawBucket()).isEqualTo("own-raw");
      assertThat(lake.layout().lakeBucket()).isEqualTo("env-lake");
      assertThat(lake.layout().resultsBucket()).isEqualTo("sluice-results");
    }
  }

  @Test
  void awsItselfHasNoEndpoint() {
    Aws aws = Aws.of("aws", Map.of("AWS_REGION", "eu-central-1"));

    assertThat(aws.endpoint()).isEmpty();
    assertThat(aws.address()).isEqualTo("AWS in eu-central-1");
  }

  @Test
  void aLakeThatDoesNotAnswerIsSaidAtOnce() throws IOException {
    int free;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      free = socket.getLocalPort();
    }
    String endpoint = "http://127.0.0.1:" + free;

    assertThatThrownBy(() -> connect("--endpoint", endpoint))
        .isInstanceOf(Failure.class)
        .hasMessageContaining("Cannot reach " + endpoint)
        .hasMessageContaining("./sluice up");
  }

  @Test
  void theDeclarationsAreThoseOfTheCheckout() {
    try (ConnectedLake lake = connect("--endpoint", "aws")) {
      assertThat(lake.datasets().find("sensors")).isPresent();
    }
  }
}
