package dev.sluice.testing;

/**
 * One call of a remote service, as a fault hook sees it.
 *
 * @param operation what is asked, for instance {@code s3.put-if-absent}
 * @param target what it is about, for instance {@code s3://bucket/key}
 */
public record RemoteCall(String operation, String target) {}
