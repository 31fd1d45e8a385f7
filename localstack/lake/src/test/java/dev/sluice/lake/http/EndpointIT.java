package dev.sluice.lake.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.lake.Clients;
import dev.sluice.lake.api.JsonOperation;
import dev.sluice.lake.api.JsonService;
import dev.sluice.lake.api.ServiceException;
import dev.sluice.model.SluiceException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.client.builder.SdkSyncClientBuilder;
import software.amazon.awssdk.services.athena.AthenaClient;
import software.amazon.awssdk.services.athena.model.Datum;
import software.amazon.awssdk.services.athena.model.GetQueryResultsRequest;
import software.amazon.awssdk.services.athena.model.GetQueryResultsResponse;
import software.amazon.awssdk.services.athena.model.Row;
import software.amazon.awssdk.services.athena.model.StartQueryExecutionRequest;
import software.amazon.awssdk.services.athena.model.StartQueryExecutionResponse;
import software.amazon.awssdk.services.glue.GlueClient;
import software.amazon.awssdk.services.glue.model.EntityNotFoundException;
import software.amazon.awssdk.services.glue.model.GetTableRequest;
import software.amazon.awssdk.services.glue.model.GetTableResponse;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.GetQueueUrlRequest;
import software.amazon.awssdk.services.sqs.model.GetQueueUrlResponse;
import software.amazon.awssdk.services.sqs.model.QueueDoesNotExistException;

class EndpointIT {
  static final Instant CREATED = Instant.parse("2026-11-20T10:11:12.345Z");

  record Service(String target, Map<String, JsonOperation<?, ?>> operations)
      implements JsonService {}

  record OldService(String target, Map<String, JsonOperation<?, ?>> operations)
      implements JsonService, QueryCompatible {
    @Override
    public String queryErrorCode(String code) {
      return "AWS.SimpleQueueService.NonExistentQueue";
    }
  }

  static Endpoint endpoint;

  @BeforeAll
  static void start() {
    JsonService athena =
        new Service(
            "AmazonAthena",
            Map.of(
                "StartQueryExecution",
                new JsonOperation<StartQueryExecutionRequest, StartQueryExecutionResponse>(
                    StartQueryExecutionRequest::builder,
                    r ->
                        StartQueryExecutionResponse.builder()
                            .queryExecutionId("id of " + r.queryString())
                            .build()),
                "GetQueryResults",
                new JsonOperation<GetQueryResultsRequest, GetQueryResultsResponse>(
                    GetQueryResultsRequest::builder,
                    r ->
                        GetQueryResultsResponse.builder()
                            .resultSet(s ->
                                s.rows(
                                    Row.builder()
                                        .data(
                                            Datum.builder().varCharValue("ä").build(),
                                            Datum.builder().build())
                                        .build()))
                            .build())));
    JsonService glue =
        new Service(
            "AWSGlue",
            Map.of(
                "GetTable",
                new JsonOperation<GetTableRequest, GetTableResponse>(
                    GetTableRequest::builder,
                    r -> {
                      if (r.name().equals("missing")) {
                        throw new ServiceException(
                            400, "EntityNotFoundException", "Cannot find table missing.");
                      }
                      if (r.name().equals("broken")) {
                        throw new IllegalStateException("secret payload");
                      }
                      return GetTableResponse.builder()
                          .table(t -> t.name(r.name()).createTime(CREATED))
                          .build();
                    })));
    JsonService sqs =
        new OldService(
            "AmazonSQS",
            Map.of(
                "GetQueueUrl",
                new JsonOperation<GetQueueUrlRequest, GetQueueUrlResponse>(
                    GetQueueUrlRequest::builder,
                    r -> {
                      throw new ServiceException(
                          400, "com.amazonaws.sqs#QueueDoesNotExist", "No queue.");
                    })));
    endpoint =
        Endpoint.start(
            0,
            List.of(athena, glue, sqs),
            exchange ->
                Responses.send(exchange, 418, exchange.getRequestURI().toString().getBytes()),
            () -> new Endpoint.Health(true, Map.of("s3", "running")));
  }

  @AfterAll
  static void stop() {
    endpoint.close();
  }

  static <B extends AwsClientBuilder<B, C> & SdkSyncClientBuilder<B, C>, C> C client(B builder) {
    return Clients.client(builder, endpoint.uri());
  }

