package gonet.test.hard;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.Dialer;
import gonet.ListenConfig;
import gonet.Net;
import gonet.NetFailure;
import gonet.NetTimeoutException;
import gonet.TcpConn;
import gonet.TcpListener;
import gonet.test.Callers;
import gonet.test.Crew;
import gonet.test.Job;
import gonet.test.LeakCheck;
import gonet.test.Proves;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/**
 * A program forgets to close: its peers would wait in CLOSE_WAIT's other half for ever and its
 * descriptors would run out. What nobody can reach any more is closed, and the log says so; the
 * poller's tables do not count as somebody, a thread that waits in a call does.
 */
@LeakCheck
@Proves("jvm-leaks")
class DroppedConnTest {
  private final Crew crew = new Crew(Callers.VIRTUAL);

  @Test
  @Proves("sys-dropped")
  void aConnThatIsDroppedWithoutCloseIsClosedWithOneLineInTheLog() throws Exception {
    try (LogLines log = LogLines.capture();
        TcpListener listener = ListenConfig.defaults().listenTcp("tcp", "127.0.0.1:0")) {
      int registered = Net.stats().registered();
      String address = dialAndDrop(listener);
      try (TcpConn peer = listener.accept()) {
        Job<Integer> reader = crew.compute("reader", () -> peer.read(new byte[1]));
        collectUntil("the peer sees the end", reader::isDone);
        assertEquals(-1, reader.result());
      }
      Awaitility.await().until(() -> Net.stats().registered() == registered);
      assertEquals(
          List.of("WARN connection from " + address + " was dropped without close; closed it now"),
          log.lines());
    }
  }

  @Test
  void aWaitWithADeadlineLeavesNothingBehindThatKeepsADroppedConnAlive() throws Exception {
    try (LogLines log = LogLines.capture();
        TcpListener listener = ListenConfig.defaults().listenTcp("tcp", "127.0.0.1:0")) {
      int timers = Net.stats().armedTimers();
      waitLongAndDrop(listener);
      try (TcpConn peer = listener.accept()) {
        Job<Integer> reader = crew.compute("reader", () -> peer.read(new byte[1]));
        collectUntil("the peer sees the end", reader::isDone);
        assertEquals(-1, reader.result());
      }
      Awaitility.await().until(() -> Net.stats().armedTimers() == timers);
      Awaitility.await().until(() -> !log.lines().isEmpty()); // it is closed first
      assertEquals(1, log.lines().size(), () -> log.lines().toString());
    }
  }

  @Test
  void aThreadThatWaitsInReadKeepsItsConnOpen() throws Exception {
    try (LogLines log = LogLines.capture();
        TcpListener listener = ListenConfig.defaults().listenTcp("tcp", "127.0.0.1:0")) {
      BlockingQueue<String> got = new LinkedBlockingQueue<>();
      Thread reader = readWhereNobodyElseKnows(listener, got);
      try (TcpConn peer = listener.accept()) {
        Awaitility.await().until(() -> reader.getState() == Thread.State.WAITING);
        for (int i = 0; i < 10; i++) {
          System.gc();
        }
        Awaitility.await().during(Duration.ofMillis(200)).until(got::isEmpty);
        peer.write("still there".getBytes(US_ASCII));
        assertEquals("still there", got.take());
      }
      reader.join();
      assertEquals(List.of(), log.lines());
    }
  }

  @Test
  void aDroppedListenerGivesItsPortBack() throws Exception {
    try (LogLines log = LogLines.capture()) {
      String address = listenAndDrop();
      collectUntil(
          "the port is free",
          () -> {
            try (Conn conn = Net.dial("tcp", address)) {
              return conn.isClosed();
            } catch (IOException e) {
              return ((NetFailure) e).errno().equals("ECONNREFUSED");
            }
          });
      await().until(() -> !log.lines().isEmpty()); // told after the port is free
      assertEquals(
          List.of("WARN listener " + address + " was dropped without close; closed it now"),
          log.lines());
    }
  }

  @Test
  void handlersThatForgetToCloseDoNotUseUpTheDescriptors() throws Exception {
    try (LogLines log = LogLines.capture();
        TcpListener listener = ListenConfig.defaults().listenTcp("tcp", "127.0.0.1:0")) {
      int clients = 200;
      crew.start(
          "forgetful server",
          () -> {
            for (int i = 0; i < clients; i++) {
              Conn conn = listener.accept();
              Net.go(() -> conn.read(new byte[1]));
            }
          });
      TcpConn[] conns = new TcpConn[clients];
      for (int i = 0; i < clients; i++) {
        conns[i] = Dialer.defaults().dialTcp("tcp", listener.addr());
        conns[i].write(new byte[1]);
      }
      crew.join();
      List<Job<Integer>> ends = new ArrayList<>();
      for (TcpConn conn : conns) {
        ends.add(crew.compute("end", () -> conn.read(new byte[1])));
      }
      collectUntil("the server's ends are closed", () -> ends.stream().allMatch(Job::isDone));
      for (int i = 0; i < clients; i++) {
        assertEquals(-1, ends.get(i).result());
        conns[i].close();
      }
      Awaitility.await().until(() -> log.lines().size() == clients);
      assertTrue(log.lines().stream().allMatch(line -> line.contains("dropped without close")));
    }
  }

  // ---- in methods of their own, so that no frame of the test keeps what they drop ---------------

  private static String dialAndDrop(TcpListener listener) throws IOException {
    TcpConn conn = Dialer.defaults().dialTcp("tcp", listener.addr());
    conn.setReadTimeout(Duration.ofMillis(20));
    // Now it is registered with the poller.
    assertThrows(NetTimeoutException.class, () -> conn.read(new byte[1]));
    return conn.remoteAddr().toString();
  }

  private static void waitLongAndDrop(TcpListener listener) throws Exception {
    TcpConn conn = Dialer.defaults().dialTcp("tcp", listener.addr());
    conn.setReadDeadline(Instant.now().plusSeconds(3600));
    Job<Integer> reader =
        new Crew(Callers.VIRTUAL).compute("reader", () -> conn.read(new byte[1])).awaitParked();
    reader.thread().interrupt();
    reader.failure(IOException.class);
  }

  private static Thread readWhereNobodyElseKnows(TcpListener listener, BlockingQueue<String> got)
      throws IOException {
    TcpConn conn = Dialer.defaults().dialTcp("tcp", listener.addr());
    return Net.go(
        () -> {
          byte[] buf = new byte[100];
          int n = conn.read(buf);
          got.add(new String(buf, 0, n, US_ASCII));
          conn.close();
        });
  }

  private static String listenAndDrop() throws IOException {
    return Net.listen("tcp", "127.0.0.1:0").addr().toString();
  }

  private static void collectUntil(String what, java.util.concurrent.Callable<Boolean> condition) {
    Awaitility.await(what)
        .pollInterval(Duration.ofMillis(10))
        .until(
            () -> {
              System.gc();
              return condition.call();
            });
  }
}
