package dev.sluice.lake.s3;

import dev.sluice.lake.api.ServiceException;
import dev.sluice.lake.store.Bucket;
import dev.sluice.lake.store.Condition;
import dev.sluice.lake.store.Digest;
import dev.sluice.lake.store.NewObject;
import dev.sluice.lake.store.ObjectStore;
import dev.sluice.lake.store.Pinned;
import dev.sluice.lake.store.Received;
import dev.sluice.lake.store.Version;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Operations on single objects. */
final class ObjectOperations {
  private static final long MAX_PUT = 5L << 30;
  private static final int MAX_KEY = 1024;
  private static final int MAX_DELETES = 1000;
  private static final Map<String, String> OVERRIDES =
      Map.of(
          "response-cache-control", "Cache-Control",
          "response-content-disposition", "Content-Disposition",
          "response-content-encoding", "Content-Encoding",
          "response-content-language", "Content-Language",
          "response-content-type", "Content-Type",
          "response-expires", "Expires");

  private final ObjectStore store;
  private final S3Settings settings;

  ObjectOperations(ObjectStore store, S3Settings settings) {
    this.store = store;
    this.settings = settings;
  }

  static void checkKey(String key) {
    if (key.getBytes(StandardCharsets.UTF_8).length > MAX_KEY) {
      throw new ServiceException(400, "KeyTooLongError", "Your key is too long");
    }
  }

