package dev.sluice.lake.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;

import dev.sluice.lake.store.Digest;
import dev.sluice.model.json.Json;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.model.BucketVersioningStatus;
import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;
import software.amazon.awssdk.services.s3.model.ChecksumMode;
import software.amazon.awssdk.services.s3.model.ChecksumType;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.Event;
import software.amazon.awssdk.services.s3.model.EventBridgeConfiguration;
import software.amazon.awssdk.services.s3.model.ExpirationStatus;
import software.amazon.awssdk.services.s3.model.FilterRuleName;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.LifecycleRule;
import software.amazon.awssdk.services.s3.model.ListObjectVersionsResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.MetadataDirective;
import software.amazon.awssdk.services.s3.model.NoSuchBucketException;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.ObjectAttributes;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.QueueConfiguration;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;
import software.amazon.awssdk.services.s3.model.Tag;
import software.amazon.awssdk.services.s3.model.UploadPartResponse;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/** The S3 protocol as the AWS SDK for Java speaks it. */
@SuppressWarnings("unchecked") // The SDK has lists of consumers as variable arguments.
class S3CompatibilityIT {
  private static final StaticCredentialsProvider CREDENTIALS =
      StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test"));
  private static final String OTHER_ETAG = "\"0123456789abcdef0123456789abcdef\"";
  private static final AtomicInteger BUCKETS = new AtomicInteger();

  @TempDir static Path folder;
  private static S3Server server;
  private static S3Client s3;

  private final String bucket = "bucket-" + BUCKETS.incrementAndGet();

  @BeforeAll
  static void start() throws IOException {
    server = S3Server.start(folder);
    s3 = client(server.url(), true);
  }

  @AfterAll
  static void stop() {
    s3.close();
    server.close();
  }

  private static S3Client client(URI url, boolean pathStyle) {
    return S3Client.builder()
        .endpointOverride(url)
        .region(Region.US_EAST_1)
        .credentialsProvider(CREDENTIALS)
        .httpClientBuilder(UrlConnectionHttpClient.builder())
        .forcePathStyle(pathStyle)
        .build();
  }

  @BeforeEach
  void createBucket() {
    s3.createBucket(r -> r.bucket(bucket));
  }

  private String put(String key, String text) {
    return s3.putObject(r -> r.bucket(bucket).key(key), RequestBody.fromString(text)).eTag();
  }

  private String get(String key) {
    return s3.getObjectAsBytes(r -> r.bucket(bucket).key(key)).asUtf8String();
  }

  private static void assertError(int status, String code, ThrowingCallable action) {
    S3Exception e = catchThrowableOfType(S3Exception.class, action);
    assertThat(e).as("expected " + code).isNotNull();
    assertThat(e.awsErrorDetails().errorCode()).isEqualTo(code);
    assertThat(e.statusCode()).isEqualTo(status);
    assertThat(e.requestId()).isNotEmpty();
  }

  private static void assertStatus(int status, ThrowingCallable action) {
    S3Exception e = catchThrowableOfType(S3Exception.class, action);
    assertThat(e).as("expected status " + status).isNotNull();
    assertThat(e.statusCode()).isEqualTo(status);
  }

  // Objects.

  @Test
  void anObjectComesBackAsItWasStored() {
    String etag =
        s3.putObject(
                r ->
                    r.bucket(bucket)
                        .key("k")
                        .contentType("application/json")
                        .contentEncoding("gzip")
                        .cacheControl("no-cache")
                        .metadata(Map.of("Owner", "someone")),
                RequestBody.fromString("hello world"))
            .eTag();
    assertThat(etag).isEqualTo("\"5eb63bbbe01eeed093cb22bb8f5acdc3\"");
    var read = s3.getObjectAsBytes(r -> r.bucket(bucket).key("k"));
    GetObjectResponse response = read.response();
    assertThat(read.asUtf8String()).isEqualTo("hello world");
    assertThat(response.contentType()).isEqualTo("application/json");
    assertThat(response.contentEncoding()).isEqualTo("gzip");
    assertThat(response.cacheControl()).isEqualTo("no-cache");
    assertThat(response.metadata()).containsExactly(Map.entry("owner", "someone"));
    assertThat(response.serverSideEncryption()).isEqualTo(ServerSideEncryption.AES256);
    var head = s3.headObject(r -> r.bucket(bucket).key("k"));
    assertThat(head.contentLength()).isEqualTo(11);
    assertThat(head.eTag()).isEqualTo(etag);
    assertThat(head.lastModified()).isNotNull();
    assertThat(head.versionId()).isNull();
  }

  @Test
  void anEmptyObjectIsAnObject() {
    put("empty", "");
    assertThat(get("empty")).isEmpty();
    assertThat(s3.headObject(r -> r.bucket(bucket).key("empty")).contentLength()).isZero();
  }

  @Test
  void aStreamOfSeveralMegabytesKeepsEveryByte() {
    byte[] content = new byte[3_000_001];
    new Random(11).nextBytes(content);
    s3.putObject(
        r -> r.bucket(bucket).key("stream"),
        RequestBody.fromContentProvider(
            () -> new ByteArrayInputStream(content), content.length, "application/x-test"));
    assertThat(s3.getObjectAsBytes(r -> r.bucket(bucket).key("stream")).asByteArray())
        .isEqualTo(content);
  }

