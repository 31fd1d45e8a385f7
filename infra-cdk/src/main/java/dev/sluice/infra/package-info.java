/** The lake on AWS: constructs, stacks, and the program that the CDK CLI runs. */
@org.jspecify.annotations.NullMarked
package dev.sluice.infra;
