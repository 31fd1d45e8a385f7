package dev.sluice.lake.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.lake.api.ServiceException;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.core.document.Document;
import software.amazon.awssdk.core.protocol.MarshallingType;
import software.amazon.awssdk.core.traits.DefaultValueTrait;
import software.amazon.awssdk.core.traits.ListTrait;
import software.amazon.awssdk.core.traits.MapTrait;
import software.amazon.awssdk.services.athena.model.GetQueryExecutionResponse;
import software.amazon.awssdk.services.athena.model.GetQueryResultsResponse;
import software.amazon.awssdk.services.athena.model.GetTableMetadataResponse;
import software.amazon.awssdk.services.athena.model.GetWorkGroupResponse;
import software.amazon.awssdk.services.athena.model.ListQueryExecutionsRequest;
import software.amazon.awssdk.services.athena.model.StartQueryExecutionRequest;
import software.amazon.awssdk.services.glue.model.BatchCreatePartitionRequest;
import software.amazon.awssdk.services.glue.model.CreateTableRequest;
import software.amazon.awssdk.services.glue.model.GetColumnStatisticsForTableResponse;
import software.amazon.awssdk.services.glue.model.GetPartitionsResponse;
import software.amazon.awssdk.services.glue.model.GetTableResponse;
import software.amazon.awssdk.services.glue.model.GetTablesResponse;
import software.amazon.awssdk.services.glue.model.UpdateTableRequest;
import software.amazon.awssdk.services.sqs.model.CreateQueueRequest;
import software.amazon.awssdk.services.sqs.model.GetQueueAttributesResponse;
import software.amazon.awssdk.services.sqs.model.ReceiveMessageResponse;
import software.amazon.awssdk.services.sqs.model.SendMessageBatchRequest;
import software.amazon.awssdk.services.sqs.model.SendMessageRequest;
import software.amazon.awssdk.utils.builder.Buildable;

class SdkJsonTest {
  private static final long SEED = 20261120;

  static Stream<Supplier<? extends Buildable>> classes() {
    return Stream.of(
        StartQueryExecutionRequest::builder,
        GetQueryExecutionResponse::builder,
        GetQueryResultsResponse::builder,
        GetTableMetadataResponse::builder,
        GetWorkGroupResponse::builder,
        ListQueryExecutionsRequest::builder,
        CreateTableRequest::builder,
        UpdateTableRequest::builder,
        GetTableResponse::builder,
        GetTablesResponse::builder,
        GetPartitionsResponse::builder,
        BatchCreatePartitionRequest::builder,
        GetColumnStatisticsForTableResponse::builder,
        CreateQueueRequest::builder,
        GetQueueAttributesResponse::builder,
        SendMessageRequest::builder,
        SendMessageBatchRequest::builder,
        ReceiveMessageResponse::builder);
  }

  @ParameterizedTest
  @MethodSource("classes")
  void whatIsWrittenReadsBackEqual(Supplier<? extends Buildable> builder) {
    for (int i = 0; i < 20; i++) {
      SdkPojo value = random(builder.get(), new Random(SEED + i), 0);
      SdkPojo back = SdkJson.read(SdkJson.write(value), builder);
      assertThat(back).as("seed %d", SEED + i).isEqualTo(value);
      assertThat(SdkJson.write(back)).isEqualTo(SdkJson.write(value));
      assertThat(SdkJson.fromTree(SdkJson.toTree(value), builder)).isEqualTo(value);
    }
  }

  @Test
  void membersThatAreUnsetAreNotWritten() {
    assertThat(SdkJson.write(SendMessageRequest.builder().messageBody("x").build()))
        .isEqualTo("{\"MessageBody\":\"x\"}");
  }

  @Test
  void nullAndUnknownMembersArePassedOver() {
    SdkPojo request =
        SdkJson.read(
            "{\"MessageBody\":null,\"DelaySeconds\":3,\"Novelty\":[1]}",
            SendMessageRequest::builder);
    assertThat(request).isEqualTo(SendMessageRequest.builder().delaySeconds(3).build());
  }

