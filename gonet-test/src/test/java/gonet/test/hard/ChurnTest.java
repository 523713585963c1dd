package gonet.test.hard;

import static org.junit.jupiter.api.Assertions.assertEquals;

import gonet.Conn;
import gonet.Dialer;
import gonet.ListenConfig;
import gonet.Net;
import gonet.TcpAddr;
import gonet.TcpConn;
import gonet.TcpListener;
import gonet.test.LeakCheck;
import gonet.test.Proves;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;

/**
 * Connections that live for one request, as fast as they come. Each leaves a TIME_WAIT on the side
 * that closes first, which here is the client.
 */
@LeakCheck
class ChurnTest {
  private static final int CLIENTS = 8;
  private static final byte[] REQUEST = new byte[100];

  /** More addresses of this machine, more ports for connections that stand in TIME_WAIT. */
  private static final int ADDRESSES = 8;

  private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();

  @Test
  @Proves("A23")
  void twoThousandShortConnectionsAllSucceed(TestReporter reporter) throws Exception {
    churn(2000, reporter);
  }

  @Test
  @Tag("slow")
  @Timeout(value = 10, unit = TimeUnit.MINUTES)
  void fiftyThousandShortConnectionsAllSucceed(TestReporter reporter) throws Exception {
    churn(50_000, reporter);
  }

  private void churn(int count, TestReporter reporter) throws Exception {
    long start = System.nanoTime();
    Thread server;
    try (TcpListener listener = ListenConfig.defaults().listenTcp("tcp4", "0.0.0.0:0")) {
      server = Net.go(() -> serve(listener));
      List<TcpAddr> targets = new ArrayList<>();
      for (int i = 1; i <= ADDRESSES; i++) {
        targets.add(TcpAddr.resolve("tcp4", "127.0.0." + i + ":" + listener.addr().port()));
      }
      AtomicInteger next = new AtomicInteger();
      List<Thread> clients = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        clients.add(
            Net.go(
                () -> {
                  for (int n; (n = next.getAndIncrement()) < count; ) {
                    request(targets.get(n % ADDRESSES));
                  }
                }));
      }
      for (Thread client : clients) {
        client.join();
      }
    }
    server.join();
    assertEquals(List.of(), List.copyOf(failures), () -> failures.size() + " failures");
    reporter.publishEntry(
        "connections per second",
        Long.toString(count * 1_000_000_000L / (System.nanoTime() - start)));
  }

  private void request(TcpAddr target) {
    try (TcpConn conn = Dialer.defaults().dialTcp("tcp4", target)) {
      conn.write(REQUEST);
      conn.readFully(new byte[REQUEST.length]);
    } catch (IOException | RuntimeException e) {
      failures.add(e);
    }
  }

  private void serve(TcpListener listener) throws IOException {
    for (; ; ) {
      Conn conn = listener.accept();
      Net.go(
          () -> {
            try (conn) {
              byte[] request = new byte[REQUEST.length];
              conn.readFully(request);
              conn.write(request);
              assertEquals(-1, conn.read(request));
            } catch (Throwable t) {
              failures.add(t);
            }
          });
    }
  }
}
