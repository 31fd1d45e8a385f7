package dev.sluice.lake.s3;

import dev.sluice.lake.api.ServiceException;
import dev.sluice.lake.store.Bucket;
import dev.sluice.lake.store.KeyOrder;
import dev.sluice.lake.store.ObjectStore;
import dev.sluice.lake.store.Upload;
import dev.sluice.lake.store.Version;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Listings of objects, versions and uploads. */
final class Listings {
  private static final int MAX = 1000;

  private final ObjectStore store;
  private final S3Settings settings;

  Listings(ObjectStore store, S3Settings settings) {
    this.store = store;
    this.settings = settings;
  }

  /** A name in a listing, encoded if the client asked for that. */
  static @Nullable String name(S3Request request, @Nullable String name) {
    return name != null && "url".equals(request.parameter("encoding-type"))
        ? Keys.encode(name)
        : name;
  }

  private static void checkEncoding(S3Request request) {
    String encoding = request.parameter("encoding-type");
    if (encoding != null && !encoding.equals("url")) {
      throw S3Request.invalidArgument("Invalid Encoding Method specified in Request");
    }
  }

  /** Gathers one page of names, with those beyond a delimiter rolled up. */
  private static final class Page {
    final List<Map.Entry<String, Version>> objects = new ArrayList<>();
    final List<String> prefixes = new ArrayList<>();
    boolean truncated;
    String last = "";
    boolean lastIsPrefix;
  }

  private static Page page(
      Bucket bucket, String prefix, String delimiter, String after, boolean afterPrefix, int max) {
    Page page = new Page();
    if (max == 0) {
      return page;
    }
    String from = prefix;
    boolean inclusive = true;
    if (!after.isEmpty()) {
      String next = afterPrefix ? KeyOrder.after(after) : after;
      if (next.isEmpty()) {
        return page;
      }
      if (KeyOrder.INSTANCE.compare(next, prefix) >= 0) {
        from = next;
        inclusive = afterPrefix;
      }
    }
    Iterator<Map.Entry<String, List<Version>>> entries =
        bucket.keys().tailMap(from, inclusive).entrySet().iterator();
    while (entries.hasNext()) {
      Map.Entry<String, List<Version>> entry = entries.next();
      String key = entry.getKey();
      if (!key.startsWith(prefix)) {
        break;
      }
      Version version = entry.getValue().getFirst();
      if (version.deleteMarker()) {
        continue;
      }
      boolean full = page.objects.size() + page.prefixes.size() == max;
      if (full) {
        page.truncated = true;
        break;
      }
      int end = delimiter.isEmpty() ? -1 : key.indexOf(delimiter, prefix.length());
      if (end < 0) {
        page.objects.add(Map.entry(key, version));
        page.last = key;
        page.lastIsPrefix = false;
      } else {
        String common = key.substring(0, end + delimiter.length());
        page.prefixes.add(common);
        page.last = common;
        page.lastIsPrefix = true;
        String next = KeyOrder.after(common);
        if (next.isEmpty()) {
          break;
        }
        entries = bucket.keys().tailMap(next, true).entrySet().iterator();
      }
    }
    return page;
  }

  Answer listV2(S3Request request) {
    checkEncoding(request);
    Bucket bucket = store.bucket(request.bucket());
    String prefix = request.parameter("prefix", "");
    String delimiter = request.parameter("delimiter", "");
    int max = request.number("max-keys", MAX, MAX);
    String token = request.parameter("continuation-token");
    String startAfter = request.parameter("start-after");
    String after = startAfter == null ? "" : startAfter;
    boolean afterPrefix = false;
    if (token != null) {
      String decoded = decode(token);
      after = decoded.substring(1);
      afterPrefix = decoded.charAt(0) == 'p';
    }
    Page page = page(bucket, prefix, delimiter, after, afterPrefix, max);
    Xml xml =
        Xml.root("ListBucketResult")
            .leaf("Name", bucket.name())
            .leaf("Prefix", name(request, prefix))
            .leaf("ContinuationToken", token)
            .leaf("StartAfter", name(request, startAfter))
            .leaf("KeyCount", page.objects.size() + page.prefixes.size())
            .leaf("MaxKeys", max)
            .leaf("Delimiter", delimiter.isEmpty() ? null : name(request, delimiter))
            .leaf("EncodingType", request.parameter("encoding-type"))
            .leaf("IsTruncated", page.truncated);
    if (page.truncated) {
      xml.leaf("NextContinuationToken", encode((page.lastIsPrefix ? "p" : "k") + page.last));
    }
    boolean owner = "true".equals(request.parameter("fetch-owner"));
    contents(xml, request, page, owner);
    return Answer.xml(xml.end("ListBucketResult"));
  }

