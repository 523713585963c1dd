package gonet.test.hard;

import static java.nio.charset.StandardCharsets.US_ASCII;

import gonet.Conn;
import gonet.Dialer;
import gonet.ListenConfig;
import gonet.Net;
import gonet.NetFailure;
import gonet.NetTimeoutException;
import gonet.TcpConn;
import gonet.TcpListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;

/** The programs of {@link BadLinkTest}, each alone in a network namespace. */
final class BadLinks {
  private static final int LISTENERS = 4;

  private BadLinks() {}

  public static void main(String[] args) throws Exception {
    switch (args[0]) {
      case "lossy" -> lossy();
      case "narrow" -> narrow();
      case "killed connection" -> killedConnection();
      case "killed listener" -> killedListener();
      case "balance" -> balance();
      case "migrate" -> migrate();
      default -> throw new IllegalArgumentException(args[0]);
    }
    Runtime.getRuntime().halt(0);
  }

  // ---- links -----------------------------------------------------------------------------------

  private static void lossy() throws Exception {
    byte[] there = bytes(16 << 20, 1);
    byte[] back = bytes(16 << 20, 2);
    try (TcpPair pair = TcpPair.connect()) {
      FutureTask<String> gotThere = start(() -> received(pair.server(), there));
      FutureTask<String> gotBack = start(() -> received(pair.client(), back));
      FutureTask<String> sentBack = start(() -> send(pair.server(), back));
      send(pair.client(), there);
      sentBack.get();
      Child.tell("there: " + gotThere.get() + ", back: " + gotBack.get());
    }
    Child.tell(retransmitted());
  }

  private static void narrow() throws Exception {
    byte[] data = bytes(256 << 10, 3);
    Dialer dialer = Dialer.defaults().withWriteBuffer(16 << 10);
    try (TcpPair pair = TcpPair.connect(ListenConfig.defaults(), dialer)) {
      TcpConn client = pair.client();
      FutureTask<String> got = start(() -> received(pair.server(), data));
      client.setWriteTimeout(Duration.ofMillis(500));
      long start = System.nanoTime();
      int sent = 0;
      try {
        client.write(data);
        Child.tell("write: all at once");
      } catch (NetTimeoutException e) {
        sent = (int) e.bytesTransferred();
        boolean part = sent > 0 && sent < data.length;
        Child.tell("write: NetTimeoutException, " + (part ? "part of it sent" : sent + " sent"));
      }
      Child.tell((System.nanoTime() - start) / 1_000_000);
      client.setReadTimeout(Duration.ofMillis(200));
      Child.tell("read: " + failure(() -> client.read(new byte[1])));
      client.setWriteTimeout(null);
      client.write(data, sent, data.length - sent);
      client.closeWrite();
      Child.tell("the rest written: " + got.get());
    }
  }

  private static String send(Conn conn, byte[] data) throws IOException {
    conn.write(data);
    conn.closeWrite();
    return "";
  }

  private static String received(Conn conn, byte[] expected) throws IOException {
    byte[] got = conn.readAll();
    int difference = Arrays.mismatch(got, expected);
    return difference < 0 ? "all as sent" : got.length + " bytes, different at " + difference;
  }

  private static byte[] bytes(int length, long seed) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  /** Segments that this namespace has sent again. /proc/net/snmp, RFC 4022 (tcpRetransSegs). */
  private static long retransmitted() throws IOException {
    List<String> tcp =
        Files.readAllLines(Path.of("/proc/net/snmp")).stream()
            .filter(line -> line.startsWith("Tcp:"))
            .toList();
    int index = List.of(tcp.get(0).split(" ")).indexOf("RetransSegs");
    return Long.parseLong(tcp.get(1).split(" ")[index]);
  }

  // ---- an administrator's hand -----------------------------------------------------------------

  private static void killedConnection() throws Exception {
    try (TcpPair pair = TcpPair.connect()) {
      FutureTask<String> victim = start(() -> twice(() -> pair.client().read(new byte[1])));
      FutureTask<String> peer = start(() -> twice(() -> pair.server().read(new byte[1])));
      run("ss", "-K", "-t", "sport = :" + pair.client().localAddr().port());
      Child.tell("victim: " + victim.get());
      Child.tell("peer: " + peer.get());
    }
  }

