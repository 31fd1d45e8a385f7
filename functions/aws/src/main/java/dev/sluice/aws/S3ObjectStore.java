package dev.sluice.aws;

import dev.sluice.model.ErrorCode;
import dev.sluice.model.SluiceException;
import dev.sluice.model.store.Content;
import dev.sluice.model.store.ListedObject;
import dev.sluice.model.store.ObjectInfo;
import dev.sluice.model.store.ObjectName;
import dev.sluice.model.store.ObjectStore;
import dev.sluice.model.store.OpenObject;
import dev.sluice.model.store.PutResult;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.Optional;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;

/** {@link ObjectStore} over S3. Safe for concurrent use. */
public final class S3ObjectStore implements ObjectStore {
  private static final int CONFLICTS = 5;

  private final S3Client s3;

  public S3ObjectStore(S3Client s3) {
    this.s3 = s3;
  }

  @Override
  public Optional<OpenObject> open(ObjectName name) {
    return open(name, GetObjectRequest.builder().bucket(name.bucket()).key(name.key()).build());
  }

  @Override
  public Optional<OpenObject> open(ObjectName name, ObjectInfo version) {
    GetObjectRequest.Builder request =
        GetObjectRequest.builder().bucket(name.bucket()).key(name.key());
    if (version.versionId().isEmpty()) {
      request.ifMatch(quoted(version.etag()));
    } else {
      request.versionId(version.versionId());
    }
    return open(name, request.build());
  }

  private Optional<OpenObject> open(ObjectName name, GetObjectRequest request) {
    return call(
        "read",
        name,
        () -> {
          try {
            return Optional.of(new Open(name, s3.getObject(request)));
          } catch (S3Exception e) {
            // 405 answers a read of a version that is a delete marker.
            if (missing(e) || e.statusCode() == 412 || e.statusCode() == 405) {
              return Optional.empty();
            }
            throw e;
          }
        });
  }

  @Override
  public Optional<byte[]> tail(ObjectName name, int bytes) {
    return call(
        "read the end of",
        name,
        () -> {
          try {
            return Optional.of(
                s3.getObjectAsBytes(
                        b -> b.bucket(name.bucket()).key(name.key()).range("bytes=-" + bytes))
                    .asByteArrayUnsafe());
          } catch (S3Exception e) {
            if (e.statusCode() == 416) {
              // An empty object has no range.
              return Optional.of(new byte[0]);
            }
            if (missing(e)) {
              return Optional.empty();
            }
            throw e;
          }
        });
  }

  @Override
  public Optional<ObjectInfo> head(ObjectName name) {
    return call(
        "look up",
        name,
        () -> {
          try {
            HeadObjectResponse head = s3.headObject(b -> b.bucket(name.bucket()).key(name.key()));
            return Optional.of(
                new ObjectInfo(
                    version(head.versionId()),
                    plain(head.eTag()),
                    head.contentLength(),
                    head.lastModified()));
          } catch (S3Exception e) {
            if (missing(e)) {
              return Optional.empty();
            }
            throw e;
          }
        });
  }

  @Override
  public PutResult putIfAbsent(ObjectName name, Content content, String contentType) {
    for (int conflicts = 0; conflicts < CONFLICTS; conflicts++) {
      Optional<String> etag = put(name, content, contentType, b -> b.ifNoneMatch("*"));
      if (etag.isPresent()) {
        return new PutResult.Created(etag.get());
      }
      Optional<ObjectInfo> existing = head(name);
      if (existing.isPresent()) {
        return new PutResult.Exists(existing.get());
      }
      // Deleted meanwhile, or another create is under way.
      pause(conflicts);
    }
    throw contended(name);
  }

  @Override
  public Optional<String> putIfMatch(
      ObjectName name, String etag, Content content, String contentType) {
    for (int conflicts = 0; conflicts < CONFLICTS; conflicts++) {
      Optional<String> written = put(name, content, contentType, b -> b.ifMatch(quoted(etag)));
      if (written.isPresent()) {
        return written;
      }
      if (head(name).filter(info -> info.etag().equals(etag)).isEmpty()) {
        return Optional.empty();
      }
      pause(conflicts);
    }
    throw contended(name);
  }

  private interface Condition {
    void on(PutObjectRequest.Builder request);
  }

  /** The new ETag, or empty when the condition did not hold or another write is under way. */
  private Optional<String> put(
      ObjectName name, Content content, String contentType, Condition condition) {
    return call(
        "write",
        name,
        () -> {
          PutObjectRequest.Builder request =
              PutObjectRequest.builder()
                  .bucket(name.bucket())
                  .key(name.key())
                  .contentType(contentType);
          condition.on(request);
          try {
            return Optional.of(plain(s3.putObject(request.build(), body(content)).eTag()));
          } catch (S3Exception e) {
            if (e.statusCode() == 412
                || e.statusCode() == 409
                || (e.statusCode() == 404 && !noSuchBucket(e))) {
              return Optional.empty();
            }
            throw e;
          }
        });
  }

  @Override
  public void delete(ObjectName name) {
    call("delete", name, () -> s3.deleteObject(b -> b.bucket(name.bucket()).key(name.key())));
  }

