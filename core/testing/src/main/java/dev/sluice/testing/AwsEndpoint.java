package dev.sluice.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.sluice.model.json.Json;
import dev.sluice.model.store.Content;
import dev.sluice.model.store.ListedObject;
import dev.sluice.model.store.ObjectInfo;
import dev.sluice.model.store.ObjectName;
import dev.sluice.model.store.OpenObject;
import dev.sluice.model.store.PartitionRegistrar;
import dev.sluice.model.store.PutResult;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The fakes behind S3's, SQS's and Glue's wire protocols, on a free port of the loopback address:
 * just enough for the calls that functions make, so that the real adapters can be tested without
 * the local lake. Signatures are not checked.
 */
public final class AwsEndpoint implements AutoCloseable {
  private static final DateTimeFormatter HTTP_DATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private final InMemoryObjectStore store;
  private final PartitionRegistrar partitions;
  private final Optional<FakeEmr> emr;
  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final ConcurrentLinkedDeque<Integer> failures = new ConcurrentLinkedDeque<>();
  private final ConcurrentLinkedDeque<Integer> refusals = new ConcurrentLinkedDeque<>();
  private final ConcurrentLinkedDeque<String> messages = new ConcurrentLinkedDeque<>();
  private final ConcurrentLinkedDeque<String> requests = new ConcurrentLinkedDeque<>();

  /**
   * Starts it.
   *
   * @param store what S3 shows
   * @param partitions what Glue registers in; every table exists
   */
  public AwsEndpoint(InMemoryObjectStore store, PartitionRegistrar partitions) throws IOException {
    this(store, partitions, Optional.empty());
  }

  /** Starts it, with clusters. */
  public AwsEndpoint(InMemoryObjectStore store, PartitionRegistrar partitions, FakeEmr emr)
      throws IOException {
    this(store, partitions, Optional.of(emr));
  }