  @Test
  void aLargeObjectIsStreamedBothWays() {
    byte[] content = new byte[64 << 20];
    new Random(12).nextBytes(content);
    s3.putObject(r -> r.bucket(bucket).key("large"), RequestBody.fromBytes(content));
    byte[] read = s3.getObjectAsBytes(r -> r.bucket(bucket).key("large")).asByteArrayUnsafe();
    assertThat(Arrays.equals(read, content)).isTrue();
  }

  @ParameterizedTest
  @EnumSource(
      value = ChecksumAlgorithm.class,
      names = {"CRC32", "CRC32_C", "SHA1", "SHA256"})
  void aChecksumIsVerifiedKeptAndGivenBack(ChecksumAlgorithm algorithm) {
    var put =
        s3.putObject(
            r -> r.bucket(bucket).key("k").checksumAlgorithm(algorithm),
            RequestBody.fromString("hello world"));
    var head = s3.headObject(r -> r.bucket(bucket).key("k").checksumMode(ChecksumMode.ENABLED));
    String expected =
        Digest.named(algorithm.toString())
            .orElseThrow()
            .of("hello world".getBytes(StandardCharsets.UTF_8));
    assertThat(
            List.of(
                String.valueOf(put.checksumCRC32()),
                String.valueOf(put.checksumCRC32C()),
                String.valueOf(put.checksumSHA1()),
                String.valueOf(put.checksumSHA256())))
        .contains(expected);
    assertThat(
            List.of(
                String.valueOf(head.checksumCRC32()),
                String.valueOf(head.checksumCRC32C()),
                String.valueOf(head.checksumSHA1()),
                String.valueOf(head.checksumSHA256())))
        .contains(expected);
    assertThat(head.checksumType()).isEqualTo(ChecksumType.FULL_OBJECT);
    // The SDK verifies what it reads.
    assertThat(get("k")).isEqualTo("hello world");
  }

  @Test
  void aWrongChecksumIsRefusedAndNothingIsStored() {
    assertError(
        400,
        "BadDigest",
        () ->
            s3.putObject(
                r -> r.bucket(bucket).key("bad").checksumCRC32("AAAAAA=="),
                RequestBody.fromString("hello world")));
    assertError(
        400,
        "BadDigest",
        () ->
            s3.putObject(
                r -> r.bucket(bucket).key("bad").contentMD5("AAAAAAAAAAAAAAAAAAAAAA=="),
                RequestBody.fromString("hello world")));
    assertStatus(404, () -> s3.headObject(r -> r.bucket(bucket).key("bad")));
  }

  @Test
  void rangesSelectBytes() {
    put("k", "hello world");
    var middle = s3.getObjectAsBytes(r -> r.bucket(bucket).key("k").range("bytes=6-8"));
    assertThat(middle.asUtf8String()).isEqualTo("wor");
    assertThat(middle.response().contentRange()).isEqualTo("bytes 6-8/11");
    assertThat(range("bytes=-3")).isEqualTo("rld");
    assertThat(range("bytes=6-")).isEqualTo("world");
    assertThat(range("bytes=6-1000")).isEqualTo("world");
    assertThat(range("bytes=-1000")).isEqualTo("hello world");
    assertError(416, "InvalidRange", () -> range("bytes=11-12"));
    assertError(416, "InvalidRange", () -> range("bytes=-0"));
  }

  private String range(String range) {
    return s3.getObjectAsBytes(r -> r.bucket(bucket).key("k").range(range)).asUtf8String();
  }

