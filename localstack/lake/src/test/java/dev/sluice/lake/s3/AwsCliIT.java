package dev.sluice.lake.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The AWS command line as a client; skipped where it is not installed. */
class AwsCliIT {
  @TempDir static Path folder;
  private static S3Server server;

  @BeforeAll
  static void start() throws IOException {
    assumeTrue(installed(), "The AWS CLI (aws) is not installed: its checks are skipped");
    server = S3Server.start(folder.resolve("s3"));
  }

  @AfterAll
  static void stop() {
    if (server != null) {
      server.close();
    }
  }

  private static boolean installed() {
    try {
      return new ProcessBuilder("aws", "--version")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private record Outcome(int exit, String output) {}

  private static Outcome run(String... arguments) throws Exception {
    List<String> command =
        new ArrayList<>(List.of("aws", "--endpoint-url", server.url().toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.directory(folder.toFile());
    builder.environment().put("AWS_ACCESS_KEY_ID", "test");
    builder.environment().put("AWS_SECRET_ACCESS_KEY", "test");
    builder.environment().put("AWS_DEFAULT_REGION", "us-east-1");
    builder.environment().put("AWS_CONFIG_FILE", folder.resolve("none").toString());
    builder.environment().put("AWS_PAGER", "");
    builder.environment().put("PYTHONIOENCODING", "utf-8");
    builder.environment().put("LC_ALL", "C.UTF-8");
    Process process = builder.start();
    process.getOutputStream().close();
    try (InputStream in = process.getInputStream()) {
      String output = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return new Outcome(process.waitFor(), output);
    }
  }

  private static String aws(String... arguments) throws Exception {
    Outcome outcome = run(arguments);
    assertThat(outcome.exit()).as(outcome.output()).isZero();
    return outcome.output();
  }

  @Test
  void everydayCommandsWork() throws Exception {
    byte[] large = new byte[20 << 20];
    new Random(3).nextBytes(large);
    Files.write(folder.resolve("large.bin"), large);
    Path tree = Files.createDirectories(folder.resolve("tree/sub"));
    Files.writeString(folder.resolve("tree/a.txt"), "a");
    Files.writeString(tree.resolve("b c+d%.txt"), "b");

    aws("s3", "mb", "s3://cli-bucket");
    assertThat(aws("s3", "ls")).contains("cli-bucket");

    aws("s3", "cp", "large.bin", "s3://cli-bucket/large.bin", "--no-progress");
    assertThat(server.store.bucket("cli-bucket").current("large.bin").etag()).contains("-");
    aws("s3", "cp", "s3://cli-bucket/large.bin", "back.bin", "--no-progress");
    assertThat(Files.mismatch(folder.resolve("large.bin"), folder.resolve("back.bin")))
        .isEqualTo(-1);

    aws("s3", "sync", "tree", "s3://cli-bucket/tree");
    assertThat(aws("s3", "sync", "tree", "s3://cli-bucket/tree")).isBlank();
    assertThat(aws("s3", "ls", "--recursive", "s3://cli-bucket/tree/"))
        .contains("tree/a.txt", "tree/sub/b c+d%.txt");
    aws("s3", "sync", "s3://cli-bucket/tree", "again");
    assertThat(folder.resolve("again/sub/b c+d%.txt")).hasContent("b");

    aws("s3", "mv", "s3://cli-bucket/tree/a.txt", "s3://cli-bucket/moved.txt");
    String url = aws("s3", "presign", "s3://cli-bucket/moved.txt").strip();
    assertThat(get(url)).isEqualTo("a");

    aws("s3", "cp", "s3://cli-bucket/large.bin", "s3://cli-bucket/copy.bin", "--no-progress");
    assertThat(server.store.bucket("cli-bucket").current("copy.bin").size())
        .isEqualTo(large.length);

    assertThat(
            aws(
                "s3api",
                "put-object",
                "--bucket",
                "cli-bucket",
                "--key",
                "once",
                "--body",
                "tree/a.txt",
                "--if-none-match",
                "*"))
        .contains("ETag");
    Outcome second =
        run(
            "s3api",
            "put-object",
            "--bucket",
            "cli-bucket",
            "--key",
            "once",
            "--body",
            "tree/a.txt",
            "--if-none-match",
            "*");
    assertThat(second.exit()).isNotZero();
    assertThat(second.output()).contains("PreconditionFailed");

    aws("s3", "rm", "--recursive", "s3://cli-bucket", "--quiet");
    aws("s3", "rb", "s3://cli-bucket");
    assertThat(aws("s3", "ls")).doesNotContain("cli-bucket");
  }

  private static String get(String url) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client
          .send(
              HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString())
          .body();
    }
  }
}
