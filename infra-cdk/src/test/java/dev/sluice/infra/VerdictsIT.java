package dev.sluice.infra;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Who may do what: decided over the synthesized policies, kept as a table. */
@NeedsNode
class VerdictsIT {
  private static final String SUFFIX = "-111122223333-eu-central-1-an";
  private static final String RAW = "arn:aws:s3:::sluice-raw" + SUFFIX;
  private static final String LAKE = "arn:aws:s3:::sluice-lake" + SUFFIX;
  private static final String RESULTS = "arn:aws:s3:::sluice-results" + SUFFIX;
  private static final String LOGS = "arn:aws:s3:::sluice-logs" + SUFFIX;
  private static final String HERE = ":eu-central-1:111122223333:";

  private static final List<String> OBJECT =
      List.of(
          "s3:GetObject",
          "s3:GetObjectVersion",
          "s3:PutObject",
          "s3:DeleteObject",
          "s3:DeleteObjectVersion",
          "s3:PutObjectTagging",
          "s3:BypassGovernanceRetention");
  private static final List<String> BUCKET =
      List.of(
          "s3:ListBucket",
          "s3:ListBucketVersions",
          "s3:PutBucketPolicy",
          "s3:DeleteBucket",
          "s3:PutLifecycleConfiguration");
  private static final List<String> GLUE =
      List.of(
          "glue:GetTable",
          "glue:GetPartitions",
          "glue:BatchCreatePartition",
          "glue:UpdateTable",
          "glue:DeleteTable",
          "glue:BatchDeletePartition");
  private static final List<String> QUEUE =
      List.of(
          "sqs:ReceiveMessage",
          "sqs:DeleteMessage",
          "sqs:GetQueueAttributes",
          "sqs:GetQueueUrl",
          "sqs:SendMessage",
          "sqs:PurgeQueue",
          "sqs:SetQueueAttributes");
  private static final List<String> KEY =
      List.of(
          "kms:Decrypt",
          "kms:GenerateDataKey",
          "kms:Encrypt",
          "kms:ScheduleKeyDeletion",
          "kms:PutKeyPolicy");

  private final Synthesis synthesis = Synthesis.small();
  private final Policies policies = new Policies(synthesis);