  @Test
  void whatDoesNotExistIsNamed() {
    assertThatThrownBy(() -> get("nothing")).isInstanceOf(NoSuchKeyException.class);
    assertStatus(404, () -> s3.headObject(r -> r.bucket(bucket).key("nothing")));
    assertThatThrownBy(() -> s3.listObjectsV2(r -> r.bucket("no-such-bucket")))
        .isInstanceOf(NoSuchBucketException.class);
    assertError(
        404,
        "NoSuchBucket",
        () -> s3.putObject(r -> r.bucket("no-such-bucket").key("k"), RequestBody.fromString("x")));
    assertError(
        404, "NoSuchUpload", () -> s3.listParts(r -> r.bucket(bucket).key("k").uploadId("none")));
    s3.deleteObject(r -> r.bucket(bucket).key("nothing"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a b+c=d&e%25#f?.json",
        "dt=2026-01-01 00:00/x",
        "üñí/日本/\uD83D\uDE00.txt",
        "a//b",
        "../up/../x",
        "./dot",
        "trailing/",
        "quote'\"<>",
        "control\u0001\u007f",
        "line\nfeed\rreturn\ttab",
        "*~()!$,;:@"
      })
  void anyKeyIsKeptAsItIs(String key) {
    put(key, key);
    assertThat(get(key)).isEqualTo(key);
    var listed = s3.listObjectsV2(r -> r.bucket(bucket).encodingType("url"));
    assertThat(listed.contents()).extracting(S3Object::key).containsExactly(key);
    s3.copyObject(
        r -> r.sourceBucket(bucket).sourceKey(key).destinationBucket(bucket).destinationKey("c"));
    assertThat(get("c")).isEqualTo(key);
    s3.deleteObject(r -> r.bucket(bucket).key(key));
    assertStatus(404, () -> s3.headObject(r -> r.bucket(bucket).key(key)));
  }

  @Test
  void aKeyThatIsTooLongIsRefused() {
    put("k".repeat(1024), "x");
    assertError(400, "KeyTooLongError", () -> put("k".repeat(1025), "x"));
  }

  @Test
  void aNameCanBeAnObjectAndAPrefixAtOnce() {
    put("d", "file");
    put("d/", "");
    put("d/x", "child");
    assertThat(get("d")).isEqualTo("file");
    assertThat(get("d/x")).isEqualTo("child");
    assertThat(keys("d/")).containsExactly("d/", "d/x");
  }

  // Conditions.

  @Test
  void aConditionalPutHappensOnlyIfItHolds() {
    s3.putObject(r -> r.bucket(bucket).key("k").ifNoneMatch("*"), RequestBody.fromString("first"));
    assertError(
        412,
        "PreconditionFailed",
        () ->
            s3.putObject(
                r -> r.bucket(bucket).key("k").ifNoneMatch("*"), RequestBody.fromString("second")));
    String etag = s3.headObject(r -> r.bucket(bucket).key("k")).eTag();
    s3.putObject(r -> r.bucket(bucket).key("k").ifMatch(etag), RequestBody.fromString("third"));
    assertError(
        412,
        "PreconditionFailed",
        () ->
            s3.putObject(
                r -> r.bucket(bucket).key("k").ifMatch(etag), RequestBody.fromString("fourth")));
    assertError(
        404,
        "NoSuchKey",
        () ->
            s3.putObject(
                r -> r.bucket(bucket).key("new").ifMatch(etag), RequestBody.fromString("x")));
    assertThat(get("k")).isEqualTo("third");
  }

  @Test
  void ofManyWritersOfANewKeyExactlyOneWins() throws Exception {
    for (int round = 0; round < 5; round++) {
      String key = "k" + round;
      List<Callable<String>> writers = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        String text = "put " + i;
        writers.add(() ->
            wins(
                text,
                () ->
                    s3.putObject(
                        r -> r.bucket(bucket).key(key).ifNoneMatch("*"),
                        RequestBody.fromString(text))));
      }
      for (int i = 0; i < 3; i++) {
        String text = "upload " + i;
        String id = s3.createMultipartUpload(r -> r.bucket(bucket).key(key)).uploadId();
        CompletedPart part = part(key, id, 1, text.getBytes(StandardCharsets.UTF_8));
        writers.add(() ->
            wins(
                text,
                () ->
                    s3.completeMultipartUpload(r ->
                        r.bucket(bucket)
                            .key(key)
                            .uploadId(id)
                            .ifNoneMatch("*")
                            .multipartUpload(m -> m.parts(part)))));
      }
      List<String> winners = new ArrayList<>();
      try (ExecutorService threads = Executors.newFixedThreadPool(writers.size())) {
        for (Future<String> result : threads.invokeAll(writers)) {
          if (!result.get().isEmpty()) {
            winners.add(result.get());
          }
        }
      }
      assertThat(winners).as("round " + round).hasSize(1);
      assertThat(get(key)).isEqualTo(winners.getFirst());
    }
  }

  private static String wins(String text, Runnable write) {
    try {
      write.run();
      return text;
    } catch (S3Exception e) {
      assertThat(e.statusCode()).isEqualTo(412);
      return "";
    }
  }

  @Test
  void aConditionalReadAnswersOnlyIfItHolds() {
    String etag = put("k", "x");
    assertStatus(
        412, () -> s3.getObjectAsBytes(r -> r.bucket(bucket).key("k").ifMatch(OTHER_ETAG)));
    assertStatus(304, () -> s3.getObjectAsBytes(r -> r.bucket(bucket).key("k").ifNoneMatch(etag)));
    assertStatus(304, () -> s3.headObject(r -> r.bucket(bucket).key("k").ifNoneMatch(etag)));
    s3.getObjectAsBytes(r -> r.bucket(bucket).key("k").ifMatch(etag));
    var modified = s3.headObject(r -> r.bucket(bucket).key("k")).lastModified();
    assertStatus(
        304, () -> s3.getObjectAsBytes(r -> r.bucket(bucket).key("k").ifModifiedSince(modified)));
    assertStatus(
        412,
        () ->
            s3.getObjectAsBytes(
                r -> r.bucket(bucket).key("k").ifUnmodifiedSince(modified.minusSeconds(1))));
  }

  @Test
  void aConditionalDeleteHappensOnlyIfItHolds() {
    String etag = put("k", "x");
    assertError(
        412,
        "PreconditionFailed",
        () -> s3.deleteObject(r -> r.bucket(bucket).key("k").ifMatch(OTHER_ETAG)));
    s3.deleteObject(r -> r.bucket(bucket).key("k").ifMatch(etag));
    assertStatus(404, () -> s3.headObject(r -> r.bucket(bucket).key("k")));
  }

  // Multipart uploads.

  private CompletedPart part(String key, String id, int number, byte[] content) {
    UploadPartResponse response =
        s3.uploadPart(
            r -> r.bucket(bucket).key(key).uploadId(id).partNumber(number),
            RequestBody.fromBytes(content));
    return CompletedPart.builder()
        .partNumber(number)
        .eTag(response.eTag())
        .checksumCRC32(response.checksumCRC32())
        .build();
  }

  private static byte[] bytes(int size, int seed) {
    byte[] content = new byte[size];
    new Random(seed).nextBytes(content);
    return content;
  }

