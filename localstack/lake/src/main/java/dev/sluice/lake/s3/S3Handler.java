package dev.sluice.lake.s3;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import dev.sluice.lake.api.Messages;
import dev.sluice.lake.api.ServiceException;
import dev.sluice.lake.store.ObjectStore;
import dev.sluice.lake.store.Pinned;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * S3's REST protocol, path style and virtual-host style. Signatures are not verified, the expiry of
 * presigned URLs is. What is not supported is answered with 501 and the name of the operation.
 *
 * <p>The JDK's server must run with {@code sun.net.httpserver.nodelay=true}, set before its first
 * use, or small answers wait 40 ms.
 */
public final class S3Handler implements HttpHandler {
  private static final System.Logger LOG = System.getLogger(S3Handler.class.getName());
  private static final int BUFFER = 1 << 17;
  private static final long MAX_DRAIN = 256L << 20;
  private static final DateTimeFormatter PRESIGN_DATE =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

  /** Query parameters that choose an operation. */
  private static final Set<String> SUBRESOURCES =
      Set.of(
          "accelerate",
          "acl",
          "analytics",
          "attributes",
          "cors",
          "delete",
          "encryption",
          "intelligent-tiering",
          "inventory",
          "legal-hold",
          "lifecycle",
          "location",
          "logging",
          "metadataConfiguration",
          "metadataInventoryTable",
          "metadataJournalTable",
          "metadataTable",
          "metrics",
          "notification",
          "object-lock",
          "ownershipControls",
          "policy",
          "policyStatus",
          "publicAccessBlock",
          "renameObject",
          "replication",
          "requestPayment",
          "restore",
          "retention",
          "select",
          "session",
          "tagging",
          "torrent",
          "uploads",
          "versioning",
          "versions",
          "website");

  private final BucketOperations buckets;
  private final ObjectOperations objects;
  private final MultipartOperations multipart;
  private final Listings listings;
  private final S3Settings settings;
  private final Clock clock;

  /**
   * Serves the store's buckets and starts to deliver their events.
   *
   * @param store opened with {@link Notifications} of the same settings
   * @param messages takes the events
   * @param settings whose S3 this is
   * @param clock tells whether presigned URLs have expired
   */
  public S3Handler(ObjectStore store, Messages messages, S3Settings settings, Clock clock) {
    this.buckets = new BucketOperations(store, messages, settings, clock);
    this.objects = new ObjectOperations(store, settings);
    this.multipart = new MultipartOperations(store, settings);
    this.listings = new Listings(store, settings);
    this.settings = settings;
    this.clock = clock;
    store.deliverTo(messages);
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    S3Request request;
    try {
      request = S3Request.of(exchange);
    } catch (ServiceException e) {
      byte[] body =
          Xml.plainRoot("Error")
              .leaf("Code", e.code())
              .leaf("Message", e.getMessage())
              .end("Error");
      exchange.sendResponseHeaders(e.status(), body.length);
      exchange.getResponseBody().write(body);
      exchange.close();
      return;
    }
    Answer answer;
    boolean failed = true;
    try {
      answer = answer(request);
      failed = false;
    } catch (ServiceException e) {
      answer = Errors.answer(request, e);
    } catch (IOException e) {
      // The client went away, or the disk failed; in the first case nobody reads this.
      LOG.log(System.Logger.Level.DEBUG, "A request ended early", e);
      answer = internal(request, e);
    } catch (RuntimeException e) {
      LOG.log(
          System.Logger.Level.ERROR,
          "A request failed: " + request.method() + " request id " + request.requestId(),
          e);
      answer = internal(request, e);
    }
    send(exchange, request, answer, failed);
  }

  private static Answer internal(S3Request request, Exception e) {
    return Errors.answer(
        request,
        new ServiceException(
            500,
            "InternalError",
            "We encountered an internal error. Please try again. (" + e.getMessage() + ")"));
  }

  private static void send(HttpExchange exchange, S3Request request, Answer answer, boolean failed)
      throws IOException {
    try (Pinned content = answer.content) {
      if (failed) {
        drain(exchange.getRequestBody());
      }
      var headers = exchange.getResponseHeaders();
      answer.headers.forEach(headers::set);
      headers.set("Server", "AmazonS3");
      headers.set("x-amz-request-id", request.requestId());
      headers.set("x-amz-id-2", request.hostId());
      long length = content == null ? answer.body.length : answer.length;
      if (request.method().equals("HEAD")) {
        headers.set("Content-Length", Long.toString(length));
        exchange.sendResponseHeaders(answer.status, -1);
      } else if (length == 0 || answer.status == 304 || answer.status == 204) {
        exchange.sendResponseHeaders(answer.status, -1);
      } else {
        exchange.sendResponseHeaders(answer.status, length);
        OutputStream out = exchange.getResponseBody();
        if (content == null) {
          out.write(answer.body);
        } else {
          copy(content, answer, out);
        }
        out.close();
      }
    } finally {
      exchange.close();
    }
  }

  private static void copy(Pinned content, Answer answer, OutputStream out) throws IOException {
    try (InputStream in = content.open(answer.from, answer.length)) {
      byte[] buffer = new byte[(int) Math.min(answer.length, BUFFER)];
      int count;
      while ((count = in.read(buffer)) > 0) {
        out.write(buffer, 0, count);
      }
    }
  }

