/** The ports over the AWS SDK, and settings from the environment. */
@org.jspecify.annotations.NullMarked
package dev.sluice.aws;
