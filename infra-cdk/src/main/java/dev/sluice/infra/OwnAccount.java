package dev.sluice.infra;

import java.util.Map;
import software.amazon.awscdk.Aws;
import software.amazon.awscdk.services.iam.ServicePrincipal;

/**
 * Services of AWS that are let in for this account only: not when they work for another account
 * that names our resources to them.
 */
final class OwnAccount {
  private OwnAccount() {}

  /** The service, while it acts for this account. */
  static ServicePrincipal service(String name) {
    return ServicePrincipal.Builder.create(name)
        .conditions(Map.of("StringEquals", condition()))
        .build();
  }

  /** The same as a part of a statement's {@code StringEquals}. */
  static Map<String, String> condition() {
    return Map.of("aws:SourceAccount", Aws.ACCOUNT_ID);
  }
}
