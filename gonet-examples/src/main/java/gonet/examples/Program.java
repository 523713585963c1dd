package gonet.examples;

import gonet.Conn;
import gonet.Listener;
import gonet.Net;
import gonet.NetClosedException;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** What the example servers have in common: arguments, the accept loop, and a clean end. */
final class Program {
  private static final String DEFAULT_ADDRESS = "0.0.0.0:7099";

  /** What a server does with one connection, which is closed afterwards. */
  @FunctionalInterface
  interface Handler {
    void serve(Conn conn) throws Exception;
  }

  private final Listener listener;
  private final Handler handler;
  private final Set<Conn> open = ConcurrentHashMap.newKeySet();

  private Program(Listener listener, Handler handler) {
    this.listener = listener;
    this.handler = handler;
  }

  /**
   * Runs a server whose one argument, the address, may be left out; too many end it with a message
   * and status 1.
   */
  static void serve(String name, String[] args, Handler handler) {
    if (args.length > 1) {
      fail("usage: " + name + " [address]    (default " + DEFAULT_ADDRESS + ")");
    }
    serve(name, args.length == 0 ? DEFAULT_ADDRESS : args[0], handler);
  }

  /** Runs a server to its end; a wrong address ends it with a message and status 1. */
  static void serve(String name, String address, Handler handler) {
    try (Listener listener = Net.listen("tcp", address)) {
      Program program = new Program(listener, handler);
      program.stopOnInterrupt();
      System.out.println(name + " listens on " + listener.addr());
      program.acceptAll();
    } catch (IOException e) {
      fail(String.valueOf(e.getMessage()));
    }
  }

  private void acceptAll() throws IOException {
    for (; ; ) {
      Conn conn;
      try {
        conn = listener.accept();
      } catch (NetClosedException e) {
        return; // the hook below closed it
      }
      open.add(conn);
      Net.go(
          () -> {
            try (conn) {
              handler.serve(conn);
            } finally {
              open.remove(conn);
            }
          });
    }
  }

  /** Ctrl-C, SIGINT and SIGTERM run the JVM's shutdown hooks. */
  private void stopOnInterrupt() {
    Runtime.getRuntime()
        .addShutdownHook(
            Thread.ofPlatform()
                .name("stop")
                .unstarted(
                    () -> {
                      listener.close();
                      open.forEach(Conn::close);
                      System.out.println("stopped");
                      // The signal was expected, so it is no failure: 0 instead of 130.
                      Runtime.getRuntime().halt(0);
                    }));
  }

  /** Ends the program with a message and status 1. For bad arguments, before anything is open. */
  static void fail(String message) {
    System.err.println(message);
    // No hook may stand in the way, and none is needed.
    Runtime.getRuntime().halt(1);
  }
}
