package gonet.test.hard;

import static java.nio.charset.StandardCharsets.US_ASCII;

import gonet.Conn;
import gonet.Dialer;
import gonet.KeepAlive;
import gonet.ListenConfig;
import gonet.Listener;
import gonet.Net;
import gonet.NetFailure;
import gonet.NetTimeoutException;
import gonet.TcpAddr;
import gonet.TcpConn;
import gonet.TcpListener;
import gonet.TcpSocketOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** The programs of {@link NetworkFaultTest}, each alone in a network namespace. */
final class NetworkFaults {
  private static final String NEAR = "10.9.0.1";
  private static final String FAR = "10.9.0.2";
  private static final String UNREACHABLE = "10.8.0.1:7099";
  private static final KeepAlive SOON =
      KeepAlive.of(Duration.ofSeconds(1), Duration.ofSeconds(1), 3);

  private NetworkFaults() {}

  public static void main(String[] args) throws Exception {
    switch (args[0]) {
      case "no way back" -> unreachableWithDataInFlight();
      case "keepalive" -> vanishedWhileIdle(SOON);
      case "silence" -> vanishedWhileIdle(KeepAlive.off());
      case "in flight" -> vanishedWithDataInFlight();
      case "write deadline" -> writeToVanished();
      case "route" -> dialAlong(args[1]);
      case "route away" -> routeAwayForAWhile();
      case "orphan" -> orphan();
      case "no ipv6" -> withoutIpv6();
      case "link local" -> linkLocal();
      case "cookies" -> acceptByCookies();
      default -> throw new IllegalArgumentException(args[0]);
    }
    Runtime.getRuntime().halt(0);
  }

  // ---- a peer that vanishes --------------------------------------------------------------------

  private static void vanishedWhileIdle(KeepAlive keepAlive) throws Exception {
    makeVeth();
    try (TcpPair pair = across(Dialer.defaults().withKeepAlive(keepAlive))) {
      vanish();
      long probes = tcpCounter("TCPKeepAlive");
      long start = System.nanoTime();
      if (!keepAlive.enabled()) {
        pair.client().setReadTimeout(Duration.ofSeconds(6));
      }
      try {
        throw new IllegalStateException("read " + pair.client().read(new byte[1]));
      } catch (NetTimeoutException e) {
        Child.tell("still waiting");
      } catch (IOException e) {
        tellFailure(e);
        tellMillisSince(start);
        Child.tell("probes: " + (tcpCounter("TCPKeepAlive") - probes));
      }
    }
  }

  private static void vanishedWithDataInFlight() throws Exception {
    makeVeth();
    sysctl("net/ipv4/tcp_retries2", "3");
    try (TcpPair pair = across(Dialer.defaults().withKeepAlive(SOON))) {
      if (pair.client().supportedOptions().contains(TcpSocketOptions.TCP_USER_TIMEOUT)) {
        sysctl("net/ipv4/tcp_retries2", "15");
        pair.client().setUserTimeout(Duration.ofMillis(2500));
      }
      vanish();
      long probes = tcpCounter("TCPKeepAlive");
      long start = System.nanoTime();
      pair.client().write(new byte[100]);
      Child.tell("write succeeds");
      try {
        throw new IllegalStateException("read " + pair.client().read(new byte[1]));
      } catch (IOException e) {
        tellFailure(e);
        tellMillisSince(start);
        Child.tell("probes: " + (tcpCounter("TCPKeepAlive") - probes));
      }
    }
  }

  /**
   * Nobody answers to the question for the hardware address of {@link #FAR}, and the kernel sends
   * itself an ICMP message: host unreachable. This is the reason that it gives in the end.
   */
  private static void unreachableWithDataInFlight() throws Exception {
    makeVeth();
    sysctl("net/ipv4/tcp_retries2", "3");
    try (TcpPair pair = across(Dialer.defaults())) {
      sysctl("net/ipv4/neigh/near/retrans_time_ms", "100");
      ip("addr del " + FAR + "/32 dev near");
      pair.client().write(new byte[100]);
      try {
        throw new IllegalStateException("read " + pair.client().read(new byte[1]));
      } catch (IOException e) {
        tellFailure(e);
      }
    }
  }

  private static void writeToVanished() throws Exception {
    makeVeth();
    try (TcpPair pair = across(Dialer.defaults())) {
      vanish();
      pair.client().setWriteTimeout(Duration.ofMillis(500));
      long start = System.nanoTime();
      try {
        pair.client().write(new byte[64 << 20]);
      } catch (IOException e) {
        Child.tell(e.getClass().getSimpleName() + ", closed: " + pair.client().isClosed());
        tellMillisSince(start);
      }
      start = System.nanoTime();
      pair.client().close();
      long millis = (System.nanoTime() - start) / 1_000_000;
      Child.tell("close took " + (millis < 1000 ? "less than a second" : millis + " ms"));
    }
  }

