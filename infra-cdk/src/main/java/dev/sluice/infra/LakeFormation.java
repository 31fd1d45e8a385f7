package dev.sluice.infra;

import dev.sluice.model.catalog.Catalog;
import dev.sluice.model.registry.LakeLayout;
import java.util.List;
import java.util.Map;
import software.amazon.awscdk.Aws;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.services.iam.PolicyDocument;
import software.amazon.awscdk.services.iam.PolicyStatement;
import software.amazon.awscdk.services.iam.Role;
import software.amazon.awscdk.services.lakeformation.CfnPrincipalPermissions;
import software.amazon.awscdk.services.lakeformation.CfnResource;

/**
 * Lake Formation for whoever opts in: the lake's bucket is registered in hybrid access mode, so
 * that roles with rights of IAM, the functions' among them, go on as before, and readers are
 * granted tables instead of prefixes. The account's own settings of Lake Formation are left alone:
 * they are not this lake's.
 */
final class LakeFormation {
  /** What readers may see. */
  private static final List<String> DATABASES = List.of(Catalog.SILVER, Catalog.GOLD);

  private LakeFormation() {}

  /**
   * @param stack holds the databases
   * @param readers ARNs of the roles that may read
   */
  static void add(
      CatalogStack stack, StorageStack storage, LakeLayout layout, List<String> readers) {
    Role role =
        Role.Builder.create(stack, "LakeFormationRole")
            .assumedBy(OwnAccount.service("lakeformation.amazonaws.com"))
            .description("What Lake Formation reads for whom it lets")
            .inlinePolicies(
                Map.of(
                    "read",
                    PolicyDocument.Builder.create()
                        .statements(
                            List.of(
                                PolicyStatement.Builder.create()
                                    .actions(List.of("s3:GetObject"))
                                    .resources(
                                        List.of(
                                            storage
                                                .lake()
                                                .arnForObjects(layout.silverPrefix() + "*"),
                                            storage
                                                .lake()
                                                .arnForObjects(layout.goldPrefix() + "*")))
                                    .build(),
                                PolicyStatement.Builder.create()
                                    .actions(List.of("s3:ListBucket"))
                                    .resources(List.of(storage.lake().getBucketArn()))
                                    .build(),
                                PolicyStatement.Builder.create()
                                    .actions(List.of("kms:Decrypt"))
                                    .resources(List.of(storage.encryptionKey().getKeyArn()))
                                    .build()))
                        .build()))
            .build();
    Findings.acceptPrefixes(
        role, "What follows the prefix is named by hashes and partition values");
    CfnResource registered =
        CfnResource.Builder.create(stack, "LakeFormationLocation")
            .resourceArn(storage.lake().getBucketArn())
            .roleArn(role.getRoleArn())
            .useServiceLinkedRole(false)
            .hybridAccessEnabled(true)
            .build();
    for (int i = 0; i < readers.size(); i++) {
      for (String database : DATABASES) {
        String id = "Reader" + i + "-" + database;
        for (CfnPrincipalPermissions grant :
            List.of(
                grant(stack, id, readers.get(i), database(database), List.of("DESCRIBE")),
                grant(
                    stack,
                    id + "-tables",
                    readers.get(i),
                    tables(database),
                    List.of("DESCRIBE", "SELECT")))) {
          grant.addResourceDependency(registered);
          grant.addResourceDependency(stack.database(database));
        }
      }
    }
  }

  private static CfnPrincipalPermissions grant(
      Stack stack,
      String id,
      String reader,
      CfnPrincipalPermissions.ResourceProperty resource,
      List<String> rights) {
    return CfnPrincipalPermissions.Builder.create(stack, id)
        .principal(
            CfnPrincipalPermissions.DataLakePrincipalProperty.builder()
                .dataLakePrincipalIdentifier(reader)
                .build())
        .resource(resource)
        .permissions(rights)
        .permissionsWithGrantOption(List.of())
        .build();
  }

  private static CfnPrincipalPermissions.ResourceProperty database(String name) {
    return CfnPrincipalPermissions.ResourceProperty.builder()
        .database(
            CfnPrincipalPermissions.DatabaseResourceProperty.builder()
                .catalogId(Aws.ACCOUNT_ID)
                .name(name)
                .build())
        .build();
  }

  private static CfnPrincipalPermissions.ResourceProperty tables(String database) {
    return CfnPrincipalPermissions.ResourceProperty.builder()
        .table(
            CfnPrincipalPermissions.TableResourceProperty.builder()
                .catalogId(Aws.ACCOUNT_ID)
                .databaseName(database)
                .tableWildcard(Map.of())
                .build())
        .build();
  }
}