  @Override
  public Stream<ListedObject> list(String bucket, String prefix, String startAfter) {
    Iterator<ListedObject> objects =
        new Iterator<>() {
          private final Deque<S3Object> page = new ArrayDeque<>();
          private @Nullable String token;
          private boolean last;

          @Override
          public boolean hasNext() {
            while (page.isEmpty() && !last) {
              ListObjectsV2Request.Builder request =
                  ListObjectsV2Request.builder().bucket(bucket).prefix(prefix);
              if (token != null) {
                request.continuationToken(token);
              } else if (!startAfter.isEmpty()) {
                request.startAfter(startAfter);
              }
              ListObjectsV2Response response =
                  call(
                      "list",
                      new ObjectName(bucket, prefix),
                      () -> s3.listObjectsV2(request.build()));
              page.addAll(response.contents());
              token = response.nextContinuationToken();
              last = token == null;
            }
            return !page.isEmpty();
          }

          @Override
          public ListedObject next() {
            hasNext();
            S3Object object = page.remove();
            return new ListedObject(
                new ObjectName(bucket, object.key()),
                plain(object.eTag()),
                object.size(),
                object.lastModified());
          }
        };
    return StreamSupport.stream(
        Spliterators.spliteratorUnknownSize(objects, Spliterator.ORDERED), false);
  }

  private static RequestBody body(Content content) {
    return content instanceof Content.OfFile file
        ? RequestBody.fromFile(file.file())
        : RequestBody.fromBytes(((Content.OfBytes) content).bytes());
  }

  private static <T> T call(String verb, ObjectName name, Supplier<T> action) {
    try {
      return action.get();
    } catch (SdkException e) {
      throw AwsErrors.translated(verb, name.toString(), e);
    }
  }

  private static boolean missing(S3Exception e) {
    return e.statusCode() == 404 && !noSuchBucket(e);
  }

  private static boolean noSuchBucket(S3Exception e) {
    return e.awsErrorDetails() != null && "NoSuchBucket".equals(e.awsErrorDetails().errorCode());
  }

  private static SluiceException contended(ObjectName name) {
    return new SluiceException(
        ErrorCode.UNAVAILABLE,
        "Cannot write " + name + ": other writers were always faster; it will be tried again");
  }

  private static void pause(int round) {
    try {
      TimeUnit.MILLISECONDS.sleep(20L << round);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SluiceException(ErrorCode.UNAVAILABLE, "Cannot wait: interrupted", e);
    }
  }

  /** S3 calls the version of an object that was stored without versions "null". */
  private static String version(@Nullable String versionId) {
    return versionId == null || versionId.equals("null") ? "" : versionId;
  }

  private static String plain(String etag) {
    return etag.replace("\"", "");
  }

  private static String quoted(String etag) {
    return '"' + etag + '"';
  }

  private static final class Open implements OpenObject {
    private final ObjectInfo info;
    private final Body body;

    Open(ObjectName name, ResponseInputStream<GetObjectResponse> stream) {
      GetObjectResponse response = stream.response();
      info =
          new ObjectInfo(
              version(response.versionId()),
              plain(response.eTag()),
              response.contentLength(),
              response.lastModified());
      body = new Body(name, stream, info.size());
    }

    @Override
    public ObjectInfo info() {
      return info;
    }

    @Override
    public InputStream content() {
      return body;
    }

    @Override
    public void close() {
      body.close();
    }
  }

  /**
   * The object's bytes. A broken connection must not look like a damaged object, so it is never an
   * {@link IOException} nor an early end.
   */
  private static final class Body extends FilterInputStream {
    private final ObjectName name;
    private final ResponseInputStream<GetObjectResponse> stream;
    private final long size;
    private long count;
    private boolean ended;

    Body(ObjectName name, ResponseInputStream<GetObjectResponse> stream, long size) {
      super(stream);
      this.name = name;
      this.stream = stream;
      this.size = size;
    }

    @Override
    public int read() {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) {
      int n;
      try {
        n = super.read(target, offset, length);
      } catch (IOException | SdkException e) {
        throw broken(e);
      }
      if (n > 0) {
        count += n;
      } else if (n < 0) {
        ended = true;
        if (count < size) {
          throw broken(null);
        }
      }
      return n;
    }

    @Override
    public long skip(long n) {
      byte[] buffer = new byte[(int) Math.min(Math.max(n, 1), 8192)];
      int read = n <= 0 ? 0 : read(buffer, 0, buffer.length);
      return Math.max(read, 0);
    }

    @Override
    public boolean markSupported() {
      return false;
    }

    @Override
    public void close() {
      if (ended) {
        try {
          stream.close();
          return;
        } catch (IOException e) {
          // Everything was read; only the connection is lost.
        }
      }
      stream.abort();
    }

    private SluiceException broken(@Nullable Exception cause) {
      return new SluiceException(
          ErrorCode.UNAVAILABLE,
          "Cannot read "
              + name
              + ": the connection broke after "
              + count
              + " of "
              + size
              + " bytes; it will be tried again",
          cause);
    }
  }
}