  private static void killedListener() throws Exception {
    try (TcpListener listener = ListenConfig.defaults().listenTcp("tcp4", "127.0.0.1:0")) {
      FutureTask<String> accept = start(() -> twice(listener::accept));
      run("ss", "-K", "-t", "-l", "sport = :" + listener.addr().port());
      Child.tell("accept: " + accept.get());
      Child.tell("dial: " + failure(() -> Net.dial("tcp4", listener.addr().toString())));
    }
  }

  private static String twice(Callable<?> call) {
    return failure(call) + ", and again: " + failure(call);
  }

  /** The name of the error number, or of the exception where there is no number. */
  private static String failure(Callable<?> call) {
    try {
      return "none, but " + call.call();
    } catch (NetTimeoutException e) {
      return "NetTimeoutException";
    } catch (Exception e) {
      return e instanceof NetFailure net ? String.valueOf(net.errno()) : e.toString();
    }
  }

  // ---- several listeners -----------------------------------------------------------------------

  private static void balance() throws Exception {
    int dials = 2000;
    List<TcpListener> listeners = listeners();
    AtomicIntegerArray counts = new AtomicIntegerArray(LISTENERS);
    for (int i = 0; i < LISTENERS; i++) {
      int number = i;
      Net.go(
          () -> {
            for (; ; ) {
              listeners.get(number).accept().close();
              counts.incrementAndGet(number);
            }
          });
    }
    for (int i = 0; i < dials; i++) {
      try (Conn conn = Net.dial("tcp4", listeners.getFirst().addr().toString())) {
        var _ = conn.read(new byte[1]); // the end: it has been accepted, and perhaps counted
      }
    }
    while (sum(counts) < dials) {
      Thread.onSpinWait();
    }
    System.out.println(counts);
    double chiSquare = 0;
    double expected = (double) dials / LISTENERS;
    for (int i = 0; i < LISTENERS; i++) {
      chiSquare += Math.pow(counts.get(i) - expected, 2) / expected;
    }
    Child.tell(Math.round(chiSquare));
  }

  private static int sum(AtomicIntegerArray counts) {
    int sum = 0;
    for (int i = 0; i < counts.length(); i++) {
      sum += counts.get(i);
    }
    return sum;
  }

  private static void migrate() throws Exception {
    int dials = 200;
    Files.writeString(Path.of("/proc/sys/net/ipv4/tcp_migrate_req"), "1");
    List<TcpListener> listeners = listeners();
    List<Conn> clients = new ArrayList<>();
    for (int i = 0; i < dials; i++) {
      clients.add(Net.dial("tcp4", listeners.getFirst().addr().toString()));
    }
    listeners.removeFirst().close();
    for (TcpListener listener : listeners) {
      Net.go(
          () -> {
            for (; ; ) {
              try (Conn conn = listener.accept()) {
                conn.write(new byte[] {7});
              }
            }
          });
    }
    int served = 0;
    for (Conn client : clients) {
      try (client) {
        client.setReadTimeout(Duration.ofSeconds(5));
        served += client.readAll(10).length;
      } catch (IOException e) {
        System.out.println(e);
      }
    }
    Child.tell("served " + served + " of " + dials);
  }

  private static List<TcpListener> listeners() throws IOException {
    ListenConfig config = ListenConfig.defaults().withReusePort(true);
    List<TcpListener> listeners = new ArrayList<>();
    listeners.add(config.listenTcp("tcp4", "127.0.0.1:0"));
    while (listeners.size() < LISTENERS) {
      listeners.add(config.listenTcp("tcp4", listeners.getFirst().addr().toString()));
    }
    return listeners;
  }

  // ---- tools -----------------------------------------------------------------------------------

  private static FutureTask<String> start(Callable<String> body) {
    FutureTask<String> task = new FutureTask<>(body);
    Thread.startVirtualThread(task);
    return task;
  }

  private static void run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), US_ASCII);
    if (!process.waitFor(90, TimeUnit.SECONDS) || process.exitValue() != 0) {
      throw new IOException(String.join(" ", command) + ": " + output);
    }
  }
}