  Answer listV1(S3Request request) {
    checkEncoding(request);
    Bucket bucket = store.bucket(request.bucket());
    String prefix = request.parameter("prefix", "");
    String delimiter = request.parameter("delimiter", "");
    String marker = request.parameter("marker", "");
    int max = request.number("max-keys", MAX, MAX);
    Page page =
        page(bucket, prefix, delimiter, marker, isCommonPrefix(marker, prefix, delimiter), max);
    Xml xml =
        Xml.root("ListBucketResult")
            .leaf("Name", bucket.name())
            .leaf("Prefix", name(request, prefix))
            .leaf("Marker", name(request, marker))
            .leaf("MaxKeys", max)
            .leaf("Delimiter", delimiter.isEmpty() ? null : name(request, delimiter))
            .leaf("EncodingType", request.parameter("encoding-type"))
            .leaf("IsTruncated", page.truncated);
    if (page.truncated && !delimiter.isEmpty()) {
      xml.leaf("NextMarker", name(request, page.last));
    }
    contents(xml, request, page, true);
    return Answer.xml(xml.end("ListBucketResult"));
  }

  /** Whether a marker is what an earlier page rolled up, so that it stands for all below it. */
  private static boolean isCommonPrefix(String marker, String prefix, String delimiter) {
    if (delimiter.isEmpty() || !marker.startsWith(prefix)) {
      return false;
    }
    int end = marker.indexOf(delimiter, prefix.length());
    return end >= 0 && end + delimiter.length() == marker.length();
  }

  private void contents(Xml xml, S3Request request, Page page, boolean owner) {
    for (Map.Entry<String, Version> entry : page.objects) {
      xml.open("Contents").leaf("Key", name(request, entry.getKey()));
      version(xml, entry.getValue());
      if (owner) {
        owner(xml, "Owner");
      }
      xml.close("Contents");
    }
    prefixes(xml, request, page.prefixes);
  }

  private static void version(Xml xml, Version version) {
    xml.leaf("LastModified", Times.iso(version.modified()))
        .leaf("ETag", Headers.quoted(version.etag()));
    version.checksums().keySet().stream()
        .findFirst()
        .ifPresent(name ->
            xml.leaf("ChecksumAlgorithm", Incoming.known(name).name())
                .leaf("ChecksumType", Headers.type(version.compositeChecksum())));
    xml.leaf("Size", version.size())
        .leaf("StorageClass", version.headers().getOrDefault(Headers.STORAGE_CLASS, "STANDARD"));
  }

  private void owner(Xml xml, String element) {
    xml.open(element).leaf("ID", settings.owner()).close(element);
  }

  private static void prefixes(Xml xml, S3Request request, List<String> prefixes) {
    for (String prefix : prefixes) {
      xml.open("CommonPrefixes").leaf("Prefix", name(request, prefix)).close("CommonPrefixes");
    }
  }

