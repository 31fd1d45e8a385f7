package dev.sluice.infra;

import dev.sluice.model.ErrorCode;
import dev.sluice.model.SluiceException;
import dev.sluice.model.catalog.Catalog;
import dev.sluice.model.catalog.TableDefinition;
import dev.sluice.model.dataset.Dataset;
import dev.sluice.model.registry.LakeLayout;
import dev.sluice.model.registry.QueueSpec;
import dev.sluice.model.registry.Registry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import software.amazon.awscdk.ArnComponents;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.services.iam.PolicyStatement;
import software.amazon.awscdk.services.iam.PolicyStatementProps;
import software.amazon.awscdk.services.logs.LogGroup;
import software.amazon.awscdk.services.s3.Bucket;

/**
 * What each function may do, and on which prefixes. A function that nothing is said of is not
 * deployed.
 */
final class Permissions {
  /**
   * The most in one statement; with the longest names less than half of what a managed policy
   * holds.
   */
  private static final int RESOURCES = 20;

  private final Stack stack;
  private final Project project;
  private final StorageStack storage;
  private final LakeLayout layout;

  Permissions(Stack stack, Project project, StorageStack storage) {
    this.stack = stack;
    this.project = project;
    this.storage = storage;
    layout = project.registry().layout();
  }

  /** The statements for the function of that name, its queues, its log and its traces included. */
  List<PolicyStatement> of(String function, LogGroup log) {
    List<PolicyStatement> statements =
        new ArrayList<>(
            switch (function) {
              case Registry.INGEST -> ingest();
              case Registry.AUDIT -> audit();
              case Registry.LAUNCH, Registry.RECORD -> launch();
              case Registry.QUERY -> query();
              default ->
                  throw new SluiceException(
                      ErrorCode.INTERNAL,
                      "Cannot deploy function "
                          + function
                          + ": nothing says what it may do. Add it to "
                          + Permissions.class.getSimpleName()
                          + ".");
            });
    for (QueueSpec queue : project.registry().queues()) {
      if (queue.function().equals(function)) {
        statements.add(
            allow("TakeMessages")
                .actions(
                    List.of("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"))
                .resources(List.of(storage.queue(queue.name()).getQueueArn()))
                .build());
      }
    }
    statements.add(
        allow("Log")
            .actions(List.of("logs:CreateLogStream", "logs:PutLogEvents"))
            .resources(List.of(log.getLogGroupArn()))
            .build());
    statements.add(
        allow("Trace")
            .actions(List.of("xray:PutTraceSegments", "xray:PutTelemetryRecords"))
            .resources(List.of("*"))
            .build());
    return statements.stream().flatMap(Permissions::inPieces).toList();
  }

  /** CDK spreads a role's statements over several policies, but splits none. */
  private static Stream<PolicyStatement> inPieces(PolicyStatement statement) {
    List<String> resources = statement.getResources();
    if (resources.size() <= RESOURCES) {
      return Stream.of(statement);
    }
    List<PolicyStatement> pieces = new ArrayList<>();
    for (int from = 0; from < resources.size(); from += RESOURCES) {
      pieces.add(
          statement.copy(
              PolicyStatementProps.builder()
                  .sid(statement.getSid() + (pieces.size() + 1))
                  .resources(resources.subList(from, Math.min(resources.size(), from + RESOURCES)))
                  .build()));
    }
    return pieces.stream();
  }