  @Test
  void partsBecomeOneObject() {
    byte[] first = bytes(5 << 20, 21);
    byte[] second = bytes(5 << 20, 22);
    byte[] last = bytes(1234, 23);
    String id =
        s3.createMultipartUpload(
                r -> r.bucket(bucket).key("mp").contentType("x/y").metadata(Map.of("m", "v")))
            .uploadId();
    List<CompletedPart> parts =
        List.of(part("mp", id, 1, first), part("mp", id, 2, second), part("mp", id, 7, last));
    assertThat(s3.listParts(r -> r.bucket(bucket).key("mp").uploadId(id)).parts())
        .extracting(p -> p.partNumber(), p -> p.size())
        .containsExactly(
            tuple(1, (long) first.length),
            tuple(2, (long) second.length),
            tuple(7, (long) last.length));
    var completed =
        s3.completeMultipartUpload(
            r -> r.bucket(bucket).key("mp").uploadId(id).multipartUpload(m -> m.parts(parts)));
    assertThat(completed.eTag()).endsWith("-3\"");
    var read = s3.getObjectAsBytes(r -> r.bucket(bucket).key("mp"));
    byte[] whole = read.asByteArray();
    assertThat(whole).hasSize(first.length + second.length + last.length);
    assertThat(Arrays.equals(whole, 0, first.length, first, 0, first.length)).isTrue();
    assertThat(Arrays.copyOfRange(whole, first.length + second.length, whole.length))
        .isEqualTo(last);
    assertThat(read.response().contentType()).isEqualTo("x/y");
    assertThat(read.response().metadata()).containsEntry("m", "v");
    var three = s3.getObjectAsBytes(r -> r.bucket(bucket).key("mp").partNumber(3));
    assertThat(three.asByteArray()).isEqualTo(last);
    assertThat(three.response().partsCount()).isEqualTo(3);
    assertThat(s3.listMultipartUploads(r -> r.bucket(bucket)).uploads()).isEmpty();
  }

  @Test
  void anUploadWithoutAChecksumGetsThatOfTheWholeObject() {
    byte[] first = bytes(5 << 20, 31);
    byte[] last = bytes(77, 32);
    String id =
        s3.createMultipartUpload(r ->
                r.bucket(bucket)
                    .key("mp")
                    .checksumAlgorithm(ChecksumAlgorithm.CRC32)
                    .checksumType(ChecksumType.FULL_OBJECT))
            .uploadId();
    List<CompletedPart> parts = List.of(part("mp", id, 1, first), part("mp", id, 2, last));
    var completed =
        s3.completeMultipartUpload(
            r -> r.bucket(bucket).key("mp").uploadId(id).multipartUpload(m -> m.parts(parts)));
    byte[] whole = Arrays.copyOf(first, first.length + last.length);
    System.arraycopy(last, 0, whole, first.length, last.length);
    assertThat(completed.checksumType()).isEqualTo(ChecksumType.FULL_OBJECT);
    assertThat(completed.checksumCRC32()).isEqualTo(Digest.CRC32.of(whole));
  }

  @Test
  void anUploadThatDoesNotFitIsRefused() {
    String id = s3.createMultipartUpload(r -> r.bucket(bucket).key("mp")).uploadId();
    CompletedPart one = part("mp", id, 1, bytes(10, 1));
    CompletedPart two = part("mp", id, 2, bytes(10, 2));
    assertError(400, "EntityTooSmall", () -> complete("mp", id, one, two));
    assertError(400, "InvalidPartOrder", () -> complete("mp", id, two, one));
    assertError(
        400, "InvalidPart", () -> complete("mp", id, one.toBuilder().eTag(OTHER_ETAG).build()));
    assertError(
        400, "InvalidPart", () -> complete("mp", id, one.toBuilder().partNumber(9).build()));
    put("mp", "existing");
    assertError(
        412,
        "PreconditionFailed",
        () ->
            s3.completeMultipartUpload(r ->
                r.bucket(bucket)
                    .key("mp")
                    .uploadId(id)
                    .ifNoneMatch("*")
                    .multipartUpload(m -> m.parts(one))));
    s3.abortMultipartUpload(r -> r.bucket(bucket).key("mp").uploadId(id));
    assertError(404, "NoSuchUpload", () -> complete("mp", id, one));
    assertThat(get("mp")).isEqualTo("existing");
  }

  private void complete(String key, String id, CompletedPart... parts) {
    s3.completeMultipartUpload(
        r -> r.bucket(bucket).key(key).uploadId(id).multipartUpload(m -> m.parts(parts)));
  }

  @Test
  void aPartCanBeCopiedFromAnObject() {
    byte[] source = bytes(6 << 20, 41);
    s3.putObject(r -> r.bucket(bucket).key("source"), RequestBody.fromBytes(source));
    String id = s3.createMultipartUpload(r -> r.bucket(bucket).key("target")).uploadId();
    var copied =
        s3.uploadPartCopy(r ->
            r.sourceBucket(bucket)
                .sourceKey("source")
                .destinationBucket(bucket)
                .destinationKey("target")
                .uploadId(id)
                .partNumber(1)
                .copySourceRange("bytes=100-5242979"));
    CompletedPart tail = part("target", id, 2, bytes(5, 42));
    complete(
        "target",
        id,
        CompletedPart.builder().partNumber(1).eTag(copied.copyPartResult().eTag()).build(),
        tail);
    byte[] target = s3.getObjectAsBytes(r -> r.bucket(bucket).key("target")).asByteArray();
    assertThat(target).hasSize(5_242_885);
    assertThat(Arrays.equals(target, 0, 5_242_880, source, 100, 5_242_980)).isTrue();
  }

