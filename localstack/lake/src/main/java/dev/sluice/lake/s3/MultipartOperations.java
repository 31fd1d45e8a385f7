package dev.sluice.lake.s3;

import dev.sluice.lake.api.ServiceException;
import dev.sluice.lake.store.Bucket;
import dev.sluice.lake.store.Condition;
import dev.sluice.lake.store.Content;
import dev.sluice.lake.store.Digest;
import dev.sluice.lake.store.NewObject;
import dev.sluice.lake.store.ObjectStore;
import dev.sluice.lake.store.Part;
import dev.sluice.lake.store.Pinned;
import dev.sluice.lake.store.Received;
import dev.sluice.lake.store.Upload;
import dev.sluice.lake.store.Version;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Multipart uploads. */
final class MultipartOperations {
  private static final long MIN_PART = 5 << 20;
  private static final int MAX_PARTS = 10_000;

  private final ObjectStore store;
  private final S3Settings settings;

  MultipartOperations(ObjectStore store, S3Settings settings) {
    this.store = store;
    this.settings = settings;
  }

  Answer create(S3Request request) {
    Bucket bucket = store.bucket(request.bucket());
    ObjectOperations.checkKey(request.key());
    Map<String, String> headers = Headers.kept(request, bucket);
    Map<String, String> tags = Tags.header(request.header("x-amz-tagging"));
    String algorithm = request.header("x-amz-checksum-algorithm");
    Digest digest = algorithm == null ? null : Incoming.known(algorithm);
    String type = request.header("x-amz-checksum-type");
    boolean composite = digest != null && digest != Digest.CRC64NVME;
    if (type != null) {
      if (digest == null) {
        throw S3Request.invalidRequest(
            "The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm"
                + " header.");
      }
      composite = type.equals("COMPOSITE");
      if (!composite && !type.equals("FULL_OBJECT")) {
        throw S3Request.invalidRequest("Value for x-amz-checksum-type header is invalid.");
      }
      if (composite ? digest == Digest.CRC64NVME : !digest.combines()) {
        throw S3Request.invalidRequest(
            "The "
                + type
                + " checksum type cannot be used with the "
                + digest.header()
                + " checksum algorithm.");
      }
    }
    Upload upload =
        store.startUpload(request.bucket(), request.key(), headers, tags, digest, composite);
    Answer answer =
        Answer.xml(
            Xml.root("InitiateMultipartUploadResult")
                .leaf("Bucket", request.bucket())
                .leaf("Key", request.key())
                .leaf("UploadId", upload.id())
                .end("InitiateMultipartUploadResult"));
    if (digest != null) {
      answer
          .header("x-amz-checksum-algorithm", digest.name())
          .header("x-amz-checksum-type", Headers.type(composite));
    }
    Headers.encryption(answer, headers);
    return answer;
  }

  private static int partNumber(S3Request request) {
    int number = request.number("partNumber", 0, Integer.MAX_VALUE);
    if (number < 1 || number > MAX_PARTS) {
      throw S3Request.invalidArgument(
          "Part number must be an integer between 1 and 10000, inclusive");
    }
    return number;
  }

  private Upload upload(S3Request request) {
    return store.upload(request.bucket(), request.key(), request.parameter("uploadId", ""));
  }

