package gonet.internal.signal;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Handlers of signals, by {@code sun.misc.Signal} of module {@code jdk.unsupported} (JEP 260 keeps
 * it). It is named in text only, because javac warns of it in ways that nothing suppresses, and
 * because a runtime image may lack it.
 */
public final class Signals {
  /** HotSpot's variable with the number of the signal by which it stops threads. */
  private static final String HOTSPOTS_OWN = "_JAVA_SR_SIGNUM";

  /** SIGUSR2 by its number on Linux, where HotSpot uses it unless told otherwise. */
  private static final int USR2 = 12;

  /** Numbers at and below this one HotSpot takes for no answer: SIGSEGV is the highest it needs. */
  private static final int HIGHEST_OF_FAULTS = 11;

  private static final int HIGHEST = 64;

  private Signals() {}

  /**
   * Calls {@code reaction} with the signal's number at each signal, on a thread that the JVM makes
   * for it, a daemon. One that the process ignores from its start, as a shell does for what it
   * starts in the background, stays ignored.
   *
   * @param name without SIG
   * @throws IllegalArgumentException if there is no such signal, or the JVM keeps it to itself
   * @throws UnsupportedOperationException if the module is missing, or HotSpot uses the signal
   */
  @SuppressWarnings("ReferenceEquality") // a proxy equals itself
  public static void handle(String name, IntConsumer reaction) {
    requireFree(name, System.getenv(HOTSPOTS_OWN));
    try {
      Class<?> signalClass = Class.forName("sun.misc.Signal");
      Class<?> handlerClass = Class.forName("sun.misc.SignalHandler");
      Method handle = signalClass.getMethod("handle", signalClass, handlerClass);
      Object signal = signalClass.getConstructor(String.class).newInstance(name);
      int number = (int) signalClass.getMethod("getNumber").invoke(signal);
      Object handler =
          Proxy.newProxyInstance(
              handlerClass.getClassLoader(),
              new Class<?>[] {handlerClass},
              (proxy, method, arguments) ->
                  switch (method.getName()) {
                    case "handle" -> {
                      reaction.accept(number);
                      yield null;
                    }
                    case "hashCode" -> number;
                    case "equals" -> arguments != null && proxy == arguments[0];
                    default -> "gonet's handler of SIG" + name;
                  });
      Object before = handle.invoke(null, signal, handler);
      if (handlerClass.getField("SIG_IGN").get(null).equals(before)) {
        handle.invoke(null, signal, before);
      }
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof IllegalArgumentException refused) {
        throw new IllegalArgumentException("SIG" + name + ": " + refused.getMessage(), refused);
      }
      throw new UnsupportedOperationException("SIG" + name + " has no handler here", e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new UnsupportedOperationException("without the module jdk.unsupported: " + e, e);
    }
  }

  /**
   * HotSpot sends SIGUSR2 to a thread to stop it, for its sampler for instance, and a handler of
   * ours would be taken for somebody's wish at each of these.
   */
  static void requireFree(String name, @Nullable String hotspotsOwn) {
    if (name.equals("USR2") && !isAnother(hotspotsOwn)) {
      throw new UnsupportedOperationException(
          "SIGUSR2 is the signal by which this JVM stops its threads: start it with another in the"
              + " environment, such as "
              + HOTSPOTS_OWN
              + "=40");
    }
  }

  private static boolean isAnother(@Nullable String number) {
    try {
      int given = number == null ? USR2 : Integer.parseInt(number);
      return given > HIGHEST_OF_FAULTS && given <= HIGHEST && given != USR2;
    } catch (NumberFormatException e) {
      return false;
    }
  }
}
