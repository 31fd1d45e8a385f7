package dev.sluice.lake.s3;

import dev.sluice.lake.api.ServiceException;

/** Words errors as S3 does. */
final class Errors {
  private Errors() {}

  static Answer answer(S3Request request, ServiceException e) {
    Xml xml = Xml.plainRoot("Error").leaf("Code", e.code()).leaf("Message", e.getMessage());
    switch (e.code()) {
      case "NoSuchKey", "KeyTooLongError" -> xml.leaf("Key", request.key());
      case "NoSuchVersion" ->
          xml.leaf("Key", request.key()).leaf("VersionId", request.parameter("versionId"));
      case "NoSuchUpload" -> xml.leaf("UploadId", request.parameter("uploadId"));
      case "NoSuchBucket", "BucketNotEmpty", "BucketAlreadyOwnedByYou", "InvalidBucketName" ->
          xml.leaf("BucketName", request.bucket());
      case "PreconditionFailed" ->
          xml.leaf(
              "Condition", request.header("If-None-Match") == null ? "If-Match" : "If-None-Match");
      case "InvalidRange" -> xml.leaf("RangeRequested", request.header("Range"));
      case "MethodNotAllowed" -> xml.leaf("Method", request.method());
      default -> {
        // Code and message say it all.
      }
    }
    xml.leaf("Resource", request.path())
        .leaf("RequestId", request.requestId())
        .leaf("HostId", request.hostId());
    return with(e.status(), xml.end("Error"));
  }

  static Answer with(int status, byte[] document) {
    Answer answer = Answer.of(status).header("Content-Type", "application/xml");
    answer.body = document;
    return answer;
  }
}
