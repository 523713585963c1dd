package gonet.test.hard;

import gonet.Dialer;
import gonet.ListenConfig;
import gonet.TcpAddr;
import gonet.TcpConn;
import gonet.TcpInfo.State;
import gonet.TcpListener;
import gonet.TcpSocketOptions;
import gonet.netip.AddrPort;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;

/** The programs of {@link TcpStatesTest}, each alone in a network namespace. */
final class TcpStates {
  /** No other program uses ports there. */
  private static final TcpAddr NEAR = TcpAddr.of(AddrPort.parse("10.9.0.1:7055"));

  private static final int IPPROTO_IP = 0;
  private static final int IP_TRANSPARENT = 19;

  private static final String NOBODY = "10.9.0.77";

  /** Of /proc/net/tcp: net/tcp_states.h. */
  private static final Map<String, State> NUMBERS =
      Map.of(
          "01", State.ESTABLISHED,
          "02", State.SYN_SENT,
          "03", State.SYN_RECV,
          "06", State.TIME_WAIT,
          "0A", State.LISTEN);

  private TcpStates() {}

  public static void main(String[] args) throws Exception {
    NetworkFaults.makeVeth();
    switch (args[0]) {
      case "opening" -> opening();
      case "in turn" -> inTurn();
      case "crossing" -> crossing();
      case "unanswered" -> unanswered();
      default -> throw new IllegalArgumentException(args[0]);
    }
    Runtime.getRuntime().halt(0);
  }

  private static void opening() throws Exception {
    NetworkFaults.swallow(NOBODY);
    Thread dial =
        Thread.startVirtualThread(
            () -> {
              try {
                TcpAddr nobody = TcpAddr.of(AddrPort.parse(NOBODY + ":7099"));
                Dialer.defaults().withLocalAddr(NEAR).dialTcp("tcp4", nobody).close();
              } catch (IOException interrupted) {
                Child.tell("dial ended");
              }
            });
    tellTable(NEAR.port(), State.SYN_SENT);
    dial.interrupt();
    dial.join();

    // The kernel keeps a request whose third segment it has seen as one until the first bytes come.
    ListenConfig deferred =
        ListenConfig.defaults()
            .withControl((_, _, socket) -> socket.setOption(TcpSocketOptions.TCP_DEFER_ACCEPT, 60));
    try (TcpListener listener = deferred.listenTcp("tcp4", "127.0.0.1:0")) {
      int port = listener.addr().port();
      tellTable(port, State.LISTEN);
      try (TcpConn client = Dialer.defaults().dialTcp("tcp4", listener.addr())) {
        tellTable(port, State.LISTEN, State.SYN_RECV);
        client.write(new byte[1]);
        try (TcpConn server = listener.accept()) {
          tell(new TcpPair(client, server), State.ESTABLISHED, State.ESTABLISHED);
        }
      }
    }
  }

  private static void inTurn() throws Exception {
    try (TcpPair pair = TcpPair.connect()) {
      tell(pair, State.ESTABLISHED, State.ESTABLISHED);
      pair.client().closeWrite();
      tell(pair, State.FIN_WAIT2, State.CLOSE_WAIT);
      pair.server().closeWrite();
      tell(pair, State.CLOSE, State.CLOSE); // what TCP_INFO says of a socket without a connection
      tellTable(pair.client().localAddr().port(), State.TIME_WAIT);
    }
  }

  /** Nothing reaches the server any more, but its own segments arrive. */
  private static void crossing() throws Exception {
    try (TcpPair pair = oneWay()) {
      NetworkFaults.vanish();
      pair.client().closeWrite();
      tell(pair, State.FIN_WAIT1, State.ESTABLISHED);
      pair.server().closeWrite();
      tell(pair, State.CLOSING, State.FIN_WAIT1);
      NetworkFaults.comeBack();
      tell(pair, State.CLOSE, State.CLOSE);
    }
  }

  private static void unanswered() throws Exception {
    try (TcpPair pair = oneWay()) {
      pair.client().closeWrite();
      tell(pair, State.FIN_WAIT2, State.CLOSE_WAIT);
      NetworkFaults.vanish();
      pair.server().closeWrite();
      tell(pair, State.CLOSE, State.LAST_ACK);
    }
  }

  /** A pair whose server may send from its address when this host has it no more. ip(7). */
  private static TcpPair oneWay() throws IOException {
    return NetworkFaults.across(
        Dialer.defaults(),
        ListenConfig.defaults()
            .withControl((_, _, socket) -> socket.setOption(IPPROTO_IP, IP_TRANSPARENT, 1)));
  }

  /** Waits for the states of both sides, and tells what they are. */
  private static void tell(TcpPair pair, State client, State server) throws Exception {
    await(
        List.of(client, server),
        () -> List.of(pair.client().info().state(), pair.server().info().state()));
  }

  /** The same for the sockets of a port, which may have no descriptor. */
  private static void tellTable(int port, State... states) throws Exception {
    await(
        List.of(states),
        () ->
            TcpTable.states(port).stream()
                .map(number -> NUMBERS.getOrDefault(number, State.UNKNOWN))
                .sorted(Comparator.comparing(State::name))
                .toList());
  }

  private static void await(List<State> wanted, Callable<List<State>> states) throws Exception {
    List<State> seen = states.call();
    for (int i = 0; i < 10_000 && !seen.equals(wanted); i++) {
      LockSupport.parkNanos(1_000_000);
      seen = states.call();
    }
    Child.tell(seen);
  }
}