  static void checkSize(long size) {
    if (size > MAX_PUT) {
      throw new ServiceException(
          400, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size");
    }
  }

  Answer put(S3Request request) throws IOException {
    Bucket bucket = store.bucket(request.bucket());
    checkKey(request.key());
    Map<String, String> headers = Headers.kept(request, bucket);
    Map<String, String> tags = Tags.header(request.header("x-amz-tagging"));
    Incoming incoming = Incoming.of(request);
    checkSize(incoming.length());
    try (Received received =
        store.receive(incoming.stream(), incoming.length(), incoming.digests())) {
      incoming.verify(received);
      checkSize(received.content().size());
      Digest digest = incoming.declared() == null ? Digest.CRC64NVME : incoming.declared();
      String name = digest.header();
      NewObject object =
          new NewObject(
              received.content(),
              received.md5(),
              headers,
              Map.of(name, received.checksums().get(name)),
              false,
              List.of(),
              tags);
      Version version =
          store.put(
              request.bucket(),
              request.key(),
              object,
              request.condition(),
              request.cause("ObjectCreated:Put"));
      Answer answer = Answer.of(200).header("ETag", Headers.quoted(version.etag()));
      Headers.checksums(answer, version.checksums(), false);
      Headers.encryption(answer, version.headers());
      Headers.version(answer, bucket, version);
      return answer;
    }
  }

  /** GET and HEAD. */
  Answer get(S3Request request) {
    Bucket bucket = store.bucket(request.bucket());
    Headers.refuse(request);
    String versionId = request.versionId();
    Pinned pinned;
    try {
      pinned = store.pin(request.bucket(), request.key(), versionId);
    } catch (ServiceException e) {
      return markerOr(e, bucket, request);
    }
    try {
      Answer answer = get(request, bucket, pinned);
      if (answer.content == null) {
        pinned.close();
      }
      return answer;
    } catch (RuntimeException e) {
      pinned.close();
      throw e;
    }
  }

  /** Where a delete marker stands, the error says so. */
  private static Answer markerOr(ServiceException e, Bucket bucket, S3Request request) {
    String id = request.versionId();
    Version marker = id == null ? bucket.current(request.key()) : bucket.version(request.key(), id);
    if (marker == null || !marker.deleteMarker()) {
      throw e;
    }
    Answer answer =
        Errors.answer(request, e)
            .header("x-amz-delete-marker", "true")
            .header("x-amz-version-id", marker.id());
    if (id != null) {
      answer.header("Last-Modified", Times.http(marker.modified())).header("Allow", "DELETE");
    }
    return answer;
  }

  private Answer get(S3Request request, Bucket bucket, Pinned pinned) {
    Version version = pinned.version();
    Answer unchanged = conditions(request, bucket, version);
    if (unchanged != null) {
      return unchanged;
    }
    long size = version.size();
    long from = 0;
    long length = size;
    int status = 200;
    String part = request.parameter("partNumber");
    String range = request.header("Range");
    if (part != null && range != null) {
      throw S3Request.invalidRequest(
          "Cannot specify both Range header and partNumber query parameter");
    }
    Range asked = null;
    if (part != null) {
      asked = part(version, request.number("partNumber", 1, Integer.MAX_VALUE));
      status = 206;
    } else if (range != null) {
      asked = Range.parse(range, size);
      if (asked != null && asked.length() == 0) {
        throw new ServiceException(416, "InvalidRange", "The requested range is not satisfiable");
      }
      status = asked == null ? 200 : 206;
    }
    if (asked != null) {
      from = asked.from();
      length = asked.length();
    }
    Answer answer = Answer.content(status, pinned, from, length);
    describe(answer, bucket, version);
    if (status == 206 && size > 0) {
      answer.header("Content-Range", "bytes " + from + "-" + (from + length - 1) + "/" + size);
    }
    if (part != null && !version.parts().isEmpty()) {
      answer.header("x-amz-mp-parts-count", version.parts().size());
    }
    if ("ENABLED".equalsIgnoreCase(request.header("x-amz-checksum-mode"))) {
      if (status == 200 || length == size) {
        Headers.checksums(answer, version.checksums(), version.compositeChecksum());
      } else if (part != null) {
        Map<String, String> checksums =
            version.parts().get(request.number("partNumber", 1, 10_000) - 1).checksums();
        Headers.checksums(answer, checksums, version.compositeChecksum());
      }
    }
    OVERRIDES.forEach((parameter, name) -> answer.header(name, request.parameter(parameter)));
    return answer;
  }

  private static Range part(Version version, int number) {
    if (version.parts().isEmpty() && number == 1) {
      return new Range(0, version.size());
    }
    if (number < 1 || number > version.parts().size()) {
      throw new ServiceException(
          416, "InvalidPartNumber", "The requested partnumber is not satisfiable");
    }
    long from = 0;
    for (int i = 0; i < number - 1; i++) {
      from += version.parts().get(i).size();
    }
    return new Range(from, version.parts().get(number - 1).size());
  }

  /** A stretch of an object. */
  record Range(long from, long length) {

    /** Null where the header is not understood and so ignored; no length where nothing is left. */
    static @Nullable Range parse(String header, long size) {
      var matcher =
          java.util.regex.Pattern.compile("bytes=(\\d{0,18})-(\\d{0,18})").matcher(header.strip());
      if (!matcher.matches()) {
        return null;
      }
      String first = matcher.group(1);
      String last = matcher.group(2);
      if (first.isEmpty()) {
        if (last.isEmpty()) {
          return null;
        }
        long count = Math.min(Long.parseLong(last), size);
        return new Range(size - count, count);
      }
      long from = Long.parseLong(first);
      long to = last.isEmpty() ? size - 1 : Long.parseLong(last);
      if (!last.isEmpty() && to < from) {
        return null;
      }
      return new Range(from, Math.max(0, Math.min(to, size - 1) - from + 1));
    }
  }

  private static @Nullable Answer conditions(S3Request request, Bucket bucket, Version version) {
    Instant modified = Times.seconds(version.modified());
    String match = request.header("If-Match");
    String noneMatch = request.header("If-None-Match");
    Instant unmodifiedSince = Times.parse(request.header("If-Unmodified-Since"));
    Instant modifiedSince = Times.parse(request.header("If-Modified-Since"));
    boolean failed =
        match != null
            ? !Condition.matches(match, version.etag())
            : unmodifiedSince != null && modified.isAfter(unmodifiedSince);
    if (failed) {
      throw preconditionFailed();
    }
    boolean unchanged =
        noneMatch != null
            ? Condition.matches(noneMatch, version.etag())
            : modifiedSince != null && !modified.isAfter(modifiedSince);
    if (!unchanged) {
      return null;
    }
    Answer answer =
        Answer.of(304)
            .header("ETag", Headers.quoted(version.etag()))
            .header("Last-Modified", Times.http(version.modified()));
    Headers.version(answer, bucket, version);
    return answer;
  }

  private static ServiceException preconditionFailed() {
    return new ServiceException(
        412, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold");
  }

  private static void describe(Answer answer, Bucket bucket, Version version) {
    answer
        .header("ETag", Headers.quoted(version.etag()))
        .header("Last-Modified", Times.http(version.modified()))
        .header("Accept-Ranges", "bytes")
        .header("Content-Type", "binary/octet-stream");
    version.headers().forEach(answer::header);
    // Header names keep one spelling, whatever case they were sent in.
    String type = version.headers().get("content-type");
    if (type != null) {
      answer.headers.remove("content-type");
      answer.header("Content-Type", type);
    }
    if (!version.tags().isEmpty()) {
      answer.header("x-amz-tagging-count", version.tags().size());
    }
    Headers.version(answer, bucket, version);
  }

  Answer delete(S3Request request) {
    refuseDirectoryConditions(request);
    Bucket bucket = store.bucket(request.bucket());
    ObjectStore.Deletion deletion =
        store.delete(
            request.bucket(),
            request.key(),
            request.versionId(),
            new Condition(request.header("If-Match"), null),
            request.cause("ObjectRemoved:Delete"));
    Answer answer = Answer.of(204);
    if (bucket.everVersioned()) {
      answer.header("x-amz-version-id", deletion.versionId());
      if (deletion.deleteMarker()) {
        answer.header("x-amz-delete-marker", "true");
      }
    }
    return answer;
  }

  private static void refuseDirectoryConditions(S3Request request) {
    if (request.header("x-amz-if-match-size") != null
        || request.header("x-amz-if-match-last-modified-time") != null) {
      throw S3Request.unsupported("conditions of directory buckets");
    }
  }

  Answer deleteMany(S3Request request) throws IOException {
    Bucket bucket = store.bucket(request.bucket());
    Element root = Element.parse(request.document(), "Delete");
    List<Element> objects = root.children("Object");
    if (objects.isEmpty() || objects.size() > MAX_DELETES) {
      throw Element.malformed();
    }
    boolean quiet = "true".equals(root.text("Quiet"));
    Xml xml = Xml.root("DeleteResult");
    for (Element object : objects) {
      String key = object.required("Key");
      String versionId = object.text("VersionId");
      try {
        if (object.child("LastModifiedTime") != null || object.child("Size") != null) {
          throw S3Request.unsupported("conditions of directory buckets");
        }
        ObjectStore.Deletion deletion =
            store.delete(
                bucket.name(),
                key,
                versionId,
                new Condition(object.text("ETag"), null),
                request.cause("ObjectRemoved:Delete"));
        if (!quiet) {
          xml.open("Deleted").leaf("Key", key).leaf("VersionId", versionId);
          if (bucket.everVersioned() && deletion.deleteMarker()) {
            xml.leaf("DeleteMarker", true).leaf("DeleteMarkerVersionId", deletion.versionId());
          }
          xml.close("Deleted");
        }
      } catch (ServiceException e) {
        xml.open("Error")
            .leaf("Key", key)
            .leaf("VersionId", versionId)
            .leaf("Code", e.code())
            .leaf("Message", e.getMessage())
            .close("Error");
      }
    }
    return Answer.xml(xml.end("DeleteResult"));
  }

  // Copies.

  /** The object that a request names as its source. */
  record Source(String bucket, String key, @Nullable String versionId) {

    static Source of(S3Request request) {
      String header = request.header("x-amz-copy-source");
      String text = header == null ? "" : header;
      String version = null;
      int mark = text.indexOf("?versionId=");
      if (mark >= 0) {
        version = Keys.decode(text.substring(mark + "?versionId=".length()), false);
        text = text.substring(0, mark);
      }
      String path = Keys.decode(text, false);
      path = path.startsWith("/") ? path.substring(1) : path;
      if (path.startsWith("arn:")) {
        throw S3Request.unsupported("access points");
      }
      int slash = path.indexOf('/');
      if (slash <= 0 || slash == path.length() - 1) {
        throw S3Request.invalidArgument(
            "Copy Source must mention the source bucket and key: sourcebucket/sourcekey");
      }
      return new Source(path.substring(0, slash), path.substring(slash + 1), version);
    }
  }

  static void sourceConditions(S3Request request, Version version) {
    Instant modified = Times.seconds(version.modified());
    String match = request.header("x-amz-copy-source-if-match");
    String noneMatch = request.header("x-amz-copy-source-if-none-match");
    Instant unmodified = Times.parse(request.header("x-amz-copy-source-if-unmodified-since"));
    Instant changed = Times.parse(request.header("x-amz-copy-source-if-modified-since"));
    if (match != null
        ? !Condition.matches(match, version.etag())
        : unmodified != null && modified.isAfter(unmodified)) {
      throw preconditionFailed();
    }
    if (noneMatch != null
        ? Condition.matches(noneMatch, version.etag())
        : changed != null && !modified.isAfter(changed)) {
      throw preconditionFailed();
    }
  }

  Answer copy(S3Request request) throws IOException {
    Bucket bucket = store.bucket(request.bucket());
    checkKey(request.key());
    Headers.refuse(request);
    Source source = Source.of(request);
    String metadata = directive(request, "x-amz-metadata-directive");
    String tagging = directive(request, "x-amz-tagging-directive");
    Map<String, String> placement = Headers.placement(request, bucket);
    if (source.bucket().equals(request.bucket())
        && source.key().equals(request.key())
        && source.versionId() == null
        && metadata.equals("COPY")
        && request.header(Headers.STORAGE_CLASS) == null
        && request.header(Headers.ENCRYPTION) == null) {
      throw S3Request.invalidRequest(
          "This copy request is illegal because it is trying to copy an object to itself without"
              + " changing the object's metadata, storage class, website redirect location or"
              + " encryption attributes.");
    }
    try (Pinned pinned = store.pin(source.bucket(), source.key(), source.versionId())) {
      Version from = pinned.version();
      sourceConditions(request, from);
      if (from.size() > MAX_PUT) {
        throw S3Request.invalidRequest(
            "The specified copy source is larger than the maximum allowable size for a copy"
                + " source: "
                + MAX_PUT);
      }
      Map<String, String> headers = new LinkedHashMap<>();
      if (metadata.equals("REPLACE")) {
        headers.putAll(Headers.content(request));
      } else {
        headers.putAll(from.headers());
        headers
            .keySet()
            .removeAll(
                Set.of(
                    Headers.STORAGE_CLASS,
                    Headers.ENCRYPTION,
                    Headers.KMS_KEY,
                    Headers.BUCKET_KEY));
      }
      headers.putAll(placement);
      Map<String, String> tags =
          tagging.equals("REPLACE") ? Tags.header(request.header("x-amz-tagging")) : from.tags();
      Sums sums = sums(request, pinned);
      NewObject object =
          new NewObject(
              from.content(),
              sums.md5(),
              Map.copyOf(headers),
              sums.checksums(),
              false,
              List.of(),
              tags);
      Version version =
          store.put(
              request.bucket(),
              request.key(),
              object,
              request.condition(),
              request.cause("ObjectCreated:Copy"));
      Xml xml =
          Xml.root("CopyObjectResult")
              .leaf("LastModified", Times.iso(version.modified()))
              .leaf("ETag", Headers.quoted(version.etag()));
      checksums(xml, version.checksums(), false);
      Answer answer = Answer.xml(xml.end("CopyObjectResult"));
      Headers.encryption(answer, version.headers());
      Headers.version(answer, bucket, version);
      if (store.bucket(source.bucket()).everVersioned()) {
        answer.header("x-amz-copy-source-version-id", from.id());
      }
      return answer;
    }
  }

  private static String directive(S3Request request, String header) {
    String value = request.header(header);
    if (value == null || value.equals("COPY") || value.equals("REPLACE")) {
      return value == null ? "COPY" : value;
    }
    throw S3Request.invalidArgument("Unknown directive in " + header + ".");
  }

  private record Sums(String md5, Map<String, String> checksums) {}

  /** The sums of a copy: the source's where they are of the whole, else computed. */
  private static Sums sums(S3Request request, Pinned pinned) throws IOException {
    Version from = pinned.version();
    String asked = request.header("x-amz-checksum-algorithm");
    Digest digest;
    if (asked != null) {
      digest = Incoming.known(asked);
    } else if (from.checksums().isEmpty()) {
      digest = Digest.CRC64NVME;
    } else {
      digest = Incoming.known(from.checksums().keySet().iterator().next());
    }
    String known = from.compositeChecksum() ? null : from.checksums().get(digest.header());
    if (from.parts().isEmpty() && known != null) {
      return new Sums(from.etag(), Map.of(digest.header(), known));
    }
    try (InputStream in = pinned.open()) {
      MessageDigest md5 = MessageDigest.getInstance("MD5");
      Digest.Running running = digest.start();
      byte[] buffer = new byte[1 << 17];
      int count;
      while ((count = in.read(buffer)) > 0) {
        md5.update(buffer, 0, count);
        running.update(buffer, 0, count);
      }
      return new Sums(
          HexFormat.of().formatHex(md5.digest()), Map.of(digest.header(), running.base64()));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  static void checksums(Xml xml, Map<String, String> checksums, boolean composite) {
    checksums.forEach((name, value) -> xml.leaf("Checksum" + name.toUpperCase(Locale.ROOT), value));
    if (!checksums.isEmpty()) {
      xml.leaf("ChecksumType", Headers.type(composite));
    }
  }

  // Tags, attributes, access control.

  Answer getTagging(S3Request request) {
    Bucket bucket = store.bucket(request.bucket());
    try (Pinned pinned = store.pin(request.bucket(), request.key(), request.versionId())) {
      Answer answer = Answer.xml(Tags.render(pinned.version().tags()));
      Headers.version(answer, bucket, pinned.version());
      return answer;
    }
  }

  Answer putTagging(S3Request request) throws IOException {
    Bucket bucket = store.bucket(request.bucket());
    Map<String, String> tags = Tags.document(request.document());
    return tagged(request, bucket, tags, 200);
  }

  Answer deleteTagging(S3Request request) {
    return tagged(request, store.bucket(request.bucket()), Map.of(), 204);
  }

  private Answer tagged(S3Request request, Bucket bucket, Map<String, String> tags, int status) {
    Version version = store.tag(request.bucket(), request.key(), request.versionId(), tags);
    Answer answer = Answer.of(status);
    Headers.version(answer, bucket, version);
    return answer;
  }

  Answer getAcl(S3Request request) {
    store.pin(request.bucket(), request.key(), request.versionId()).close();
    return BucketConfigs.acl(settings.owner());
  }

  Answer attributes(S3Request request) {
    Bucket bucket = store.bucket(request.bucket());
    Set<String> wanted = new HashSet<>();
    request
        .headers()
        .forEach((name, values) -> {
          if (name.equalsIgnoreCase("x-amz-object-attributes")) {
            values.forEach(value -> {
              for (String attribute : value.split(",")) {
                wanted.add(attribute.strip());
              }
            });
          }
        });
    if (wanted.isEmpty()) {
      throw S3Request.invalidRequest(
          "The x-amz-object-attributes header specifying the attributes to be retrieved is either"
              + " missing or empty");
    }
    if (!Set.of("ETag", "Checksum", "ObjectParts", "StorageClass", "ObjectSize")
        .containsAll(wanted)) {
      throw S3Request.invalidArgument("Invalid attribute name specified.");
    }
    try (Pinned pinned = store.pin(request.bucket(), request.key(), request.versionId())) {
      Version version = pinned.version();
      Xml xml = Xml.root("GetObjectAttributesResponse");
      if (wanted.contains("ETag")) {
        xml.leaf("ETag", version.etag());
      }
      if (wanted.contains("Checksum") && !version.checksums().isEmpty()) {
        xml.open("Checksum");
        checksums(xml, version.checksums(), version.compositeChecksum());
        xml.close("Checksum");
      }
      if (wanted.contains("ObjectParts") && !version.parts().isEmpty()) {
        parts(xml, request, version);
      }
      if (wanted.contains("StorageClass")) {
        xml.leaf("StorageClass", version.headers().getOrDefault(Headers.STORAGE_CLASS, "STANDARD"));
      }
      if (wanted.contains("ObjectSize")) {
        xml.leaf("ObjectSize", version.size());
      }
      Answer answer =
          Answer.xml(xml.end("GetObjectAttributesResponse"))
              .header("Last-Modified", Times.http(version.modified()));
      Headers.version(answer, bucket, version);
      return answer;
    }
  }

  private static void parts(Xml xml, S3Request request, Version version) {
    int max = headerNumber(request, "x-amz-max-parts", 1000);
    int marker = headerNumber(request, "x-amz-part-number-marker", 0);
    List<Version.PartInfo> rest = new ArrayList<>(version.parts());
    rest.removeIf(part -> part.number() <= marker);
    List<Version.PartInfo> page = rest.subList(0, Math.min(max, rest.size()));
    xml.open("ObjectParts")
        .leaf("PartsCount", version.parts().size())
        .leaf("PartNumberMarker", marker)
        .leaf("NextPartNumberMarker", page.isEmpty() ? 0 : page.getLast().number())
        .leaf("MaxParts", max)
        .leaf("IsTruncated", page.size() < rest.size());
    for (Version.PartInfo part : page) {
      xml.open("Part").leaf("PartNumber", part.number()).leaf("Size", part.size());
      part.checksums()
          .forEach((name, value) -> xml.leaf("Checksum" + name.toUpperCase(Locale.ROOT), value));
      xml.close("Part");
    }
    xml.close("ObjectParts");
  }

  private static int headerNumber(S3Request request, String name, int otherwise) {
    String text = request.header(name);
    try {
      return text == null ? otherwise : Math.clamp(Long.parseLong(text.strip()), 0, 10_000);
    } catch (NumberFormatException e) {
      throw S3Request.invalidArgument(name + " must be an integer");
    }
  }
}
