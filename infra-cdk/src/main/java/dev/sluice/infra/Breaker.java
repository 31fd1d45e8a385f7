package dev.sluice.infra;

import java.util.List;
import java.util.Map;
import software.amazon.awscdk.Aws;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.services.budgets.CfnBudget;
import software.amazon.awscdk.services.budgets.CfnBudgetsAction;
import software.amazon.awscdk.services.iam.Effect;
import software.amazon.awscdk.services.iam.IRole;
import software.amazon.awscdk.services.iam.ManagedPolicy;
import software.amazon.awscdk.services.iam.PolicyDocument;
import software.amazon.awscdk.services.iam.PolicyStatement;
import software.amazon.awscdk.services.iam.Role;
import software.amazon.awscdk.services.sns.ITopic;

/**
 * Once the month's budget is spent, forbids what can be done later: clusters and queries. Uploads
 * go on being ingested; no record waits for money. AWS Budgets attaches the policy by itself, and
 * an operator takes it off, by reversing the action.
 */
final class Breaker {
  /** The policy that is attached. */
  static final String POLICY = "sluice-budget-breaker";

  private static final int PERCENT = 100;

  private Breaker() {}

  /**
   * @param spenders the roles that launch clusters and ask queries
   * @param topic hears of it
   */
  static void add(Stack stack, CfnBudget budget, List<IRole> spenders, ITopic topic) {
    ManagedPolicy policy =
        ManagedPolicy.Builder.create(stack, "BudgetBreaker")
            .managedPolicyName(POLICY)
            .description("No new clusters and queries: the month's budget is spent")
            .statements(
                List.of(
                    PolicyStatement.Builder.create()
                        .sid("Queries")
                        .effect(Effect.DENY)
                        .actions(List.of("athena:StartQueryExecution"))
                        .resources(
                            List.of(
                                "arn:%s:athena:%s:%s:workgroup/*"
                                    .formatted(Aws.PARTITION, Aws.REGION, Aws.ACCOUNT_ID)))
                        .build(),
                    PolicyStatement.Builder.create()
                        .sid("Clusters")
                        .effect(Effect.DENY)
                        .actions(
                            List.of(
                                "elasticmapreduce:AddJobFlowSteps", "elasticmapreduce:RunJobFlow"))
                        .resources(List.of("*"))
                        .build()))
            .build();
    Findings.accept(policy, "AwsSolutions-IAM5", "It forbids; what it forbids has no names yet");
    Role role =
        Role.Builder.create(stack, "BudgetBreakerRole")
            .assumedBy(OwnAccount.service("budgets.amazonaws.com"))
            .description("Attaches " + POLICY + " to what spends")
            .inlinePolicies(
                Map.of(
                    "attach",
                    PolicyDocument.Builder.create()
                        .statements(
                            List.of(
                                PolicyStatement.Builder.create()
                                    .actions(
                                        List.of("iam:AttachRolePolicy", "iam:DetachRolePolicy"))
                                    .resources(spenders.stream().map(IRole::getRoleArn).toList())
                                    .conditions(
                                        Map.of(
                                            "ArnEquals",
                                            Map.of("iam:PolicyARN", policy.getManagedPolicyArn())))
                                    .build()))
                        .build()))
            .build();
    CfnBudgetsAction.Builder.create(stack, "BudgetAction")
        .budgetName(budget.getRef())
        .actionType("APPLY_IAM_POLICY")
        .approvalModel("AUTOMATIC")
        .notificationType("ACTUAL")
        .actionThreshold(
            CfnBudgetsAction.ActionThresholdProperty.builder()
                .type("PERCENTAGE")
                .value(PERCENT)
                .build())
        .definition(
            CfnBudgetsAction.DefinitionProperty.builder()
                .iamActionDefinition(
                    CfnBudgetsAction.IamActionDefinitionProperty.builder()
                        .policyArn(policy.getManagedPolicyArn())
                        .roles(spenders.stream().map(IRole::getRoleName).toList())
                        .build())
                .build())
        .executionRoleArn(role.getRoleArn())
        .subscribers(
            List.of(
                CfnBudgetsAction.SubscriberProperty.builder()
                    .type("SNS")
                    .address(topic.getTopicArn())
                    .build()))
        .build();
  }
}
