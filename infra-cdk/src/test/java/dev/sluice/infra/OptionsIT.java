package dev.sluice.infra;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a stage asks for beside the defaults; cdk-nag looks at it while it is synthesized. */
@NeedsNode
class OptionsIT {
  private static final String READER = "arn:aws:iam::111122223333:role/analysts";
  private static Synthesis synthesis;

  @BeforeAll
  static void synthesize() {
    synthesis =
        Synthesis.fresh(
            Synthesis.two(),
            Map.of(
                "monthlyBudgetDollars", 50, "budgetBreaker", true, "lakeFormationReaders", READER),
            Map.of());
  }

  @Test
  void theBreakerForbidsWhatCanWaitAndOnlyWhenTheMoneyIsSpent() {
    Synthesis.Resource action = synthesis.resources("AWS::Budgets::BudgetsAction").get(0);
    assertThat(action.at("ActionType")).isEqualTo("APPLY_IAM_POLICY");
    assertThat(action.at("ApprovalModel")).isEqualTo("AUTOMATIC");
    assertThat(action.at("NotificationType")).isEqualTo("ACTUAL");
    assertThat(action.at("ActionThreshold")).isEqualTo(Map.of("Type", "PERCENTAGE", "Value", 100L));
    Synthesis.Resource policy =
        synthesis.resource("AWS::IAM::ManagedPolicy", "ManagedPolicyName", Breaker.POLICY);
    List<?> statements = (List<?>) policy.at("PolicyDocument", "Statement");
    assertThat(statements)
        .allSatisfy(each -> assertThat(((Map<?, ?>) each).get("Effect")).isEqualTo("Deny"))
        .extracting(each -> String.valueOf(((Map<?, ?>) each).get("Action")))
        .containsExactlyInAnyOrder(
            "athena:StartQueryExecution",
            "[elasticmapreduce:AddJobFlowSteps, elasticmapreduce:RunJobFlow]");
  }

  @Test
  void whatAttachesItMayAttachNothingElse() {
    Synthesis.Resource role =
        synthesis.resources("AWS::IAM::Role").stream()
            .filter(each -> each.id().startsWith("BudgetBreakerRole"))
            .findFirst()
            .orElseThrow();
    Map<?, ?> statement = (Map<?, ?>) role.at("Policies", 0, "PolicyDocument", "Statement", 0);
    assertThat(statement.get("Action"))
        .isEqualTo(List.of("iam:AttachRolePolicy", "iam:DetachRolePolicy"));
    assertThat(String.valueOf(statement.get("Condition")))
        .contains("iam:PolicyARN", "BudgetBreaker");
    assertThat(String.valueOf(statement.get("Resource"))).doesNotContain("*").contains("Launch");
  }

  @Test
  void readersOfLakeFormationSeeSilverAndGoldAndOthersGoOnAsBefore() {
    Synthesis.Resource location = synthesis.resources("AWS::LakeFormation::Resource").get(0);
    assertThat(location.at("HybridAccessEnabled")).isEqualTo(true);
    assertThat(synthesis.resources("AWS::LakeFormation::PrincipalPermissions"))
        .hasSize(4)
        .allSatisfy(grant -> {
          assertThat(grant.at("Principal", "DataLakePrincipalIdentifier")).isEqualTo(READER);
          assertThat(String.valueOf(grant.at("Resource"))).containsAnyOf("silver", "gold");
          assertThat(grant.at("Permissions"))
              .isIn(List.of("DESCRIBE"), List.of("DESCRIBE", "SELECT"));
        });
    assertThat(synthesis.resources("AWS::LakeFormation::DataLakeSettings")).isEmpty();
  }

  @Test
  void neitherIsThereByDefault() {
    for (String type :
        List.of(
            "AWS::Budgets::BudgetsAction",
            "AWS::LakeFormation::Resource",
            "AWS::LakeFormation::PrincipalPermissions")) {
      assertThat(Synthesis.small().resources(type)).isEmpty();
    }
  }
}
