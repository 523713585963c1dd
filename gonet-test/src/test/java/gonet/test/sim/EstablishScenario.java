package gonet.test.sim;

import static gonet.test.sim.Agreement.ADDRESS;
import static gonet.test.sim.Agreement.SHORT;
import static gonet.test.sim.Agreement.await;
import static gonet.test.sim.Agreement.close;
import static gonet.test.sim.Agreement.readAll;
import static gonet.test.sim.Agreement.sameHost;
import static gonet.test.sim.Agreement.write;

import gonet.BoundTcpSocket;
import gonet.Conn;
import gonet.Dialer;
import gonet.ListenConfig;
import gonet.Listener;
import gonet.Net;
import gonet.TcpAddr;
import gonet.TcpConn;
import gonet.TcpListener;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** How connections begin: listeners, their queues, dials. */
@SuppressWarnings("ImmutableEnumChecker") // functions without a state
enum EstablishScenario {
  REFUSED(
      (seen, listener) -> {
        String address = listener.addr().toString();
        listener.close();
        seen.see("dial", () -> Net.dial("tcp4", address));
      }),
  BOUND_AND_NOT_LISTENING(
      (seen, listener) -> {
        try (BoundTcpSocket bound = ListenConfig.defaults().bindTcp("tcp4", addr(ADDRESS))) {
          seen.see("dial", () -> Net.dial("tcp4", bound.addr().toString()));
        }
      }),
  PORT_ZERO((seen, listener) -> seen.see("dial", () -> Net.dial("tcp4", at(listener, 0)))),
  PORT_IN_USE(
      (seen, listener) -> seen.see("listen", () -> Net.listen("tcp4", listener.addr().toString()))),
  PORT_IN_USE_BY_A_WILDCARD(
      (seen, listener) -> {
        try (TcpListener all = wildcard()) {
          int port = all.addr().port();
          seen.see("listen", () -> Net.listen("tcp4", at(listener, port)));
        }
      }),
  WILDCARD_OF_A_PORT_IN_USE(
      (seen, listener) ->
          seen.see("listen", () -> Net.listen("tcp4", ":" + listener.addr().port()))),
  PORT_OF_A_CONNECTION(
      (seen, listener) -> {
        try (Conn left = Net.dial("tcp4", listener.addr().toString());
            Conn right = listener.accept()) {
          Dialer dialer = Dialer.defaults().withLocalAddr(left.localAddr());
          seen.see("dial", () -> dialer.dial("tcp4", listener.addr().toString()));
          seen.see("same", () -> left.localAddr().equals(right.remoteAddr()));
        }
      }),
  NOT_MINE((seen, listener) -> seen.see("listen", () -> Net.listen("tcp4", "192.0.2.1:0"))),
  DIAL_FROM_NOT_MINE(
      (seen, listener) -> {
        Dialer dialer = Dialer.defaults().withLocalAddr(addr("192.0.2.1:0"));
        seen.see("dial", () -> dialer.dial("tcp4", listener.addr().toString()));
      }),
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
  PORT_IS_FREE_BESIDE_A_CONNECTION(
      (seen, listener) -> {
        String address = listener.addr().toString();
        try (Conn left = Net.dial("tcp4", address);
            Conn right = listener.accept()) {
          listener.close();
          seen.see("listen", () -> close(Net.listen("tcp4", address)));
          write(left, 5);
          seen.read("it goes on", right);
        }
      }),
  REUSE_PORT(
      (seen, listener) -> {
        ListenConfig shared = ListenConfig.defaults().withReusePort(true);
        try (Listener one = shared.listen("tcp4", ADDRESS)) {
          seen.see("second", () -> close(shared.listen("tcp4", one.addr().toString())));
          seen.see("third", () -> close(Net.listen("tcp4", one.addr().toString())));
        }
      }),

