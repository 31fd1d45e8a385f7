package dev.sluice.lake.api;

import java.util.function.Function;
import java.util.function.Supplier;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.utils.builder.Buildable;

/**
 * One operation of a JSON-protocol service.
 *
 * @param <I> the SDK's request class
 * @param <O> the SDK's response class
 * @param request makes an empty builder of the request
 * @param call does the work; throws {@link ServiceException} for errors that AWS defines
 */
public record JsonOperation<I extends SdkPojo, O extends SdkPojo>(
    Supplier<? extends Buildable> request, Function<I, O> call) {}