  private AwsEndpoint(
      InMemoryObjectStore store, PartitionRegistrar partitions, Optional<FakeEmr> emr)
      throws IOException {
    this.emr = emr;
    this.store = store;
    this.partitions = partitions;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::handle);
    server.setExecutor(threads);
    server.start();
  }

  /** What {@code AWS_ENDPOINT_URL} is to be. */
  public URI uri() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /** The next requests are answered with these HTTP statuses, without effect. */
  public void failNext(int... statuses) {
    for (int status : statuses) {
      failures.add(status);
    }
  }

  /** So many of the next messages are not taken, though the requests succeed. */
  public void refuseNext(int count) {
    for (int i = 0; i < count; i++) {
      refusals.add(i);
    }
  }

  /** All messages so far: the queue's address, a space, the body. */
  public List<String> messages() {
    return List.copyOf(messages);
  }

  /** Methods and paths of all requests so far. */
  public List<String> requests() {
    return List.copyOf(requests);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = body(exchange);
      String path = exchange.getRequestURI().getRawPath();
      requests.add(exchange.getRequestMethod() + " " + path);
      Integer failure = failures.poll();
      if (failure != null) {
        error(exchange, failure, failure == 503 ? "SlowDown" : "Injected");
        return;
      }
      String target = exchange.getRequestHeaders().getFirst("X-Amz-Target");
      if (target != null) {
        Map<String, @Nullable Object> input =
            Json.parseObject(new String(body, StandardCharsets.UTF_8));
        if (target.startsWith("AmazonSQS.")) {
          sqs(exchange, target, input);
        } else if (emr.isPresent() && target.startsWith("ElasticMapReduce.")) {
          EmrWire.Answer answer = new EmrWire(emr.get()).answer(target, input);
          send(exchange, answer.status(), "application/x-amz-json-1.1", answer.body());
        } else {
          glue(exchange, target, input);
        }
        return;
      }
      int slash = path.indexOf('/', 1);
      String bucket = path.substring(1, slash < 0 ? path.length() : slash);
      String key = slash < 0 ? "" : decode(path.substring(slash + 1));
      Map<String, String> query = query(exchange);
      if (key.isEmpty() && query.containsKey("list-type")) {
        list(exchange, bucket, query);
      } else {
        object(exchange, new ObjectName(bucket, key), query, body);
      }
    }
  }

  private void object(
      HttpExchange exchange, ObjectName name, Map<String, String> query, byte[] body)
      throws IOException {
    String ifMatch = header(exchange, "If-Match");
    switch (exchange.getRequestMethod()) {
      case "HEAD" -> {
        Optional<ObjectInfo> info = store.head(name);
        if (info.isEmpty()) {
          exchange.sendResponseHeaders(404, -1);
        } else {
          describe(exchange, info.get());
          exchange.getResponseHeaders().set("Content-Length", Long.toString(info.get().size()));
          exchange.sendResponseHeaders(200, -1);
        }
      }
      case "GET" -> {
        String version = query.get("versionId");
        Optional<OpenObject> open =
            version == null
                ? store.open(name)
                : store.open(name, new ObjectInfo(version, "", 0, java.time.Instant.EPOCH));
        if (open.isEmpty()) {
          error(exchange, 404, version == null ? "NoSuchKey" : "NoSuchVersion");
          return;
        }
        ObjectInfo info = open.get().info();
        if (!ifMatch.isEmpty() && !ifMatch.equals(info.etag())) {
          error(exchange, 412, "PreconditionFailed");
          return;
        }
        describe(exchange, info);
        String range = header(exchange, "Range");
        if (range.startsWith("bytes=-")) {
          tail(exchange, name, Integer.parseInt(range.substring("bytes=-".length())));
          return;
        }
        exchange.sendResponseHeaders(200, info.size() == 0 ? -1 : info.size());
        open.get().content().transferTo(exchange.getResponseBody());
      }
      case "PUT" -> {
        Optional<String> etag;
        if (!ifMatch.isEmpty()) {
          if (store.head(name).isEmpty()) {
            error(exchange, 404, "NoSuchKey");
            return;
          }
          etag = store.putIfMatch(name, ifMatch, Content.of(body), "");
        } else if (header(exchange, "If-None-Match").equals("*")) {
          etag =
              store.putIfAbsent(name, Content.of(body), "") instanceof PutResult.Created created
                  ? Optional.of(created.etag())
                  : Optional.empty();
        } else {
          etag = Optional.of(store.upload(name, body).etag());
        }
        if (etag.isEmpty()) {
          error(exchange, 412, "PreconditionFailed");
        } else {
          exchange.getResponseHeaders().set("ETag", '"' + etag.get() + '"');
          exchange.sendResponseHeaders(200, -1);
        }
      }
      case "DELETE" -> {
        store.delete(name);
        exchange.sendResponseHeaders(204, -1);
      }
      default -> error(exchange, 405, "MethodNotAllowed");
    }
  }

  private void tail(HttpExchange exchange, ObjectName name, int bytes) throws IOException {
    byte[] tail = store.tail(name, bytes).orElseThrow();
    if (tail.length == 0) {
      error(exchange, 416, "InvalidRange");
    } else {
      exchange.sendResponseHeaders(206, tail.length);
      exchange.getResponseBody().write(tail);
    }
  }

  private static void describe(HttpExchange exchange, ObjectInfo info) {
    exchange.getResponseHeaders().set("ETag", '"' + info.etag() + '"');
    exchange.getResponseHeaders().set("Last-Modified", HTTP_DATE.format(info.lastModified()));
    if (!info.versionId().isEmpty()) {
      exchange.getResponseHeaders().set("x-amz-version-id", info.versionId());
    }
  }

  private void list(HttpExchange exchange, String bucket, Map<String, String> query)
      throws IOException {
    int limit = 10;
    String token = query.get("continuation-token");
    String after =
        token == null
            ? query.getOrDefault("start-after", "")
            : new String(HexFormat.of().parseHex(token), StandardCharsets.UTF_8);
    StringBuilder xml = new StringBuilder("<ListBucketResult><EncodingType>url</EncodingType>");
    List<ListedObject> page;
    try (Stream<ListedObject> objects =
        store.list(bucket, query.getOrDefault("prefix", ""), after)) {
      page = objects.limit(limit + 1L).toList();
    }
    boolean truncated = page.size() > limit;
    xml.append("<IsTruncated>").append(truncated).append("</IsTruncated>");
    for (ListedObject object : page.subList(0, Math.min(limit, page.size()))) {
      xml.append("<Contents><Key>")
          .append(encode(object.name().key()))
          .append("</Key><LastModified>")
          .append(object.lastModified().truncatedTo(ChronoUnit.MILLIS))
          .append("</LastModified><ETag>&quot;")
          .append(object.etag())
          .append("&quot;</ETag><Size>")
          .append(object.size())
          .append("</Size></Contents>");
    }
    if (truncated) {
      xml.append("<NextContinuationToken>")
          .append(
              HexFormat.of()
                  .formatHex(page.get(limit - 1).name().key().getBytes(StandardCharsets.UTF_8)))
          .append("</NextContinuationToken>");
    }
    send(exchange, 200, "application/xml", xml.append("</ListBucketResult>").toString());
  }

  private void sqs(HttpExchange exchange, String target, Map<String, @Nullable Object> input)
      throws IOException {
    String json = "application/x-amz-json-1.0";
    if (target.equals("AmazonSQS.GetQueueUrl")) {
      send(
          exchange,
          200,
          json,
          Json.write(Map.of("QueueUrl", uri() + "/000000000000/" + input.get("QueueName"))));
      return;
    }
    List<Map<String, ?>> sent = new ArrayList<>();
    List<Map<String, ?>> failed = new ArrayList<>();
    for (Object item : (List<?>) input.getOrDefault("Entries", List.of())) {
      Map<?, ?> entry = (Map<?, ?>) item;
      String id = String.valueOf(entry.get("Id"));
      if (refusals.poll() != null) {
        failed.add(Map.of("Id", id, "Code", "InternalError", "SenderFault", false));
      } else {
        sent.add(Map.of("Id", id));
        messages.add(input.get("QueueUrl") + " " + entry.get("MessageBody"));
      }
    }
    send(exchange, 200, json, Json.write(Map.of("Successful", sent, "Failed", failed)));
  }

  private void glue(HttpExchange exchange, String target, Map<String, @Nullable Object> input)
      throws IOException {
    String json = "application/x-amz-json-1.1";
    switch (target) {
      case "AWSGlue.GetTable" ->
          send(
              exchange,
              200,
              json,
              "{\"Table\":{\"Name\":\""
                  + input.get("Name")
                  + "\",\"StorageDescriptor\":{\"Location\":\"s3://t/\",\"Columns\":[]}}}");
      case "AWSGlue.BatchCreatePartition" -> {
        List<PartitionRegistrar.Partition> found = new ArrayList<>();
        for (Object item : (List<?>) input.getOrDefault("PartitionInputList", List.of())) {
          Map<?, ?> partition = (Map<?, ?>) item;
          found.add(
              new PartitionRegistrar.Partition(
                  ((List<?>) partition.get("Values")).stream().map(String::valueOf).toList(),
                  String.valueOf(
                      ((Map<?, ?>) partition.get("StorageDescriptor")).get("Location"))));
        }
        partitions.register(
            String.valueOf(input.get("DatabaseName")),
            String.valueOf(input.get("TableName")),
            found);
        send(exchange, 200, json, "{\"Errors\":[]}");
      }
      default -> send(exchange, 400, json, "{\"__type\":\"UnknownOperationException\"}");
    }
  }

  private static void error(HttpExchange exchange, int status, String code) throws IOException {
    send(
        exchange,
        status,
        "application/xml",
        "<Error><Code>" + code + "</Code><Message>as told</Message></Error>");
  }

  private static void send(HttpExchange exchange, int status, String type, String text)
      throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", type);
    boolean head = exchange.getRequestMethod().equals("HEAD");
    exchange.sendResponseHeaders(status, head ? -1 : bytes.length);
    if (!head) {
      exchange.getResponseBody().write(bytes);
    }
  }

  /** The body, out of the chunks in which the SDK signs it. */
  private static byte[] body(HttpExchange exchange) throws IOException {
    byte[] raw = exchange.getRequestBody().readAllBytes();
    if (!header(exchange, "x-amz-content-sha256").startsWith("STREAMING-")) {
      return raw;
    }
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    int at = 0;
    while (true) {
      int end = at;
      while (raw[end] != '\n') {
        end++;
      }
      String line = new String(raw, at, end - at, StandardCharsets.US_ASCII).strip();
      int size = Integer.parseInt(line.split(";", 2)[0], 16);
      if (size == 0) {
        return body.toByteArray();
      }
      body.write(raw, end + 1, size);
      at = end + 1 + size + 2;
    }
  }

  private static String header(HttpExchange exchange, String name) {
    String value = exchange.getRequestHeaders().getFirst(name);
    return value == null ? "" : value.replace("\"", "");
  }

  private static Map<String, String> query(HttpExchange exchange) {
    Map<String, String> query = new HashMap<>();
    String raw = exchange.getRequestURI().getRawQuery();
    if (raw != null) {
      for (String pair : raw.split("&")) {
        String[] parts = pair.split("=", 2);
        query.put(parts[0], parts.length == 1 ? "" : decode(parts[1]));
      }
    }
    return query;
  }

  private static String decode(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