  static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
  }

  static HttpRequest.Builder path(String path) {
    return HttpRequest.newBuilder(endpoint.uri().resolve(path));
  }

  @Test
  void realClientsAreAnswered() {
    try (AthenaClient athena = client(AthenaClient.builder());
        GlueClient glue = client(GlueClient.builder())) {
      assertThat(athena.startQueryExecution(r -> r.queryString("SELECT 1")).queryExecutionId())
          .isEqualTo("id of SELECT 1");
      var row = athena.getQueryResults(r -> r.queryExecutionId("x")).resultSet().rows().get(0);
      assertThat(row.data().get(0).varCharValue()).isEqualTo("ä");
      assertThat(row.data().get(1).varCharValue()).isNull();
      assertThat(glue.getTable(r -> r.databaseName("d").name("t")).table().createTime())
          .isEqualTo(CREATED);
    }
  }

  @Test
  void errorsThatAwsDefinesReachTheClientAsTheirClass() {
    try (GlueClient glue = client(GlueClient.builder());
        SqsClient sqs = client(SqsClient.builder())) {
      assertThatThrownBy(() -> glue.getTable(r -> r.databaseName("d").name("missing")))
          .isInstanceOfSatisfying(
              EntityNotFoundException.class,
              e -> {
                assertThat(e.awsErrorDetails().errorMessage())
                    .isEqualTo("Cannot find table missing.");
                assertThat(e.requestId()).isNotBlank();
              });
      assertThatThrownBy(() -> sqs.getQueueUrl(r -> r.queueName("q")))
          .isInstanceOfSatisfying(
              QueueDoesNotExistException.class,
              e ->
                  assertThat(e.awsErrorDetails().errorCode())
                      .isEqualTo("AWS.SimpleQueueService.NonExistentQueue"));
    }
  }

  @Test
  void whatIsNotSupportedIsRefusedByName() {
    try (GlueClient glue = client(GlueClient.builder())) {
      assertThatThrownBy(() -> glue.getJobs(r -> {}))
          .isInstanceOfSatisfying(
              AwsServiceException.class,
              e -> {
                assertThat(e.statusCode()).isEqualTo(400);
                assertThat(e.awsErrorDetails().errorCode()).isEqualTo("UnknownOperationException");
                assertThat(e).hasMessageContaining("AWSGlue.GetJobs");
              });
    }
  }

  @Test
  void anUnknownServiceIsRefusedByName() throws Exception {
    HttpResponse<String> json =
        send(
            path("/")
                .header("X-Amz-Target", "ElasticMapReduce.RunJobFlow")
                .POST(HttpRequest.BodyPublishers.ofString("{}")));
    assertThat(json.statusCode()).isEqualTo(400);
    assertThat(json.body()).contains("UnknownOperationException", "ElasticMapReduce.RunJobFlow");

    String signed = "AWS4-HMAC-SHA256 Credential=test/20261120/us-east-1/%s/aws4_request, X=y";
    HttpResponse<String> rest =
        send(path("/2015-03-31/functions").header("Authorization", signed.formatted("lambda")));
    assertThat(rest.statusCode()).isEqualTo(400);
    assertThat(rest.body()).contains("the service lambda");

    HttpResponse<String> query =
        send(
            path("/")
                .header("Authorization", signed.formatted("sqs"))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString("Action=ListQueues")));
    assertThat(query.statusCode()).isEqualTo(400);
    assertThat(query.body()).contains("<Code>UnknownOperationException</Code>", "query protocol");
  }

  @Test
  void anUnexpectedErrorTellsNoPayload() {
    try (GlueClient glue = client(GlueClient.builder())) {
      assertThatThrownBy(() -> glue.getTable(r -> r.databaseName("d").name("broken")))
          .isInstanceOfSatisfying(
              AwsServiceException.class,
              e -> {
                assertThat(e.statusCode()).isEqualTo(500);
                assertThat(e.awsErrorDetails().errorCode()).isEqualTo("InternalFailure");
                assertThat(e.getMessage()).doesNotContain("secret");
              });
    }
  }

  @Test
  void everythingElseIsS3s() throws Exception {
    HttpResponse<String> response = send(path("/bucket/a%20b?list-type=2"));
    assertThat(response.statusCode()).isEqualTo(418);
    assertThat(response.body()).isEqualTo("/bucket/a%20b?list-type=2");
  }

  @Test
  void healthNamesTheParts() throws Exception {
    assertThat(send(path(Endpoint.HEALTH)).body())
        .isEqualTo("{\"status\":\"ready\",\"components\":{\"s3\":\"running\"}}");
  }

  @Test
  void aPortInUseIsSaidClearly() {
    assertThatThrownBy(() ->
            Endpoint.start(
                endpoint.port(),
                List.of(),
                exchange -> {},
                () -> new Endpoint.Health(true, Map.of())))
        .isInstanceOf(SluiceException.class)
        .hasMessageContaining("port " + endpoint.port())
        .hasMessageContaining("--port");
  }

  @Test
  void theAddressIsLoopback() {
    assertThat(endpoint.uri()).isEqualTo(URI.create("http://127.0.0.1:" + endpoint.port()));
  }
}
