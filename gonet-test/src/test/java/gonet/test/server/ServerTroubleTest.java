package gonet.test.server;

import static gonet.test.server.Clients.dial;
import static gonet.test.server.Clients.eventually;
import static gonet.test.server.Clients.ping;
import static gonet.test.server.Clients.refused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.ConnLayer;
import gonet.ForwardingConn;
import gonet.ForwardingListener;
import gonet.Listener;
import gonet.Net;
import gonet.NetAddr;
import gonet.server.Server;
import gonet.server.ServerConn;
import gonet.server.ShutdownReport;
import gonet.server.WhenFull;
import gonet.test.LeakCheck;
import gonet.test.Proves;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What one connection, layer or listener does wrong harms no other, and no end of a server. */
@LeakCheck
@Timeout(180)
@Proves("server-trouble")
@SuppressWarnings("try") // closes are what is tested
class ServerTroubleTest {
  private static final Duration LONG = Duration.ofMinutes(10);

  private static final class Odd extends ForwardingConn {
    Odd(Conn conn) {
      super(conn);
    }

    @Override
    public void setReadDeadline(@Nullable Instant when) {
      throw new IllegalStateException("no deadlines here, for the test");
    }
  }

  @Test
  void aLayerThatFailsWhenItIsAskedToFinishLeavesTheOthersTheirTime() throws Exception {
    CountDownLatch mayGoOn = new CountDownLatch(1);
    AtomicBoolean interrupted = new AtomicBoolean();
    ConnLayer odd = Odd::new;
    try (Server server =
            Server.builder()
                .listenOn("tcp", "127.0.0.1:0", odd)
                .handler(
                    conn -> {
                      byte[] one = new byte[1];
                      conn.readFully(one);
                      conn.write(one);
                      if (conn.id() == 1) {
                        var _ = conn.awaitRequest();
                      } else {
                        try {
                          mayGoOn.await();
                        } catch (InterruptedException e) {
                          interrupted.set(true);
                        }
                      }
                    })
                .start();
        Conn bad = dial(server);
        Conn good = dial(server)) {
      ping(bad);
      ping(good);
      server.beginShutdown(LONG);
      eventually(() -> server.conns().stream().allMatch(ServerConn::isFinishing));
      bad.close();
      eventually(() -> server.connections() == 1);
      assertFalse(server.awaitClosed(Duration.ofMillis(50)));
      mayGoOn.countDown();
      assertEquals(ShutdownReport.Outcome.GRACEFUL, server.awaitClosed().outcome());
      assertFalse(interrupted.get());
    }
  }

  @Test
  void anAddressThatFailsWhenAllIsClosedKeepsNobodyFromBeingClosed() throws Exception {
    AtomicBoolean fails = new AtomicBoolean();
    ConnLayer odd =
        c ->
            new ForwardingConn(c) {
              @Override
              public NetAddr remoteAddr() {
                if (fails.get()) {
                  throw new IllegalStateException("no address, for the test");
                }
                return super.remoteAddr();
              }
            };
    try (Server server =
            Server.builder()
                .listenOn("tcp", "127.0.0.1:0", odd)
                .maxConnsPerAddr(10)
                .handler(Clients::echo)
                .start();
        Conn first = dial(server);
        Conn second = dial(server)) {
      ping(first);
      ping(second);
      fails.set(true);
      server.close();
      assertTrue(refused(first));
      assertTrue(refused(second));
    }
  }

  @Test
  void aHandlerOfASecondRequestCanBeInterruptedToo() throws Exception {
    CountDownLatch waits = new CountDownLatch(1);
    CountDownLatch interrupted = new CountDownLatch(1);
    AtomicInteger calls = new AtomicInteger();
    AtomicReference<@Nullable Thread> told = new AtomicReference<>();
    try (Server server =
            Server.builder()
                .listenOn("tcp", "127.0.0.1:0")
                .requestHandler(
                    conn -> {
                      conn.readFully(new byte[1]);
                      if (calls.incrementAndGet() == 2) {
                        told.set(conn.thread());
                        waits.countDown();
                        try {
                          new CountDownLatch(1).await();
                        } catch (InterruptedException e) {
                          interrupted.countDown();
                        }
                      }
                    })
                .start();
        Conn conn = dial(server)) {
      conn.write(new byte[2]);
      waits.await();
      assertTrue(told.get() != null, "nobody serves the second request, says the connection");
      server.close();
      interrupted.await();
    }
  }

