package gonet.test.server;

import static gonet.test.server.Clients.closeAll;
import static gonet.test.server.Clients.dial;
import static gonet.test.server.Clients.echo;
import static gonet.test.server.Clients.eventually;
import static gonet.test.server.Clients.ping;
import static gonet.test.server.Clients.refused;
import static gonet.test.server.Clients.served;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import gonet.Conn;
import gonet.Dialer;
import gonet.ForwardingListener;
import gonet.Listener;
import gonet.Net;
import gonet.NetFailure;
import gonet.NetSocket;
import gonet.TcpConn;
import gonet.UnixConn;
import gonet.server.Server;
import gonet.server.ServerConn;
import gonet.server.ServerState;
import gonet.server.ServerStats;
import gonet.test.LeakCheck;
import gonet.test.Proves;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A server in its everyday life: handlers, their failures, counters, half-close, pause. */
@LeakCheck
@Timeout(180)
@Proves({"S1", "A17"})
class ServerTest {

  private static <T> T take(BlockingQueue<T> queue) throws InterruptedException {
    T item = queue.poll(20, TimeUnit.SECONDS);
    assertNotEquals(null, item);
    return item;
  }

  @Test
  void eachConnectionIsServedOnAVirtualThreadThatIsNamedAfterIt() throws Exception {
    BlockingQueue<Thread> threads = new ArrayBlockingQueue<>(2);
    try (Server server =
            echo()
                .name("greeter")
                .handler(
                    conn -> {
                      threads.add(Thread.currentThread());
                      Clients.echo(conn);
                    })
                .start();
        Conn first = dial(server);
        Conn second = dial(server)) {
      ping(first);
      ping(second);
      Thread one = take(threads);
      Thread two = take(threads);
      assertTrue(one.isVirtual());
      assertNotEquals(one, two);
      assertTrue(one.getName().startsWith("greeter-"), one::getName);
      assertTrue(
          List.of(one.getName(), two.getName()).contains("greeter-1 " + first.localAddr()),
          one::getName);
    }
  }

  @Test
  void oneServerServesSeveralListeners() throws Exception {
    Listener other = Net.listen("tcp", "127.0.0.1:0");
    try (Server server = echo().listener(other).listenOn("tcp", "127.0.0.1:0").start()) {
      assertEquals(3, server.addrs().size());
      assertEquals(other.addr(), server.addr());
      for (var addr : server.addrs()) {
        try (Conn conn = Net.dial("tcp", addr.toString())) {
          conn.setReadTimeout(Clients.LIMIT);
          ping(conn);
        }
      }
    }
    assertTrue(other.isClosed());
  }

  @Test
  void theConnectionIsClosedWhenItsHandlerReturns() throws Exception {
    try (Server server = echo().handler(conn -> conn.write("bye".getBytes(US_ASCII))).start();
        Conn conn = dial(server)) {
      assertEquals("bye", new String(conn.readAll(10), US_ASCII));
      eventually(() -> server.connections() == 0);
    }
  }

  @Test
  @Proves("node-handler-error")
  void whateverAHandlerThrowsEndsItsConnectionAloneAndIsReportedOnce() throws Exception {
    Queue<Throwable> reported = new ConcurrentLinkedQueue<>();
    AtomicInteger count = new AtomicInteger();
    try (Server server =
        echo()
            .handler(
                conn -> {
                  ping0(conn);
                  switch (count.getAndIncrement() % 4) {
                    case 0 -> throw new IllegalStateException("thrown for the test");
                    case 1 -> throw new IOException("thrown for the test");
                    case 2 -> throw new StackOverflowError("thrown for the test");
                    default -> throw new OutOfMemoryError("thrown for the test");
                  }
                })
            .onError((conn, t) -> reported.add(t))
            .start()) {
      int clients = 1000;
      try (Conn standing = dial(server)) {
        for (int i = 0; i < clients; i++) {
          try (Conn conn = dial(server)) {
            conn.write(new byte[1]);
            assertTrue(refused(conn));
          }
        }
        eventually(() -> server.connections() == 1);
        assertEquals(clients, reported.size());
        assertEquals(clients, server.stats().failed()); // none is the end of its connection
        standing.write(new byte[1]);
        assertTrue(refused(standing));
      }
    }
  }

