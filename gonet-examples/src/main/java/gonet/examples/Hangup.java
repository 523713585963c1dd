package gonet.examples;

import java.lang.reflect.Proxy;

/**
 * SIGHUP, by which administrators ask a server to read its files anew. The JDK's signals are of a
 * module that a runtime may lack, so they are looked for by name.
 */
final class Hangup {
  private Hangup() {}

  /** Runs {@code reaction} for each SIGHUP, where there are signals. */
  @SuppressWarnings("ReferenceEquality") // a proxy equals itself
  static void handle(Runnable reaction) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object handling =
          Proxy.newProxyInstance(
              handler.getClassLoader(),
              new Class<?>[] {handler},
              (proxy, method, arguments) ->
                  switch (method.getName()) {
                    case "handle" -> {
                      reaction.run();
                      yield null;
                    }
                    case "hashCode" -> System.identityHashCode(proxy);
                    case "equals" -> arguments != null && proxy == arguments[0];
                    default -> "reads files anew";
                  });
      Object hup = signal.getConstructor(String.class).newInstance("HUP");
      var _ = signal.getMethod("handle", signal, handler).invoke(null, hup, handling);
    } catch (ReflectiveOperationException e) {
      System.err.println("no SIGHUP here: " + e);
    }
  }
}