  private List<PolicyStatement> ingest() {
    return List.of(
        allow("ReadUploads")
            .actions(List.of("s3:GetObject", "s3:GetObjectVersion"))
            .resources(ofEachDataset(storage.raw(), layout::rawPrefix))
            .build(),
        // Without it S3 answers 403 instead of 404 for what is not there, which ingest must tell
        // apart; a condition on prefixes would not hold for such a request.
        allow("TellWhatIsMissing")
            .actions(List.of("s3:ListBucket"))
            .resources(List.of(storage.raw().getBucketArn(), storage.lake().getBucketArn()))
            .build(),
        allow("PublishAndWithdraw")
            .actions(List.of("s3:PutObject", "s3:GetObject", "s3:DeleteObject"))
            .resources(
                concat(
                    ofEachDataset(storage.lake(), layout::silverPrefix),
                    ofEachDataset(storage.lake(), layout::quarantinePrefix),
                    List.of(below(storage.lake(), layout.intentsPrefix()))))
            .build(),
        // The ledger is never deleted from.
        allow("KeepTheBooks")
            .actions(List.of("s3:PutObject", "s3:GetObject"))
            .resources(List.of(below(storage.lake(), layout.ledgerPrefix())))
            .build(),
        useKey(),
        allow("RegisterPartitions")
            .actions(List.of("glue:GetTable", "glue:BatchCreatePartition"))
            .resources(registeredTables())
            .build());
  }

  private List<PolicyStatement> audit() {
    // Files and books of a dataset that is declared no more are looked at, too.
    List<String> files =
        List.of(
            below(storage.lake(), layout.silverPrefix()),
            below(storage.lake(), layout.quarantinePrefix()));
    String intents = below(storage.lake(), layout.intentsPrefix());
    return List.of(
        // Also what belongs to no dataset: being refused there would end the whole audit.
        allow("LookAtUploads")
            .actions(List.of("s3:GetObject"))
            .resources(List.of(storage.raw().arnForObjects("*")))
            .build(),
        allow("List")
            .actions(List.of("s3:ListBucket"))
            .resources(List.of(storage.raw().getBucketArn(), storage.lake().getBucketArn()))
            .build(),
        allow("LookAtFilesAndSweep")
            .actions(List.of("s3:GetObject", "s3:DeleteObject"))
            .resources(files)
            .build(),
        allow("LeaveMarks")
            .actions(List.of("s3:PutObject", "s3:GetObject", "s3:DeleteObject"))
            .resources(List.of(intents))
            .build(),
        allow("ReadTheBooks")
            .actions(List.of("s3:GetObject"))
            .resources(List.of(below(storage.lake(), layout.ledgerPrefix())))
            .build(),
        allow("AskIngest")
            .actions(List.of("sqs:GetQueueUrl", "sqs:SendMessage"))
            .resources(List.of(storage.queue(Registry.INGEST_QUEUE).getQueueArn()))
            .build(),
        useKey());
  }