  private static void ping0(Conn conn) throws IOException {
    conn.readFully(new byte[1]);
  }

  @Test
  void whatOnErrorThrowsDisturbsNobody() throws Exception {
    try (Server server =
        echo()
            .handler(
                conn -> {
                  Clients.echo(conn);
                  throw new IllegalStateException("thrown for the test");
                })
            .onError(
                (conn, t) -> {
                  throw new IllegalArgumentException("thrown for the test");
                })
            .start()) {
      for (int i = 0; i < 3; i++) {
        try (Conn conn = dial(server)) {
          ping(conn);
          conn.closeWrite();
          assertTrue(refused(conn));
        }
      }
      eventually(() -> server.connections() == 0);
    }
  }

  @Test
  @Proves({"node-count", "node-bytes", "B28"})
  void countersAreExactWhileConnectionsLiveAndAfterThem() throws Exception {
    try (Server server = echo().start()) {
      List<Conn> clients = served(server, 10);
      eventually(() -> server.stats().bytesWritten() == 10);
      ServerStats stats = server.stats();
      assertEquals(ServerState.RUNNING, stats.state());
      assertEquals(10, stats.open());
      assertEquals(10, stats.accepted());
      assertEquals(0, stats.ended());
      assertEquals(10, stats.bytesRead());
      List<ServerConn> conns = server.conns();
      assertEquals(10, conns.size());
      for (int i = 0; i < 10; i++) {
        assertEquals(i + 1, conns.get(i).id());
        assertEquals(clients.get(i).localAddr(), conns.get(i).remoteAddr());
        assertEquals(1, conns.get(i).bytesRead());
        assertEquals(server, conns.get(i).server());
      }
      closeAll(clients);
      eventually(() -> server.connections() == 0);
      assertEquals(10, server.stats().ended());
      assertEquals(10, server.stats().bytesWritten());
      assertEquals(1, conns.getFirst().bytesWritten());
      assertEquals(ServerConn.Phase.ENDED, conns.getFirst().phase());
    }
  }

  @Test
  void aWriteThatWasRefusedIsNotCounted() throws Exception {
    BlockingQueue<Long> written = new ArrayBlockingQueue<>(2);
    try (Server server =
            echo()
                .handler(
                    conn -> {
                      assertThrows(
                          IndexOutOfBoundsException.class, () -> conn.write(new byte[2], 1, 2));
                      written.add(conn.bytesWritten());
                      conn.closeWrite();
                      assertThrows(IOException.class, () -> conn.write(new byte[2]));
                      written.add(conn.bytesWritten());
                    })
                .start();
        Conn conn = dial(server)) {
      assertEquals(-1, conn.read(new byte[1]));
      assertEquals(0, take(written));
      assertEquals(0, take(written));
    }
  }

  @Test
  @Proves("B25")
  void everyConnectionIsCountedUpAndDownOnceHoweverItEnds() throws Exception {
    AtomicInteger count = new AtomicInteger();
    try (Server server =
        echo()
            .handler(
                conn -> {
                  switch (count.getAndIncrement() % 4) {
                    case 0 -> conn.close();
                    case 1 -> conn.abort();
                    case 2 -> throw new IOException("thrown for the test");
                    default -> Clients.echo(conn);
                  }
                })
            .start()) {
      int clients = 1000;
      for (int i = 0; i < clients; i++) {
        try (Conn conn = dial(server)) {
          if (i % 3 == 0) {
            conn.abort();
          }
        } catch (IOException e) {
          // The server's reset may be quicker than the dial, behind an accept all the same.
        }
      }
      eventually(() -> server.stats().ended() == clients);
      assertEquals(0, server.connections());
      assertEquals(clients, server.stats().accepted());
    }
  }