  // ---- accepts
  ACCEPT_TIMEOUT(
      (seen, listener) -> {
        listener.setDeadline(Instant.now().plus(SHORT));
        seen.see("accept", listener::accept);
      }),
  ACCEPT_DEADLINE_IN_THE_PAST(
      (seen, listener) -> {
        try (Conn left = Net.dial("tcp4", listener.addr().toString())) {
          listener.setDeadline(Instant.EPOCH);
          seen.see("accept", listener::accept);
          listener.setDeadline(null);
          try (Conn right = listener.accept()) {
            seen.see("goes on", () -> left.localAddr().equals(right.remoteAddr()));
          }
        }
      }),
  ACCEPT_WOKEN_BY_CLOSE(
      (seen, listener) -> {
        Thread acceptor = seen.waiting("accept", listener::accept);
        listener.close();
        acceptor.join();
      }),
  ACCEPT_BEHIND_A_CLOSE(
      (seen, listener) -> {
        listener.close();
        listener.close();
        seen.see("closed", listener::isClosed);
        seen.see("accept", listener::accept);
      }),
  BYTES_BEFORE_ACCEPT(
      (seen, listener) -> {
        try (Conn left = Net.dial("tcp4", listener.addr().toString())) {
          write(left, 9);
          left.closeWrite();
          try (Conn right = listener.accept()) {
            seen.see("all", () -> readAll(right));
          }
        }
      }),
  RESET_IN_THE_QUEUE(
      (seen, listener) -> {
        TcpConn left = (TcpConn) Net.dial("tcp4", listener.addr().toString());
        left.abort();
        try (Conn right = listener.accept()) {
          seen.read("read", right);
          seen.see("from", () -> left.localAddr().equals(right.remoteAddr()));
        }
      }),
  END_IN_THE_QUEUE(
      (seen, listener) -> {
        Net.dial("tcp4", listener.addr().toString()).close();
        try (Conn right = listener.accept()) {
          seen.read("read", right);
        }
      }),
  LISTENER_CLOSES_ITS_QUEUE(
      (seen, listener) -> {
        try (TcpConn left = (TcpConn) Net.dial("tcp4", listener.addr().toString())) {
          queued(left);
          listener.close();
          left.setReadTimeout(Duration.ofSeconds(20));
          seen.read("read", left);
        }
      }),
  QUEUE_KEEPS_ITS_ORDER(
      (seen, listener) -> {
        List<TcpConn> left = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
          left.add((TcpConn) Net.dial("tcp4", listener.addr().toString()));
          queued(left.getLast());
        }
        for (TcpConn each : left) {
          try (Conn right = listener.accept();
              each) {
            seen.see("next", () -> each.localAddr().equals(right.remoteAddr()));
          }
        }
      }),
  FULL_QUEUE(
      (seen, listener) -> {
        ListenConfig one = ListenConfig.defaults().withBacklog(1);
        try (Listener small = one.listen("tcp4", ADDRESS);
            TcpConn first = (TcpConn) Net.dial("tcp4", small.addr().toString())) {
          queued(first);
          try (TcpConn second = (TcpConn) Net.dial("tcp4", small.addr().toString())) {
            queued(second);
            Dialer dialer = Dialer.defaults().withTimeout(SHORT);
            seen.see("third", () -> dialer.dial("tcp4", small.addr().toString()));
            small.accept().close();
            seen.see("room", () -> close(Net.dial("tcp4", small.addr().toString())));
          }
        }
      }),

  // ---- dials
  DIAL_WITHOUT_TIME(
      (seen, listener) -> {
        Dialer dialer = Dialer.defaults().withTimeout(Duration.ZERO);
        seen.see("dial", () -> dialer.dial("tcp4", listener.addr().toString()));
      }),
  DIAL_DEADLINE_IN_THE_PAST(
      (seen, listener) -> {
        Dialer dialer = Dialer.defaults().withDeadline(Instant.EPOCH);
        seen.see("dial", () -> dialer.dial("tcp4", listener.addr().toString()));
      }),
  LOCAL_PORT_OF_A_DIAL(
      (seen, listener) -> {
        Dialer dialer = Dialer.defaults().withLocalAddr(addr(ADDRESS));
        try (Conn left = dialer.dial("tcp4", listener.addr().toString())) {
          seen.see("host", () -> sameHost(left.localAddr(), listener.addr()));
        }
      }),
  WILDCARD_IS_THIS_MACHINE(
      (seen, listener) -> {
        try (TcpListener all = wildcard()) {
          for (String host : List.of("", "0.0.0.0", "127.0.0.1")) {
            try (Conn left = Net.dial("tcp4", host + ":" + all.addr().port())) {
              seen.see("host", () -> left.remoteAddr().toString().startsWith("127.0.0.1:"));
            }
          }
        }
      });

  private final Agreement.Script script;

  EstablishScenario(Agreement.Script script) {
    this.script = script;
  }

  Agreement.Script script() {
    return script;
  }

  private static TcpAddr addr(String address) throws IOException {
    return TcpAddr.resolve("tcp4", address);
  }

  private static TcpListener wildcard() throws IOException {
    return (TcpListener) Net.listen("tcp4", ":0");
  }

  /** Of the listener's host. */
  private static String at(TcpListener listener, int port) {
    return listener.addr().addr() + ":" + port;
  }

  /** It stands in the listener's queue for sure: a byte of it is acknowledged. */
  private static void queued(TcpConn dialled) throws IOException, InterruptedException {
    write(dialled, 1);
    await(() -> dialled.unsentBytes() == 0);
  }
}
