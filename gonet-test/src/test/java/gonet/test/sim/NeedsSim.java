package gonet.test.sim;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** Runs in the run {@code sim} alone, whose JVM lets an agent in. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@EnabledIfSystemProperty(
    named = "gonet.test.sim",
    matches = "true",
    disabledReason = "only the JVM of the run sim lets an agent in")
public @interface NeedsSim {}
