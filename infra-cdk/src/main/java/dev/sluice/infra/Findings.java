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
    NagSuppressions.addStackSuppressions(
        stack,
        List.of(
            NagPackSuppression.builder()
                .id("AwsSolutions-IAM5")
                .reason(reason)
                .appliesTo(List.of(tables(databases)))
                .build()));
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
   * Accepts in a whole stack of functions that policies name prefixes, and that traces name
   * nothing: a role with many statements is given further policies when the template is written,
   * which cannot be named before.
   */
  static void acceptOfFunctions(Stack stack, String reasonOfPrefixes) {
    String traces = "X-Ray knows no resources for traces";
    NagSuppressions.addStackSuppressions(
        stack,
        List.of(
            prefixes(reasonOfPrefixes),
            NagPackSuppression.builder()
                .id("AwsSolutions-IAM5")
                .reason(traces)
                .appliesTo(List.of("Resource::*"))
                .build(),
            NagPackSuppression.builder()
                .id("Serverless-LambdaStarPermissions")
                .reason(traces)
                .build()));
  }

  /** Accepts in a whole stack that a policy names all objects of the bucket of uploads. */
  static void acceptUploads(Stack stack, String reason) {
    NagSuppressions.addStackSuppressions(
        stack,
        List.of(
            NagPackSuppression.builder()
                .id("AwsSolutions-IAM5")
                .reason(reason)
                .appliesTo(
                    List.of(
                        RegexAppliesTo.builder()
                            .regex("/^Resource::<Raw\\w*\\.Arn>\\/\\*$/")
                            .build()))
                .build()));
  }

  /** Accepts what the roles of EMR are given. */
  static void acceptOfJobs(Stack stack) {
    NagSuppressions.addStackSuppressions(
        stack,
        List.of(
            prefixes("What follows the prefix is named by jobs, hashes and partition values"),
            NagPackSuppression.builder()
                .id("AwsSolutions-IAM4")
                .reason("EMR keeps it: it names what its clusters' machines and networks need")
                .appliesTo(
                    List.of(
                        "Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/"
                            + "AmazonEMRServicePolicy_v2"))
                .build(),
            NagPackSuppression.builder()
                .id("AwsSolutions-IAM5")
                .reason("Tables come with declarations; all of these databases are the lake's")
                .appliesTo(
                    List.of(
                        RegexAppliesTo.builder()
                            .regex(
                                "/^Resource::arn:<AWS::Partition>:glue:<AWS::Region>:"
                                    + "<AWS::AccountId>:table\\/(silver|gold|ops)\\/\\*$/")
                            .build()))
                .build()));
  }

  /** Accepts in a whole stack that policies name all clusters of the account. */
  static void acceptClusters(Stack stack, String reason) {
    NagSuppressions.addStackSuppressions(
        stack,
        List.of(
            NagPackSuppression.builder()
                .id("AwsSolutions-IAM5")
                .reason(reason)
                .appliesTo(
                    List.of(
                        "Resource::arn:<AWS::Partition>:elasticmapreduce:<AWS::Region>:"
                            + "<AWS::AccountId>:cluster/*"))
                .build()));
  }

  private static NagPackSuppression prefixes(String reason) {
    return NagPackSuppression.builder()
        .id("AwsSolutions-IAM5")
        .reason(reason)
        .appliesTo(
            List.of(
                RegexAppliesTo.builder()
                    .regex("/^Resource::<\\w+\\.Arn>\\/[a-z][^*]*\\/\\*$/")
                    .build()))
        .build();
  }
}