  /** Reads what the client still sends, for many clients read no answer before they sent all. */
  private static void drain(InputStream in) {
    byte[] buffer = new byte[BUFFER];
    try {
      long drained = 0;
      int count;
      while (drained < MAX_DRAIN && (count = in.read(buffer)) > 0) {
        drained += count;
      }
    } catch (IOException e) {
      // Then there is nothing more to come.
    }
  }

  private Answer answer(S3Request request) throws IOException {
    checkExpiry(request);
    String expectedOwner = request.header("x-amz-expected-bucket-owner");
    if (expectedOwner != null && !expectedOwner.equals(settings.account())) {
      throw new ServiceException(403, "AccessDenied", "Access Denied");
    }
    String subresource = "";
    for (String parameter : request.query().keySet()) {
      if (SUBRESOURCES.contains(parameter)) {
        subresource = parameter;
        break;
      }
    }
    Answer answer;
    if (request.bucket().isEmpty()) {
      answer = service(request, subresource);
    } else if (request.key().isEmpty()) {
      answer = bucket(request, subresource);
    } else {
      answer = object(request, subresource);
    }
    if (answer == null) {
      throw S3Request.unsupported(operation(request, subresource));
    }
    return answer;
  }

  private @Nullable Answer service(S3Request request, String subresource) {
    return request.method().equals("GET") && subresource.isEmpty() ? buckets.list(request) : null;
  }

  private @Nullable Answer bucket(S3Request request, String subresource) throws IOException {
    return switch (request.method() + " " + subresource) {
      case "PUT " -> buckets.create(request);
      case "HEAD " -> buckets.head(request);
      case "DELETE " -> buckets.delete(request);
      case "GET " ->
          "2".equals(request.parameter("list-type"))
              ? listings.listV2(request)
              : listings.listV1(request);
      case "GET versions" -> listings.listVersions(request);
      case "GET uploads" -> listings.listUploads(request);
      case "GET location" -> buckets.location(request);
      case "GET versioning" -> buckets.getVersioning(request);
      case "PUT versioning" -> buckets.putVersioning(request);
      case "GET notification" -> buckets.getNotification(request);
      case "PUT notification" -> buckets.putNotification(request);
      case "GET policy" -> buckets.getPolicy(request);
      case "PUT policy" -> buckets.putPolicy(request);
      case "DELETE policy" -> buckets.deletePolicy(request);
      case "POST delete" -> objects.deleteMany(request);
      default -> subresource.isEmpty() ? null : buckets.configuration(request, subresource);
    };
  }

  private @Nullable Answer object(S3Request request, String subresource) throws IOException {
    boolean upload = request.has("uploadId");
    boolean copy = request.header("x-amz-copy-source") != null;
    return switch (request.method() + " " + subresource) {
      case "PUT " -> {
        if (upload) {
          yield copy ? multipart.copyPart(request) : multipart.putPart(request);
        }
        yield copy ? objects.copy(request) : objects.put(request);
      }
      case "GET " -> upload ? multipart.listParts(request) : objects.get(request);
      case "HEAD " -> objects.get(request);
      case "DELETE " -> upload ? multipart.abort(request) : objects.delete(request);
      case "POST " -> upload ? multipart.complete(request) : null;
      case "POST uploads" -> multipart.create(request);
      case "GET tagging" -> objects.getTagging(request);
      case "PUT tagging" -> objects.putTagging(request);
      case "DELETE tagging" -> objects.deleteTagging(request);
      case "GET attributes" -> objects.attributes(request);
      case "GET acl" -> objects.getAcl(request);
      default -> null;
    };
  }

  /** The name of an operation that is not supported, as near to S3's own as can be told. */
  private static String operation(S3Request request, String subresource) {
    String scope =
        request.bucket().isEmpty() ? "Service" : request.key().isEmpty() ? "Bucket" : "Object";
    String method = request.method();
    String verb =
        method.substring(0, 1).toUpperCase(Locale.ROOT)
            + method.substring(1).toLowerCase(Locale.ROOT);
    StringBuilder name = new StringBuilder(verb).append(scope);
    for (String word : subresource.split("-")) {
      if (!word.isEmpty()) {
        name.append(word.substring(0, 1).toUpperCase(Locale.ROOT)).append(word.substring(1));
      }
    }
    return name.toString();
  }

  private void checkExpiry(S3Request request) {
    Instant now = clock.instant();
    String date = request.parameter("X-Amz-Date");
    String seconds = request.parameter("X-Amz-Expires");
    Instant end = null;
    try {
      if (request.has("X-Amz-Signature") && date != null && seconds != null) {
        long validity = Long.parseLong(seconds);
        if (validity < 1 || validity > 604_800) {
          throw new ServiceException(
              400,
              "AuthorizationQueryParametersError",
              "X-Amz-Expires must be between 1 and 604800 seconds");
        }
        end = Instant.from(PRESIGN_DATE.parse(date)).plusSeconds(validity);
      } else if (request.has("Signature") && request.has("Expires")) {
        end = Instant.ofEpochSecond(Long.parseLong(request.parameter("Expires", "")));
      }
    } catch (DateTimeException | NumberFormatException e) {
      throw new ServiceException(
          400,
          "AuthorizationQueryParametersError",
          "Query-string authentication has a date or an expiry that is not valid");
    }
    if (end != null && now.isAfter(end)) {
      throw new ServiceException(403, "AccessDenied", "Request has expired");
    }
  }
}
