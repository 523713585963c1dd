package gonet.test.hard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import gonet.Conn;
import gonet.Dialer;
import gonet.ListenConfig;
import gonet.Net;
import gonet.NetBindException;
import gonet.TcpConn;
import gonet.TcpListener;
import gonet.internal.backend.Errno;
import gonet.test.Callers;
import gonet.test.Crew;
import gonet.test.Faults;
import gonet.test.Faults.Call;
import gonet.test.Job;
import gonet.test.LeakCheck;
import gonet.test.Proves;
import gonet.test.machine.Ipv6;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Two listeners on one port: the kernel decides by family and address, and not always at bind(2).
 * With SO_REUSEADDR two sockets may bind the same address as long as none listens; the second
 * listen(2) fails. And a socket whose bind failed is not bound: listen(2) would succeed on a port
 * of the kernel's choice.
 */
@LeakCheck
class PortConflictTest {

  @ParameterizedTest
  @Proves("node-exclusive")
  @CsvSource({
    "tcp4, 127.0.0.1, tcp4, 127.0.0.1",
    "tcp4, 127.0.0.1, tcp4, 0.0.0.0",
    "tcp4, 0.0.0.0, tcp4, 127.0.0.1",
    "tcp6, [::1], tcp6, [::]",
    "tcp6, [::], tcp6, [::1]",
    "tcp, [::], tcp, [::]",
    "tcp, '', tcp4, 0.0.0.0",
    "tcp4, 0.0.0.0, tcp, ''",
    "tcp, '', tcp4, 127.0.0.1",
    "tcp4, 127.0.0.1, tcp, ''",
    "tcp, '', tcp6, [::1]",
  })
  void theSecondListenerIsToldThatTheAddressIsInUse(
      String network, String host, String secondNetwork, String secondHost) throws Exception {
    Ipv6.assumeFor(network, host, secondNetwork, secondHost);
    try (TcpListener first = listen(network, host, 0)) {
      int port = first.addr().port();
      NetBindException e =
          assertThrows(NetBindException.class, () -> listen(secondNetwork, secondHost, port));
      assertEquals("EADDRINUSE", e.errno());
      assertEquals("listen", e.op());
      assertTrue(BindException.class.isInstance(e), "what users of the JDK's sockets catch");
      String host2 = secondHost.isEmpty() || secondHost.equals("[::]") ? "" : secondHost;
      assertTrue(
          e.getMessage().startsWith("listen " + secondNetwork + " ")
              && e.getMessage().contains(host2 + ":" + port + ": ")
              && e.getMessage().endsWith(": address already in use"),
          e::getMessage);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "tcp4, 127.0.0.1, tcp4, 127.0.0.2",
    "tcp4, 127.0.0.1, tcp6, [::1]",
    "tcp4, 0.0.0.0, tcp6, [::1]",
    "tcp6, [::1], tcp4, 0.0.0.0",
    "tcp6, [::], tcp4, 0.0.0.0",
    "tcp4, 0.0.0.0, tcp6, [::]",
  })
  void listenersOfDifferentAddressesShareAPort(
      String network, String host, String secondNetwork, String secondHost) throws Exception {
    Ipv6.assumeFor(network, host, secondNetwork, secondHost);
    boolean wildcards6 = host.equals("[::]") || secondHost.equals("[::]");
    assumeFalse(
        wildcards6 && Net.stats().backend().equals("nio"),
        "java.nio cannot set IPV6_V6ONLY: there [::] takes the IPv4 port as well");
    try (TcpListener first = listen(network, host, 0);
        TcpListener second = listen(secondNetwork, secondHost, first.addr().port())) {
      assertEquals(first.addr().port(), second.addr().port());
    }
  }

  @Test
  @Proves("listen-backlog")
  void listenersThatAllWantItShareAnAddress() throws Exception {
    ListenConfig sharing = ListenConfig.defaults().withReusePort(true);
    try (TcpListener first = sharing.listenTcp("tcp4", "127.0.0.1:0");
        TcpListener second = sharing.listenTcp("tcp4", first.addr().toString())) {
      assertEquals(first.addr(), second.addr());
      assertThrows(NetBindException.class, () -> listen("tcp4", "127.0.0.1", first.addr().port()));
    }
  }

  /**
   * By a hash over both addresses, socket(7): the odds that all of so many fall to one listener are
   * 1 to 2^63.
   */
  @Test
  @Proves({"node-reuse-port", "jvm-reuse-port"})
  @EnabledOnOs(value = OS.LINUX, disabledReason = "other kernels may give all to one listener")
  void theKernelSpreadsConnectionsOverTheListenersOfOneAddress() throws Exception {
    int dials = 64;
    ListenConfig sharing = ListenConfig.defaults().withReusePort(true);
    Crew crew = new Crew(Callers.VIRTUAL);
    CountDownLatch all = new CountDownLatch(dials);
    List<AtomicInteger> counts = List.of(new AtomicInteger(), new AtomicInteger());
    try (TcpListener first = sharing.listenTcp("tcp4", "127.0.0.1:0");
        TcpListener second = sharing.listenTcp("tcp4", first.addr().toString())) {
      acceptAll(crew, first, counts.get(0), all);
      acceptAll(crew, second, counts.get(1), all);
      for (int i = 0; i < dials; i++) {
        Dialer.defaults().dialTcp("tcp4", first.addr()).close();
      }
      assertTrue(all.await(30, TimeUnit.SECONDS), () -> "accepted only " + counts);
    }
    crew.end();
    assertTrue(counts.stream().allMatch(count -> count.get() > 0), counts::toString);
  }

