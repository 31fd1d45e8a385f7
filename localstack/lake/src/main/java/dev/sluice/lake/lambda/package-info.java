/** Functions as Lambda runs them: the deployable jar under AWS's own runtime client. */
@org.jspecify.annotations.NullMarked
package dev.sluice.lake.lambda;