  @Test
  void anEmptyBodyIsAnEmptyRequest() {
    assertThat(SdkJson.read("", SendMessageRequest::builder))
        .isEqualTo(SendMessageRequest.builder().build());
  }

  @Test
  void aTimestampIsWrittenInSeconds() {
    GetTableResponse response =
        GetTableResponse.builder()
            .table(t -> t.createTime(Instant.parse("2026-11-20T00:00:00.250Z")))
            .build();
    assertThat(SdkJson.write(response)).isEqualTo("{\"Table\":{\"CreateTime\":1795132800.250}}");
  }

  @Test
  void aMemberOfAnotherTypeIsNamed() {
    refused("{\"DelaySeconds\":\"3\"}", "/DelaySeconds");
    refused("{\"DelaySeconds\":3.5}", "/DelaySeconds");
    refused("{\"DelaySeconds\":99999999999}", "/DelaySeconds");
    refused("{\"MessageBody\":{}}", "/MessageBody");
    refused("{\"MessageAttributes\":{\"a\":{\"BinaryValue\":\"*\"}}}", "/a/BinaryValue");
    refused("[]", "object");
    refused("{", "JSON");
  }

  private static void refused(String body, String part) {
    assertThatThrownBy(() -> SdkJson.read(body, SendMessageRequest::builder))
        .isInstanceOfSatisfying(
            ServiceException.class,
            e -> {
              assertThat(e.status()).isEqualTo(400);
              assertThat(e.code()).isEqualTo("SerializationException");
              assertThat(e).hasMessageContaining(part);
            });
  }

  private static SdkPojo random(Buildable builder, Random random, int depth) {
    SdkPojo pojo = (SdkPojo) builder;
    for (SdkField<?> field : pojo.sdkFields()) {
      // An unset idempotency token gets a value whenever it is written.
      boolean token = field.containsTrait(DefaultValueTrait.class);
      if (token || random.nextInt(5) > 0 && depth < 6) {
        field.set(pojo, value(field, random, depth));
      }
    }
    return (SdkPojo) builder.build();
  }

  private static Object value(SdkField<?> field, Random random, int depth) {
    MarshallingType<?> type = field.marshallingType();
    if (type == MarshallingType.STRING) {
      return "text-" + random.nextInt(1000) + " \"ä\u2028\uD83D\uDE00\\\n";
    } else if (type == MarshallingType.INTEGER) {
      return random.nextInt();
    } else if (type == MarshallingType.LONG) {
      return random.nextLong();
    } else if (type == MarshallingType.DOUBLE) {
      return random.nextDouble();
    } else if (type == MarshallingType.BOOLEAN) {
      return random.nextBoolean();
    } else if (type == MarshallingType.INSTANT) {
      return Instant.ofEpochMilli(random.nextLong(2_000_000_000_000L));
    } else if (type == MarshallingType.SDK_BYTES) {
      byte[] bytes = new byte[random.nextInt(9)];
      random.nextBytes(bytes);
      return SdkBytes.fromByteArray(bytes);
    } else if (type == MarshallingType.BIG_DECIMAL) {
      return new BigDecimal(random.nextInt()).movePointLeft(3);
    } else if (type == MarshallingType.DOCUMENT) {
      return Document.fromString("d" + random.nextInt());
    } else if (type == MarshallingType.LIST) {
      SdkField<?> member = field.getRequiredTrait(ListTrait.class).memberFieldInfo();
      List<Object> list = new ArrayList<>();
      for (int i = random.nextInt(3); i >= 0; i--) {
        list.add(value(member, random, depth + 1));
      }
      return list;
    } else if (type == MarshallingType.MAP) {
      SdkField<?> member = field.getRequiredTrait(MapTrait.class).valueFieldInfo();
      Map<String, Object> map = new LinkedHashMap<>();
      for (int i = random.nextInt(3); i >= 0; i--) {
        map.put("key-" + i, value(member, random, depth + 1));
      }
      return map;
    } else if (type == MarshallingType.SDK_POJO) {
      return random((Buildable) field.constructor().get(), random, depth + 1);
    }
    throw new AssertionError("No random value for " + type.getTargetClass());
  }
}
