package dev.sluice.lake.s3;

import com.sun.net.httpserver.HttpExchange;
import dev.sluice.lake.api.ServiceException;
import dev.sluice.lake.store.Condition;
import dev.sluice.lake.store.Notifier.Cause;
import java.io.IOException;
import java.io.InputStream;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A request with its bucket and key found. */
final class S3Request {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int MAX_DOCUMENT = 8 << 20;

  /** Hosts that are this endpoint; what stands before one of them is a bucket. */
  private static final Pattern HOST =
      Pattern.compile(
          "(?:(?<bucket>.+?)\\.)??"
              + "(?:s3(?:[.-][a-z0-9-]+)?\\.)?(?:localhost(?:\\.localstack\\.cloud)?)");

  private final HttpExchange exchange;
  private final String path;
  private final String bucket;
  private final String key;
  private final Map<String, String> query;
  private final String requestId;
  private final String hostId;

  private S3Request(HttpExchange exchange, String path, Map<String, String> query) {
    this.exchange = exchange;
    this.path = path;
    this.query = query;
    byte[] random = new byte[56];
    RANDOM.nextBytes(random);
    this.requestId = HexFormat.of().withUpperCase().formatHex(random, 0, 8);
    this.hostId = Base64.getEncoder().encodeToString(Arrays.copyOfRange(random, 8, 56));
    String hosted = hostBucket(exchange.getRequestHeaders().getFirst("Host"));
    if (hosted != null) {
      this.bucket = hosted;
      this.key = path.substring(1);
    } else {
      int slash = path.indexOf('/', 1);
      this.bucket = slash < 0 ? path.substring(1) : path.substring(1, slash);
      this.key = slash < 0 ? "" : path.substring(slash + 1);
    }
  }

  /**
   * Reads the request line and headers.
   *
   * @throws ServiceException {@code InvalidURI}
   */
  static S3Request of(HttpExchange exchange) {
    // From the text: URI takes a path that begins with two slashes for an authority.
    String uri = exchange.getRequestURI().toString();
    if (!uri.startsWith("/")) {
      int start = uri.indexOf("://");
      int slash = start < 0 ? -1 : uri.indexOf('/', start + 3);
      uri = slash < 0 ? "/" : uri.substring(slash);
    }
    int mark = uri.indexOf('?');
    String path = Keys.decode(mark < 0 ? uri : uri.substring(0, mark), false);
    return new S3Request(exchange, path, mark < 0 ? Map.of() : Keys.query(uri.substring(mark + 1)));
  }

  static @Nullable String hostBucket(@Nullable String host) {
    if (host == null || host.startsWith("[")) {
      return null;
    }
    int colon = host.indexOf(':');
    String name = (colon < 0 ? host : host.substring(0, colon)).toLowerCase(Locale.ROOT);
    var matcher = HOST.matcher(name);
    return matcher.matches() ? matcher.group("bucket") : null;
  }

  String method() {
    return exchange.getRequestMethod();
  }

  /** The decoded path. */
  String path() {
    return path;
  }

  /** The bucket, or empty. */
  String bucket() {
    return bucket;
  }

  /** The key, or empty. */
  String key() {
    return key;
  }

  String requestId() {
    return requestId;
  }

  String hostId() {
    return hostId;
  }

  boolean has(String parameter) {
    return query.containsKey(parameter);
  }

  Map<String, String> query() {
    return query;
  }

  /** The parameter, or null. */
  @Nullable String parameter(String name) {
    return query.get(name);
  }

  /** The parameter, or another text. */
  String parameter(String name, String otherwise) {
    return query.getOrDefault(name, otherwise);
  }

  /** A parameter that is a number from 0 up, no larger than a limit. */
  int number(String name, int otherwise, int limit) {
    String text = query.get(name);
    if (text == null || text.isEmpty()) {
      return otherwise;
    }
    try {
      int value = Integer.parseInt(text);
      if (value >= 0) {
        return Math.min(value, limit);
      }
    } catch (NumberFormatException e) {
      // Answered below.
    }
    throw invalidArgument(
        "Argument " + name + " must be an integer between 0 and " + Integer.MAX_VALUE);
  }

  /** The version id, or null; an empty one is refused. */
  @Nullable String versionId() {
    String id = query.get("versionId");
    if (id != null && id.isEmpty()) {
      throw invalidArgument("Version id cannot be the empty string");
    }
    return id;
  }

  /** The header, or null. */
  @Nullable String header(String name) {
    return exchange.getRequestHeaders().getFirst(name);
  }

  /** All headers; the names are in no particular case. */
  Map<String, List<String>> headers() {
    return exchange.getRequestHeaders();
  }

  /** The condition on the object that is written. */
  Condition condition() {
    return new Condition(header("If-Match"), header("If-None-Match"));
  }

  /** What an event says about this request. */
  Cause cause(String event) {
    String address = exchange.getRemoteAddress().getAddress().getHostAddress();
    return new Cause(event, address, requestId, hostId);
  }

  InputStream body() {
    return exchange.getRequestBody();
  }

  /** The value of {@code Content-Length}, or -1. */
  long contentLength() {
    String text = header("Content-Length");
    try {
      return text == null ? -1 : Long.parseLong(text.strip());
    } catch (NumberFormatException e) {
      throw invalidArgument("Content-Length is not a number");
    }
  }

  /** A small body, with its checksums verified. */
  byte[] document() throws IOException {
    Incoming incoming = Incoming.of(this);
    byte[] document = incoming.stream().readNBytes(MAX_DOCUMENT + 1);
    if (document.length > MAX_DOCUMENT) {
      throw new ServiceException(
          400,
          "MaxMessageLengthExceeded",
          "Your request was too big: a document has at most " + MAX_DOCUMENT + " bytes");
    }
    incoming.verify(document);
    return document;
  }

  /** The region that the request was signed for, or null. */
  @Nullable String signedRegion() {
    String credential = parameter("X-Amz-Credential");
    if (credential == null) {
      String authorization = header("Authorization");
      int start = authorization == null ? -1 : authorization.indexOf("Credential=");
      credential = start < 0 || authorization == null ? null : authorization.substring(start);
    }
    String[] scope = credential == null ? new String[0] : credential.split("/");
    return scope.length > 3 ? scope[2] : null;
  }

  static ServiceException invalidArgument(String message) {
    return new ServiceException(400, "InvalidArgument", message);
  }

  static ServiceException invalidRequest(String message) {
    return new ServiceException(400, "InvalidRequest", message);
  }

  /** The refusal of what the local lake does not do. */
  static ServiceException unsupported(String what) {
    return new ServiceException(
        501,
        "NotImplemented",
        "A header or query you provided requests functionality that is not implemented: the local"
            + " lake does not support "
            + what);
  }
}
