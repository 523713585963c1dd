package gonet.test.server;

import static gonet.test.server.Clients.dial;
import static gonet.test.server.Clients.eventually;
import static gonet.test.server.Clients.ping;
import static gonet.test.server.Clients.refused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.ConnLayer;
import gonet.ForwardingConn;
import gonet.ForwardingListener;
import gonet.Listener;
import gonet.Net;
import gonet.NetAddr;
import gonet.TcpAddr;
import gonet.TcpConn;
import gonet.TimeLimit;
import gonet.netip.Addr;
import gonet.netip.AddrPort;
import gonet.netip.AddrSet;
import gonet.server.Drop;
import gonet.server.Server;
import gonet.server.ServerBuilder;
import gonet.server.ServerConn;
import gonet.test.LeakCheck;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a server does with layers over its connections. */
@LeakCheck
@Timeout(180)
@SuppressWarnings("try") // closes are what is tested
class ServerLayerTest {

  /** Tells another peer: the first byte that comes says which, as a proxy would. */
  private static final class Told extends ForwardingConn {
    private final NetAddr peer;

    Told(Conn conn) throws IOException {
      super(conn);
      byte[] first = new byte[1];
      conn.readFully(first);
      peer = peer(first[0]);
    }

    static NetAddr peer(int last) {
      return TcpAddr.of(AddrPort.of(Addr.from4(new byte[] {(byte) 192, 0, 2, (byte) last}), 9));
    }

    @Override
    public NetAddr remoteAddr() {
      return peer;
    }
  }

  /** Reads ahead, so that bytes wait in it. */
  private static final class ReadAhead extends ForwardingConn {
    private final ByteBuffer held = ByteBuffer.allocate(4096).flip();

    ReadAhead(Conn conn) {
      super(conn);
    }

    @Override
    public synchronized int read(byte[] buf, int off, int len, @Nullable TimeLimit limit)
        throws IOException {
      if (!held.hasRemaining()) {
        held.clear();
        int n = beneath().read(held, limit);
        held.flip();
        if (n < 0) {
          return n;
        }
      }
      int n = Math.min(len, held.remaining());
      held.get(buf, off, n);
      return n;
    }

    @Override
    public synchronized int bufferedBytes() {
      return held.remaining();
    }

    @Override
    public int availableBytes() throws IOException {
      return bufferedBytes() + super.availableBytes();
    }
  }

  private static ServerBuilder told() {
    return Server.builder()
        .listenOn("tcp", "127.0.0.1:0", Told::new)
        .handler(
            conn -> {
              byte[] buf = new byte[100];
              for (int n; (n = conn.read(buf)) >= 0; ) {
                conn.write(buf, 0, n);
              }
            });
  }

  private static Conn dialAs(Server server, int last) throws IOException {
    Conn conn = dial(server);
    conn.write(new byte[] {(byte) last});
    return conn;
  }

  // ---- addresses -------------------------------------------------------------------------------

  @Test
  void namesDumpsAndHandlersSeeTheAddressThatTheLayersTell() throws Exception {
    AtomicReference<Conn> served = new AtomicReference<>();
    AtomicReference<String> thread = new AtomicReference<>();
    try (Server server =
            told()
                .onConnect(
                    conn -> {
                      served.set(conn);
                      thread.set(Thread.currentThread().getName());
                    })
                .start();
        Conn conn = dialAs(server, 7)) {
      ping(conn);
      assertEquals(Told.peer(7), served.get().remoteAddr());
      assertEquals("server-1 192.0.2.7:9", thread.get());
      assertEquals(Told.peer(7), server.dump().getFirst().remote());
      TcpConn socket = served.get().find(TcpConn.class);
      assertNotNull(socket);
      assertEquals(conn.localAddr(), socket.remoteAddr(), "the true peer stays to be found");
    }
  }

  @Test
  void filtersAndLimitsJudgeTheAddressThatTheLayersTell() throws Exception {
    Queue<Drop> drops = new ConcurrentLinkedQueue<>();
    try (Server server =
            told()
                .allow(AddrSet.of("192.0.2.0/28"))
                .deny(AddrSet.of("192.0.2.5/32"))
                .maxConnsPerAddr(1)
                .onDrop(drops::add)
                .start();
        Conn first = dialAs(server, 7)) {
      ping(first);
      for (int last : new int[] {5, 99, 7}) {
        int before = drops.size();
        try (Conn conn = dialAs(server, last)) {
          assertTrue(refused(conn));
        }
        eventually(() -> drops.size() > before); // told after the close
      }
      try (Conn conn = dialAs(server, 8)) {
        ping(conn);
      }
      eventually(() -> server.connections() == 1);
      assertEquals(2, server.stats().accepted(), "who is dropped was never admitted");
      assertEquals(
          "[FILTERED 192.0.2.5:9, FILTERED 192.0.2.99:9, MAX_CONNS_PER_ADDR 192.0.2.7:9]",
          drops.stream().map(d -> d.reason() + " " + d.remote()).toList().toString());
      first.close();
      eventually(() -> server.connections() == 0);
      try (Conn again = dialAs(server, 7)) {
        ping(again);
      }
    }
  }