  /** Two addresses of this host on one end of a pair of cables. */
  static void makeVeth() throws Exception {
    ip("link add near type veth peer name far");
    ip("link set near up");
    ip("link set far up");
    ip("addr add " + NEAR + "/24 dev near");
    ip("addr add " + FAR + "/32 dev near");
  }

  /** From {@link #NEAR} to {@link #FAR}; the far side sends no probes. */
  static TcpPair across(Dialer dialer) throws IOException {
    return across(dialer, ListenConfig.defaults());
  }

  static TcpPair across(Dialer dialer, ListenConfig config) throws IOException {
    ListenConfig quiet = config.withKeepAlive(KeepAlive.off());
    try (TcpListener listener = quiet.listenTcp("tcp4", FAR + ":0")) {
      TcpAddr near = TcpAddr.resolve("tcp4", NEAR + ":0");
      TcpConn client = dialer.withLocalAddr(near).dialTcp("tcp4", listener.addr());
      return new TcpPair(client, listener.accept());
    }
  }

  /** From now on packets for {@link #FAR} go down the cable, to an address nobody has. */
  static void vanish() throws Exception {
    ip("addr del " + FAR + "/32 dev near");
    swallow(FAR);
  }

  /** Packets for an address of nobody here go down the cable, to an address nobody has. */
  static void swallow(String address) throws Exception {
    ip("neigh replace " + address + " lladdr 02:00:00:00:00:99 dev near nud permanent");
  }

  /** The host of {@link #FAR} answers again, and has forgotten what happened before. */
  static void comeBack() throws Exception {
    ip("neigh del " + FAR + " dev near");
    ip("addr add " + FAR + "/32 dev near");
  }

  // ---- routes ----------------------------------------------------------------------------------

  private static void dialAlong(String route) throws Exception {
    if (!route.equals("none")) {
      ip("route add " + route + " 10.8.0.0/24");
    }
    long start = System.nanoTime();
    try (Conn conn = Net.dial("tcp", UNREACHABLE)) {
      Child.tell("connected: " + conn);
    } catch (IOException e) {
      Child.tell(
          e.getClass().getSimpleName() + " " + ((NetFailure) e).errno() + ": " + e.getMessage());
      tellMillisSince(start);
    }
  }

  private static void routeAwayForAWhile() throws Exception {
    makeVeth();
    try (TcpPair pair = across(Dialer.defaults())) {
      Net.go(
          () -> {
            byte[] buf = new byte[100];
            int n = pair.server().read(buf);
            pair.server().write(buf, 0, n);
          });
      ip("addr del " + FAR + "/32 dev near");
      ip("route add unreachable " + FAR + "/32");
      pair.client().write("hello".getBytes(US_ASCII));
      Child.tell("write succeeds");
      pair.client().setReadTimeout(Duration.ofSeconds(1));
      byte[] buf = new byte[5];
      try {
        pair.client().readFully(buf);
      } catch (NetTimeoutException e) {
        Child.tell("nothing read in a second");
      }
      ip("route del unreachable " + FAR + "/32");
      ip("addr add " + FAR + "/32 dev near");
      pair.client().setReadTimeout(Duration.ofSeconds(20));
      pair.client().readFully(buf);
      Child.tell(
          (new String(buf, US_ASCII).equals("hello") ? "echoed" : "mixed up")
              + " after the route came back");
    }
  }

  // ---- orphans ---------------------------------------------------------------------------------

  private static void orphan() throws Exception {
    sysctl("net/ipv4/tcp_fin_timeout", "2");
    try (TcpPair pair = TcpPair.connect()) {
      int port = pair.server().localAddr().port();
      int peersPort = pair.server().remoteAddr().port();
      pair.server().close();
      // FIN_WAIT_1 until the peer's kernel has acknowledged the end. The table is no snapshot: a
      // socket that is just changing its state may be missing from it for a moment.
      while (!TcpTable.states(port, peersPort).contains(TcpTable.FIN_WAIT2)) {
        LockSupport.parkNanos(1_000_000);
      }
      Child.tell("closed: " + TcpTable.states(port, peersPort));
      for (int i = 0; i < 200 && !TcpTable.states(port, peersPort).isEmpty(); i++) {
        LockSupport.parkNanos(100_000_000);
      }
      Child.tell("forgotten: " + TcpTable.states(port, peersPort));
      Child.tell("the peer reads the end and " + pair.client().read(new byte[1]));
      try {
        for (; ; ) {
          pair.client().write(new byte[1]);
        }
      } catch (IOException e) {
        Child.tell(
            "the peer's writes end: " + (NetFailure.isConnectionGone(e) ? "gone" : e.toString()));
      }
    }
  }

  // ---- link-local addresses --------------------------------------------------------------------