  @Test
  @Proves({"S3", "A21"})
  @EnabledOnOs(value = OS.LINUX, disabledReason = "other kernels may give all to one listener")
  void aListenerOfAnotherProcessSharesTheAddressAndTheConnections() throws Exception {
    ListenConfig sharing = ListenConfig.defaults().withReusePort(true);
    Crew crew = new Crew(Callers.VIRTUAL);
    StringBuilder answers = new StringBuilder();
    try (TcpListener own = sharing.listenTcp("tcp4", "127.0.0.1:0");
        Child other = Child.start(Sharer.class, List.of(), own.addr().toString())) {
      assertEquals(own.addr().toString(), other.hear());
      crew.extra("acceptor", () -> Sharer.answerAll(own, 'p'));
      for (int i = 0; i < 64; i++) {
        try (Conn conn = Net.dial("tcp4", own.addr().toString())) {
          byte[] answer = new byte[1];
          conn.readFully(answer);
          answers.append((char) answer[0]);
        }
      }
    }
    crew.end();
    assertTrue(answers.indexOf("p") >= 0 && answers.indexOf("c") >= 0, answers::toString);
  }

  /** Listens on an address that its parent has already. */
  static final class Sharer {
    public static void main(String[] args) throws IOException {
      ListenConfig sharing = ListenConfig.defaults().withReusePort(true);
      try (TcpListener listener = sharing.listenTcp("tcp4", args[0])) {
        Child.tell(listener.addr());
        Net.go(() -> answerAll(listener, 'c'));
        Child.awaitLine();
      }
    }

    static void answerAll(TcpListener listener, char answer) throws IOException {
      while (true) {
        try (TcpConn conn = listener.accept()) {
          conn.write(new byte[] {(byte) answer});
        }
      }
    }
  }

  private static void acceptAll(
      Crew crew, TcpListener listener, AtomicInteger count, CountDownLatch all) {
    crew.extra(
        "acceptor",
        () -> {
          while (true) {
            listener.accept().close();
            count.incrementAndGet();
            all.countDown();
          }
        });
  }

  @Test
  void ofManyWhoListenOnOneAddressAtOnceExactlyOneSucceedsAndHasIt() throws Exception {
    int threads = 4;
    int rounds = 100;
    CyclicBarrier start = new CyclicBarrier(threads);
    for (int round = 0; round < rounds; round++) {
      int port;
      try (TcpListener probe = listen("tcp4", "127.0.0.1", 0)) {
        port = probe.addr().port();
      }
      Crew crew = new Crew(Callers.PLATFORM);
      List<Job<TcpListener>> jobs = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        jobs.add(
            crew.compute(
                "listen",
                () -> {
                  start.await();
                  return listen("tcp4", "127.0.0.1", port);
                }));
      }
      List<TcpListener> winners = new ArrayList<>();
      for (Job<TcpListener> job : jobs) {
        try {
          winners.add(job.result());
        } catch (NetBindException e) {
          assertEquals("EADDRINUSE", e.errno());
        }
      }
      assertEquals(1, winners.size(), "round " + round);
      assertEquals(port, winners.getFirst().addr().port());
      winners.getFirst().close();
    }
  }

  @Test
  @Proves("B34")
  void aConflictThatShowsOnlyAtListenIsAConflict() throws Exception {
    try (Faults faults = Faults.begin()) {
      faults.failNext(Call.LISTEN, 1, Errno.EADDRINUSE);
      NetBindException e =
          assertThrows(NetBindException.class, () -> listen("tcp4", "127.0.0.1", 0));
      assertEquals("EADDRINUSE", e.errno());
      assertEquals("listen", e.op());
      assertEquals("listen", e.syscall());
      assertEquals(1, faults.calls(Call.CLOSE));
    }
  }

  @Test
  @Proves("B10")
  void afterAFailedBindNobodyListens() throws Exception {
    try (Faults faults = Faults.begin()) {
      faults.failNext(Call.BIND, 1, Errno.EADDRINUSE);
      assertThrows(NetBindException.class, () -> listen("tcp4", "127.0.0.1", 1));
      assertEquals(1, faults.injected(Call.BIND));
      assertEquals(0, faults.calls(Call.LISTEN));
      assertEquals(1, faults.calls(Call.CLOSE));
    }
  }

  @Test
  void aSocketThatIsBoundAndDoesNotListenDoesNotStandInTheWay() throws Exception {
    try (Socket bound = new Socket()) {
      bound.setReuseAddress(true);
      bound.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      try (TcpListener listener = listen("tcp4", "127.0.0.1", bound.getLocalPort())) {
        assertEquals(bound.getLocalPort(), listener.addr().port());
      }
    }
  }

  private static TcpListener listen(String network, String host, int port) throws IOException {
    return ListenConfig.defaults().listenTcp(network, host + ":" + port);
  }
}
