package dev.sluice.infra;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Decides as IAM does, over the synthesized policies of roles and buckets. */
final class Policies {
  private static final String OF_AWS = "arn:aws:iam::aws:policy/";

  private final Synthesis synthesis;
  private final Intrinsics intrinsics;

  Policies(Synthesis synthesis) {
    this.synthesis = synthesis;
    intrinsics = new Intrinsics(synthesis);
  }

  /** Whether a role may do it, by its own policies and those of the bucket. */
  boolean allows(String role, String action, String resource, Map<String, String> context) {
    List<Map<?, ?>> own = ofRole(role);
    List<Map<?, ?>> all = new ArrayList<>(own);
    all.addAll(ofBucket(resource));
    if (all.stream().anyMatch(s -> matches("Deny", s, action, resource, context))) {
      return false;
    }
    return own.stream().anyMatch(s -> matches("Allow", s, action, resource, context));
  }

  /**
   * The names of the policies of AWS that a role has; AWS keeps them, and what they allow is not
   * decided here.
   */
  List<String> awsPolicies(String role) {
    List<String> names = new ArrayList<>();
    for (Synthesis.Resource resource : synthesis.resources("AWS::IAM::Role")) {
      if (resource.id().equals(role)
          && intrinsics.resolve(resource, resource.at("ManagedPolicyArns"))
              instanceof List<?> arns) {
        for (Object arn : arns) {
          if (!String.valueOf(arn).startsWith(OF_AWS)) {
            throw new AssertionError("a policy that is not looked at: " + arn);
          }
          names.add(String.valueOf(arn).substring(OF_AWS.length()));
        }
      }
    }
    return names;
  }

  /** The statements of a role's attached and managed policies, without {@link #awsPolicies}. */
  List<Map<?, ?>> ofRole(String role) {
    List<Map<?, ?>> statements = new ArrayList<>();
    for (Synthesis.Resource resource : synthesis.resources()) {
      if (resource.type().equals("AWS::IAM::Role") && resource.id().equals(role)) {
        if (resource.at("Policies") != null) {
          throw new AssertionError("a policy that is not looked at: " + role);
        }
      } else if ((resource.type().equals("AWS::IAM::Policy")
              || resource.type().equals("AWS::IAM::ManagedPolicy"))
          && List.of(Map.of("Ref", role)).equals(resource.at("Roles"))) {
        statements.addAll(statements(resource));
      } else if (resource.type().equals("AWS::IAM::ManagedPolicy") && resource.id().equals(role)) {
        statements.addAll(statements(resource));
      }
    }
    return statements;
  }

  private List<Map<?, ?>> ofBucket(String arn) {
    List<Map<?, ?>> statements = new ArrayList<>();
    for (Synthesis.Resource policy : synthesis.resources("AWS::S3::BucketPolicy")) {
      String bucket = "arn:aws:s3:::" + intrinsics.resolve(policy, policy.at("Bucket"));
      if (arn.equals(bucket) || arn.startsWith(bucket + "/")) {
        statements.addAll(statements(policy));
      }
    }
    return statements;
  }

  private List<Map<?, ?>> statements(Synthesis.Resource policy) {
    List<Map<?, ?>> statements = new ArrayList<>();
    for (Object each :
        (List<?>) java.util.Objects.requireNonNull(policy.at("PolicyDocument", "Statement"))) {
      statements.add(
          (Map<?, ?>) java.util.Objects.requireNonNull(intrinsics.resolve(policy, each)));
    }
    return statements;
  }

  private static boolean matches(
      String effect,
      Map<?, ?> statement,
      String action,
      String resource,
      Map<String, String> context) {
    return effect.equals(statement.get("Effect"))
        && texts(statement.get("Action")).stream().anyMatch(a -> like(a, action))
        && texts(statement.get("Resource")).stream().anyMatch(r -> like(r, resource))
        && holds(statement.get("Condition"), context);
  }

  private static boolean holds(@Nullable Object condition, Map<String, String> context) {
    if (condition == null) {
      return true;
    }
    for (Map.Entry<?, ?> operator : ((Map<?, ?>) condition).entrySet()) {
      for (Map.Entry<?, ?> test : ((Map<?, ?>) operator.getValue()).entrySet()) {
        String actual = context.get(String.valueOf(test.getKey()));
        if (!holds(String.valueOf(operator.getKey()), texts(test.getValue()), actual)) {
          return false;
        }
      }
    }
    return true;
  }

  private static boolean holds(String operator, List<String> expected, @Nullable String actual) {
    return switch (operator) {
      case "Null" -> expected.equals(List.of(String.valueOf(actual == null)));
      case "StringEquals", "ArnEquals", "Bool" -> actual != null && expected.contains(actual);
      case "ArnNotEquals" -> actual == null || !expected.contains(actual);
      case "StringLike", "ArnLike" ->
          actual != null && expected.stream().anyMatch(e -> like(e, actual));
      case "NumericLessThan" ->
          actual != null && Double.parseDouble(actual) < Double.parseDouble(expected.get(0));
      default -> throw new AssertionError("a condition that is not looked at: " + operator);
    };
  }

  private static List<String> texts(@Nullable Object value) {
    return value instanceof List<?> list
        ? list.stream().map(String::valueOf).toList()
        : List.of(String.valueOf(value));
  }

  private static boolean like(String pattern, String text) {
    StringBuilder regex = new StringBuilder();
    for (char c : pattern.toCharArray()) {
      regex.append(c == '*' ? ".*" : c == '?' ? "." : Pattern.quote(String.valueOf(c)));
    }
    return text.matches(regex.toString());
  }
}