  /** Two interfaces, and on each an address that the other one might have as well. */
  private static void linkLocal() throws Exception {
    makeVeth();
    ip("addr add fe80::1/64 dev near nodad");
    ip("addr add fe80::2/64 dev far nodad");
    for (String zoned : List.of("fe80::1%near", "fe80::2%far")) {
      try (TcpListener listener = ListenConfig.defaults().listenTcp("tcp6", "[" + zoned + "]:0");
          TcpConn client = Dialer.defaults().dialTcp("tcp6", listener.addr().toString());
          TcpConn server = listener.accept()) {
        client.write(new byte[1]);
        server.readFully(new byte[1]);
        Child.tell(
            "%s: %s to %s, zone of the accepted: %s"
                .formatted(
                    zoned.substring(zoned.indexOf('%') + 1),
                    client.localAddr().addr(),
                    client.remoteAddr().addr(),
                    server.remoteAddr().addr().zone()));
      }
    }
    tellErrnoOfListen("no zone", "[fe80::1]:0");
    tellErrnoOfListen("wrong zone", "[fe80::1%far]:0");
  }

  private static void tellErrnoOfListen(String what, String address) {
    try (Listener listener = Net.listen("tcp6", address)) {
      Child.tell(what + ": " + listener.addr());
    } catch (IOException e) {
      Child.tell(what + ": " + ((NetFailure) e).errno());
    }
  }

  // ---- no IPv6 ---------------------------------------------------------------------------------

  private static void withoutIpv6() throws Exception {
    sysctl("net/ipv6/conf/all/disable_ipv6", "1");
    sysctl("net/ipv6/conf/default/disable_ipv6", "1");
    sysctl("net/ipv6/conf/lo/disable_ipv6", "1");
    for (String host : List.of("", "[::]", "0.0.0.0")) {
      try (Listener listener = Net.listen("tcp", host + ":0")) {
        String address = listener.addr().toString();
        String port = address.substring(address.lastIndexOf(':') + 1);
        try (Conn client = Net.dial("tcp", "127.0.0.1:" + port);
            Conn server = listener.accept()) {
          client.write(new byte[1]);
          server.readFully(new byte[1]);
          String remote = server.remoteAddr().toString();
          Child.tell("tcp " + host + ": serves " + remote.substring(0, remote.lastIndexOf(':')));
        }
        if (host.equals("0.0.0.0")) {
          try (Conn client = Net.dial("tcp", "localhost:" + port)) {
            Child.tell("dial by name: " + !client.isClosed());
          }
        }
      }
    }
    try (Listener listener = Net.listen("tcp6", "[::1]:0")) {
      Child.tell("listens on " + listener.addr());
    } catch (IOException e) {
      Child.tell("tcp6 [::1]: " + ((NetFailure) e).errno());
    }
    try (Conn conn = Net.dial("tcp", "[::1]:7099")) {
      Child.tell("connected: " + conn);
    } catch (IOException e) {
      Child.tell("dial [::1]: " + ((NetFailure) e).errno());
    }
  }

  // ---- tools -----------------------------------------------------------------------------------

  private static void tellFailure(IOException e) {
    NetFailure net = (NetFailure) e;
    Child.tell(
        net.errno() + ", gone: " + NetFailure.isConnectionGone(e) + ", timeout: " + net.timeout());
  }

  private static void tellMillisSince(long start) {
    Child.tell((System.nanoTime() - start) / 1_000_000);
  }

  static void ip(String arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("ip"));
    command.addAll(List.of(arguments.split(" ")));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), US_ASCII);
    if (!process.waitFor(90, TimeUnit.SECONDS) || process.exitValue() != 0) {
      throw new IOException("ip " + arguments + ": " + output);
    }
  }

  /** The kernel keeps nothing of a request: whoever comes back with the cookie is accepted. */
  private static void acceptByCookies() throws Exception {
    makeVeth();
    sysctl("net/ipv4/tcp_syncookies", "2"); // always, and not in need only
    long before = tcpCounter("SyncookiesRecv");
    try (TcpPair pair = across(Dialer.defaults())) {
      pair.client().write(new byte[] {42});
      byte[] buf = new byte[1];
      pair.server().readFully(buf);
      Child.tell("read " + buf[0] + ", cookies: " + (tcpCounter("SyncookiesRecv") - before));
    }
  }

  /** A counter of this namespace: /proc/net/netstat has a line of names and one of numbers. */
  private static long tcpCounter(String name) throws IOException {
    List<String> lines = Files.readAllLines(Path.of("/proc/net/netstat"));
    List<String> names = List.of(lines.get(0).split(" "));
    return Long.parseLong(lines.get(1).split(" ")[names.indexOf(name)]);
  }

  private static void sysctl(String name, String value) throws IOException {
    Files.writeString(Path.of("/proc/sys", name), value);
  }
}
