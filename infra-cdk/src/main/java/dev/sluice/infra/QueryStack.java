package dev.sluice.infra;

import dev.sluice.model.catalog.Catalog;
import dev.sluice.model.query.NamedQueries;
import dev.sluice.model.query.NamedQuery;
import dev.sluice.model.registry.Registry;
import java.util.List;
import software.amazon.awscdk.Aws;
import software.amazon.awscdk.CfnOutput;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.StackProps;
import software.amazon.awscdk.services.athena.CfnNamedQuery;
import software.amazon.awscdk.services.athena.CfnPreparedStatement;
import software.amazon.awscdk.services.athena.CfnWorkGroup;
import software.amazon.awscdk.services.iam.ManagedPolicy;
import software.constructs.Construct;

/** The Athena workgroup that queries of the lake run in, the declared queries, and who may ask. */
final class QueryStack extends Stack {
  /** The workgroup's name. */
  static final String WORKGROUP = Registry.WORKGROUP;

  /** Below it in the bucket of results. */
  static final String RESULTS = Registry.RESULTS;

  QueryStack(
      Construct scope,
      String id,
      StackProps props,
      Project project,
      StorageStack storage,
      StageSettings settings) {
    super(scope, id, props);
    CfnWorkGroup workgroup =
        workgroup("Workgroup", WORKGROUP, "Queries of the lake", RESULTS, storage, settings);
    workgroup(
        "ApiWorkgroup",
        Registry.QUERY_WORKGROUP,
        "Queries of the HTTP API",
        Registry.QUERY_RESULTS,
        storage,
        settings);
    for (NamedQuery query : NamedQueries.load(project.folder(), project.datasets()).all()) {
      CfnNamedQuery named =
          CfnNamedQuery.Builder.create(this, "Query-" + query.name().replace('/', '-'))
              .name(query.name())
              .description(query.summary())
              .database(query.database())
              .queryString(query.positionalSql())
              .workGroup(workgroup.getName())
              .build();
      named.addResourceDependency(workgroup);
      CfnPreparedStatement statement =
          CfnPreparedStatement.Builder.create(this, "Statement-" + query.name().replace('/', '-'))
              .statementName(query.statementName())
              .description(query.summary())
              .queryStatement(query.positionalSql())
              .workGroup(workgroup.getName())
              .build();
      statement.addResourceDependency(workgroup);
    }
    ManagedPolicy analyst =
        ManagedPolicy.Builder.create(this, "Analyst")
            .managedPolicyName("sluice-analyst")
            .description("Query the lake with Athena, and read what it holds")
            .statements(new Permissions(this, project, storage).analyst(WORKGROUP, RESULTS))
            .build();
    Findings.acceptPrefixes(
        analyst, "Analysts read all files of silver, gold, ledger and quarantine");
    Findings.acceptTables(analyst, Catalog.refined(), "Analysts read all tables of the lake");
    CfnOutput.Builder.create(this, "AnalystPolicy")
        .value(analyst.getManagedPolicyArn())
        .description("Attach it to who may query the lake")
        .build();
    ManagedPolicy uploads =
        ManagedPolicy.Builder.create(this, "UploadsReader")
            .managedPolicyName("sluice-uploads-reader")
            .description("Beside sluice-analyst: query uploads as they arrived")
            .statements(new Permissions(this, project, storage).uploadsReader())
            .build();
    Findings.acceptPrefixes(uploads, "They read all uploads to declared datasets");
    Findings.acceptTables(
        uploads, List.of(Catalog.BRONZE), "They read the uploads of all datasets");
    CfnOutput.Builder.create(this, "UploadsReaderPolicy")
        .value(uploads.getManagedPolicyArn())
        .description(
            "Attach it, beside the analysts' one, to who may query uploads as they arrived")
        .build();
  }

  private CfnWorkGroup workgroup(
      String id,
      String name,
      String description,
      String results,
      StorageStack storage,
      StageSettings settings) {
    int gigabytes =
        name.equals(WORKGROUP) ? settings.scanLimitGigabytes() : settings.apiScanLimitGigabytes();
    return CfnWorkGroup.Builder.create(this, id)
        .name(name)
        .description(description)
        .state("ENABLED")
        // Saved queries of people stand in the way of a deletion otherwise.
        .recursiveDeleteOption(!settings.keepData())
        .workGroupConfiguration(
            CfnWorkGroup.WorkGroupConfigurationProperty.builder()
                .enforceWorkGroupConfiguration(true)
                .publishCloudWatchMetricsEnabled(true)
                .requesterPaysEnabled(false)
                .bytesScannedCutoffPerQuery(gigabytes * Registry.BYTES_PER_GIGABYTE)
                .engineVersion(
                    CfnWorkGroup.EngineVersionProperty.builder()
                        .selectedEngineVersion("Athena engine version 3")
                        .build())
                .resultConfiguration(
                    CfnWorkGroup.ResultConfigurationProperty.builder()
                        .outputLocation(storage.results().s3UrlForObject(results))
                        .expectedBucketOwner(Aws.ACCOUNT_ID)
                        .encryptionConfiguration(
                            CfnWorkGroup.EncryptionConfigurationProperty.builder()
                                .encryptionOption("SSE_KMS")
                                .kmsKey(storage.encryptionKey().getKeyArn())
                                .build())
                        .build())
                .build())
        .build();
  }
}
