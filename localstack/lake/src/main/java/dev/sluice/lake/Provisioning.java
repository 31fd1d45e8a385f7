package dev.sluice.lake;

import dev.sluice.lake.athena.AthenaService;
import dev.sluice.lake.glue.GlueCatalog;
import dev.sluice.lake.json.SdkJson;
import dev.sluice.lake.sqs.Queues;
import dev.sluice.model.catalog.Catalog;
import dev.sluice.model.catalog.TableDefinition;
import dev.sluice.model.catalog.ViewDefinition;
import dev.sluice.model.dataset.Datasets;
import dev.sluice.model.query.NamedQueries;
import dev.sluice.model.query.NamedQuery;
import dev.sluice.model.registry.NotificationSpec;
import dev.sluice.model.registry.QueueSpec;
import dev.sluice.model.registry.Registry;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import software.amazon.awssdk.services.glue.model.DatabaseInput;
import software.amazon.awssdk.services.glue.model.TableInput;

/** Makes what the registry names, as a deployment does on AWS; what is there already stays. */
final class Provisioning {
  /** The most bytes that a query of a function may read. */
  static final long SCAN_LIMIT = Registry.QUERY_SCAN_LIMIT_GIGABYTES * Registry.BYTES_PER_GIGABYTE;

  private final Registry registry;

  Provisioning(Registry registry) {
    this.registry = registry;
  }

  /** Creates queues, or brings their attributes up to date. */
  void queues(Queues queues) {
    for (QueueSpec spec : registry.queues()) {
      put(
          queues,
          spec.deadLetterQueue(),
          Map.of(
              "MessageRetentionPeriod", Long.toString(spec.deadLetterRetention().toSeconds()),
              "MaximumMessageSize", Integer.toString(spec.maxMessageBytes())));
      Map<String, String> attributes = new LinkedHashMap<>();
      attributes.put("VisibilityTimeout", Long.toString(spec.visibility().toSeconds()));
      attributes.put("MessageRetentionPeriod", Long.toString(spec.retention().toSeconds()));
      attributes.put("MaximumMessageSize", Integer.toString(spec.maxMessageBytes()));
      attributes.put(
          "RedrivePolicy",
          "{\"deadLetterTargetArn\":\""
              + queues.arn(spec.deadLetterQueue())
              + "\",\"maxReceiveCount\":"
              + spec.maxReceiveCount()
              + "}");
      put(queues, spec.name(), attributes);
    }
  }

  private static void put(Queues queues, String name, Map<String, String> attributes) {
    if (!queues.exists(name)) {
      queues.create(name, attributes);
    } else if (!queues.attributes(name).entrySet().containsAll(attributes.entrySet())) {
      queues.setAttributes(name, attributes);
    }
  }

  /**
   * Creates databases, the tables of the declared datasets and views, or brings them up to date.
   */
  void tables(GlueCatalog catalog, Datasets datasets, List<ViewDefinition> views) {
    Set<String> databases = new HashSet<>();
    catalog.databases().forEach(database -> databases.add(database.name()));
    for (String database : Catalog.databases()) {
      if (!databases.contains(database)) {
        catalog.createDatabase(DatabaseInput.builder().name(database).build());
      }
    }
    for (TableDefinition table : new Catalog(registry.layout()).tables(datasets)) {
      catalog.ensureTable(
          table.database(), (TableInput) SdkJson.fromTree(table.tableInput(), TableInput::builder));
    }
    for (ViewDefinition view : views) {
      catalog.ensureTable(
          view.database(), (TableInput) SdkJson.fromTree(view.tableInput(), TableInput::builder));
    }
  }

  /** Creates the workgroups that people and the query function ask in, and saves the queries. */
  void queries(AthenaService athena, NamedQueries queries) {
    athena.ensureWorkGroup(
        Registry.WORKGROUP,
        "s3://" + registry.layout().resultsBucket() + "/" + Registry.RESULTS,
        Registry.SCAN_LIMIT_GIGABYTES * Registry.BYTES_PER_GIGABYTE);
    for (NamedQuery query : queries.all()) {
      athena.ensureQuery(
          Registry.WORKGROUP,
          query.name(),
          query.statementName(),
          query.summary(),
          query.database(),
          query.positionalSql());
    }
    athena.ensureWorkGroup(
        Registry.QUERY_WORKGROUP,
        "s3://" + registry.layout().resultsBucket() + "/" + Registry.QUERY_RESULTS,
        SCAN_LIMIT);
  }

  /**
   * Creates buckets and their notifications through the S3 API, so that they are just what a client
   * would have made.
   */
  void buckets(URI endpoint, Queues queues) {
    String raw = registry.layout().rawBucket();
    for (String bucket :
        List.of(raw, registry.layout().lakeBucket(), registry.layout().resultsBucket())) {
      if (call(endpoint, "HEAD", "/" + bucket, "").status() == 404) {
        ok(call(endpoint, "PUT", "/" + bucket, ""));
      }
    }
    if (!call(endpoint, "GET", "/" + raw + "?versioning", "").body().contains("Enabled")) {
      ok(
          call(
              endpoint,
              "PUT",
              "/" + raw + "?versioning",
              "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>"));
    }
    Map<String, StringBuilder> configurations = new LinkedHashMap<>();
    for (NotificationSpec spec : registry.notifications()) {
      StringBuilder xml =
          configurations.computeIfAbsent(spec.bucket(), bucket -> new StringBuilder());
      xml.append("<QueueConfiguration><Id>").append(spec.id()).append("</Id><Queue>");
      xml.append(queues.arn(spec.queue())).append("</Queue>");
      spec.events().forEach(event -> xml.append("<Event>").append(event).append("</Event>"));
      xml.append("</QueueConfiguration>");
    }
    configurations.forEach((bucket, xml) -> {
      String path = "/" + bucket + "?notification";
      // Setting it again would send another test event.
      if (!call(endpoint, "GET", path, "").body().contains(xml)) {
        ok(
            call(
                endpoint,
                "PUT",
                path,
                "<NotificationConfiguration>" + xml + "</NotificationConfiguration>"));
      }
    });
  }

  private record Answer(String request, int status, String body) {}

  private static void ok(Answer answer) {
    if (answer.status() / 100 != 2) {
      throw new IllegalStateException(
          "Cannot set up the lake: "
              + answer.request()
              + " answered "
              + answer.status()
              + ": "
              + answer.body());
    }
  }

  private static Answer call(URI endpoint, String method, String path, String body) {
    try {
      HttpURLConnection connection =
          (HttpURLConnection) endpoint.resolve(path).toURL().openConnection();
      connection.setRequestMethod(method);
      byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
      if (method.equals("PUT")) {
        connection.setDoOutput(true);
        connection.setFixedLengthStreamingMode(bytes.length);
        try (OutputStream out = connection.getOutputStream()) {
          out.write(bytes);
        }
      }
      int status = connection.getResponseCode();
      InputStream stream =
          status >= 400 ? connection.getErrorStream() : connection.getInputStream();
      String answer = "";
      if (stream != null) {
        try (stream) {
          answer = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        }
      }
      return new Answer(method + " " + path, status, answer);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "Cannot set up the lake: " + method + " " + path + ": " + e.getMessage(), e);
    }
  }
}
