package dev.sluice.cli;

import dev.sluice.model.dataset.Datasets;
import dev.sluice.model.registry.LakeLayout;
import dev.sluice.model.registry.Registry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say which lake an operator's command works on; on AWS or here, alike. */
final class LakeOptions {
  private static final int ANSWER_MILLIS = 5_000;

  @Option(
      names = "--endpoint",
      paramLabel = "URL",
      description =
          "Where the lake answers; "
              + Aws.AMAZON
              + " is AWS itself (default: AWS_ENDPOINT_URL, else "
              + Aws.LOCAL
              + ").")
  private String endpoint = "";

  @Option(
      names = "--raw-bucket",
      paramLabel = "BUCKET",
      description =
          "The bucket of uploads (default: " + Registry.ENV_RAW_BUCKET + ", else sluice-raw).")
  private @Nullable String rawBucket;

  @Option(
      names = "--lake-bucket",
      paramLabel = "BUCKET",
      description =
          "The bucket of tables and books (default: "
              + Registry.ENV_LAKE_BUCKET
              + ", else sluice-lake).")
  private @Nullable String lakeBucket;

  @Option(
      names = "--datasets",
      paramLabel = "DIR",
      description = "The declarations (default: ./datasets, else those of the checkout).")
  private @Nullable Path datasets;

  /** What was named; empty when nothing was. */
  String endpoint() {
    return endpoint;
  }

  /** Names another endpoint. */
  LakeOptions at(String other) {
    endpoint = other;
    return this;
  }

  /**
   * Connects to the lake and loads the declarations.
   *
   * @throws Failure when nothing answers
   * @throws dev.sluice.model.SluiceException when a bucket's name or a declaration makes no sense
   */
  ConnectedLake connect(Console console) {
    Map<String, String> environment = console.environment();
    LakeLayout standard = LakeLayout.defaults();
    LakeLayout layout =
        new LakeLayout(
            bucket(rawBucket, environment, Registry.ENV_RAW_BUCKET, standard.rawBucket()),
            bucket(lakeBucket, environment, Registry.ENV_LAKE_BUCKET, standard.lakeBucket()),
            standard.resultsBucket());
    Aws aws = Aws.of(endpoint, environment);
    Path root = root(console);
    Datasets declared = Datasets.load(root);
    aws.endpoint().ifPresent(address -> reach(aws, address));
    return new ConnectedLake(aws, layout, root, declared, Clock.systemUTC());
  }

  /** The folder of the declarations. */
  Path root(Console console) {
    return datasets == null ? DatasetFolders.root(console) : datasets;
  }

  private static String bucket(
      @Nullable String named, Map<String, String> environment, String variable, String standard) {
    return Optional.ofNullable(named)
        .or(() -> Optional.ofNullable(environment.get(variable)))
        .filter(name -> !name.isBlank())
        .orElse(standard);
  }

  /** Said at once, where a client would try again and again first. */
  private static void reach(Aws aws, URI address) {
    int port =
        address.getPort() >= 0 ? address.getPort() : "https".equals(address.getScheme()) ? 443 : 80;
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(address.getHost(), port), ANSWER_MILLIS);
    } catch (IOException e) {
      throw aws.unreachable(e);
    }
  }
}
