package dev.sluice.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.model.store.Content;
import dev.sluice.model.store.ListedObject;
import dev.sluice.model.store.ObjectInfo;
import dev.sluice.model.store.ObjectName;
import dev.sluice.model.store.ObjectStore;
import dev.sluice.model.store.OpenObject;
import dev.sluice.model.store.PutResult;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every {@link ObjectStore} does; the fake and the real one both pass. */
public abstract class ObjectStoreContract {
  private static final String TYPE = "application/octet-stream";

  /** The store under test. */
  protected abstract ObjectStore store();

  /** An existing, empty bucket without versions, the test's own. */
  protected abstract String bucket();

  /** An existing, empty bucket with versions, the test's own. */
  protected abstract String versionedBucket();

  /** Stores an object whatever is there, as an uploader does. */
  protected abstract void upload(ObjectName name, byte[] bytes);

  @Test
  void whatIsNotThereIsEmpty() {
    assertThat(store().head(name("no"))).isEmpty();
    assertThat(store().open(name("no"))).isEmpty();
    assertThat(list("no", "")).isEmpty();
  }

  @Test
  void whatIsCreatedIsRead() throws IOException {
    assertThat(store().putIfAbsent(name("a"), Content.of("text"), TYPE))
        .isInstanceOfSatisfying(
            PutResult.Created.class,
            created ->
                assertThat(created.etag())
                    .isEqualTo(store().head(name("a")).orElseThrow().etag())
                    .doesNotContain("\""));

    ObjectInfo info = store().head(name("a")).orElseThrow();
    assertThat(info.size()).isEqualTo(4);
    assertThat(info.versionId()).isEmpty();
    assertThat(info.version()).isEqualTo(info.etag());
    assertThat(read(name("a"))).isEqualTo("text");
    assertThat(info.etag()).isEqualTo(Content.of("text").md5());
  }

  @Test
  void aFileIsStored(@TempDir Path dir) throws IOException {
    byte[] bytes = new byte[3_000_000];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (i * 31 + (i >> 11));
    }
    Path file = Files.write(dir.resolve("f"), bytes);

    store().putIfAbsent(name("file"), Content.of(file), TYPE);