  @Test
  void uploadsUnderWayAreListed() {
    for (String key : List.of("a/1", "a/2", "b")) {
      s3.createMultipartUpload(r -> r.bucket(bucket).key(key));
    }
    assertThat(s3.listMultipartUploads(r -> r.bucket(bucket).prefix("a/")).uploads()).hasSize(2);
    var rolled = s3.listMultipartUploads(r -> r.bucket(bucket).delimiter("/"));
    assertThat(rolled.uploads()).hasSize(1);
    assertThat(rolled.commonPrefixes()).hasSize(1);
    List<String> keys = new ArrayList<>();
    s3.listMultipartUploadsPaginator(r -> r.bucket(bucket).maxUploads(1))
        .uploads()
        .forEach(upload -> keys.add(upload.key()));
    assertThat(keys).containsExactly("a/1", "a/2", "b");
  }

  // Listings.

  private List<String> keys(String prefix) {
    return s3
        .listObjectsV2Paginator(r -> r.bucket(bucket).prefix(prefix).maxKeys(2))
        .contents()
        .stream()
        .map(S3Object::key)
        .toList();
  }

  @Test
  void keysAreListedInUtf8Order() {
    for (String key :
        List.of("o/a!", "o/a", "o/A", "o/é", "o/a/b", "o/Z", "o/\uD83D\uDE00", "o/\uFFFD")) {
      put(key, "x");
    }
    assertThat(keys("o/"))
        .containsExactly("o/A", "o/Z", "o/a", "o/a!", "o/a/b", "o/é", "o/\uFFFD", "o/\uD83D\uDE00");
    assertThat(
            s3.listObjectsV2(r -> r.bucket(bucket).prefix("o/").startAfter("o/a!"))
                .contents()
                .getFirst()
                .key())
        .isEqualTo("o/a/b");
  }

  @Test
  void aDelimiterRollsKeysUpAndPagesGoOnBehindThem() {
    for (int i = 0; i < 7; i++) {
      put("l/dt=2026-01-0" + i + "/a", "x");
      put("l/dt=2026-01-0" + i + "/b", "x");
    }
    put("l/root", "x");
    List<String> names = new ArrayList<>();
    int pages = 0;
    String token = null;
    do {
      String from = token;
      ListObjectsV2Response page =
          s3.listObjectsV2(
              r -> r.bucket(bucket).prefix("l/").delimiter("/").maxKeys(3).continuationToken(from));
      assertThat(page.keyCount()).isLessThanOrEqualTo(3);
      page.commonPrefixes().forEach(p -> names.add(p.prefix()));
      page.contents().forEach(o -> names.add(o.key()));
      token = page.nextContinuationToken();
      pages++;
    } while (token != null);
    assertThat(names).hasSize(8).doesNotHaveDuplicates().endsWith("l/root");
    assertThat(pages).isEqualTo(3);
  }

  @Test
  void theOldListingPagesByMarker() {
    for (String key : List.of("a/1", "a/2", "b", "c/1", "d")) {
      put(key, "x");
    }
    List<String> names = new ArrayList<>();
    String marker = "";
    while (marker != null) {
      String from = marker;
      var page = s3.listObjects(r -> r.bucket(bucket).delimiter("/").maxKeys(2).marker(from));
      page.commonPrefixes().forEach(p -> names.add(p.prefix()));
      page.contents().forEach(o -> names.add(o.key()));
      marker = page.isTruncated() ? page.nextMarker() : null;
    }
    assertThat(names).containsExactlyInAnyOrder("a/", "b", "c/", "d");
  }

  @Test
  void aThousandKeysMakeAPage() {
    for (int i = 0; i < 1100; i++) {
      server.store.put(bucket, "many/" + i, new byte[0], "text/plain");
    }
    ListObjectsV2Response page = s3.listObjectsV2(r -> r.bucket(bucket));
    assertThat(page.contents()).hasSize(1000);
    assertThat(page.isTruncated()).isTrue();
    assertThat(
            s3.listObjectsV2Paginator(r -> r.bucket(bucket)).contents().stream()
                .map(S3Object::key)
                .distinct())
        .hasSize(1100);
  }

  // Copies, deletions, tags.

  @Test
  void aCopyKeepsOrReplacesMetadata() {
    s3.putObject(
        r ->
            r.bucket(bucket)
                .key("k")
                .contentType("a/b")
                .metadata(Map.of("m1", "v1"))
                .tagging("t=1"),
        RequestBody.fromString("content"));
    s3.copyObject(
        r -> r.sourceBucket(bucket).sourceKey("k").destinationBucket(bucket).destinationKey("c1"));
    var kept = s3.headObject(r -> r.bucket(bucket).key("c1"));
    assertThat(kept.metadata()).isEqualTo(Map.of("m1", "v1"));
    assertThat(kept.contentType()).isEqualTo("a/b");
    assertThat(s3.getObjectTagging(r -> r.bucket(bucket).key("c1")).tagSet()).hasSize(1);
    s3.copyObject(r ->
        r.sourceBucket(bucket)
            .sourceKey("k")
            .destinationBucket(bucket)
            .destinationKey("c2")
            .metadataDirective(MetadataDirective.REPLACE)
            .metadata(Map.of("m2", "v2")));
    assertThat(s3.headObject(r -> r.bucket(bucket).key("c2")).metadata())
        .isEqualTo(Map.of("m2", "v2"));
    assertError(
        400,
        "InvalidRequest",
        () ->
            s3.copyObject(r ->
                r.sourceBucket(bucket)
                    .sourceKey("k")
                    .destinationBucket(bucket)
                    .destinationKey("k")));
    assertError(
        412,
        "PreconditionFailed",
        () ->
            s3.copyObject(r ->
                r.sourceBucket(bucket)
                    .sourceKey("k")
                    .destinationBucket(bucket)
                    .destinationKey("c1")
                    .ifNoneMatch("*")));
    assertError(
        404,
        "NoSuchKey",
        () ->
            s3.copyObject(r ->
                r.sourceBucket(bucket)
                    .sourceKey("none")
                    .destinationBucket(bucket)
                    .destinationKey("c3")));
  }

