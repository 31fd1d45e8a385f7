package dev.sluice.model.store;

import java.time.Instant;

/**
 * An object in a listing.
 *
 * @param name where it is
 * @param etag its ETag, without quotes
 * @param size stored bytes
 * @param lastModified when it was stored
 */
public record ListedObject(ObjectName name, String etag, long size, Instant lastModified) {}