  @Test
  @Proves({"A18", "B53"})
  void aHandlerMayAnswerBehindTheEndOfTheStreamUnlessHalfOpenIsOff() throws Exception {
    for (boolean halfOpen : new boolean[] {true, false}) {
      BlockingQueue<String> outcome = new ArrayBlockingQueue<>(1);
      try (Server server =
              echo()
                  .halfOpen(halfOpen)
                  .handler(
                      conn -> {
                        byte[] request = conn.readAll(100);
                        try {
                          conn.write(request);
                          outcome.add("written");
                        } catch (IOException e) {
                          outcome.add(String.valueOf(((NetFailure) e).errno()));
                        }
                      })
                  .start();
          Conn conn = dial(server)) {
        conn.write("request".getBytes(US_ASCII));
        conn.closeWrite();
        assertEquals(halfOpen ? "request" : "", new String(conn.readAll(100), US_ASCII));
        assertEquals(halfOpen ? "written" : "EPIPE", take(outcome));
      }
    }
  }

  @Test
  @Proves("A19")
  void aPausedConnectionIsNotReadBeforeItIsResumed() throws Exception {
    BlockingQueue<ServerConn> paused = new ArrayBlockingQueue<>(2);
    try (Server server = echo().pauseOnConnect(true).onConnect(paused::add).start();
        Conn conn = dial(server);
        Conn other = dial(server)) {
      conn.write(new byte[] {42});
      ServerConn held = take(paused);
      ServerConn dropped = take(paused);
      assertEquals(ServerConn.Phase.PAUSED, held.phase());
      held.beneath().awaitReadable();
      assertEquals(0, held.bytesRead());
      if (Net.stats().backend().equals("epoll")) {
        assertEquals(1, held.find(TcpConn.class).availableBytes(), "the kernel still has it");
      }
      assertTrue(held.resume());
      assertFalse(held.resume());
      conn.readFully(new byte[1]);
      assertEquals(1, held.bytesRead());
      dropped.close();
      assertFalse(dropped.resume());
      assertTrue(refused(other));
      eventually(() -> server.connections() == 1);
    }
  }

  /** Who accepts only deals out what comes in; here both ends of the path are in one process. */
  @Test
  @Proves("A19")
  void aPausedConnectionIsHandedToAnotherProcess() throws Exception {
    assumeTrue(Net.stats().backend().equals("epoll"), "java.nio passes no descriptors");
    Path dir = Files.createTempDirectory("gonet");
    BlockingQueue<ServerConn> paused = new ArrayBlockingQueue<>(1);
    try (Server server = echo().pauseOnConnect(true).onConnect(paused::add).start();
        Listener workers = Net.listen("unix", dir.resolve("s").toString());
        UnixConn giver = Dialer.defaults().dialUnix("unix", dir.resolve("s").toString());
        UnixConn worker = (UnixConn) workers.accept();
        Conn client = dial(server)) {
      client.write(new byte[] {42});
      try (ServerConn held = take(paused)) {
        giver.sendDescriptors(new byte[1], held.find(NetSocket.class));
      }
      eventually(() -> server.connections() == 0);
      byte[] buf = new byte[1];
      try (UnixConn.Received received = worker.receive(buf, 0, 1, 1);
          Conn taken = Net.fileConn(received.descriptors().getFirst())) {
        taken.readFully(buf);
        assertEquals(42, buf[0]);
        taken.write(new byte[] {43});
      }
      client.readFully(buf);
      assertEquals(43, buf[0]);
      assertEquals(-1, client.read(buf));
    }
    Files.delete(dir);
  }

  @Test
  void whatOnConnectThrowsClosesThatConnection() throws Exception {
    AtomicInteger calls = new AtomicInteger();
    try (Server server =
        echo()
            .onConnect(
                conn -> {
                  if (calls.getAndIncrement() == 0) {
                    throw new IllegalStateException("thrown for the test");
                  }
                })
            .onError((conn, t) -> {})
            .start()) {
      try (Conn conn = dial(server)) {
        assertTrue(refused(conn));
      }
      try (Conn conn = dial(server)) {
        ping(conn);
        assertEquals(1, server.stats().failed());
      }
    }
  }

