package gonet.test.machine;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.EnabledIf;

/**
 * A test that makes network namespaces, see network_namespaces(7). It runs where the user may make
 * one and the command {@code ip} is installed, and is skipped with that reason elsewhere.
 */
@Documented
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@Tag("netns")
@EnabledIf(
    value = "gonet.test.machine.Netns#available",
    disabledReason = "needs root and the command ip to make network namespaces")
public @interface NeedsNetns {}
