package dev.sluice.aws;

import dev.sluice.model.ErrorCode;
import dev.sluice.model.SluiceException;
import dev.sluice.model.json.Json;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.SignedRequest;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;

/**
 * Calls operations of a service that speaks AWS's JSON protocol, with the SDK's own signer, HTTP
 * client and credentials, and none of its generated classes: those of Glue alone are larger than
 * all else that a function carries.
 */
final class JsonCalls {
  private static final Set<String> THROTTLES =
      Set.of(
          "ThrottlingException",
          "Throttling",
          "TooManyRequestsException",
          "RequestLimitExceeded",
          "ConcurrentModificationException",
          "ResourceNumberLimitExceededException",
          "OperationTimeoutException",
          "RequestThrottled",
          "InternalServiceException");

  private final String service;
  private final String target;
  private final String contentType;
  private final AwsSettings settings;
  private final AwsCredentialsProvider credentials;
  private final SdkHttpClient http;
  private final int attempts;
  private final Clock clock;
  private final AwsV4HttpSigner signer = AwsV4HttpSigner.create();

  /**
   * @param service the service's name in host names and signatures
   * @param target what stands before the dot in {@code X-Amz-Target}
   * @param protocol the version of the protocol that the service speaks, {@code 1.0} or {@code 1.1}
   * @param attempts how often a call is tried that the service did not manage
   */
  JsonCalls(
      String service,
      String target,
      String protocol,
      AwsSettings settings,
      AwsCredentialsProvider credentials,
      SdkHttpClient http,
      int attempts,
      Clock clock) {
    this.service = service;
    this.target = target;
    this.contentType = "application/x-amz-json-" + protocol;
    this.settings = settings;
    this.credentials = credentials;
    this.http = http;
    this.attempts = attempts;
    this.clock = clock;
  }

  /**
   * @param subject what the call is about, for messages
   * @throws SluiceException as the ports say
   */
  Map<String, @Nullable Object> call(
      String operation, String subject, Map<String, ? extends @Nullable Object> input) {
    return call(operation, subject, input, fault -> Optional.empty());
  }

  /**
   * The same, where some faults mean something else than usual. What a fault means that may pass is
   * thrown only when it did not pass.
   */
  Map<String, @Nullable Object> call(
      String operation,
      String subject,
      Map<String, ? extends @Nullable Object> input,
      Function<Fault, Optional<SluiceException>> meaning) {
    byte[] body = Json.write(input).getBytes(StandardCharsets.UTF_8);
    for (int attempt = 1; ; attempt++) {
      try {
        return once(operation, subject, body, meaning);
      } catch (SluiceException e) {
        boolean passes = e.code() == ErrorCode.UNAVAILABLE || e.code() == ErrorCode.THROTTLED;
        if (!passes || attempt == attempts) {
          throw e;
        }
      }
      pause(attempt);
    }
  }

  /**
   * What a service answers when it does not do what it is asked.
   *
   * @param code the exception's name, as {@code InvalidRequestException}
   * @param message for people
   */
  record Fault(String code, String message) {}

  /**
   * As {@link #call}, about something that may not be there.
   *
   * @param absent the codes by which the service says so
   * @return empty when it does
   */
  Optional<Map<String, @Nullable Object>> find(
      String operation,
      String subject,
      Map<String, ? extends @Nullable Object> input,
      Set<String> absent) {
    SluiceException none =
        new SluiceException(ErrorCode.INVALID_SETTINGS, "Cannot find " + subject);
    try {
      return Optional.of(
          call(
              operation,
              subject,
              input,
              fault -> absent.contains(fault.code()) ? Optional.of(none) : Optional.empty()));
    } catch (SluiceException e) {
      if (e == none) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private Map<String, @Nullable Object> once(
      String operation,
      String subject,
      byte[] body,
      Function<Fault, Optional<SluiceException>> meaning) {
    URI endpoint =
        settings
            .endpoint()
            .orElseGet(() ->
                URI.create(
                    "https://"
                        + service
                        + "."
                        + settings.region().id()
                        + "."
                        + settings.region().metadata().partition().dnsSuffix()));
    SdkHttpRequest request =
        SdkHttpRequest.builder()
            .uri(endpoint.resolve("/"))
            .method(SdkHttpMethod.POST)
            .putHeader("Content-Type", contentType)
            .putHeader("Content-Length", Integer.toString(body.length))
            .putHeader("X-Amz-Target", target + "." + operation)
            .build();
    ContentStreamProvider payload = ContentStreamProvider.fromByteArray(body);
    try {
      AwsCredentialsIdentity identity = credentials.resolveCredentials();
      SignedRequest signed =
          signer.sign(r ->
              r.identity(identity)
                  .request(request)
                  .payload(payload)
                  .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, service)
                  .putProperty(AwsV4HttpSigner.REGION_NAME, settings.region().id())
                  .putProperty(HttpSigner.SIGNING_CLOCK, clock));
      HttpExecuteResponse response =
          http.prepareRequest(
                  HttpExecuteRequest.builder()
                      .request(signed.request())
                      .contentStreamProvider(signed.payload().orElse(payload))
                      .build())
              .call();
      String text = "";
      if (response.responseBody().isPresent()) {
        try (var in = response.responseBody().get()) {
          text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
      }
      int status = response.httpResponse().statusCode();
      if (status / 100 == 2) {
        return text.isBlank() ? Map.of() : Json.parseObject(text);
      }
      Fault fault = fault(text);
      Optional<SluiceException> known = meaning.apply(fault);
      if (known.isPresent()) {
        throw known.get();
      }
      String code = fault.code();
      throw AwsErrors.of(
          "call " + target + "." + operation + " for",
          subject,
          status,
          THROTTLES.contains(code),
          code + " (HTTP " + status + ")",
          null);
    } catch (IOException | SdkException | IllegalArgumentException e) {
      throw new SluiceException(
          ErrorCode.UNAVAILABLE,
          "Cannot call "
              + target
              + "."
              + operation
              + " for "
              + subject
              + ": no answer: "
              + e.getMessage(),
          e);
    }
  }

  private static Fault fault(String text) {
    try {
      Map<String, @Nullable Object> error = Json.parseObject(text);
      String type = String.valueOf(error.get("__type"));
      Object message = error.getOrDefault("message", error.get("Message"));
      return new Fault(
          type.substring(type.lastIndexOf('#') + 1), message == null ? "" : message.toString());
    } catch (IllegalArgumentException e) {
      return new Fault("no error code", "");
    }
  }

  static void pause(int attempt) {
    try {
      TimeUnit.MILLISECONDS.sleep(ThreadLocalRandom.current().nextLong(50L << attempt));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SluiceException(ErrorCode.UNAVAILABLE, "Cannot wait: interrupted", e);
    }
  }
}