  @Test
  void manyObjectsAreDeletedAtOnce() {
    put("a", "x");
    put("b & <c>", "x");
    var deleted =
        s3.deleteObjects(r ->
            r.bucket(bucket)
                .delete(d ->
                    d.objects(
                        ObjectIdentifier.builder().key("a").build(),
                        ObjectIdentifier.builder().key("b & <c>").build(),
                        ObjectIdentifier.builder().key("never").build())));
    assertThat(deleted.deleted()).hasSize(3);
    assertThat(deleted.errors()).isEmpty();
    assertThat(s3.listObjectsV2(r -> r.bucket(bucket)).contents()).isEmpty();
  }

  @Test
  void tagsAreKept() {
    put("k", "x");
    s3.putObjectTagging(r ->
        r.bucket(bucket)
            .key("k")
            .tagging(t -> t.tagSet(Tag.builder().key("a").value("b c").build())));
    assertThat(s3.getObjectTagging(r -> r.bucket(bucket).key("k")).tagSet())
        .containsExactly(Tag.builder().key("a").value("b c").build());
    assertThat(s3.getObjectAsBytes(r -> r.bucket(bucket).key("k")).response().tagCount())
        .isEqualTo(1);
    s3.deleteObjectTagging(r -> r.bucket(bucket).key("k"));
    assertThat(s3.getObjectTagging(r -> r.bucket(bucket).key("k")).tagSet()).isEmpty();
  }

  @Test
  void attributesAreAnswered() {
    put("k", "hello");
    var attributes =
        s3.getObjectAttributes(r ->
            r.bucket(bucket)
                .key("k")
                .objectAttributes(
                    ObjectAttributes.E_TAG,
                    ObjectAttributes.OBJECT_SIZE,
                    ObjectAttributes.CHECKSUM,
                    ObjectAttributes.STORAGE_CLASS));
    assertThat(attributes.objectSize()).isEqualTo(5);
    assertThat(attributes.eTag()).isEqualTo("5d41402abc4b2a76b9719d911017c592");
    assertThat(attributes.checksum().checksumCRC32()).isNotNull();
    assertThat(attributes.storageClassAsString()).isEqualTo("STANDARD");
  }

  // Versions.

  @Test
  void versionsAreKeptListedAndDeleted() {
    s3.putBucketVersioning(r ->
        r.bucket(bucket).versioningConfiguration(v -> v.status(BucketVersioningStatus.ENABLED)));
    assertThat(s3.getBucketVersioning(r -> r.bucket(bucket)).status())
        .isEqualTo(BucketVersioningStatus.ENABLED);
    String one =
        s3.putObject(r -> r.bucket(bucket).key("a"), RequestBody.fromString("1")).versionId();
    String two =
        s3.putObject(r -> r.bucket(bucket).key("a"), RequestBody.fromString("2")).versionId();
    put("b", "3");
    assertThat(s3.getObjectAsBytes(r -> r.bucket(bucket).key("a").versionId(one)).asUtf8String())
        .isEqualTo("1");
    var deletion = s3.deleteObject(r -> r.bucket(bucket).key("a"));
    assertThat(deletion.deleteMarker()).isTrue();
    assertThatThrownBy(() -> get("a")).isInstanceOf(NoSuchKeyException.class);
    assertError(
        405,
        "MethodNotAllowed",
        () -> s3.getObjectAsBytes(r -> r.bucket(bucket).key("a").versionId(deletion.versionId())));
    ListObjectVersionsResponse versions = s3.listObjectVersions(r -> r.bucket(bucket));
    assertThat(versions.versions())
        .extracting(v -> v.key() + " " + v.versionId().equals(two) + " " + v.isLatest())
        .containsExactly("a true false", "a false false", "b false true");
    assertThat(versions.deleteMarkers())
        .extracting(m -> m.versionId() + m.isLatest())
        .containsExactly(deletion.versionId() + true);
    List<String> paged = new ArrayList<>();
    s3.listObjectVersionsPaginator(r -> r.bucket(bucket).maxKeys(1))
        .versions()
        .forEach(v -> paged.add(v.versionId()));
    assertThat(paged).hasSize(3).startsWith(two, one);
    assertThat(s3.listObjectsV2(r -> r.bucket(bucket)).contents())
        .extracting(S3Object::key)
        .containsExactly("b");
    s3.deleteObject(r -> r.bucket(bucket).key("a").versionId(deletion.versionId()));
    assertThat(get("a")).isEqualTo("2");
  }

  // Buckets.

