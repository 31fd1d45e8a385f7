package dev.sluice.lake.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.lake.api.ServiceException;
import dev.sluice.lake.store.Journal.Sync;
import dev.sluice.lake.store.Notifier.Cause;
import dev.sluice.lake.store.Notifier.Message;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ObjectStoreTest {
  private static final Cause PUT = new Cause("ObjectCreated:Put", "127.0.0.1", "R", "H");
  private static final Condition IF_NEW = new Condition(null, "*");

  @TempDir Path folder;
  private ObjectStore store;

  @BeforeEach
  void open() {
    open(Notifier.NONE);
  }

  @AfterEach
  void close() {
    store.close();
  }

  private void open(Notifier notifier) {
    store = ObjectStore.open(folder, Sync.NEVER, Clock.systemUTC(), notifier);
  }

  private void reopen() {
    store.close();
    open();
  }

  private Received receive(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    try {
      return store.receive(
          new ByteArrayInputStream(bytes), bytes.length, EnumSet.noneOf(Digest.class));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private Version put(String key, String text, Condition condition) {
    try (Received received = receive(text)) {
      NewObject object =
          new NewObject(
              received.content(),
              received.md5(),
              Map.of("content-type", "text/plain"),
              received.checksums(),
              false,
              List.of(),
              Map.of());
      return store.put("b", key, object, condition, PUT);
    }
  }

  private Version put(String key, String text) {
    return put(key, text, Condition.NONE);
  }

  private @Nullable String get(String key) {
    return store.get("b", key).map(bytes -> new String(bytes, StandardCharsets.UTF_8)).orElse(null);
  }

  private String get(String key, String version) throws IOException {
    try (Pinned pinned = store.pin("b", key, version);
        InputStream in = pinned.open()) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private long contentFiles() throws IOException {
    try (Stream<Path> files = Files.walk(folder.resolve("content"))) {
      return files.filter(Files::isRegularFile).count();
    }
  }

  private static void assertCode(String code, Runnable action) {
    assertThatThrownBy(action::run)
        .isInstanceOfSatisfying(ServiceException.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  @Test
  void everythingIsThereAgainAfterReopening() throws IOException {
    store.createBucket("b", Map.of("location", "us-east-1"));
    store.configure("b", "policy", "{}");
    put("a//b", "one");
    put("../../etc/passwd", "two");
    put("empty", "");
    put("日本 +%", "three");
    put("gone", "four");
    store.delete("b", "gone", null, Condition.NONE, PUT);
    store.tag("b", "a//b", null, Map.of("k", "v"));
    Version before = store.bucket("b").current("a//b");
    reopen();
    assertThat(store.bucket("b").settings())
        .containsExactlyInAnyOrderEntriesOf(Map.of("location", "us-east-1", "policy", "{}"));
    assertThat(store.bucket("b").keys().keySet())
        .containsExactly("../../etc/passwd", "a//b", "empty", "日本 +%");
    Version after = store.bucket("b").current("a//b");
    assertThat(after).usingRecursiveComparison().isEqualTo(before);
    assertThat(get("a//b")).isEqualTo("one");
    assertThat(get("../../etc/passwd")).isEqualTo("two");
    assertThat(get("empty")).isEmpty();
    assertThat(get("日本 +%")).isEqualTo("three");
    assertThat(contentFiles()).isEqualTo(3);
  }

  @Test
  void replacedAndDeletedContentLeavesTheDisk() throws IOException {
    store.createBucket("b", Map.of());
    put("k", "one");
    put("k", "two");
    assertThat(contentFiles()).isEqualTo(1);
    store.delete("b", "k", null, Condition.NONE, PUT);
    assertThat(contentFiles()).isZero();
  }

  @Test
  void contentStaysReadableWhileItIsRead() throws IOException {
    store.createBucket("b", Map.of());
    put("k", "one");
    try (Pinned pinned = store.pin("b", "k", null)) {
      put("k", "two");
      try (InputStream in = pinned.open()) {
        assertThat(in.readAllBytes()).asString().isEqualTo("one");
      }
      assertThat(contentFiles()).isEqualTo(2);
    }
    assertThat(contentFiles()).isEqualTo(1);
  }

  @Test
  void contentWithoutAnEntryIsSweptAtTheStart() throws Exception {
    store.createBucket("b", Map.of());
    put("k", "one");
    Files.writeString(folder.resolve("content/ab/abcdefabcdefabcdefabcdefabcdefab"), "half");
    reopen();
    put("new", "two");
    store.awaitSweep();
    assertThat(get("new")).isEqualTo("two");
    store.delete("b", "new", null, Condition.NONE, PUT);
    assertThat(contentFiles()).isEqualTo(1);
    assertThat(get("k")).isEqualTo("one");
  }

  @Test
  void aCopySharesContentAndOutlivesItsSource() throws IOException {
    store.createBucket("b", Map.of());
    put("source", "shared");
    try (Pinned pinned = store.pin("b", "source", null)) {
      store.delete("b", "source", null, Condition.NONE, PUT);
      Version from = pinned.version();
      NewObject copy =
          new NewObject(
              from.content(), from.etag(), Map.of(), Map.of(), false, List.of(), Map.of());
      store.put("b", "copy", copy, Condition.NONE, PUT);
    }
    assertThat(get("copy")).isEqualTo("shared");
    reopen();
    assertThat(get("copy")).isEqualTo("shared");
    assertThat(contentFiles()).isEqualTo(1);
  }

  @Test
  void versionsAreKeptWhileVersioningIsOn() throws IOException {
    store.createBucket("b", Map.of());
    put("k", "null version");
    store.configure("b", Bucket.VERSIONING, "Enabled");
    String one = put("k", "one").id();
    String two = put("k", "two").id();
    ObjectStore.Deletion deletion = store.delete("b", "k", null, Condition.NONE, PUT);
    assertThat(deletion.deleteMarker()).isTrue();
    assertThat(get("k")).isNull();
    reopen();
    assertThat(store.bucket("b").keys().get("k")).hasSize(4);
    assertThat(get("k", one)).isEqualTo("one");
    assertThat(get("k", two)).isEqualTo("two");
    assertThat(get("k", "null")).isEqualTo("null version");
    assertCode("NoSuchKey", () -> store.pin("b", "k", null));
    assertCode("MethodNotAllowed", () -> store.pin("b", "k", deletion.versionId()));
    assertCode("NoSuchVersion", () -> store.pin("b", "k", "other"));
    store.delete("b", "k", deletion.versionId(), Condition.NONE, PUT);
    assertThat(get("k")).isEqualTo("two");
    store.delete("b", "k", two, Condition.NONE, PUT);
    assertThat(get("k")).isEqualTo("one");
  }

  @Test
  void suspendedVersioningReplacesOnlyTheNullVersion() throws IOException {
    store.createBucket("b", Map.of());
    store.configure("b", Bucket.VERSIONING, "Enabled");
    String one = put("k", "one").id();
    store.configure("b", Bucket.VERSIONING, "Suspended");
    put("k", "two");
    put("k", "three");
    assertThat(store.bucket("b").keys().get("k")).hasSize(2);
    store.delete("b", "k", null, Condition.NONE, PUT);
    reopen();
    assertThat(get("k")).isNull();
    assertThat(store.bucket("b").keys().get("k")).hasSize(2);
    assertThat(get("k", one)).isEqualTo("one");
  }

  @Test
  void conditionsLookAtTheCurrentObject() {
    store.createBucket("b", Map.of());
    assertCode("NoSuchKey", () -> put("k", "x", new Condition("*", null)));
    String etag = put("k", "one", IF_NEW).etag();
    assertCode("PreconditionFailed", () -> put("k", "two", IF_NEW));
    assertCode("PreconditionFailed", () -> put("k", "two", new Condition("\"other\"", null)));
    put("k", "two", new Condition("\"" + etag + "\"", null));
    assertCode(
        "PreconditionFailed", () -> store.delete("b", "k", null, new Condition(etag, null), PUT));
    store.delete("b", "k", null, new Condition("*", null), PUT);
    put("k", "again", IF_NEW);
    assertThat(get("k")).isEqualTo("again");
  }

  @Test
  void ofManyConditionalWritersExactlyOneWins() throws Exception {
    store.createBucket("b", Map.of());
    int writers = 16;
    for (int round = 0; round < 20; round++) {
      String key = "round-" + round;
      Upload upload = store.startUpload("b", key, Map.of(), Map.of(), null, false);
      try (Received received = receive("upload")) {
        store.addPart(
            "b", key, upload.id(), 1, received.content(), received.md5(), received.checksums());
      }
      CountDownLatch start = new CountDownLatch(1);
      List<Future<String>> results = new ArrayList<>();
      try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
        for (int w = 0; w < writers; w++) {
          String text = "writer " + w;
          boolean completes = w % 4 == 0;
          results.add(
              threads.submit(() -> {
                start.await();
                try {
                  if (completes) {
                    store.completeUpload(
                        "b", key, upload.id(), ObjectStoreTest::assemble, IF_NEW, PUT);
                    return "upload";
                  }
                  put(key, text, IF_NEW);
                  return text;
                } catch (ServiceException e) {
                  assertThat(e.code()).isIn("PreconditionFailed", "NoSuchUpload");
                  return "";
                }
              }));
        }
        start.countDown();
      }
      List<String> winners = new ArrayList<>();
      for (Future<String> result : results) {
        if (!result.get().isEmpty()) {
          winners.add(result.get());
        }
      }
      assertThat(winners).as(key).hasSize(1);
      assertThat(get(key)).isEqualTo(winners.getFirst());
    }
  }

  private static NewObject assemble(Upload upload) {
    List<Content> contents = upload.parts().values().stream().map(Part::content).toList();
    return new NewObject(
        Content.concat(contents), "e-1", Map.of(), Map.of(), false, List.of(), Map.of());
  }

  @Test
  void anUploadSurvivesReopeningAndBecomesAnObjectWithoutCopying() throws IOException {
    store.createBucket("b", Map.of());
    Upload upload =
        store.startUpload("b", "k", Map.of("content-type", "x/y"), Map.of(), Digest.CRC32, true);
    for (int number : new int[] {2, 1, 3, 1}) {
      try (Received received = receive("part " + number + ";")) {
        store.addPart("b", "k", upload.id(), number, received.content(), received.md5(), Map.of());
      }
    }
    assertThat(contentFiles()).isEqualTo(3);
    reopen();
    Upload again = store.upload("b", "k", upload.id());
    assertThat(again.algorithm()).isEqualTo("crc32");
    assertThat(again.parts()).hasSize(3);
    store.completeUpload("b", "k", upload.id(), ObjectStoreTest::assemble, Condition.NONE, PUT);
    reopen();
    assertThat(get("k")).isEqualTo("part 1;part 2;part 3;");
    assertThat(contentFiles()).isEqualTo(3);
    assertCode("NoSuchUpload", () -> store.upload("b", "k", upload.id()));
    try (Pinned pinned = store.pin("b", "k", null);
        InputStream in = pinned.open(5, 9)) {
      assertThat(in.readAllBytes()).asString().isEqualTo("1;part 2;");
    }
  }

  @Test
  void anAbortedUploadLeavesNothing() throws IOException {
    store.createBucket("b", Map.of());
    Upload upload = store.startUpload("b", "k", Map.of(), Map.of(), null, false);
    try (Received received = receive("part")) {
      store.addPart("b", "k", upload.id(), 1, received.content(), "e", Map.of());
    }
    store.abortUpload("b", "k", upload.id());
    assertThat(contentFiles()).isZero();
  }

  @Test
  void onlyAnEmptyBucketIsDeleted() {
    store.createBucket("b", Map.of());
    assertThat(store.createBucket("b", Map.of())).isFalse();
    put("k", "x");
    assertCode("BucketNotEmpty", () -> store.deleteBucket("b"));
    store.delete("b", "k", null, Condition.NONE, PUT);
    store.deleteBucket("b");
    assertCode("NoSuchBucket", () -> store.deleteBucket("b"));
    reopen();
    assertThat(store.buckets()).isEmpty();
  }

  @Test
  void aCompactedJournalHoldsTheSameState() throws IOException {
    store.createBucket("b", Map.of());
    store.configure("b", Bucket.VERSIONING, "Enabled");
    put("versions", "one");
    put("versions", "two");
    Upload upload = store.startUpload("b", "u", Map.of(), Map.of(), null, false);
    for (int i = 0; i < 1500; i++) {
      store.configure("b", "policy", "{\"round\":" + i + "}");
    }
    long long1 = Files.size(folder.resolve("objects.journal"));
    long sequence = put("last", "x").sequence();
    reopen();
    assertThat(Files.size(folder.resolve("objects.journal"))).isLessThan(long1 / 4);
    reopen();
    assertThat(store.bucket("b").keys().get("versions")).hasSize(2);
    assertThat(get("versions")).isEqualTo("two");
    assertThat(store.bucket("b").settings().get("policy")).isEqualTo("{\"round\":1499}");
    assertThat(store.upload("b", "u", upload.id()).key()).isEqualTo("u");
    assertThat(put("last", "y").sequence()).isGreaterThan(sequence);
  }

  @Test
  void aMessageThatWasNotDeliveredIsDeliveredAfterReopening() throws Exception {
    store.close();
    Notifier notifier = change -> List.of(new Message("arn", change.key()));
    open(notifier);
    store.createBucket("b", Map.of());
    put("one", "1");
    put("two", "2");
    assertThat(store.undelivered()).isEqualTo(2);
    store.close();
    open(notifier);
    List<String> delivered = Collections.synchronizedList(new ArrayList<>());
    int[] failures = {2};
    store.deliverTo((arn, body) -> {
      if (failures[0]-- > 0) {
        throw new IllegalStateException("not now");
      }
      delivered.add(body);
    });
    await(2, delivered);
    assertThat(delivered).containsExactly("one", "two");
    put("three", "3");
    await(3, delivered);
    store.close();
    open(notifier);
    assertThat(store.undelivered()).isZero();
  }

  private void await(int count, List<String> delivered) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while ((delivered.size() < count || store.undelivered() > 0) && System.nanoTime() < end) {
      Thread.sleep(5);
    }
  }

  @Test
  void manyKeysAreListedInOrderAndComeBack() {
    store.createBucket("b", Map.of());
    NewObject empty =
        new NewObject(Content.EMPTY, "e", Map.of(), Map.of(), false, List.of(), Map.of());
    for (int i = 0; i < 20_000; i++) {
      store.put("b", "k/" + Integer.reverse(i) + "/" + i, empty, Condition.NONE, PUT);
    }
    reopen();
    assertThat(store.bucket("b").keys()).hasSize(20_000);
    assertThat(List.copyOf(store.bucket("b").keys().keySet()))
        .isSortedAccordingTo(KeyOrder.INSTANCE);
  }

  @Test
  void aFolderIsOpenOnceAtATime() {
    assertThatThrownBy(() -> ObjectStore.open(folder, Sync.NEVER, Clock.systemUTC(), Notifier.NONE))
        .hasMessageContaining("in use");
  }
}
