package dev.sluice.benchmarks.reliability;

import com.sun.net.httpserver.HttpHandler;
import dev.sluice.benchmarks.Failure;
import dev.sluice.books.Truth;
import dev.sluice.books.World;
import dev.sluice.lake.api.Messages;
import dev.sluice.lake.glue.GlueCatalog;
import dev.sluice.lake.glue.GlueService;
import dev.sluice.lake.http.Endpoint;
import dev.sluice.lake.s3.Notifications;
import dev.sluice.lake.s3.S3Handler;
import dev.sluice.lake.s3.S3Settings;
import dev.sluice.lake.store.Journal;
import dev.sluice.lake.store.ObjectStore;
import dev.sluice.model.catalog.Catalog;
import dev.sluice.model.dataset.Datasets;
import dev.sluice.model.registry.LakeLayout;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import software.amazon.awssdk.services.glue.model.DatabaseInput;

/** S3 and Glue of the local lake, in this process, and all that has been uploaded to it. */
final class KillLake implements AutoCloseable {
  static final LakeLayout LAYOUT = new LakeLayout(World.RAW, World.LAKE, "results");

  private final HttpClient http = HttpClient.newHttpClient();
  private final ObjectStore store;
  private final GlueCatalog catalog;
  private final S3Handler objects;
  private final Endpoint endpoint;

  /** An object as it was uploaded. */
  record Uploaded(String versionId, String etag) {}

  /**
   * Starts it.
   *
   * @param messages hears of every upload and deletion
   */
  KillLake(Path folder, Datasets datasets, Messages messages)
      throws IOException, InterruptedException {
    Clock clock = Clock.systemUTC();
    S3Settings settings = new S3Settings("us-east-1", "000000000000");
    store =
        ObjectStore.open(
            folder.resolve("objects"), Journal.Sync.NEVER, clock, new Notifications(settings));
    catalog = GlueCatalog.open(folder.resolve("glue"), clock);
    Catalog.databases()
        .forEach(name -> catalog.createDatabase(DatabaseInput.builder().name(name).build()));
    new Catalog(LAYOUT).tables(datasets).forEach(catalog::ensureTable);
    objects = new S3Handler(store, messages, settings, clock);
    endpoint = open(handler -> handler);
    request("PUT", "/" + LAYOUT.lakeBucket(), "");
    request("PUT", "/" + LAYOUT.rawBucket(), "");
    request(
        "PUT",
        "/" + LAYOUT.rawBucket() + "?versioning",
        "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>");
    request(
        "PUT",
        "/" + LAYOUT.rawBucket() + "?notification",
        "<NotificationConfiguration><QueueConfiguration><Id>all</Id>"
            + "<Queue>arn:aws:sqs:us-east-1:000000000000:ingest</Queue>"
            + "<Event>s3:ObjectCreated:*</Event><Event>s3:ObjectRemoved:*</Event>"
            + "</QueueConfiguration></NotificationConfiguration>");
  }

  /** Another address of the same lake, with something of its own before S3. */
  Endpoint open(UnaryOperator<HttpHandler> before) {
    return Endpoint.start(
        0,
        List.of(new GlueService(catalog)),
        before.apply(objects),
        () -> new Endpoint.Health(true, Map.of()));
  }

  URI uri() {
    return endpoint.uri();
  }

  Uploaded upload(String key, byte[] content) throws IOException, InterruptedException {
    HttpResponse<String> answer =
        send(
            HttpRequest.newBuilder(path(key)).PUT(HttpRequest.BodyPublishers.ofByteArray(content)));
    return new Uploaded(
        answer.headers().firstValue("x-amz-version-id").orElse(""),
        answer.headers().firstValue("etag").orElse("").replace("\"", ""));
  }

  void remove(String key) throws IOException, InterruptedException {
    send(HttpRequest.newBuilder(path(key)).DELETE());
  }

  private URI path(String key) {
    return endpoint.uri().resolve("/" + LAYOUT.rawBucket() + "/" + key);
  }

  private void request(String method, String path, String body)
      throws IOException, InterruptedException {
    send(
        HttpRequest.newBuilder(endpoint.uri().resolve(path))
            .method(method, HttpRequest.BodyPublishers.ofString(body)));
  }

  private HttpResponse<String> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    HttpResponse<String> answer = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    if (answer.statusCode() / 100 != 2) {
      throw new Failure("Cannot use the lake: " + answer.statusCode() + " " + answer.body());
    }
    return answer;
  }

  /** What is there now. */
  Truth.Lake look() {
    Map<String, String> newest = new HashMap<>();
    store
        .bucket(LAYOUT.rawBucket())
        .keys()
        .forEach((key, versions) -> {
          var current = store.bucket(LAYOUT.rawBucket()).current(key);
          if (current != null && !current.deleteMarker()) {
            newest.put(key, current.id());
          }
        });
    Map<String, byte[]> lake = new TreeMap<>();
    for (String key : store.bucket(LAYOUT.lakeBucket()).keys().keySet()) {
      store.get(LAYOUT.lakeBucket(), key).ifPresent(bytes -> lake.put(key, bytes));
    }
    Set<String> locations = new TreeSet<>();
    catalog
        .partitions(Catalog.SILVER, "readings")
        .forEach(p -> locations.add(p.storageDescriptor().location()));
    catalog
        .partitions(Catalog.OPS, Catalog.QUARANTINE)
        .forEach(p -> locations.add(p.storageDescriptor().location()));
    return new Truth.Lake(newest, lake, locations);
  }

  @Override
  public void close() {
    http.close();
    endpoint.close();
    catalog.close();
    store.close();
  }
}
