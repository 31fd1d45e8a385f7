package dev.sluice.lake.s3;

import dev.sluice.lake.api.ServiceException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Object tags, in their two written forms. */
final class Tags {
  private static final int MAX = 10;

  private Tags() {}

  /** Reads the {@code x-amz-tagging} header, a query. */
  static Map<String, String> header(@Nullable String header) {
    if (header == null || header.isEmpty()) {
      return Map.of();
    }
    Map<String, String> tags = Keys.query(header);
    check(tags);
    return tags;
  }

  static Map<String, String> document(byte[] document) {
    Element set = Element.parse(document, "Tagging").child("TagSet");
    if (set == null) {
      throw Element.malformed();
    }
    Map<String, String> tags = new LinkedHashMap<>();
    for (Element tag : set.children("Tag")) {
      if (tags.put(tag.required("Key"), tag.required("Value")) != null) {
        throw new ServiceException(
            400, "InvalidTag", "Cannot provide multiple Tags with the same key");
      }
    }
    check(tags);
    return tags;
  }

  private static void check(Map<String, String> tags) {
    if (tags.size() > MAX) {
      throw new ServiceException(400, "BadRequest", "Object tags cannot be greater than 10");
    }
    tags.forEach((key, value) -> {
      if (key.isEmpty() || key.length() > 128) {
        throw new ServiceException(400, "InvalidTag", "The TagKey you have provided is invalid");
      }
      if (value.length() > 256) {
        throw new ServiceException(400, "InvalidTag", "The TagValue you have provided is invalid");
      }
    });
  }

  static byte[] render(Map<String, String> tags) {
    Xml xml = Xml.root("Tagging").open("TagSet");
    tags.forEach(
        (key, value) -> xml.open("Tag").leaf("Key", key).leaf("Value", value).close("Tag"));
    return xml.close("TagSet").end("Tagging");
  }
}
