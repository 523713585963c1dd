package gonet.test.sim;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A test whose method is the scenario of a simulation and has a {@link Sim} for its parameter. It
 * runs once for each seed, on an instance of its own if the class has a constructor without
 * parameters, and fails with the first seed that fails.
 *
 * <p>{@code -Dgonet.sim.seed=N} runs that seed alone and prints its log; {@code
 * -Dgonet.sim.seeds=N} runs so many in the place of {@link #seeds}, and {@code -Dgonet.sim.first=N}
 * begins with that one.
 */
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Test
@Timeout(
    value = 1,
    unit = TimeUnit.HOURS) // for any number of seeds; each one has bounds of its own
@ExtendWith(SimExtension.class)
public @interface SimTest {
  /** How many seeds, from 1 on. */
  int seeds() default 100;
}