  /** Launching and recording are one thing: each goes on where the other was interrupted. */
  private List<PolicyStatement> launch() {
    String clusters =
        stack.formatArn(
            ArnComponents.builder()
                .service("elasticmapreduce")
                .resource("cluster")
                .resourceName("*")
                .build());
    Map<String, Object> ofThisLake =
        Map.of(
            "StringEquals",
            Map.of("elasticmapreduce:ResourceTag/sluice:lake", storage.lake().getBucketName()));
    return List.of(
        allow("KeepRuns")
            .actions(List.of("s3:GetObject", "s3:PutObject"))
            .resources(
                List.of(
                    below(storage.lake(), layout.jobRunsPrefix()),
                    below(storage.lake(), layout.jobHeadsPrefix()),
                    storage.lake().arnForObjects(layout.launchPlaceKey())))
            .build(),
        allow("KeepNotes")
            .actions(List.of("s3:GetObject", "s3:PutObject", "s3:DeleteObject"))
            .resources(List.of(below(storage.lake(), layout.jobSlotsPrefix())))
            .build(),
        allow("List")
            .actions(List.of("s3:ListBucket"))
            .resources(List.of(storage.lake().getBucketArn()))
            .build(),
        // Neither knows resources: a cluster that is asked for is not there yet, a list is of all.
        allow("StartClusters")
            .actions(List.of("elasticmapreduce:RunJobFlow"))
            .resources(List.of("*"))
            .conditions(
                Map.of(
                    "StringEquals",
                    Map.of("aws:RequestTag/sluice:lake", storage.lake().getBucketName())))
            .build(),
        allow("ListClusters")
            .actions(List.of("elasticmapreduce:ListClusters"))
            .resources(List.of("*"))
            .build(),
        allow("TagClusters")
            .actions(List.of("elasticmapreduce:AddTags"))
            .resources(List.of(clusters))
            .conditions(
                Map.of(
                    "StringEquals",
                    Map.of("aws:RequestTag/sluice:lake", storage.lake().getBucketName())))
            .build(),
        allow("LookAtClusters")
            .actions(List.of("elasticmapreduce:DescribeCluster", "elasticmapreduce:ListSteps"))
            .resources(List.of(clusters))
            .build(),
        allow("UseClustersOfThisLake")
            .actions(
                List.of(
                    "elasticmapreduce:AddJobFlowSteps",
                    "elasticmapreduce:CancelSteps",
                    "elasticmapreduce:TerminateJobFlows"))
            .resources(List.of(clusters))
            .conditions(ofThisLake)
            .build(),
        passRole(ProcessingStack.SERVICE_ROLE, "elasticmapreduce.amazonaws.com"),
        passRole(ProcessingStack.MACHINES, "ec2.amazonaws.com"),
        // EMR makes it with the first cluster of an account, by the rights of who asks for that.
        allow("LetEmrCleanUp")
            .actions(List.of("iam:CreateServiceLinkedRole"))
            .resources(
                List.of(
                    role(
                        "aws-service-role/elasticmapreduce.amazonaws.com/"
                            + "AWSServiceRoleForEMRCleanup")))
            .conditions(
                Map.of(
                    "StringEquals", Map.of("iam:AWSServiceName", "elasticmapreduce.amazonaws.com")))
            .build(),
        useKey());
  }

  private PolicyStatement passRole(String role, String service) {
    return allow("Pass" + (service.startsWith("ec2") ? "Machines" : "Service"))
        .actions(List.of("iam:PassRole"))
        .resources(List.of(role(role)))
        .conditions(Map.of("StringEquals", Map.of("iam:PassedToService", service)))
        .build();
  }

  private String role(String name) {
    return stack.formatArn(
        ArnComponents.builder()
            .service("iam")
            .region("")
            .resource("role")
            .resourceName(name)
            .build());
  }

  /** What jobs may do: read what is loaded, load uploads in bulk, and write gold. */
  List<PolicyStatement> jobs() {
    return List.of(
        allow("ReadUploads")
            .actions(List.of("s3:GetObject", "s3:GetObjectVersion"))
            .resources(ofEachDataset(storage.raw(), layout::rawPrefix))
            .build(),
        allow("List")
            .actions(List.of("s3:ListBucket"))
            .resources(List.of(storage.raw().getBucketArn(), storage.lake().getBucketArn()))
            .build(),
        allow("ReadAndWriteTables")
            .actions(
                List.of(
                    "s3:GetObject",
                    "s3:PutObject",
                    "s3:DeleteObject",
                    "s3:AbortMultipartUpload",
                    "s3:ListMultipartUploadParts"))
            .resources(
                List.of(
                    below(storage.lake(), layout.silverPrefix()),
                    below(storage.lake(), layout.goldPrefix()),
                    below(storage.lake(), layout.quarantinePrefix()),
                    below(storage.lake(), layout.intentsPrefix()),
                    below(storage.lake(), "ops/marks/")))
            .build(),
        // The ledger is never deleted from.
        allow("KeepTheBooks")
            .actions(List.of("s3:PutObject", "s3:GetObject"))
            .resources(List.of(below(storage.lake(), layout.ledgerPrefix())))
            .build(),
        allow("KeepLogs")
            .actions(List.of("s3:PutObject"))
            .resources(List.of(below(storage.lake(), layout.jobLogsPrefix())))
            .build(),
        allow("UseTheCatalog")
            .actions(
                List.of(
                    "glue:GetDatabase",
                    "glue:GetTable",
                    "glue:GetTables",
                    "glue:GetPartitions",
                    "glue:BatchCreatePartition"))
            .resources(
                List.of(
                    glue("catalog"),
                    glue("database/" + Catalog.SILVER),
                    glue("database/" + Catalog.GOLD),
                    glue("database/" + Catalog.OPS),
                    glue("table/" + Catalog.SILVER + "/*"),
                    glue("table/" + Catalog.GOLD + "/*"),
                    glue("table/" + Catalog.OPS + "/*")))
            .build(),
        allow("CommitGold")
            .actions(List.of("glue:CreateTable", "glue:UpdateTable"))
            .resources(
                List.of(
                    glue("catalog"),
                    glue("database/" + Catalog.GOLD),
                    glue("table/" + Catalog.GOLD + "/*")))
            .build(),
        useKey());
  }

