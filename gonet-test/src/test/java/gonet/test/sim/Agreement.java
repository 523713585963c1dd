package gonet.test.sim;

import gonet.Conn;
import gonet.Listener;
import gonet.Net;
import gonet.NetFailure;
import gonet.TcpConn;
import gonet.TcpListener;
import gonet.test.machine.Loopback;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What the scenarios of {@link SimAgreementTest} are made of: they run over either network. */
final class Agreement {
  static final String ADDRESS = Loopback.ownAnyPort();
  static final Duration SHORT = Duration.ofMillis(50);

  /** More than a connection holds that nobody reads. */
  static final int HUGE = 32 << 20;

  private static final byte[] ZEROS = new byte[HUGE];

  static final Duration LONG = Duration.ofSeconds(20);

  private Agreement() {}

  /** What was seen, in order. One thread at a time. */
  static final class Seen {
    private final List<String> lines = new ArrayList<>();

    void see(String what, Action action) throws InterruptedException {
      String result;
      try {
        result = String.valueOf(action.run());
      } catch (IOException e) {
        String text = String.valueOf(e.getMessage());
        result =
            e.getClass().getSimpleName()
                + (e instanceof NetFailure failure ? " " + failure.errno() : "")
                + text.replaceAll(".*: ", " ").replaceAll("\\d+", "N");
      } catch (RuntimeException e) {
        result = e.getClass().getSimpleName();
      }
      lines.add(what + ": " + result);
    }

    void read(String what, Conn conn) throws InterruptedException {
      see(what, () -> conn.read(new byte[100]));
    }

    /** A thread that sees something and has to wait for it. It is in its wait when this returns. */
    Thread waiting(String what, Action action) throws InterruptedException {
      Thread thread =
          Net.go(
              what,
              () -> {
                try {
                  see(what, action);
                } catch (InterruptedException e) {
                  throw new IllegalStateException(e);
                }
              });
      awaitParked(thread);
      return thread;
    }

    List<String> lines() {
      return lines;
    }
  }

  interface Action {
    Object run() throws IOException, InterruptedException;
  }

  interface Condition {
    boolean holds() throws IOException;
  }

  interface Script {
    void run(Seen seen, TcpListener listener) throws IOException, InterruptedException;
  }

  interface Talk {
    void run(Seen seen, TcpConn left, TcpConn right) throws IOException, InterruptedException;
  }

  static List<String> play(Script script) throws IOException, InterruptedException {
    Seen seen = new Seen();
    try (Listener listener = Net.listen("tcp4", ADDRESS)) {
      script.run(seen, (TcpListener) listener);
    }
    return seen.lines();
  }

  /** With a connection whose reads do not wait for ever. */
  static Script pair(Talk talk) {
    return (seen, listener) -> {
      try (Conn left = Net.dial("tcp4", listener.addr().toString());
          Conn right = listener.accept()) {
        left.setReadTimeout(LONG);
        right.setReadTimeout(LONG);
        talk.run(seen, (TcpConn) left, (TcpConn) right);
      }
    };
  }

  /** Waits, in the time of whoever runs the scenario, until the condition holds. */
  static void await(Condition condition) throws IOException, InterruptedException {
    long begin = System.nanoTime();
    while (!condition.holds()) {
      if (System.nanoTime() - begin > LONG.toNanos()) {
        throw new AssertionError("waited for " + LONG);
      }
      Thread.sleep(1);
    }
  }

  private static void awaitParked(Thread thread) throws InterruptedException {
    try {
      await(
          () ->
              switch (thread.getState()) {
                case WAITING, TIMED_WAITING, TERMINATED -> true;
                default -> false;
              });
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Writes until the peer's reset has come and a write fails. */
  static void writeUntilItFails(Conn conn) throws IOException, InterruptedException {
    await(
        () -> {
          try {
            write(conn, 1);
            return false;
          } catch (IOException e) {
            return true;
          }
        });
  }

  static int write(Conn conn, int bytes) throws IOException {
    conn.write(ZEROS, 0, bytes);
    return bytes;
  }

  static int readAll(Conn conn) throws IOException {
    return conn.inputStream().readAllBytes().length;
  }

  static String closeWrite(Conn conn) throws IOException {
    conn.closeWrite();
    return "done";
  }

  static String awaitReadable(Conn conn) throws IOException {
    conn.awaitReadable();
    return "done";
  }

  static String close(AutoCloseable closeable) throws IOException {
    try {
      closeable.close();
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
    return "done";
  }

  /** Whether both are of one host, whatever the ports. */
  static boolean sameHost(Object one, Object other) {
    return host(one).equals(host(other));
  }

  private static String host(Object addr) {
    return addr.toString().replaceAll(":\\d+$", "");
  }
}