  Answer putPart(S3Request request) throws IOException {
    Headers.refuse(request);
    Upload upload = upload(request);
    int number = partNumber(request);
    Incoming incoming = Incoming.of(request);
    ObjectOperations.checkSize(incoming.length());
    Set<Digest> digests = EnumSet.noneOf(Digest.class);
    digests.addAll(incoming.digests());
    Digest wanted = Digest.named(upload.algorithm()).orElse(null);
    if (wanted != null) {
      digests.add(wanted);
    }
    Digest declared = incoming.declared();
    if (wanted != null && declared != null && declared != wanted) {
      throw S3Request.invalidRequest(
          "Checksum Type mismatch occurred, expected checksum Type: "
              + wanted.header()
              + ", actual checksum Type: "
              + declared.header());
    }
    try (Received received = store.receive(incoming.stream(), incoming.length(), digests)) {
      incoming.verify(received);
      Map<String, String> checksums = kept(received.checksums(), wanted, declared);
      store.addPart(
          request.bucket(),
          request.key(),
          upload.id(),
          number,
          received.content(),
          received.md5(),
          checksums);
      Answer answer = Answer.of(200).header("ETag", Headers.quoted(received.md5()));
      Digest shown = declared != null ? declared : wanted;
      if (shown != null) {
        answer.header("x-amz-checksum-" + shown.header(), checksums.get(shown.header()));
      }
      Headers.encryption(answer, upload.headers());
      return answer;
    }
  }

  /** Without what was computed only to compare the payload's hash. */
  private static Map<String, String> kept(
      Map<String, String> computed, @Nullable Digest wanted, @Nullable Digest declared) {
    Map<String, String> kept = new LinkedHashMap<>(computed);
    kept.keySet()
        .removeIf(name ->
            !name.equals(Digest.CRC64NVME.header())
                && (wanted == null || !name.equals(wanted.header()))
                && (declared == null || !name.equals(declared.header())));
    return kept;
  }

  Answer copyPart(S3Request request) throws IOException {
    Headers.refuse(request);
    Upload upload = upload(request);
    int number = partNumber(request);
    ObjectOperations.Source source = ObjectOperations.Source.of(request);
    try (Pinned pinned = store.pin(source.bucket(), source.key(), source.versionId())) {
      Version from = pinned.version();
      ObjectOperations.sourceConditions(request, from);
      long start = 0;
      long length = from.size();
      String header = request.header("x-amz-copy-source-range");
      if (header != null) {
        ObjectOperations.Range range = ObjectOperations.Range.parse(header, from.size());
        if (range == null || !header.strip().matches("bytes=\\d+-\\d+")) {
          throw S3Request.invalidArgument(
              "The x-amz-copy-source-range value must be of the form bytes=first-last where first"
                  + " and last are the zero-based offsets of the first and last bytes to copy");
        }
        long last = Long.parseLong(header.strip().substring(header.strip().indexOf('-') + 1));
        if (last >= from.size()) {
          throw S3Request.invalidArgument(
              "Range specified is not valid for source object of size: " + from.size());
        }
        start = range.from();
        length = range.length();
      }
      ObjectOperations.checkSize(length);
      Content slice = from.content().slice(start, length);
      Digest wanted = Digest.named(upload.algorithm()).orElse(null);
      Map<Digest, Digest.Running> running = new EnumMap<>(Digest.class);
      running.put(Digest.CRC64NVME, Digest.CRC64NVME.start());
      if (wanted != null) {
        running.put(wanted, wanted.start());
      }
      MessageDigest md5 = md5();
      try (InputStream in = pinned.open(start, length)) {
        byte[] buffer = new byte[1 << 17];
        int count;
        while ((count = in.read(buffer)) > 0) {
          md5.update(buffer, 0, count);
          for (Digest.Running digest : running.values()) {
            digest.update(buffer, 0, count);
          }
        }
      }
      Map<String, String> checksums = new LinkedHashMap<>();
      running.forEach((digest, value) -> checksums.put(digest.header(), value.base64()));
      String etag = HexFormat.of().formatHex(md5.digest());
      Part part =
          store.addPart(
              request.bucket(), request.key(), upload.id(), number, slice, etag, checksums);
      Xml xml =
          Xml.root("CopyPartResult")
              .leaf("LastModified", Times.iso(part.modified()))
              .leaf("ETag", Headers.quoted(etag));
      if (wanted != null) {
        xml.leaf("Checksum" + wanted.name(), checksums.get(wanted.header()));
      }
      Answer answer = Answer.xml(xml.end("CopyPartResult"));
      Headers.encryption(answer, upload.headers());
      if (store.bucket(source.bucket()).everVersioned()) {
        answer.header("x-amz-copy-source-version-id", from.id());
      }
      return answer;
    }
  }