    try (OpenObject open = store().open(name("file")).orElseThrow()) {
      assertThat(open.content().readAllBytes()).isEqualTo(bytes);
      assertThat(open.info().etag()).isEqualTo(Content.of(file).md5());
    }
  }

  @Test
  void theSecondCreateChangesNothing() throws IOException {
    store().putIfAbsent(name("a"), Content.of("first"), TYPE);

    PutResult second = store().putIfAbsent(name("a"), Content.of("second!"), TYPE);

    assertThat(second)
        .isInstanceOfSatisfying(
            PutResult.Exists.class,
            exists -> {
              assertThat(exists.existing().size()).isEqualTo(5);
              assertThat(exists.existing().etag())
                  .isEqualTo(store().head(name("a")).orElseThrow().etag());
            });
    assertThat(read(name("a"))).isEqualTo("first");
  }

  @Test
  void ofManyCreatesOneWins() throws Exception {
    List<PutResult> results = together(8, i -> putIfAbsent("race", i));

    assertThat(results).filteredOn(r -> r instanceof PutResult.Created).hasSize(1);
  }

  @Test
  void ofManyReplacementsOneWins() throws Exception {
    store().putIfAbsent(name("race"), Content.of("first"), TYPE);
    String etag = store().head(name("race")).orElseThrow().etag();

    List<Optional<String>> results =
        together(
            8, i -> store().putIfMatch(name("race"), etag, Content.of("replacement " + i), TYPE));

    assertThat(results).filteredOn(Optional::isPresent).hasSize(1);
  }

  @Test
  void aReplacementNeedsTheRightEtag() throws IOException {
    store().putIfAbsent(name("a"), Content.of("first"), TYPE);
    String etag = store().head(name("a")).orElseThrow().etag();

    assertThat(store().putIfMatch(name("a"), etag, Content.of("second"), TYPE))
        .contains(store().head(name("a")).orElseThrow().etag());
    assertThat(store().putIfMatch(name("a"), etag, Content.of("third"), TYPE)).isEmpty();
    assertThat(read(name("a"))).isEqualTo("second");
  }

  @Test
  void whatIsNotThereIsNotReplaced() {
    assertThat(
            store()
                .putIfMatch(name("no"), "0123456789abcdef0123456789abcdef", Content.of("x"), TYPE))
        .isEmpty();
    assertThat(store().head(name("no"))).isEmpty();
  }

  @Test
  void aDeletedObjectIsGoneAndCanBeCreatedAgain() throws IOException {
    store().putIfAbsent(name("a"), Content.of("first"), TYPE);

    store().delete(name("a"));
    store().delete(name("a"));

    assertThat(store().head(name("a"))).isEmpty();
    assertThat(store().putIfAbsent(name("a"), Content.of("second"), TYPE))
        .isInstanceOf(PutResult.Created.class);
    assertThat(read(name("a"))).isEqualTo("second");
  }

  @Test
  void aListingIsInOrderAndStartsWhereItIsTold() {
    for (String key : List.of("l/b", "l/a", "l/é", "l/a b", "m", "l/a/c", "l/\uD83D\uDE00")) {
      upload(name(key), key.getBytes(StandardCharsets.UTF_8));
    }

    assertThat(list("l/", ""))
        .containsExactly("l/a", "l/a b", "l/a/c", "l/b", "l/é", "l/\uD83D\uDE00");
    assertThat(list("l/", "l/a/c")).containsExactly("l/b", "l/é", "l/\uD83D\uDE00");
    try (Stream<ListedObject> stream = store().list(bucket(), "m", "")) {
      assertThat(stream)
          .singleElement()
          .satisfies(object -> {
            assertThat(object.size()).isEqualTo(1);
            assertThat(object.etag()).isEqualTo(store().head(name("m")).orElseThrow().etag());
          });
    }
  }

  @Test
  void aListingOfManyPagesIsWhole() {
    for (int i = 0; i < 25; i++) {
      upload(name("p/%03d".formatted(i)), new byte[0]);
    }

    assertThat(list("p/", "")).hasSize(25).isSorted();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "k/a b.json",
        "k/a+b.json",
        "k/100%.json",
        "k/%41.json",
        "k/dt=2026-01-01/é 漢字 \uD83D\uDE00.json",
        "k/a&b=c?d#e;f:g@h'i\"j<k>.json",
        "k//double",
        "k/slash/"
      })
  void everyKeyIsKeptAsItIs(String key) throws IOException {
    store().putIfAbsent(name(key), Content.of(key), TYPE);

    assertThat(read(name(key))).isEqualTo(key);
    assertThat(list("k/", "")).contains(key);
    store().delete(name(key));
    assertThat(store().head(name(key))).isEmpty();
  }

  @Test
  void anEmptyObjectIsAnObject() throws IOException {
    store().putIfAbsent(name("empty"), Content.of(new byte[0]), TYPE);

    assertThat(store().head(name("empty")).orElseThrow().size()).isZero();
    assertThat(read(name("empty"))).isEmpty();
  }

  @Test
  void anOpenObjectIsTheVersionThatWasOpened() throws IOException {
    upload(name("a"), "first".getBytes(StandardCharsets.UTF_8));
    ObjectInfo first = store().head(name("a")).orElseThrow();
    try (OpenObject open = store().open(name("a"), first).orElseThrow()) {
      assertThat(open.info().etag()).isEqualTo(first.etag());
    }

    upload(name("a"), "second".getBytes(StandardCharsets.UTF_8));

    assertThat(store().open(name("a"), first)).isEmpty();
  }

  @Test
  void aReaderMayStopEarly() throws IOException {
    upload(name("large"), new byte[2_000_000]);

    try (OpenObject open = store().open(name("large")).orElseThrow()) {
      assertThat(open.content().read()).isZero();
    }

    assertThat(store().head(name("large"))).isPresent();
  }

  @Test
  void aTailIsTheEndOfAnObject() {
    upload(name("t"), "0123456789".getBytes(StandardCharsets.UTF_8));
    upload(name("nothing"), new byte[0]);

    assertThat(store().tail(name("t"), 3).orElseThrow()).asString().isEqualTo("789");
    assertThat(store().tail(name("t"), 10).orElseThrow()).asString().isEqualTo("0123456789");
    assertThat(store().tail(name("t"), 99).orElseThrow()).asString().isEqualTo("0123456789");
    assertThat(store().tail(name("nothing"), 3).orElseThrow()).isEmpty();
    assertThat(store().tail(name("no"), 3)).isEmpty();
  }

  @Test
  void anOldVersionCanBeOpened() throws IOException {
    ObjectName name = new ObjectName(versionedBucket(), "v");
    upload(name, "first".getBytes(StandardCharsets.UTF_8));
    ObjectInfo first = store().head(name).orElseThrow();
    upload(name, "second".getBytes(StandardCharsets.UTF_8));

    assertThat(first.versionId()).isNotEmpty().isEqualTo(first.version());
    assertThat(store().head(name).orElseThrow().versionId()).isNotEqualTo(first.versionId());
    try (OpenObject open = store().open(name, first).orElseThrow()) {
      assertThat(open.content().readAllBytes()).asString().isEqualTo("first");
      assertThat(open.info().versionId()).isEqualTo(first.versionId());
    }
    store().delete(name);
    assertThat(store().head(name)).isEmpty();
    assertThat(store().open(name)).isEmpty();
  }

  private ObjectName name(String key) {
    return new ObjectName(bucket(), key);
  }

  private PutResult putIfAbsent(String key, int i) {
    return store().putIfAbsent(name(key), Content.of("content " + i), TYPE);
  }

  private String read(ObjectName name) throws IOException {
    try (OpenObject open = store().open(name).orElseThrow()) {
      return new String(open.content().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private List<String> list(String prefix, String startAfter) {
    try (Stream<ListedObject> objects = store().list(bucket(), prefix, startAfter)) {
      return objects.map(o -> o.name().key()).toList();
    }
  }

  private interface Attempt<T> {
    T run(int i) throws Exception;
  }

  private static <T> List<T> together(int count, Attempt<T> attempt) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(count);
    try {
      CountDownLatch start = new CountDownLatch(1);
      List<Future<T>> futures = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        int number = i;
        Callable<T> task =
            () -> {
              start.await();
              return attempt.run(number);
            };
        futures.add(threads.submit(task));
      }
      start.countDown();
      List<T> results = new ArrayList<>();
      for (Future<T> future : futures) {
        results.add(future.get());
      }
      return results;
    } finally {
      threads.shutdownNow();
    }
  }
}