  @Test
  void anAllowedSetRefusesPeersWithoutAnAddressUnlessToldOtherwise() throws Exception {
    for (boolean lenient : new boolean[] {false, true}) {
      ConnLayer nameless =
          c ->
              new ForwardingConn(c) {
                @Override
                public NetAddr remoteAddr() {
                  return () -> "nowhere";
                }
              };
      try (Server server =
              Server.builder()
                  .listenOn("tcp", "127.0.0.1:0", nameless)
                  .allow(AddrSet.of("127.0.0.0/8"))
                  .allowUnaddressed(lenient)
                  .handler(conn -> conn.write(new byte[] {1}))
                  .start();
          Conn conn = dial(server)) {
        assertEquals(lenient ? 1 : -1, conn.read(new byte[1]));
      }
    }
  }

  // ---- time ------------------------------------------------------------------------------------

  @Test
  void aClientThatHoldsUpItsLayersIsClosedAndHoldsUpNobodyElse() throws Exception {
    try (Server server = told().layerTimeout(Duration.ofMillis(300)).start();
        Conn silent = dial(server);
        Conn other = dialAs(server, 3)) {
      ping(other);
      assertTrue(refused(silent));
      ping(other); // no deadline of the layers is left behind
      eventually(() -> server.connections() == 1);
    }
  }

  @Test
  void whatALayerThrowsEndsItsConnectionAndIsReported() throws Exception {
    Queue<Throwable> reported = new ConcurrentLinkedQueue<>();
    ConnLayer broken =
        c -> {
          throw new IllegalStateException("thrown for the test");
        };
    try (Server server =
            Server.builder()
                .listenOn("tcp", "127.0.0.1:0", broken)
                .handler(conn -> {})
                .onError((conn, t) -> reported.add(t))
                .start();
        Conn conn = dial(server)) {
      assertTrue(refused(conn));
      eventually(() -> server.connections() == 0);
      assertEquals(1, reported.size());
      assertEquals(1, server.stats().failed());
    }
  }

  @Test
  void pausingAndLayersExcludeEachOther() {
    ServerBuilder builder = told().pauseOnConnect(true);
    IllegalStateException e = assertThrows(IllegalStateException.class, builder::start);
    assertTrue(String.valueOf(e.getMessage()).contains("layers"), e.getMessage());
  }

  // ---- waits without a thread ------------------------------------------------------------------

  @Test
  void aConnectionWaitsWithoutAThreadThroughLayersThatHoldNothing() throws Exception {
    try (Server server =
            Server.builder()
                .listenOn("tcp", "127.0.0.1:0", ReadAhead::new)
                .requestHandler(
                    conn -> {
                      byte[] one = new byte[1]; // what else came waits in the layer
                      conn.readFully(one);
                      conn.write(one);
                    })
                .start();
        Conn conn = dial(server)) {
      for (int round = 0; round < 3; round++) {
        eventually(
            () ->
                server.conns().size() == 1
                    && server.conns().getFirst().phase() == ServerConn.Phase.WAITING
                    && server.conns().getFirst().thread() == null);
        conn.write(new byte[] {1, 2, 3});
        byte[] answers = new byte[3];
        conn.readFully(answers);
        assertEquals(3, answers[2]);
      }
    }
  }

  // ---- listeners from elsewhere ----------------------------------------------------------------

  @Test
  void aListenerThatWrapsItsConnectionsIsNotPassedBy() throws Exception {
    CountDownLatch accepted = new CountDownLatch(2);
    Listener wrapping =
        new ForwardingListener(Net.listen("tcp", "127.0.0.1:0")) {
          @Override
          public Conn accept() throws IOException {
            Conn conn = new Told(super.accept());
            accepted.countDown();
            return conn;
          }
        };
    try (Server server =
        Server.builder().listener(wrapping).handler(conn -> conn.write(new byte[] {1})).start()) {
      for (int i = 0; i < 2; i++) {
        try (Conn conn = dialAs(server, i)) {
          assertEquals(1, conn.read(new byte[1]));
        }
      }
      assertTrue(accepted.await(20, java.util.concurrent.TimeUnit.SECONDS));
      assertEquals("GRACEFUL", server.shutdown(Duration.ofSeconds(20)).outcome().name());
    }
    assertTrue(wrapping.isClosed());
  }

  @Test
  void everyListenerHasItsOwnLayers() throws Exception {
    Listener plain = Net.listen("tcp", "127.0.0.1:0");
    try (Server server = told().listener(plain).start();
        Conn direct = Net.dial("tcp", plain.addr().toString())) {
      ping(direct);
      try (Conn layered = Net.dial("tcp", server.addrs().getLast().toString())) {
        layered.write(new byte[] {1});
        ping(layered);
      }
    }
  }
}