  Answer complete(S3Request request) throws IOException {
    Bucket bucket = store.bucket(request.bucket());
    byte[] document = plainDocument(request);
    upload(request);
    List<Element> parts = Element.parse(document, "CompleteMultipartUpload").children("Part");
    if (parts.isEmpty()) {
      throw Element.malformed();
    }
    checkOrder(parts);
    Condition condition = request.condition();
    Version version =
        store.completeUpload(
            request.bucket(),
            request.key(),
            request.parameter("uploadId", ""),
            upload -> assemble(request, upload, parts),
            condition,
            request.cause("ObjectCreated:CompleteMultipartUpload"));
    Xml xml =
        Xml.root("CompleteMultipartUploadResult")
            .leaf(
                "Location",
                "http://"
                    + request.header("Host")
                    + "/"
                    + request.bucket()
                    + "/"
                    + Keys.encode(request.key()))
            .leaf("Bucket", request.bucket())
            .leaf("Key", request.key())
            .leaf("ETag", Headers.quoted(version.etag()));
    ObjectOperations.checksums(xml, version.checksums(), version.compositeChecksum());
    Answer answer = Answer.xml(xml.end("CompleteMultipartUploadResult"));
    Headers.encryption(answer, version.headers());
    Headers.version(answer, bucket, version);
    return answer;
  }

  /** The checksum headers of this request are about the object, not about the document. */
  private static byte[] plainDocument(S3Request request) throws IOException {
    byte[] document = request.body().readNBytes((8 << 20) + 1);
    if (document.length > 8 << 20) {
      throw Element.malformed();
    }
    return document;
  }

  private static void checkOrder(List<Element> listed) {
    int previous = 0;
    for (Element element : listed) {
      int number = number(element.required("PartNumber"));
      if (number <= previous) {
        throw new ServiceException(
            400,
            "InvalidPartOrder",
            "The list of parts was not in ascending order. Parts must be ordered by part number.");
      }
      previous = number;
    }
  }

  private static NewObject assemble(S3Request request, Upload upload, List<Element> listed) {
    List<Content> contents = new ArrayList<>();
    List<Version.PartInfo> infos = new ArrayList<>();
    ByteArrayOutputStream hashes = new ByteArrayOutputStream();
    Digest digest = Digest.named(upload.algorithm()).orElse(Digest.CRC64NVME);
    long size = 0;
    for (int i = 0; i < listed.size(); i++) {
      Element element = listed.get(i);
      int number = number(element.required("PartNumber"));
      Part part = upload.parts().get(number);
      if (part == null
          || !Condition.matches(element.required("ETag"), part.etag())
          || !checksumsMatch(element, part)) {
        throw new ServiceException(
            400,
            "InvalidPart",
            "One or more of the specified parts could not be found.  The part may not have been"
                + " uploaded, or the specified entity tag may not match the part's entity tag.");
      }
      if (i < listed.size() - 1 && part.size() < MIN_PART) {
        throw new ServiceException(
            400, "EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size");
      }
      size += part.size();
      contents.add(part.content());
      hashes.writeBytes(HexFormat.of().parseHex(part.etag()));
      String sum = part.checksums().get(digest.header());
      infos.add(
          new Version.PartInfo(
              i + 1, part.size(), sum == null ? Map.of() : Map.of(digest.header(), sum)));
    }
    String announced = request.header("x-amz-mp-object-size");
    if (announced != null && !announced.strip().equals(Long.toString(size))) {
      throw S3Request.invalidRequest(
          "The provided 'x-amz-mp-object-size' header value "
              + announced
              + " does not match what was computed: "
              + size);
    }
    String checksum = checksum(digest, upload.composite(), infos);
    String expected = request.header("x-amz-checksum-" + digest.header());
    if (expected != null && !expected.equals(checksum)) {
      throw new ServiceException(
          400,
          "BadDigest",
          "The " + digest.header() + " you specified did not match the calculated checksum.");
    }
    String etag = HexFormat.of().formatHex(md5().digest(hashes.toByteArray()));
    return new NewObject(
        Content.concat(contents),
        etag + "-" + listed.size(),
        upload.headers(),
        Map.of(digest.header(), checksum),
        upload.composite(),
        infos,
        upload.tags());
  }

