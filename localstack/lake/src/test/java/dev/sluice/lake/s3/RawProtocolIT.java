package dev.sluice.lake.s3;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.lake.store.Digest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What no client library sends on purpose, and what it hides. */
class RawProtocolIT {
  @TempDir Path folder;
  private S3Server server;

  @BeforeEach
  void start() throws IOException {
    server = S3Server.start(folder, Clock.systemUTC());
    server.store.createBucket("b", Map.of());
  }

  @AfterEach
  void stop() {
    server.close();
  }

  /** Sends the text as it is, with CRLF for each line end of the head, and reads to the end. */
  private String send(String head, String body) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket.setSoTimeout(20_000);
      String message = head.strip().replace("\n", "\r\n") + "\r\nConnection: close\r\n\r\n" + body;
      socket.getOutputStream().write(message.getBytes(StandardCharsets.UTF_8));
      socket.shutdownOutput();
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private String stored(String key) {
    return server
        .store
        .get("b", key)
        .map(content -> new String(content, StandardCharsets.UTF_8))
        .orElse("(nothing)");
  }

  private static String chunked(String key, String algorithm, String body) {
    return """
    PUT /b/%s HTTP/1.1
    Host: localhost
    x-amz-content-sha256: %s
    Content-Encoding: aws-chunked
    x-amz-decoded-content-length: 11
    x-amz-trailer: x-amz-checksum-crc32c
    Content-Length: %d
    """
        .formatted(key, algorithm, body.length());
  }

  @Test
  void signedChunksWithATrailerAreDecoded() throws IOException {
    String sum = Digest.CRC32C.of("hello world".getBytes(StandardCharsets.UTF_8));
    String body =
        "6;chunk-signature=0123\r\nhello \r\n5;chunk-signature=4567\r\nworld\r\n"
            + "0;chunk-signature=89ab\r\nx-amz-checksum-crc32c:"
            + sum
            + "\r\nx-amz-trailer-signature:cdef\r\n\r\n";
    String answer = send(chunked("k", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER", body), body);
    assertThat(answer).startsWith("HTTP/1.1 200").contains(sum);
    assertThat(stored("k")).isEqualTo("hello world");
    assertThat(server.store.bucket("b").current("k").headers())
        .doesNotContainKey("content-encoding");
  }

  @Test
  void aWrongTrailerIsRefused() throws IOException {
    String body = "b\r\nhello world\r\n0\r\nx-amz-checksum-crc32c:AAAAAA==\r\n\r\n";
    String answer = send(chunked("k", "STREAMING-UNSIGNED-PAYLOAD-TRAILER", body), body);
    assertThat(answer).startsWith("HTTP/1.1 400").contains("<Code>BadDigest</Code>");
    assertThat(stored("k")).isEqualTo("(nothing)");
  }

  @Test
  void aBodyThatEndsEarlyStoresNothing() throws IOException {
    send(
        """
        PUT /b/k HTTP/1.1
        Host: localhost
        Content-Length: 100
        """,
        "only this");
    String body = "b\r\nhello";
    send(chunked("c", "STREAMING-UNSIGNED-PAYLOAD-TRAILER", body), body);
    assertThat(stored("k")).isEqualTo("(nothing)");
    assertThat(stored("c")).isEqualTo("(nothing)");
    try (Stream<Path> files = Files.walk(folder.resolve("content"))) {
      assertThat(files.filter(Files::isRegularFile)).isEmpty();
    }
  }

  @Test
  void aBodyOfAnotherHashIsRefused() throws IOException {
    String answer =
        send(
            """
            PUT /b/k HTTP/1.1
            Host: localhost
            x-amz-content-sha256: %s
            Content-Length: 1
            """
                .formatted("0".repeat(64)),
            "x");
    assertThat(answer).startsWith("HTTP/1.1 400").contains("XAmzContentSHA256Mismatch");
    assertThat(stored("k")).isEqualTo("(nothing)");
  }

  @Test
  void theHostCanNameTheBucket() throws IOException {
    String answer =
        send(
            """
            PUT /folder/k%20+1 HTTP/1.1
            Host: b.s3.localhost:4566
            Content-Length: 1
            """,
            "x");
    assertThat(answer).startsWith("HTTP/1.1 200");
    assertThat(stored("folder/k +1")).isEqualTo("x");
  }

  @Test
  void anErrorHasS3sForm() throws IOException {
    String answer =
        send(
            """
            GET /b/no%26thing HTTP/1.1
            Host: localhost
            """,
            "");
    assertThat(answer)
        .startsWith("HTTP/1.1 404")
        .containsIgnoringCase("content-type: application/xml")
        .containsIgnoringCase("x-amz-request-id: ")
        .contains(
            "<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message>"
                + "<Key>no&amp;thing</Key><Resource>/b/no&amp;thing</Resource><RequestId>");
  }

  @Test
  void aHeadRequestGetsNoBody() throws IOException {
    server.store.put("b", "k", new byte[12], "a/b");
    String found = send("HEAD /b/k HTTP/1.1\nHost: localhost\n", "");
    assertThat(found)
        .startsWith("HTTP/1.1 200")
        .containsIgnoringCase("content-length: 12")
        .endsWith("\r\n\r\n");
    assertThat(send("HEAD /b/none HTTP/1.1\nHost: localhost\n", ""))
        .startsWith("HTTP/1.1 404")
        .endsWith("\r\n\r\n");
  }

  @Test
  void anOperationThatIsNotKnownIsRefusedByName() throws IOException {
    assertThat(send("GET /b/k?torrent HTTP/1.1\nHost: localhost\n", ""))
        .startsWith("HTTP/1.1 501")
        .contains("GetObjectTorrent");
    assertThat(send("POST /b HTTP/1.1\nHost: localhost\nContent-Length: 0\n", ""))
        .startsWith("HTTP/1.1 501")
        .contains("PostBucket");
    assertThat(send("PATCH /b/k HTTP/1.1\nHost: localhost\nContent-Length: 0\n", ""))
        .startsWith("HTTP/1.1 501");
  }

  @Test
  void anExpiredUrlOfTheOldKindIsRefused() throws IOException {
    server.store.put("b", "k", new byte[1], "a/b");
    String old = "?AWSAccessKeyId=test&Signature=x%3D&Expires=";
    assertThat(send("GET /b/k" + old + "1000 HTTP/1.1\nHost: localhost\n", ""))
        .startsWith("HTTP/1.1 403");
    long later = Clock.systemUTC().instant().getEpochSecond() + 600;
    assertThat(send("GET /b/k" + old + later + " HTTP/1.1\nHost: localhost\n", ""))
        .startsWith("HTTP/1.1 200");
  }
}
