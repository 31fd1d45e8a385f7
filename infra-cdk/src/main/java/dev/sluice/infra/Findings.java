package dev.sluice.infra;

import io.github.cdklabs.cdknag.NagPackSuppression;
import io.github.cdklabs.cdknag.NagSuppressions;
import io.github.cdklabs.cdknag.RegexAppliesTo;
import java.util.List;
import software.amazon.awscdk.Stack;
import software.constructs.IConstruct;

/** Findings of cdk-nag that are meant to be so, each with its reason. */
final class Findings {
  private Findings() {}

  /**
   * Accepts the rule's finding on this construct and what belongs to it.
   *
   * @param details which of the rule's findings, where it has several; none is all
   */
  static void accept(IConstruct construct, String rule, String reason, String... details) {
    NagPackSuppression.Builder finding = NagPackSuppression.builder().id(rule).reason(reason);
    if (details.length > 0) {
      finding.appliesTo(List.of(details));
    }
    NagSuppressions.addResourceSuppressions(construct, List.of(finding.build()), true);
  }

  /** Accepts that a policy names all tables of these databases. */
  static void acceptTables(IConstruct policy, List<String> databases, String reason) {
    accept(policy, "AwsSolutions-IAM5", reason, tables(databases));
  }

  /** Accepts in a whole stack that policies name all tables of these databases. */
  static void acceptTables(Stack stack, List<String> databases, String reason) {
    acceptIn(stack, wide(reason, (Object[]) tables(databases)));
  }

  private static String[] tables(List<String> databases) {
    return databases.stream()
        .map(database ->
            "Resource::arn:<AWS::Partition>:glue:<AWS::Region>:<AWS::AccountId>:table/"
                + database
                + "/*")
        .toArray(String[]::new);
  }

  /** Accepts that a policy names prefixes of buckets, but neither whole buckets nor all of S3. */
  static void acceptPrefixes(IConstruct policy, String reason) {
    NagSuppressions.addResourceSuppressions(policy, List.of(prefixes(reason)), true);
  }

  /**
   * Accepts in a whole stack of functions that policies name prefixes, and that traces and the
   * starting and listing of clusters name nothing: a role with many statements is given further
   * policies when the template is written, which cannot be named before.
   */
  static void acceptOfFunctions(Stack stack, String reasonOfPrefixes) {
    String nameless =
        "X-Ray knows no resources for traces, EMR none for starting and listing clusters";
    acceptIn(
        stack,
        prefixes(reasonOfPrefixes),
        wide(nameless, "Resource::*"),
        NagPackSuppression.builder()
            .id("Serverless-LambdaStarPermissions")
            .reason(nameless)
            .build());
  }

  /** Accepts in a whole stack that a policy names all objects of the bucket of uploads. */
  static void acceptUploads(Stack stack, String reason) {
    acceptIn(stack, wide(reason, matching("/^Resource::<Raw\\w*\\.Arn>\\/\\*$/")));
  }

  /** Accepts what the roles of EMR are given. */
  static void acceptOfJobs(Stack stack) {
    acceptIn(
        stack,
        prefixes("What follows the prefix is named by jobs, hashes and partition values"),
        NagPackSuppression.builder()
            .id("AwsSolutions-IAM4")
            .reason("EMR keeps it: it names what its clusters' machines and networks need")
            .appliesTo(
                List.of(
                    "Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/"
                        + "AmazonEMRServicePolicy_v2"))
            .build(),
        wide(
            "Tables come with declarations; all of these databases are the lake's",
            matching(
                "/^Resource::arn:<AWS::Partition>:glue:<AWS::Region>:"
                    + "<AWS::AccountId>:table\\/(silver|gold|ops)\\/\\*$/")));
  }

  /** Accepts in a whole stack that policies name all clusters of the account. */
  static void acceptClusters(Stack stack, String reason) {
    acceptIn(
        stack,
        wide(
            reason,
            "Resource::arn:<AWS::Partition>:elasticmapreduce:<AWS::Region>:"
                + "<AWS::AccountId>:cluster/*"));
  }

  private static NagPackSuppression prefixes(String reason) {
    return wide(reason, matching("/^Resource::<\\w+\\.Arn>\\/[a-z][^*]*\\/\\*$/"));
  }

  /** That a policy has such resources, which end in a star. */
  private static NagPackSuppression wide(String reason, Object... resources) {
    return NagPackSuppression.builder()
        .id("AwsSolutions-IAM5")
        .reason(reason)
        .appliesTo(List.of(resources))
        .build();
  }

  private static RegexAppliesTo matching(String regex) {
    return RegexAppliesTo.builder().regex(regex).build();
  }

  private static void acceptIn(Stack stack, NagPackSuppression... findings) {
    NagSuppressions.addStackSuppressions(stack, List.of(findings));
  }
}
