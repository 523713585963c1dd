package gonet.test.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.Dialer;
import gonet.ListenConfig;
import gonet.Listener;
import gonet.Net;
import gonet.NetFailure;
import gonet.TcpConn;
import gonet.TcpListener;
import gonet.test.Proves;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Small scenarios over the kernel and over the simulator: what a program sees is the same. */
@NeedsSim
@Proves("sim-agrees")
class SimAgreementTest {
  private static final String ADDRESS = "127.0.0.1:0";
  private static final Duration SHORT = Duration.ofMillis(100);

  /** What was seen, in order. */
  private static final class Seen {
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
  }

  private interface Action {
    Object run() throws IOException, InterruptedException;
  }

  private interface Script {
    void run(Seen seen, TcpListener listener) throws IOException, InterruptedException;
  }

  private interface Talk {
    void run(Seen seen, TcpConn left, TcpConn right) throws IOException, InterruptedException;
  }

  private static Script pair(Talk talk) {
    return (seen, listener) -> {
      try (Conn left = Net.dial("tcp4", listener.addr().toString());
          Conn right = listener.accept()) {
        left.setReadTimeout(Duration.ofSeconds(5));
        right.setReadTimeout(Duration.ofSeconds(5));
        talk.run(seen, (TcpConn) left, (TcpConn) right);
      }
    };
  }

