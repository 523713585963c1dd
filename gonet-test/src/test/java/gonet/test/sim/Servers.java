package gonet.test.sim;

import gonet.Conn;
import gonet.Listener;
import gonet.Net;
import java.io.IOException;
import java.time.Duration;

/** Servers at port 80, and pauses, as most scenarios need them. */
final class Servers {
  static final Duration MILLI = Duration.ofMillis(1);

  private Servers() {}

  /** What is done with a connection, which is closed behind it. */
  interface Handler {
    void handle(Conn conn) throws IOException;
  }

  /** Takes one connection. */
  static Sim.Body one(Handler handler) {
    return () -> {
      try (Listener listener = Net.listen("tcp", ":80");
          Conn conn = listener.accept()) {
        handler.handle(conn);
      }
    };
  }

  /** Takes connections for ever, a thread each. */
  static Sim.Body each(Handler handler) {
    return each(80, handler);
  }

  /** The same at another port. */
  static Sim.Body each(int port, Handler handler) {
    return () -> {
      Listener listener = Net.listen("tcp", ":" + port);
      for (; ; ) {
        Conn conn = listener.accept();
        Net.go(
            "handler",
            () -> {
              try (conn) {
                handler.handle(conn);
              }
            });
      }
    };
  }

  static void echo(Conn conn) throws IOException {
    conn.inputStream().transferTo(conn.outputStream());
  }

  /** As {@link Sim#sleep}, for threads that nobody interrupts. */
  static void sleep(Sim sim, Duration duration) {
    try {
      sim.sleep(duration);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Sleeps for 0 to {@code mostMillis}, drawn by the seed. */
  static void nap(Sim sim, int mostMillis) {
    sleep(sim, Duration.ofMillis(sim.random().nextInt(mostMillis + 1)));
  }
}