  private List<PolicyStatement> query() {
    return asking(
        Registry.QUERY_WORKGROUP,
        Registry.QUERY_RESULTS,
        List.of(
            "athena:StartQueryExecution",
            "athena:StopQueryExecution",
            "athena:GetQueryExecution",
            "athena:GetQueryResults"));
  }

  /** What people may do who ask questions: of all tables but uploads, in one workgroup. */
  List<PolicyStatement> analyst(String workgroup, String results) {
    List<PolicyStatement> statements = new ArrayList<>();
    statements.add(
        // Consoles and ./sluice sql list tables by Athena, which asks Glue with the caller's
        // rights.
        allow("ListTables")
            .actions(
                List.of(
                    "athena:GetDataCatalog",
                    "athena:GetDatabase",
                    "athena:GetTableMetadata",
                    "athena:ListDatabases",
                    "athena:ListTableMetadata"))
            .resources(
                List.of(
                    stack.formatArn(
                        ArnComponents.builder()
                            .service("athena")
                            .resource("datacatalog")
                            .resourceName("AwsDataCatalog")
                            .build())))
            .build());
    statements.addAll(
        asking(
            workgroup,
            results,
            List.of(
                "athena:StartQueryExecution",
                "athena:StopQueryExecution",
                "athena:GetQueryExecution",
                "athena:BatchGetQueryExecution",
                "athena:ListQueryExecutions",
                "athena:GetQueryResults",
                "athena:GetQueryResultsStream",
                "athena:GetWorkGroup",
                "athena:GetNamedQuery",
                "athena:BatchGetNamedQuery",
                "athena:ListNamedQueries",
                "athena:GetPreparedStatement",
                "athena:ListPreparedStatements")));
    return statements;
  }

  private List<PolicyStatement> asking(String workgroup, String results, List<String> actions) {
    List<String> tables = new ArrayList<>(List.of(glue("catalog")));
    for (String database : Catalog.refined()) {
      tables.add(glue("database/" + database));
      tables.add(glue("table/" + database + "/*"));
    }
    return List.of(
        allow("Ask")
            .actions(actions)
            .resources(
                List.of(
                    stack.formatArn(
                        ArnComponents.builder()
                            .service("athena")
                            .resource("workgroup")
                            .resourceName(workgroup)
                            .build())))
            .build(),
        readCatalog(tables),
        allow("ReadTheLake")
            .actions(List.of("s3:GetObject"))
            .resources(
                List.of(
                    below(storage.lake(), Catalog.SILVER + "/"),
                    below(storage.lake(), Catalog.GOLD + "/"),
                    below(storage.lake(), layout.ledgerPrefix()),
                    below(storage.lake(), layout.jobRunsPrefix()),
                    below(storage.lake(), layout.quarantinePrefix())))
            .build(),
        allow("List")
            .actions(List.of("s3:ListBucket", "s3:GetBucketLocation"))
            .resources(List.of(storage.lake().getBucketArn(), storage.results().getBucketArn()))
            .build(),
        allow("KeepResults")
            .actions(
                List.of(
                    "s3:GetObject",
                    "s3:PutObject",
                    "s3:AbortMultipartUpload",
                    "s3:ListMultipartUploadParts"))
            .resources(List.of(below(storage.results(), results)))
            .build(),
        useKey());
  }

