package dev.sluice.lake.store;

import java.util.List;
import java.util.Map;

/** What becomes a {@link Version} when it is stored; the fields are those of the version. */
public record NewObject(
    Content content,
    String etag,
    Map<String, String> headers,
    Map<String, String> checksums,
    boolean compositeChecksum,
    List<Version.PartInfo> parts,
    Map<String, String> tags) {}