  private static String encode(String text) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String decode(String token) {
    try {
      String text = new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8);
      if (text.startsWith("k") || text.startsWith("p")) {
        return text;
      }
    } catch (IllegalArgumentException e) {
      // Answered below.
    }
    throw S3Request.invalidArgument("The continuation token provided is incorrect");
  }

  Answer listVersions(S3Request request) {
    checkEncoding(request);
    Bucket bucket = store.bucket(request.bucket());
    String prefix = request.parameter("prefix", "");
    String delimiter = request.parameter("delimiter", "");
    String keyMarker = request.parameter("key-marker", "");
    String versionMarker = request.parameter("version-id-marker", "");
    int max = request.number("max-keys", MAX, MAX);
    if (keyMarker.isEmpty() && !versionMarker.isEmpty()) {
      throw S3Request.invalidArgument(
          "A version-id marker cannot be specified without a key marker.");
    }
    Xml items = Xml.fragment();
    List<String> prefixes = new ArrayList<>();
    int count = 0;
    boolean truncated = false;
    String nextKey = "";
    String nextVersion = "";
    boolean afterPrefix = isCommonPrefix(keyMarker, prefix, delimiter);
    String from = afterPrefix ? KeyOrder.after(keyMarker) : keyMarker;
    if (KeyOrder.INSTANCE.compare(from, prefix) < 0) {
      from = prefix;
    }
    Iterator<Map.Entry<String, List<Version>>> entries =
        bucket.keys().tailMap(from, true).entrySet().iterator();
    scan:
    while (max > 0 && entries.hasNext()) {
      Map.Entry<String, List<Version>> entry = entries.next();
      String key = entry.getKey();
      if (!key.startsWith(prefix)) {
        break;
      }
      List<Version> versions = entry.getValue();
      int first = 0;
      if (key.equals(keyMarker) && !afterPrefix) {
        if (versionMarker.isEmpty()) {
          continue;
        }
        for (int i = 0; i < versions.size(); i++) {
          if (versions.get(i).id().equals(versionMarker)) {
            first = i + 1;
          }
        }
      }
      int end = delimiter.isEmpty() ? -1 : key.indexOf(delimiter, prefix.length());
      if (end >= 0) {
        if (count == max) {
          truncated = true;
          break;
        }
        String common = key.substring(0, end + delimiter.length());
        prefixes.add(common);
        count++;
        nextKey = common;
        nextVersion = "";
        entries = bucket.keys().tailMap(KeyOrder.after(common), true).entrySet().iterator();
        continue;
      }
      for (int i = first; i < versions.size(); i++) {
        if (count == max) {
          truncated = true;
          break scan;
        }
        Version version = versions.get(i);
        version(items, request, key, version, i == 0);
        count++;
        nextKey = key;
        nextVersion = version.id();
      }
    }
    Xml xml =
        Xml.root("ListVersionsResult")
            .leaf("Name", bucket.name())
            .leaf("Prefix", name(request, prefix))
            .leaf("KeyMarker", name(request, keyMarker))
            .leaf("VersionIdMarker", versionMarker)
            .leaf("MaxKeys", max)
            .leaf("Delimiter", delimiter.isEmpty() ? null : name(request, delimiter))
            .leaf("EncodingType", request.parameter("encoding-type"))
            .leaf("IsTruncated", truncated);
    if (truncated) {
      xml.leaf("NextKeyMarker", name(request, nextKey))
          .leaf("NextVersionIdMarker", nextVersion.isEmpty() ? null : nextVersion);
    }
    xml.raw(items.toString());
    prefixes(xml, request, prefixes);
    return Answer.xml(xml.end("ListVersionsResult"));
  }

  private void version(Xml xml, S3Request request, String key, Version version, boolean latest) {
    String element = version.deleteMarker() ? "DeleteMarker" : "Version";
    xml.open(element)
        .leaf("Key", name(request, key))
        .leaf("VersionId", version.id())
        .leaf("IsLatest", latest);
    if (version.deleteMarker()) {
      xml.leaf("LastModified", Times.iso(version.modified()));
    } else {
      version(xml, version);
    }
    owner(xml, "Owner");
    xml.close(element);
  }

  Answer listUploads(S3Request request) {
    checkEncoding(request);
    Bucket bucket = store.bucket(request.bucket());
    String prefix = request.parameter("prefix", "");
    String delimiter = request.parameter("delimiter", "");
    String keyMarker = request.parameter("key-marker", "");
    String idMarker = request.parameter("upload-id-marker", "");
    int max = request.number("max-uploads", MAX, MAX);
    if (max == 0) {
      throw new ServiceException(400, "InvalidArgument", "max-uploads must be between 1 and 1000");
    }
    Comparator<Upload> order =
        Comparator.comparing(Upload::key, KeyOrder.INSTANCE)
            .thenComparing(Upload::initiated)
            .thenComparing(Upload::id);
    List<Upload> sorted = bucket.uploads().stream().sorted(order).toList();
    List<Upload> listed = new ArrayList<>();
    TreeSet<String> prefixes = new TreeSet<>(KeyOrder.INSTANCE);
    boolean truncated = false;
    boolean reached = idMarker.isEmpty();
    boolean afterPrefix = isCommonPrefix(keyMarker, prefix, delimiter);
    String nextKey = "";
    String nextId = "";
    for (Upload upload : sorted) {
      String key = upload.key();
      int position = KeyOrder.INSTANCE.compare(key, keyMarker);
      if (!key.startsWith(prefix) || afterPrefix && key.startsWith(keyMarker)) {
        continue;
      }
      if (!keyMarker.isEmpty() && position <= 0) {
        // With an upload id, the rest of that key's uploads follow; without one, the next key's.
        if (position < 0 || idMarker.isEmpty() || !reached) {
          reached |= position == 0 && upload.id().equals(idMarker);
          continue;
        }
      }
      int end = delimiter.isEmpty() ? -1 : key.indexOf(delimiter, prefix.length());
      String common = end < 0 ? null : key.substring(0, end + delimiter.length());
      if (common != null && prefixes.contains(common)) {
        continue;
      }
      if (listed.size() + prefixes.size() == max) {
        truncated = true;
        break;
      }
      if (common != null) {
        prefixes.add(common);
        nextKey = common;
        nextId = "";
      } else {
        listed.add(upload);
        nextKey = key;
        nextId = upload.id();
      }
    }
    Xml xml =
        Xml.root("ListMultipartUploadsResult")
            .leaf("Bucket", bucket.name())
            .leaf("KeyMarker", name(request, keyMarker))
            .leaf("UploadIdMarker", idMarker);
    if (truncated) {
      xml.leaf("NextKeyMarker", name(request, nextKey)).leaf("NextUploadIdMarker", nextId);
    }
    xml.leaf("Prefix", name(request, prefix))
        .leaf("Delimiter", delimiter.isEmpty() ? null : name(request, delimiter))
        .leaf("EncodingType", request.parameter("encoding-type"))
        .leaf("MaxUploads", max)
        .leaf("IsTruncated", truncated);
    for (Upload upload : listed) {
      xml.open("Upload").leaf("Key", name(request, upload.key())).leaf("UploadId", upload.id());
      owner(xml, "Initiator");
      owner(xml, "Owner");
      xml.leaf("StorageClass", upload.headers().getOrDefault(Headers.STORAGE_CLASS, "STANDARD"))
          .leaf("Initiated", Times.iso(upload.initiated()))
          .close("Upload");
    }
    prefixes(xml, request, List.copyOf(prefixes));
    return Answer.xml(xml.end("ListMultipartUploadsResult"));
  }
}
