package dev.sluice.infra;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.model.dataset.Datasets;
import dev.sluice.model.query.NamedQueries;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

@NeedsNode
class QueryIT {

  @Test
  void theWorkgroupsSettingsHoldForEveryQuery() {
    Synthesis.Resource workgroup =
        Synthesis.small().resource("AWS::Athena::WorkGroup", "Name", QueryStack.WORKGROUP);
    Map<?, ?> settings =
        (Map<?, ?>)
            new Intrinsics(Synthesis.small())
                .resolve(workgroup, workgroup.at("WorkGroupConfiguration"));
    assertThat(settings.get("EnforceWorkGroupConfiguration")).isEqualTo(true);
    assertThat(settings.get("PublishCloudWatchMetricsEnabled")).isEqualTo(true);
    assertThat(settings.get("BytesScannedCutoffPerQuery")).isEqualTo(100_000_000_000L);
    assertThat(settings.get("EngineVersion"))
        .isEqualTo(Map.of("SelectedEngineVersion", "Athena engine version 3"));
    assertThat(settings.get("ResultConfiguration"))
        .isEqualTo(
            Map.of(
                "OutputLocation",
                "s3://sluice-results-111122223333-eu-central-1-an/athena/",
                "ExpectedBucketOwner",
                "111122223333",
                "EncryptionConfiguration",
                Map.of(
                    "EncryptionOption",
                    "SSE_KMS",
                    "KmsKey",
                    "arn:aws:kms:eu-central-1:111122223333:key/"
                        + Synthesis.small().resources("AWS::KMS::Key").get(0).id())));
  }

  @Test
  void everyDeclaredQueryIsThereByItsName() {
    Path folder = Synthesis.ROOT.resolve("datasets");
    assertThat(Synthesis.shipped().resources("AWS::Athena::NamedQuery"))
        .extracting(query -> query.at("Name") + "\n" + query.at("QueryString"))
        .containsExactlyInAnyOrderElementsOf(
            NamedQueries.load(folder, Datasets.load(folder)).all().stream()
                .map(query -> query.name() + "\n" + query.positionalSql())
                .toList());
  }

  @Test
  void everyDeclaredQueryIsAPreparedStatement() {
    Path folder = Synthesis.ROOT.resolve("datasets");
    assertThat(Synthesis.shipped().resources("AWS::Athena::PreparedStatement"))
        .allSatisfy(each -> assertThat(each.at("WorkGroup")).isEqualTo(QueryStack.WORKGROUP))
        .extracting(each -> each.at("StatementName") + "\n" + each.at("QueryStatement"))
        .containsExactlyInAnyOrderElementsOf(
            NamedQueries.load(folder, Datasets.load(folder)).all().stream()
                .map(query -> query.statementName() + "\n" + query.positionalSql())
                .toList());
  }

  @Test
  void aQueryStandsInTheWorkgroup() {
    assertThat(Synthesis.small().resources("AWS::Athena::NamedQuery"))
        .isNotEmpty()
        .allSatisfy(query -> assertThat(query.at("WorkGroup")).isEqualTo(QueryStack.WORKGROUP));
  }
}