  @SuppressWarnings("ImmutableEnumChecker") // functions without a state
  enum Scenario {
    ECHO(
        pair(
            (seen, left, right) -> {
              seen.see("write", () -> write(left, 10));
              seen.read("read", right);
              seen.see("back", () -> write(right, 5));
              seen.read("read", left);
            })),
    END_OF_STREAM(
        pair(
            (seen, left, right) -> {
              left.close();
              seen.read("read", right);
              seen.read("again", right);
            })),
    BYTES_BEFORE_THE_END(
        pair(
            (seen, left, right) -> {
              write(left, 10);
              left.close();
              seen.read("read", right);
              seen.read("end", right);
            })),
    HALF_CLOSE(
        pair(
            (seen, left, right) -> {
              left.closeWrite();
              seen.read("end", right);
              seen.see("write", () -> write(right, 7));
              seen.read("read", left);
              seen.see("write behind the end", () -> write(left, 1));
              seen.see("twice", () -> closeWrite(left));
            })),
    HALF_CLOSE_OF_BOTH(
        pair(
            (seen, left, right) -> {
              left.closeWrite();
              right.closeWrite();
              seen.read("left", left);
              seen.read("right", right);
            })),
    CLOSE_READ(
        pair(
            (seen, left, right) -> {
              left.closeRead();
              seen.read("read", left);
              seen.see("write", () -> write(left, 3));
              seen.read("other", right);
            })),
    RESET_BY_ABORT(
        pair(
            (seen, left, right) -> {
              left.abort();
              seen.read("read", right);
              seen.read("again", right);
              seen.see("write", () -> write(right, 1));
            })),
    RESET_BEHIND_BYTES(
        pair(
            (seen, left, right) -> {
              write(left, 10);
              seen.read("first", right);
              left.abort();
              seen.read("read", right);
            })),
    RESET_BY_UNREAD_BYTES(
        pair(
            (seen, left, right) -> {
              write(left, 10);
              right.awaitReadable();
              right.close();
              seen.read("read", left);
            })),
    RESET_SEEN_BY_A_WRITE(
        pair(
            (seen, left, right) -> {
              right.close();
              seen.read("end", left);
              write(left, 1);
              for (int i = 0; i < 100; i++) {
                Thread.sleep(5);
                try {
                  write(left, 1);
                } catch (IOException e) {
                  break;
                }
              }
              seen.see("write", () -> write(left, 1));
              seen.read("read", left);
            })),
    READ_TIMEOUT(
        pair(
            (seen, left, right) -> {
              left.setReadTimeout(SHORT);
              seen.read("read", left);
              write(right, 4);
              left.setReadTimeout(Duration.ofSeconds(5));
              seen.read("goes on", left);
            })),
    WRITE_TIMEOUT_OF_A_FULL_WINDOW(
        pair(
            (seen, left, right) -> {
              left.setWriteTimeout(SHORT);
              seen.see("write", () -> write(left, 32 << 20));
            })),
    FULL_WINDOW_DRAINS(
        pair(
            (seen, left, right) -> {
              Thread writer =
                  Net.go(
                      "writer",
                      () -> {
                        write(left, 4 << 20);
                        left.closeWrite();
                      });
              seen.see("all", () -> right.inputStream().readAllBytes().length);
              writer.join();
            })),
    CLOSED_HERE(
        pair(
            (seen, left, right) -> {
              left.close();
              seen.read("read", left);
              seen.see("write", () -> write(left, 1));
              seen.see("closeWrite", () -> closeWrite(left));
            })),
    READ_WOKEN_BY_CLOSE(
        pair(
            (seen, left, right) -> {
              Thread reader = Net.go("reader", () -> readQuietly(seen, left));
              Thread.sleep(20);
              left.close();
              reader.join();
            })),
    EMPTY_READ_AND_WRITE(
        pair(
            (seen, left, right) -> {
              seen.see("write", () -> write(left, 0));
              seen.see("read", () -> left.read(new byte[0]));
            })),
    ADDRESSES(
        pair(
            (seen, left, right) -> {
              seen.see("mine", () -> left.localAddr().equals(right.remoteAddr()));
              seen.see("theirs", () -> left.remoteAddr().equals(right.localAddr()));
              seen.see("host", () -> left.localAddr().toString().startsWith("127.0.0.1:"));
            })),
    OPTIONS(
        pair(
            (seen, left, right) -> {
              seen.see("no delay", left::noDelay);
              seen.see("keepalive", () -> right.keepAlive().toString());
              left.setNoDelay(false);
              seen.see("delay", left::noDelay);
            })),
    LINGER_ZERO(
        pair(
            (seen, left, right) -> {
              left.setLinger(Duration.ZERO);
              left.close();
              seen.read("read", right);
            })),
    REFUSED(
        (seen, listener) -> {
          String address = listener.addr().toString();
          listener.close();
          seen.see("dial", () -> Net.dial("tcp4", address));
        }),
    PORT_IN_USE(
        (seen, listener) ->
            seen.see("listen", () -> Net.listen("tcp4", listener.addr().toString()))),
    NOT_MINE((seen, listener) -> seen.see("listen", () -> Net.listen("tcp4", "192.0.2.1:0"))),
    PORT_IS_FREE_BEHIND_A_CLOSE(
        (seen, listener) -> {
          String address = listener.addr().toString();
          listener.close();
          seen.see("listen", () -> close(Net.listen("tcp4", address)));
        }),
    PORT_IS_FREE_ABOVE_TIME_WAIT(
        (seen, listener) -> {
          String address = listener.addr().toString();
          Conn left = Net.dial("tcp4", address);
          Conn right = listener.accept();
          right.close();
          seen.read("end", left);
          left.close();
          listener.close();
          seen.see("listen", () -> close(Net.listen("tcp4", address)));
        }),
    ACCEPT_TIMEOUT(
        (seen, listener) -> {
          listener.setDeadline(java.time.Instant.now().plus(SHORT));
          seen.see("accept", listener::accept);
        }),
    ACCEPT_WOKEN_BY_CLOSE(
        (seen, listener) -> {
          Thread acceptor =
              Net.go(
                  "acceptor",
                  () -> {
                    try {
                      seen.see("accept", listener::accept);
                    } catch (InterruptedException e) {
                      throw new IllegalStateException(e);
                    }
                  });
          Thread.sleep(20);
          listener.close();
          acceptor.join();
        }),
    BYTES_BEFORE_ACCEPT(
        (seen, listener) -> {
          try (Conn left = Net.dial("tcp4", listener.addr().toString())) {
            write(left, 9);
            left.closeWrite();
            try (Conn right = listener.accept()) {
              seen.see("all", () -> right.inputStream().readAllBytes().length);
            }
          }
        }),
    RESET_IN_THE_QUEUE(
        (seen, listener) -> {
          ((TcpConn) Net.dial("tcp4", listener.addr().toString())).abort();
          Thread.sleep(20);
          try (Conn right = listener.accept()) {
            seen.read("read", right);
          }
        }),
    LISTENER_CLOSES_ITS_QUEUE(
        (seen, listener) -> {
          try (Conn left = Net.dial("tcp4", listener.addr().toString())) {
            listener.close();
            left.setReadTimeout(Duration.ofSeconds(5));
            seen.read("read", left);
          }
        }),
    LOCAL_PORT_OF_A_DIAL(
        (seen, listener) -> {
          Dialer dialer = Dialer.defaults().withLocalAddr(gonet.TcpAddr.resolve("tcp4", ADDRESS));
          try (Conn left = dialer.dial("tcp4", listener.addr().toString())) {
            seen.see("host", () -> left.localAddr().toString().startsWith("127.0.0.1:"));
          }
        }),
    WILDCARD_IS_THIS_MACHINE(
        (seen, listener) -> {
          try (Listener all = Net.listen("tcp4", ":0")) {
            String port = all.addr().toString().replaceAll(".*:", "");
            try (Conn left = Net.dial("tcp4", "127.0.0.1:" + port)) {
              seen.see("host", () -> left.remoteAddr().toString().startsWith("127.0.0.1:"));
            }
          }
        }),
    REUSE_PORT(
        (seen, listener) -> {
          ListenConfig shared = ListenConfig.defaults().withReusePort(true);
          try (Listener one = shared.listen("tcp4", ADDRESS)) {
            seen.see("second", () -> close(shared.listen("tcp4", one.addr().toString())));
            seen.see("third", () -> close(Net.listen("tcp4", one.addr().toString())));
          }
        });

    private final Script script;

    Scenario(Script script) {
      this.script = script;
    }
  }

  private static int write(Conn conn, int bytes) throws IOException {
    conn.write(new byte[bytes]);
    return bytes;
  }

  private static String closeWrite(TcpConn conn) throws IOException {
    conn.closeWrite();
    return "done";
  }

  private static String close(Listener listener) throws IOException {
    listener.close();
    return "done";
  }

  private static void readQuietly(Seen seen, Conn conn) {
    try {
      seen.read("read", conn);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static List<String> play(Scenario scenario) throws Exception {
    Seen seen = new Seen();
    try (Listener listener = Net.listen("tcp4", ADDRESS)) {
      scenario.script.run(seen, (TcpListener) listener);
    }
    return seen.lines;
  }

  @ParameterizedTest
  @EnumSource
  void theSimulatorAndTheKernelAgree(Scenario scenario) throws Exception {
    List<String> kernel = play(scenario);
    assertTrue(!kernel.isEmpty());
    for (long seed = 1; seed <= 10; seed++) {
      List<List<String>> simulated = new ArrayList<>();
      Outcome _ = Sim.run(seed, sim -> simulated.add(play(scenario)));
      assertEquals(List.of(kernel), simulated, "seed " + seed);
    }
  }
}