  @Test
  void everyRoleMayDoWhatTheTableSaysAndNothingElse() {
    StringBuilder table =
        new StringBuilder(
            "What each role, or each policy for people's roles, allows (+) and does not (-),"
                + " together with\n"
                + "the policies of the buckets.\n"
                + "Puts are conditional and connections encrypted, unless a line says"
                + " otherwise.\n");
    for (Synthesis.Resource role : principals()) {
      table.append('\n').append(role.stack()).append(": ").append(role.id()).append('\n');
      String id = role.id();
      for (String policy : policies.awsPolicies(id)) {
        table.append("  beside these, what AWS's own policy ").append(policy).append(" allows\n");
      }
      for (String key : List.of("visits/a.json", "readings/a.json", "undeclared/a.json")) {
        row(table, id, RAW + "/" + key, "", OBJECT, context());
      }
      for (String key :
          List.of(
              "silver/visits/day=2026-11-20/a.parquet",
              "silver/readings/site=north/a.parquet",
              "silver/undeclared/a.parquet",
              "gold/a.parquet",
              "ops/quarantine/dataset=visits/day=2026-11-20/a.ndjson",
              "ops/quarantine/dataset=undeclared/day=2026-11-20/a.ndjson",
              "ops/ledger/dataset=visits/a.b.json",
              "ops/ledger/dataset=_unknown/a.b.json",
              "ops/intents/a.b.c.json",
              "ops/job_runs/dataset=visits/a.20261121T000000Z.1.json",
              "ops/job_slots/visits.a.20261121T000000Z.1.json",
              "ops/job_heads/visits.a.json",
              "ops/launch.json",
              "ops/marks/a/b.json",
              "logs/emr/j-1/a",
              "elsewhere/a")) {
        row(table, id, LAKE + "/" + key, "", OBJECT, context());
      }
      List<String> put = List.of("s3:PutObject");
      String silver = LAKE + "/silver/visits/day=2026-11-20/a.parquet";
      row(
          table,
          id,
          silver,
          "in place of a known version",
          put,
          with("s3:if-match", "e", "s3:if-none-match", null));
      row(table, id, silver, "without a condition", put, with("s3:if-none-match", null));
      row(
          table,
          id,
          silver,
          "part of an upload",
          put,
          with("s3:if-none-match", null, "s3:ObjectCreationOperation", "false"));
      row(table, id, silver, "without TLS", put, with("aws:SecureTransport", "false"));
      row(table, id, silver, "with TLS 1.1", put, with("s3:TlsVersion", "1.1"));
      row(
          table,
          id,
          silver,
          "with S3's own key",
          put,
          with("s3:x-amz-server-side-encryption", "AES256"));
      row(
          table,
          id,
          silver,
          "with another key",
          put,
          with(
              "s3:x-amz-server-side-encryption",
              "aws:kms",
              "s3:x-amz-server-side-encryption-aws-kms-key-id",
              "arn:aws:kms" + HERE + "key/other"));
      row(
          table,
          id,
          silver,
          "with the lake's key",
          put,
          with(
              "s3:x-amz-server-side-encryption",
              "aws:kms",
              "s3:x-amz-server-side-encryption-aws-kms-key-id",
              key()));
      row(table, id, RESULTS + "/athena/a.csv", "", OBJECT, context());
      row(table, id, RESULTS + "/api/a.csv", "", OBJECT, context());
      row(table, id, LOGS + "/sluice-raw/a", "", OBJECT, context());
      for (String bucket : List.of(RAW, LAKE, RESULTS, LOGS)) {
        row(table, id, bucket, "", BUCKET, context());
      }
      for (String each :
          List.of(
              "catalog",
              "database/silver",
              "database/gold",
              "database/ops",
              "table/silver/visits",
              "table/silver/readings",
              "table/ops/quarantine",
              "table/ops/ledger",
              "table/other/a")) {
        row(table, id, "arn:aws:glue" + HERE + each, "", GLUE, context());
      }
      for (String workgroup : List.of("sluice", "sluice-api", "primary")) {
        row(
            table,
            id,
            "arn:aws:athena" + HERE + "workgroup/" + workgroup,
            "",
            List.of(
                "athena:StartQueryExecution",
                "athena:GetQueryResults",
                "athena:UpdateWorkGroup",
                "athena:CreateNamedQuery"),
            context());
      }
      row(
          table,
          id,
          "arn:aws:athena" + HERE + "datacatalog/AwsDataCatalog",
          "",
          List.of("athena:ListDatabases", "athena:GetTableMetadata", "athena:DeleteDataCatalog"),
          context());
      for (String queue : List.of("sluice-ingest", "sluice-ingest-dead", "other")) {
        row(table, id, "arn:aws:sqs" + HERE + queue, "", QUEUE, context());
      }
      row(
          table,
          id,
          key(),
          "through S3",
          KEY,
          with("kms:ViaService", "s3.eu-central-1.amazonaws.com"));
      row(table, id, key(), "directly", KEY, context());
      row(
          table,
          id,
          "arn:aws:kms" + HERE + "key/other",
          "through S3",
          KEY,
          with("kms:ViaService", "s3.eu-central-1.amazonaws.com"));
      for (String group :
          List.of("sluice-ingest", "sluice-audit", "sluice-launch", "sluice-query", "other")) {
        row(
            table,
            id,
            "arn:aws:logs" + HERE + "log-group:/aws/lambda/" + group + ":log-stream:a",
            "",
            List.of(
                "logs:CreateLogStream",
                "logs:PutLogEvents",
                "logs:GetLogEvents",
                "logs:DeleteLogStream"),
            context());
      }
      List<String> emr =
          List.of(
              "elasticmapreduce:RunJobFlow",
              "elasticmapreduce:ListClusters",
              "elasticmapreduce:AddTags",
              "elasticmapreduce:DescribeCluster",
              "elasticmapreduce:ListSteps",
              "elasticmapreduce:AddJobFlowSteps",
              "elasticmapreduce:CancelSteps",
              "elasticmapreduce:TerminateJobFlows",
              "elasticmapreduce:SetTerminationProtection");
      String cluster = "arn:aws:elasticmapreduce" + HERE + "cluster/j-1";
      String lake = "sluice-lake" + SUFFIX;
      row(
          table,
          id,
          cluster,
          "of this lake",
          emr,
          with(
              "aws:RequestTag/sluice:lake",
              lake,
              "elasticmapreduce:ResourceTag/sluice:lake",
              lake));
      row(table, id, cluster, "of others", emr, context());
      for (String service : List.of("elasticmapreduce", "ec2")) {
        for (String passed : List.of("sluice-emr-service", "sluice-emr-machines")) {
          row(
              table,
              id,
              "arn:aws:iam::111122223333:role/" + passed,
              "to " + service,
              List.of("iam:PassRole"),
              with("iam:PassedToService", service + ".amazonaws.com"));
        }
      }
      row(
          table,
          id,
          "arn:aws:iam::111122223333:role/a",
          "",
          List.of("iam:PassRole", "sts:AssumeRole", "iam:CreateRole"),
          context());
      row(
          table,
          id,
          "arn:aws:iam::111122223333:role/aws-service-role/elasticmapreduce.amazonaws.com/"
              + "AWSServiceRoleForEMRCleanup",
          "for EMR",
          List.of("iam:CreateServiceLinkedRole"),
          with("iam:AWSServiceName", "elasticmapreduce.amazonaws.com"));
      for (String function :
          List.of("sluice-ingest", "sluice-audit", "sluice-audit:live", "sluice-launch:live")) {
        row(
            table,
            id,
            "arn:aws:lambda" + HERE + "function:" + function,
            "",
            List.of("lambda:InvokeFunction", "lambda:UpdateFunctionCode"),
            context());
      }
      row(
          table,
          id,
          "*",
          "",
          List.of(
              "xray:PutTraceSegments",
              "xray:PutTelemetryRecords",
              "xray:GetTraceSummaries",
              "s3:ListAllMyBuckets",
              "ec2:RunInstances",
              "s3:*",
              "*"),
          context());
    }
    Golden.check("verdicts.txt", table.toString());
  }