  @Test
  void bucketsAreCreatedListedAndDeleted() {
    assertThat(s3.listBuckets().buckets()).extracting(b -> b.name()).contains(bucket);
    assertThat(s3.headBucket(r -> r.bucket(bucket)).bucketRegion()).isEqualTo("us-east-1");
    assertThat(s3.getBucketLocation(r -> r.bucket(bucket)).locationConstraintAsString())
        .isIn(null, "");
    // As us-east-1 has it, creating one's own bucket again changes nothing.
    s3.createBucket(r -> r.bucket(bucket));
    String west = bucket + "-west";
    s3.createBucket(
        r -> r.bucket(west).createBucketConfiguration(c -> c.locationConstraint("eu-west-1")));
    assertThat(s3.getBucketLocation(r -> r.bucket(west)).locationConstraintAsString())
        .isEqualTo("eu-west-1");
    assertError(
        409,
        "BucketAlreadyOwnedByYou",
        () ->
            s3.createBucket(r ->
                r.bucket(west).createBucketConfiguration(c -> c.locationConstraint("eu-west-1"))));
    assertError(400, "InvalidBucketName", () -> s3.createBucket(r -> r.bucket("xn--bucket")));
    put("k", "x");
    assertError(409, "BucketNotEmpty", () -> s3.deleteBucket(r -> r.bucket(bucket)));
    s3.deleteObject(r -> r.bucket(bucket).key("k"));
    s3.deleteBucket(r -> r.bucket(bucket));
    assertStatus(404, () -> s3.headBucket(r -> r.bucket(bucket)));
  }

  @Test
  void configurationsAreKept() {
    assertError(
        404,
        "NoSuchLifecycleConfiguration",
        () -> s3.getBucketLifecycleConfiguration(r -> r.bucket(bucket)));
    s3.putBucketLifecycleConfiguration(r ->
        r.bucket(bucket)
            .lifecycleConfiguration(l ->
                l.rules(
                    LifecycleRule.builder()
                        .id("tmp")
                        .status(ExpirationStatus.ENABLED)
                        .filter(f -> f.prefix("tmp/"))
                        .expiration(e -> e.days(1))
                        .build())));
    assertThat(s3.getBucketLifecycleConfiguration(r -> r.bucket(bucket)).rules())
        .extracting(LifecycleRule::id)
        .containsExactly("tmp");
    assertError(404, "NoSuchBucketPolicy", () -> s3.getBucketPolicy(r -> r.bucket(bucket)));
    String policy = "{\"Version\":\"2012-10-17\",\"Statement\":[]}";
    s3.putBucketPolicy(r -> r.bucket(bucket).policy(policy));
    assertThat(s3.getBucketPolicy(r -> r.bucket(bucket)).policy()).isEqualTo(policy);
    assertError(404, "NoSuchTagSet", () -> s3.getBucketTagging(r -> r.bucket(bucket)));
    s3.putBucketTagging(r ->
        r.bucket(bucket).tagging(t -> t.tagSet(Tag.builder().key("team").value("lake").build())));
    assertThat(s3.getBucketTagging(r -> r.bucket(bucket)).tagSet()).hasSize(1);
    assertThat(
            s3.getPublicAccessBlock(r -> r.bucket(bucket))
                .publicAccessBlockConfiguration()
                .blockPublicAcls())
        .isTrue();
    s3.putBucketEncryption(r ->
        r.bucket(bucket)
            .serverSideEncryptionConfiguration(c ->
                c.rules(rule ->
                    rule.applyServerSideEncryptionByDefault(d ->
                        d.sseAlgorithm(ServerSideEncryption.AWS_KMS).kmsMasterKeyID("key-1")))));
    var encrypted = s3.putObject(r -> r.bucket(bucket).key("k"), RequestBody.fromString("x"));
    assertThat(encrypted.serverSideEncryption()).isEqualTo(ServerSideEncryption.AWS_KMS);
    assertThat(encrypted.ssekmsKeyId()).isEqualTo("key-1");
  }

  @Test
  void whatIsNotSupportedIsRefusedByName() {
    assertThatThrownBy(() ->
            s3.putBucketCors(r ->
                r.bucket(bucket)
                    .corsConfiguration(
                        c -> c.corsRules(rule -> rule.allowedMethods("GET").allowedOrigins("*")))))
        .isInstanceOfSatisfying(
            S3Exception.class,
            e -> {
              assertThat(e.statusCode()).isEqualTo(501);
              assertThat(e).hasMessageContaining("PutBucketCors");
            });
    assertError(
        501,
        "NotImplemented",
        () ->
            s3.putObject(
                r ->
                    r.bucket(bucket)
                        .key("k")
                        .sseCustomerAlgorithm("AES256")
                        .sseCustomerKey("MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="),
                RequestBody.fromString("x")));
  }

  @Test
  void virtualHostStyleWorksToo() {
    URI localhost = URI.create("http://localhost:" + server.port());
    try (S3Client hosted = client(localhost, false)) {
      hosted.putObject(r -> r.bucket(bucket).key("hosted/k"), RequestBody.fromString("x"));
      assertThat(hosted.listObjectsV2(r -> r.bucket(bucket)).keyCount()).isEqualTo(1);
    } catch (SdkClientException e) {
      // Where names below localhost do not resolve, S3RequestTest alone speaks for this.
      Assumptions.abort("bucket.localhost does not resolve here");
    }
    assertThat(get("hosted/k")).isEqualTo("x");
  }

  // Presigned URLs.