  /** What they may read besides who also ask of uploads as they arrived. */
  List<PolicyStatement> uploadsReader() {
    return List.of(
        readCatalog(
            List.of(
                glue("catalog"),
                glue("database/" + Catalog.BRONZE),
                glue("table/" + Catalog.BRONZE + "/*"))),
        allow("ReadUploads")
            .actions(List.of("s3:GetObject"))
            .resources(ofEachDataset(storage.raw(), layout::rawPrefix))
            .build(),
        allow("List")
            .actions(List.of("s3:ListBucket", "s3:GetBucketLocation"))
            .resources(List.of(storage.raw().getBucketArn()))
            .build(),
        useKey());
  }

  private static PolicyStatement readCatalog(List<String> tables) {
    return allow("ReadTheCatalog")
        .actions(
            List.of(
                "glue:GetDatabase",
                "glue:GetDatabases",
                "glue:GetTable",
                "glue:GetTables",
                "glue:GetPartition",
                "glue:GetPartitions",
                "glue:BatchGetPartition"))
        .resources(tables)
        .build();
  }

  /** What they may do who upload: to the declared datasets, and nothing else. */
  List<PolicyStatement> uploader() {
    return List.of(
        allow("Upload")
            .actions(
                List.of("s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"))
            .resources(ofEachDataset(storage.raw(), layout::rawPrefix))
            .build(),
        useKey());
  }

  private PolicyStatement useKey() {
    return allow("UseTheKeyThroughS3")
        .actions(List.of("kms:Decrypt", "kms:GenerateDataKey"))
        .resources(List.of(storage.encryptionKey().getKeyArn()))
        .conditions(
            Map.of(
                "StringEquals",
                Map.of("kms:ViaService", "s3." + stack.getRegion() + ".amazonaws.com")))
        .build();
  }

  /** Tables whose partitions Athena does not compute, with the databases and catalog above them. */
  private List<String> registeredTables() {
    List<String> arns = new ArrayList<>();
    arns.add(glue("catalog"));
    for (TableDefinition table : project.catalog().tables(project.datasets())) {
      boolean registered = !table.partitionKeys().isEmpty() && !table.projected();
      if (registered) {
        String database = glue("database/" + table.database());
        if (!arns.contains(database)) {
          arns.add(database);
        }
        arns.add(glue("table/" + table.database() + "/" + table.name()));
      }
    }
    return arns;
  }

  private String glue(String resource) {
    int slash = resource.indexOf('/');
    ArnComponents.Builder arn = ArnComponents.builder().service("glue");
    if (slash < 0) {
      return stack.formatArn(arn.resource(resource).build());
    }
    return stack.formatArn(
        arn.resource(resource.substring(0, slash))
            .resourceName(resource.substring(slash + 1))
            .build());
  }

  private List<String> ofEachDataset(Bucket bucket, Function<String, String> prefix) {
    return project.datasets().all().stream()
        .map(Dataset::name)
        .map(name -> below(bucket, prefix.apply(name)))
        .toList();
  }

  private static String below(Bucket bucket, String prefix) {
    return bucket.arnForObjects(prefix + "*");
  }

  @SafeVarargs
  private static List<String> concat(List<String>... lists) {
    List<String> all = new ArrayList<>();
    for (List<String> list : lists) {
      all.addAll(list);
    }
    return all;
  }

  private static PolicyStatement.Builder allow(String sid) {
    return PolicyStatement.Builder.create().sid(sid);
  }
}