  @Test
  void noPolicyNamesAllActionsOrAllOfAServicesActions() {
    for (Synthesis.Resource role : principals()) {
      List<Map<?, ?>> statements = policies.ofRole(role.id());
      assertThat(statements)
          .isNotEmpty()
          .allSatisfy(
              statement -> assertThat(String.valueOf(statement.get("Action"))).doesNotContain("*"));
      assertThat(statements)
          .filteredOn(statement -> String.valueOf(statement.get("Resource")).equals("*"))
          .allMatch(statement ->
              List.of("Trace", "StartClusters", "ListClusters").contains(statement.get("Sid")));
    }
  }

  /** Roles, and the policies that are there to be attached to people's roles. */
  private List<Synthesis.Resource> principals() {
    return synthesis.resources().stream()
        .filter(resource ->
            resource.type().equals("AWS::IAM::Role")
                || (resource.type().equals("AWS::IAM::ManagedPolicy")
                    && resource.at("Roles") == null))
        .toList();
  }

  private void row(
      StringBuilder table,
      String role,
      String resource,
      String circumstance,
      List<String> actions,
      Map<String, String> context) {
    table.append("  ").append(resource.replace(SUFFIX, "").replace(HERE, ":"));
    if (!circumstance.isEmpty()) {
      table.append(", ").append(circumstance);
    }
    table.append("\n   ");
    for (String action : actions) {
      table.append(policies.allows(role, action, resource, context) ? " +" : " -").append(action);
    }
    table.append('\n');
  }

  private String key() {
    return "arn:aws:kms" + HERE + "key/" + synthesis.resources("AWS::KMS::Key").get(0).id();
  }

  private static Map<String, String> context() {
    Map<String, String> context = new LinkedHashMap<>();
    context.put("aws:SecureTransport", "true");
    context.put("s3:TlsVersion", "1.3");
    context.put("s3:if-none-match", "*");
    context.put("s3:ObjectCreationOperation", "true");
    return context;
  }

  private static Map<String, String> with(String... changes) {
    Map<String, String> context = context();
    for (int i = 0; i < changes.length; i += 2) {
      if (changes[i + 1] == null) {
        context.remove(changes[i]);
      } else {
        context.put(changes[i], changes[i + 1]);
      }
    }
    return context;
  }
}