  @Test
  void presignedUrlsWorkUntilTheyExpire() throws Exception {
    try (S3Presigner presigner =
            S3Presigner.builder()
                .endpointOverride(server.url())
                .region(Region.US_EAST_1)
                .credentialsProvider(CREDENTIALS)
                .serviceConfiguration(
                    S3Configuration.builder().pathStyleAccessEnabled(true).build())
                .build();
        HttpClient http = HttpClient.newHttpClient()) {
      var put =
          presigner.presignPutObject(r ->
              r.signatureDuration(Duration.ofMinutes(5))
                  .putObjectRequest(p -> p.bucket(bucket).key("pre/s x.txt")));
      var stored =
          http.send(
              HttpRequest.newBuilder(put.url().toURI())
                  .PUT(HttpRequest.BodyPublishers.ofString("presigned"))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      assertThat(stored.statusCode()).isEqualTo(200);
      var get =
          presigner.presignGetObject(r ->
              r.signatureDuration(Duration.ofMinutes(5))
                  .getObjectRequest(
                      g -> g.bucket(bucket).key("pre/s x.txt").responseContentType("text/other")));
      var read =
          http.send(
              HttpRequest.newBuilder(get.url().toURI()).build(),
              HttpResponse.BodyHandlers.ofString());
      assertThat(read.body()).isEqualTo("presigned");
      assertThat(read.headers().firstValue("Content-Type")).contains("text/other");
      String old = get.url().toString().replaceAll("X-Amz-Date=\\d{8}", "X-Amz-Date=20200101");
      var refused =
          http.send(
              HttpRequest.newBuilder(URI.create(old)).build(),
              HttpResponse.BodyHandlers.ofString());
      assertThat(refused.statusCode()).isEqualTo(403);
      assertThat(refused.body()).contains("<Code>AccessDenied</Code>", "Request has expired");
    }
  }

  // Events.

  @Test
  void aConfiguredQueueIsToldOfWhatItAskedFor() throws Exception {
    s3.putBucketNotificationConfiguration(r ->
        r.bucket(bucket)
            .notificationConfiguration(n ->
                n.queueConfigurations(
                        QueueConfiguration.builder()
                            .id("ingest")
                            .queueArn(S3Server.QUEUE)
                            .events(Event.S3_OBJECT_CREATED)
                            .filter(f ->
                                f.key(k ->
                                    k.filterRules(
                                        x -> x.name(FilterRuleName.PREFIX).value("in/"),
                                        x -> x.name(FilterRuleName.SUFFIX).value(".json"))))
                            .build())
                    .eventBridgeConfiguration(EventBridgeConfiguration.builder().build())));
    Map<String, Object> test = Json.parseObject(messages(1).getFirst());
    assertThat(test)
        .containsEntry("Event", "s3:TestEvent")
        .containsEntry("Bucket", bucket)
        .doesNotContainKey("Records");
    var configuration = s3.getBucketNotificationConfiguration(r -> r.bucket(bucket));
    assertThat(configuration.eventBridgeConfiguration()).isNotNull();
    assertThat(configuration.queueConfigurations())
        .singleElement()
        .satisfies(q -> assertThat(q.id()).isEqualTo("ingest"))
        .satisfies(q -> assertThat(q.filter().key().filterRules()).hasSize(2));

    put("in/dt=2026-01-01/file name+1.json", "{}");
    put("out/x.json", "{}");
    put("in/x.csv", "{}");
    s3.copyObject(r ->
        r.sourceBucket(bucket)
            .sourceKey("out/x.json")
            .destinationBucket(bucket)
            .destinationKey("in/copy.json"));
    s3.deleteObject(r -> r.bucket(bucket).key("in/copy.json"));
    String id = s3.createMultipartUpload(r -> r.bucket(bucket).key("in/mp.json")).uploadId();
    complete("in/mp.json", id, part("in/mp.json", id, 1, new byte[] {'{', '}'}));

    List<String> bodies = messages(4);
    assertThat(bodies.get(1))
        .contains("\"key\":\"in/dt%3D2026-01-01/file+name%2B1.json\"")
        .contains("\"eventName\":\"ObjectCreated:Put\"")
        .contains("\"configurationId\":\"ingest\"")
        .contains("\"arn\":\"arn:aws:s3:::" + bucket + "\"")
        .contains("\"eTag\":\"99914b932bd37a50b983c5e7c90ae93b\"")
        .contains("\"size\":2")
        .contains("\"sourceIPAddress\":\"127.0.0.1\"")
        .doesNotContain("versionId");
    assertThat(bodies.get(2)).contains("ObjectCreated:Copy", "in/copy.json");
    assertThat(bodies.get(3)).contains("ObjectCreated:CompleteMultipartUpload", "in/mp.json");
  }

  private List<String> messages(int count) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (mine().size() < count && System.nanoTime() < end) {
      Thread.sleep(5);
    }
    assertThat(mine()).hasSize(count);
    return mine();
  }

  private List<String> mine() {
    return server.messages.stream().filter(m -> m.contains("\"" + bucket + "\"")).toList();
  }

  @Test
  void aDestinationThatCannotBeServedIsRefused() {
    assertError(
        400,
        "InvalidArgument",
        () ->
            s3.putBucketNotificationConfiguration(r ->
                r.bucket(bucket)
                    .notificationConfiguration(n ->
                        n.queueConfigurations(q ->
                            q.queueArn("arn:aws:sqs:us-east-1:000000000000:none")
                                .events(Event.S3_OBJECT_CREATED)))));
    assertError(
        501,
        "NotImplemented",
        () ->
            s3.putBucketNotificationConfiguration(r ->
                r.bucket(bucket)
                    .notificationConfiguration(n ->
                        n.lambdaFunctionConfigurations(l ->
                            l.lambdaFunctionArn("arn:aws:lambda:us-east-1:000000000000:function:f")
                                .events(Event.S3_OBJECT_CREATED)))));
    assertThat(s3.getBucketNotificationConfiguration(r -> r.bucket(bucket)).queueConfigurations())
        .isEmpty();
  }
}
