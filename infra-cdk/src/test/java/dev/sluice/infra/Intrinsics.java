package dev.sluice.infra;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** CloudFormation's functions, carried out for one made-up account and region. */
final class Intrinsics {
  static final String ACCOUNT = "111122223333";
  static final String REGION = "eu-central-1";

  private static final Map<String, String> PSEUDO =
      Map.of(
          "AWS::AccountId",
          ACCOUNT,
          "AWS::Region",
          REGION,
          "AWS::Partition",
          "aws",
          "AWS::URLSuffix",
          "amazonaws.com");

  /** The property that names a resource of a type. */
  private static final Map<String, String> NAMES =
      Map.of(
          "AWS::S3::Bucket", "BucketName",
          "AWS::SQS::Queue", "QueueName",
          "AWS::Logs::LogGroup", "LogGroupName",
          "AWS::Lambda::Function", "FunctionName",
          "AWS::SNS::Topic", "TopicName",
          "AWS::Athena::WorkGroup", "Name");

  private final Synthesis synthesis;

  Intrinsics(Synthesis synthesis) {
    this.synthesis = synthesis;
  }

  /** The value as it would be deployed. Maps and lists are resolved within. */
  @Nullable Object resolve(Synthesis.Resource in, @Nullable Object value) {
    return resolve(in.stack(), value);
  }

  private @Nullable Object resolve(String stack, @Nullable Object value) {
    if (value instanceof List<?> list) {
      return list.stream().map(each -> resolve(stack, each)).toList();
    }
    if (!(value instanceof Map<?, ?> map)) {
      return value;
    }
    if (map.size() == 1) {
      String function = String.valueOf(map.keySet().iterator().next());
      Object argument = map.values().iterator().next();
      switch (function) {
        case "Ref":
          return ref(stack, String.valueOf(argument));
        case "Fn::GetAtt":
          List<?> parts = (List<?>) argument;
          return attribute(stack, String.valueOf(parts.get(0)), String.valueOf(parts.get(1)));
        case "Fn::Join":
          List<?> join = (List<?>) argument;
          return ((List<?>) join.get(1))
              .stream()
                  .map(each -> String.valueOf(resolve(stack, each)))
                  .collect(Collectors.joining(String.valueOf(join.get(0))));
        case "Fn::Base64":
          return Base64.getEncoder()
              .encodeToString(
                  String.valueOf(resolve(stack, argument)).getBytes(StandardCharsets.UTF_8));
        case "Fn::ImportValue":
          return imported(String.valueOf(argument));
        default:
          break;
      }
    }
    Map<String, Object> resolved = new LinkedHashMap<>();
    map.forEach((key, each) -> resolved.put(String.valueOf(key), resolve(stack, each)));
    return resolved;
  }

  private String ref(String stack, String id) {
    String pseudo = PSEUDO.get(id);
    return pseudo != null ? pseudo : name(find(stack, id));
  }

  private String name(Synthesis.Resource resource) {
    if (resource.type().equals("AWS::Lambda::Alias")) {
      return "arn:aws:lambda:"
          + REGION
          + ":"
          + ACCOUNT
          + ":function:"
          + resolve(resource, resource.at("FunctionName"))
          + ":"
          + resource.at("Name");
    }
    String property = NAMES.get(resource.type());
    Object name = property == null ? null : resource.at(property);
    return name == null ? resource.id() : String.valueOf(resolve(resource.stack(), name));
  }

  private String attribute(String stack, String id, String attribute) {
    Synthesis.Resource resource = find(stack, id);
    if (!attribute.equals("Arn")) {
      return id + "." + attribute;
    }
    String name = name(resource);
    String here = REGION + ":" + ACCOUNT + ":";
    return switch (resource.type()) {
      case "AWS::S3::Bucket" -> "arn:aws:s3:::" + name;
      case "AWS::SQS::Queue" -> "arn:aws:sqs:" + here + name;
      case "AWS::KMS::Key" -> "arn:aws:kms:" + here + "key/" + id;
      case "AWS::Logs::LogGroup" -> "arn:aws:logs:" + here + "log-group:" + name + ":*";
      case "AWS::IAM::Role" -> "arn:aws:iam::" + ACCOUNT + ":role/" + id;
      case "AWS::Lambda::Function" -> "arn:aws:lambda:" + here + "function:" + name;
      case "AWS::CloudWatch::Alarm" -> "arn:aws:cloudwatch:" + here + "alarm:" + name;
      default -> throw new AssertionError("no ARN known of " + resource.type());
    };
  }

  private Object imported(String export) {
    for (Map.Entry<String, Map<?, ?>> template : synthesis.templates().entrySet()) {
      if (template.getValue().get("Outputs") instanceof Map<?, ?> outputs) {
        for (Object each : outputs.values()) {
          Map<?, ?> output = (Map<?, ?>) each;
          if (output.get("Export") instanceof Map<?, ?> as && export.equals(as.get("Name"))) {
            return java.util.Objects.requireNonNull(
                resolve(template.getKey(), output.get("Value")));
          }
        }
      }
    }
    throw new AssertionError("nobody exports " + export);
  }

  private Synthesis.Resource find(String stack, String id) {
    return synthesis.resources().stream()
        .filter(resource -> resource.stack().equals(stack) && resource.id().equals(id))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no resource " + id + " in " + stack));
  }
}