  /**
   * The accept loop notices by itself, by a place that is free, and is not to be disturbed then.
   */
  @Test
  void aDrainThatTakesItsTimeEmptiesTheQueueAllTheSame() throws Exception {
    CountDownLatch drains = new CountDownLatch(1);
    CountDownLatch empties = new CountDownLatch(1);
    Listener real = Net.listen("tcp", "127.0.0.1:0");
    Listener slow =
        new ForwardingListener(real) {
          @Override
          public void setDeadline(@Nullable Instant when) throws IOException {
            if (when != null) {
              drains.countDown();
              try { // for long enough, if the loop can go on meanwhile
                var _ = empties.await(2, TimeUnit.SECONDS);
              } catch (InterruptedException e) {
                throw new IOException(e);
              }
            }
            super.setDeadline(when);
            if (when == null && drains.getCount() == 0) {
              empties.countDown();
            }
          }
        };
    try (Server server =
        Server.builder()
            .listener(slow)
            .maxConns(1)
            .whenFull(WhenFull.WAIT)
            .handler(Clients::echo)
            .start()) {
      List<Conn> clients = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        clients.add(dial(server));
      }
      ping(clients.getFirst());
      server.beginShutdown(LONG);
      drains.await();
      for (Conn client : clients) { // the first one makes room
        ping(client);
        client.close();
      }
      assertEquals(ShutdownReport.Outcome.GRACEFUL, server.awaitClosed().outcome());
    }
  }

  @Test
  void aListenerWhoseCloseFailsIsNotWaitedFor() throws Exception {
    Listener real = Net.listen("tcp", "127.0.0.1:0");
    Listener odd =
        new ForwardingListener(real) {
          @Override
          public void close() {
            super.close();
            throw new IllegalStateException("for the test");
          }
        };
    Server server = Server.builder().listener(odd).handler(Clients::echo).start();
    assertEquals(ShutdownReport.Outcome.GRACEFUL, server.shutdown(LONG).outcome());
  }

  @Test
  void layersThatStandAreClosedWhenTheNextOneFails() throws Exception {
    CountDownLatch closed = new CountDownLatch(1);
    ConnLayer first =
        c ->
            new ForwardingConn(c) {
              @Override
              public void close() {
                closed.countDown();
                super.close();
              }
            };
    ConnLayer second =
        c -> {
          throw new IOException("for the test");
        };
    try (Server server =
            Server.builder()
                .listenOn("tcp", "127.0.0.1:0", first, second)
                .handler(Clients::echo)
                .start();
        Conn conn = dial(server)) {
      closed.await();
      assertTrue(refused(conn));
      eventually(() -> server.stats().failed() == 1); // told after the close
    }
  }

  @Test
  void aStartThatFailsLeavesNoPortBound() throws Exception {
    Listener real = Net.listen("tcp", "127.0.0.1:0");
    String free;
    try (Listener other = Net.listen("tcp", "127.0.0.1:0")) {
      free = other.addr().toString();
    }
    Listener odd =
        new ForwardingListener(real) {
          @Override
          public NetAddr addr() {
            throw new IllegalStateException("for the test");
          }
        };
    assertThrows(
        IllegalStateException.class,
        () -> Server.builder().listener(odd).listenOn("tcp", free).handler(Clients::echo).start());
    Net.listen("tcp", free).close();
    real.close();
  }

  @Test
  void requestsThatAreThereAreAnsweredBeforeAShutdownEndsTheirConnection() throws Exception {
    CountDownLatch mayGoOn = new CountDownLatch(1);
    try (Server server =
            Server.builder()
                .listenOn("tcp", "127.0.0.1:0")
                .handler(
                    conn -> {
                      byte[] request = new byte[2];
                      while (conn.awaitRequest()) {
                        conn.readFully(request);
                        mayGoOn.await();
                        conn.write(request);
                      }
                    })
                .start();
        Conn conn = dial(server)) {
      byte[] all = {1, 2, 3, 4, 5, 6};
      conn.write(all);
      eventually(() -> server.stats().bytesRead() == 2);
      server.beginShutdown(LONG);
      eventually(() -> server.conns().stream().allMatch(ServerConn::isFinishing));
      mayGoOn.countDown();
      assertArrayEquals(all, conn.readAll(100));
      assertEquals(ShutdownReport.Outcome.GRACEFUL, server.awaitClosed().outcome());
    }
  }
}