  private static int number(String text) {
    try {
      return Integer.parseInt(text.strip());
    } catch (NumberFormatException e) {
      throw Element.malformed();
    }
  }

  private static boolean checksumsMatch(Element element, Part part) {
    for (Digest digest : Digest.values()) {
      String given = element.text("Checksum" + digest.name());
      String known = part.checksums().get(digest.header());
      if (given != null && !given.equals(known)) {
        return false;
      }
    }
    return true;
  }

  private static String checksum(Digest digest, boolean composite, List<Version.PartInfo> parts) {
    if (composite) {
      ByteArrayOutputStream values = new ByteArrayOutputStream();
      for (Version.PartInfo part : parts) {
        values.writeBytes(Base64.getDecoder().decode(sum(part, digest)));
      }
      return digest.of(values.toByteArray()) + "-" + parts.size();
    }
    String whole = sum(parts.getFirst(), digest);
    for (Version.PartInfo part : parts.subList(1, parts.size())) {
      whole = digest.combine(whole, sum(part, digest), part.size());
    }
    return whole;
  }

  private static String sum(Version.PartInfo part, Digest digest) {
    String sum = part.checksums().get(digest.header());
    if (sum == null) {
      throw new IllegalStateException("A part has no " + digest + ": " + part.number());
    }
    return sum;
  }

  private static MessageDigest md5() {
    try {
      return MessageDigest.getInstance("MD5");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  Answer abort(S3Request request) {
    store.abortUpload(request.bucket(), request.key(), request.parameter("uploadId", ""));
    return Answer.of(204);
  }

  Answer listParts(S3Request request) {
    Upload upload = upload(request);
    int max = request.number("max-parts", 1000, 1000);
    int marker = request.number("part-number-marker", 0, Integer.MAX_VALUE);
    List<Part> rest = new ArrayList<>(upload.parts().tailMap(marker + 1).values());
    List<Part> page = rest.subList(0, Math.min(max, rest.size()));
    Digest digest = Digest.named(upload.algorithm()).orElse(null);
    Xml xml =
        Xml.root("ListPartsResult")
            .leaf("Bucket", request.bucket())
            .leaf("Key", Listings.name(request, upload.key()))
            .leaf("UploadId", upload.id())
            .leaf("PartNumberMarker", marker)
            .leaf("NextPartNumberMarker", page.isEmpty() ? 0 : page.getLast().number())
            .leaf("MaxParts", max)
            .leaf("IsTruncated", page.size() < rest.size());
    if (digest != null) {
      xml.leaf("ChecksumAlgorithm", digest.name())
          .leaf("ChecksumType", Headers.type(upload.composite()));
    }
    owner(xml, "Initiator");
    owner(xml, "Owner");
    xml.leaf("StorageClass", upload.headers().getOrDefault(Headers.STORAGE_CLASS, "STANDARD"));
    for (Part part : page) {
      xml.open("Part")
          .leaf("PartNumber", part.number())
          .leaf("LastModified", Times.iso(part.modified()))
          .leaf("ETag", Headers.quoted(part.etag()))
          .leaf("Size", part.size());
      if (digest != null) {
        xml.leaf(
            "Checksum" + digest.name().toUpperCase(Locale.ROOT),
            part.checksums().get(digest.header()));
      }
      xml.close("Part");
    }
    return Answer.xml(xml.end("ListPartsResult"));
  }

  private void owner(Xml xml, String element) {
    xml.open(element).leaf("ID", settings.owner()).close(element);
  }
}