  @Test
  void anAnswerArrivesAlthoughTheRequestWasNotReadToItsEnd() throws Exception {
    byte[] answer = new byte[400_000];
    try (Server server =
            echo()
                .gracefulCloseTime(Clients.LIMIT)
                .handler(
                    conn -> {
                      ping0(conn);
                      conn.write(answer);
                    })
                .start();
        Conn conn = dial(server)) {
      conn.write(new byte[50_000]);
      assertEquals(answer.length, conn.readAll(1 << 20).length);
    }
  }

  @Test
  void optionsAreThoseOfTheUnwrappedConnection() throws Exception {
    BlockingQueue<Boolean> noDelay = new ArrayBlockingQueue<>(1);
    try (Server server =
            echo().handler(conn -> noDelay.add(conn.find(TcpConn.class).noDelay())).start();
        Conn conn = dial(server)) {
      assertTrue(take(noDelay));
      assertTrue(refused(conn));
    }
  }

  @Test
  @Proves("node-dispose")
  void closeWaitsAndASecondOneHasNothingToDo() throws Exception {
    Server server = echo().start();
    try (server;
        Conn conn = dial(server)) {
      ping(conn);
      server.close();
      assertEquals(ServerState.CLOSED, server.state());
      assertEquals(0, server.connections());
      assertTrue(refused(conn));
      assertThrows(IOException.class, () -> Net.dial("tcp", server.addr().toString()));
    }
    server.close();
    assertEquals(1, server.addrs().size());
  }

  /** Counts accepts, and says who makes them. */
  private static final class Counting extends ForwardingListener {
    final AtomicInteger accepts = new AtomicInteger();
    final AtomicReference<Thread> acceptor = new AtomicReference<>();

    Counting(Listener listener) {
      super(listener);
    }

    @Override
    public Conn accept() throws IOException {
      accepts.incrementAndGet();
      acceptor.set(Thread.currentThread());
      return super.accept();
    }
  }

  /** One accept for each connection, one that waits, and one for each thing that ended a wait. */
  private static void servesWithoutSpinning(Counting listener, int ended) throws IOException {
    try (Conn conn = Net.dial("tcp", listener.addr().toString())) {
      conn.setReadTimeout(Clients.LIMIT);
      ping(conn);
    }
    eventually(() -> listener.acceptor.get().getState() == Thread.State.WAITING);
    int most = 2 + ended;
    assertTrue(listener.accepts.get() <= most, () -> listener.accepts + " accepts");
  }

  @Test
  void aDeadlineThatAUserLeftAtItsListenerEndsNothingAndDoesNotSpin() throws Exception {
    Counting listener = new Counting(Net.listen("tcp", "127.0.0.1:0"));
    try (Server server = Server.builder().listener(listener).handler(Clients::echo).start()) {
      eventually(() -> listener.accepts.get() == 1);
      listener.setDeadline(Instant.EPOCH);
      eventually(() -> listener.accepts.get() > 1);
      servesWithoutSpinning(listener, 1);
      assertEquals(ServerState.RUNNING, server.state());
    }
  }

  @Test
  void anInterruptOfTheAcceptingThreadEndsNothingAndDoesNotSpin() throws Exception {
    Counting listener = new Counting(Net.listen("tcp", "127.0.0.1:0"));
    try (Server server = Server.builder().listener(listener).handler(Clients::echo).start()) {
      eventually(() -> listener.accepts.get() == 1);
      listener.acceptor.get().interrupt();
      eventually(() -> listener.accepts.get() > 1);
      servesWithoutSpinning(listener, 1);
      assertEquals(ServerState.RUNNING, server.state());
    }
  }

  @Test
  void aConnectionWhoseCallbackThrowsHasEndedForTheCountsToo() throws Exception {
    try (Server server =
            echo()
                .onConnect(
                    conn -> {
                      throw new IllegalStateException("made for this test");
                    })
                .onError((conn, t) -> {})
                .start();
        Conn conn = dial(server)) {
      assertTrue(refused(conn));
      eventually(() -> server.stats().ended() == 1);
      assertEquals(0, server.connections());
    }
  }
}
