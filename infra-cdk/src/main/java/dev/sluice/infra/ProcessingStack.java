package dev.sluice.infra;

import dev.sluice.model.ErrorCode;
import dev.sluice.model.SluiceException;
import dev.sluice.model.json.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.StackProps;
import software.amazon.awscdk.services.emr.CfnSecurityConfiguration;
import software.amazon.awscdk.services.iam.CfnInstanceProfile;
import software.amazon.awscdk.services.iam.ManagedPolicy;
import software.amazon.awscdk.services.iam.PolicyStatement;
import software.amazon.awscdk.services.iam.Role;
import software.amazon.awscdk.services.iam.ServicePrincipal;
import software.amazon.awscdk.services.s3.assets.Asset;
import software.constructs.Construct;

/**
 * What the jobs' clusters are given: EMR's role, the machines' role and profile, how disks are
 * encrypted, and the code. Clusters come and go with the runs; none is part of a stack.
 */
final class ProcessingStack extends Stack {
  /** Name of EMR's own role. */
  static final String SERVICE_ROLE = "sluice-emr-service";

  /** Name of the machines' role, and of its profile. */
  static final String MACHINES = "sluice-emr-machines";

  /** Name of the security configuration. */
  static final String SECURITY = "sluice";

  private static final String JAR = "emr-jobs/spark/target/sluice-jobs.jar";

  private final Asset jar;
  private final Asset declarations;

  ProcessingStack(
      Construct scope, String id, StackProps props, Project project, StorageStack storage) {
    super(scope, id, props);
    Path built = project.root().resolve(JAR);
    if (!Files.isRegularFile(built)) {
      throw new SluiceException(
          ErrorCode.FILE_ACCESS,
          "Cannot deploy jobs: their jar is not built: "
              + built
              + "\nRun ./sluice cdk, which builds first, or ./sluice build.");
    }
    jar = Asset.Builder.create(this, "Jobs").path(built.toString()).build();
    declarations =
        Asset.Builder.create(this, "Declarations")
            .path(DatasetsLayer.folder(project).resolve("datasets").toString())
            .build();
    Role machines = machines(project, storage);
    service(machines, storage);
    CfnInstanceProfile profile =
        CfnInstanceProfile.Builder.create(this, "Profile")
            .instanceProfileName(MACHINES)
            .roles(List.of(MACHINES))
            .build();
    profile.getNode().addDependency(machines);
    security(storage);
    Findings.acceptOfJobs(this);
  }

  /** Where the job jar lies, {@code s3://…}. */
  String jar() {
    return jar.getS3ObjectUrl();
  }

  /** Where the declarations lie, {@code s3://…}. */
  String declarations() {
    return declarations.getS3ObjectUrl();
  }

  private Role machines(Project project, StorageStack storage) {
    Role role =
        Role.Builder.create(this, "Machines")
            .roleName(MACHINES)
            .assumedBy(new ServicePrincipal("ec2.amazonaws.com"))
            .description("What jobs may do")
            .build();
    new Permissions(this, project, storage).jobs().forEach(role::addToPolicy);
    role.addToPolicy(useDisks(storage));
    role.addToPolicy(read("ReadTheJar", jar));
    role.addToPolicy(read("ReadTheDeclarations", declarations));
    return role;
  }

  private static PolicyStatement read(String sid, Asset asset) {
    return PolicyStatement.Builder.create()
        .sid(sid)
        .actions(List.of("s3:GetObject"))
        .resources(List.of(asset.getBucket().arnForObjects(asset.getS3ObjectKey())))
        .build();
  }

  private void service(Role machines, StorageStack storage) {
    Role role =
        Role.Builder.create(this, "Service")
            .roleName(SERVICE_ROLE)
            .assumedBy(OwnAccount.service("elasticmapreduce.amazonaws.com"))
            .description("What EMR may do to run clusters")
            .managedPolicies(
                List.of(
                    ManagedPolicy.fromAwsManagedPolicyName(
                        "service-role/AmazonEMRServicePolicy_v2")))
            .build();
    role.addToPolicy(
        PolicyStatement.Builder.create()
            .sid("PassMachines")
            .actions(List.of("iam:PassRole"))
            .resources(List.of(machines.getRoleArn()))
            .conditions(Map.of("StringEquals", Map.of("iam:PassedToService", "ec2.amazonaws.com")))
            .build());
    role.addToPolicy(useDisks(storage));
    role.addToPolicy(
        PolicyStatement.Builder.create()
            .sid("GrantDisks")
            .actions(List.of("kms:CreateGrant"))
            .resources(List.of(storage.encryptionKey().getKeyArn()))
            .conditions(Map.of("Bool", Map.of("kms:GrantIsForAWSResource", "true")))
            .build());
  }

  private static PolicyStatement useDisks(StorageStack storage) {
    return PolicyStatement.Builder.create()
        .sid("UseTheKeyForDisks")
        .actions(
            List.of(
                "kms:Encrypt",
                "kms:Decrypt",
                "kms:ReEncryptFrom",
                "kms:ReEncryptTo",
                "kms:GenerateDataKey",
                "kms:GenerateDataKeyWithoutPlaintext",
                "kms:DescribeKey"))
        .resources(List.of(storage.encryptionKey().getKeyArn()))
        .build();
  }

  /** What jobs write to S3 the bucket encrypts by itself, with the same key. */
  private void security(StorageStack storage) {
    String key = storage.encryptionKey().getKeyArn();
    CfnSecurityConfiguration made =
        CfnSecurityConfiguration.Builder.create(this, "Security")
            .name(SECURITY)
            .securityConfiguration(
                Json.parseObject(
                    Json.write(
                        Ordered.map(
                            "EncryptionConfiguration",
                            Ordered.map(
                                "EnableInTransitEncryption",
                                false,
                                "EnableAtRestEncryption",
                                true,
                                "AtRestEncryptionConfiguration",
                                Ordered.map(
                                    "S3EncryptionConfiguration",
                                    Ordered.map("EncryptionMode", "SSE-KMS", "AwsKmsKey", key),
                                    "LocalDiskEncryptionConfiguration",
                                    Ordered.map(
                                        "EncryptionKeyProviderType",
                                        "AwsKms",
                                        "AwsKmsKey",
                                        key,
                                        "EnableEbsEncryption",
                                        true))),
                            "InstanceMetadataServiceConfiguration",
                            Ordered.map(
                                "MinimumInstanceMetadataServiceVersion",
                                2,
                                "HttpPutResponseHopLimit",
                                1)))))
            .build();
    Findings.accept(
        made,
        "AwsSolutions-EMR5",
        "A cluster runs one job of one lake, between machines of one subnet, and certificates would"
            + " have to be made and renewed by the account");
  }
}
