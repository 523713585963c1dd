package gonet.test.machine;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.condition.EnabledIf;

/** A test that needs IPv6, and is skipped with that reason elsewhere. See {@link Ipv6}. */
@Documented
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@EnabledIf(value = "gonet.test.machine.Ipv6#works", disabledReason = Ipv6.REASON)
public @interface NeedsIpv6 {}
