package gonet.test.sim;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;

/** Runs the method of a {@link SimTest} under its seeds. */
final class SimExtension implements InvocationInterceptor, ParameterResolver {
  private static final String SEEDS = "gonet.sim.seeds";
  private static final String FIRST = "gonet.sim.first";

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == Sim.class;
  }

  /** None yet: each seed has its own. */
  @Override
  public @Nullable Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return null;
  }

  @Override
  public void interceptTestMethod(
      Invocation<@Nullable Void> invocation,
      ReflectiveInvocationContext<Method> called,
      ExtensionContext context) {
    invocation.skip();
    Method method = called.getExecutable();
    Object instance = context.getRequiredTestInstance();
    method.setAccessible(true);
    Sim.Scenario scenario = sim -> call(method, fresh(instance), sim);
    String replayed = System.getProperty(Sim.SEED);
    if (replayed != null) {
      Outcome outcome = Sim.run(Long.parseLong(replayed), scenario);
      System.out.println(Sim.attempt(outcome.seed(), scenario, true).log());
      return;
    }
    SimTest test = method.getAnnotation(SimTest.class);
    long seeds = Long.getLong(SEEDS, test == null ? 1 : test.seeds());
    long first = Long.getLong(FIRST, 1);
    for (long seed = first; seed < first + seeds; seed++) {
      Outcome _ = Sim.run(seed, scenario);
    }
  }

  private static void call(Method method, Object instance, Sim sim) throws Exception {
    try {
      Object _ = method.invoke(instance, sim);
    } catch (InvocationTargetException e) {
      switch (e.getCause()) {
        case Exception thrown -> throw thrown;
        case Error thrown -> throw thrown;
        case null, default -> throw e;
      }
    }
  }

  /** Another instance, so that no seed finds what the one before has left. */
  private static Object fresh(Object instance) throws ReflectiveOperationException {
    for (Constructor<?> each : instance.getClass().getDeclaredConstructors()) {
      if (each.getParameterCount() == 0) {
        each.setAccessible(true);
        return each.newInstance();
      }
    }
    return instance;
  }
}
