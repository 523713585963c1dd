package gonet.test;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Fails a test that leaves something behind: an open descriptor, a registration with gonet's
 * poller, an armed timer or a platform thread. What it finds must be back at the level of before
 * the test within five seconds; the failure lists what is not.
 *
 * <p>Descriptors are counted on Linux only, from {@code /proc/self/fd}. Tests that run at the same
 * time in one JVM see each other's, so they must not.
 */
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@ExtendWith(LeakCheckExtension.class)
public @interface LeakCheck {}
