package gonet.test.server;

import static gonet.test.server.Clients.closeAll;
import static gonet.test.server.Clients.dial;
import static gonet.test.server.Clients.echo;
import static gonet.test.server.Clients.eventually;
import static gonet.test.server.Clients.ping;
import static gonet.test.server.Clients.refused;
import static gonet.test.server.Clients.served;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.Dialer;
import gonet.NetTimeoutException;
import gonet.TcpAddr;
import gonet.netip.Addr;
import gonet.netip.AddrPort;
import gonet.netip.AddrSet;
import gonet.server.Drop;
import gonet.server.Server;
import gonet.server.WhenFull;
import gonet.test.LeakCheck;
import gonet.test.Proves;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How many clients a server takes, and whom. */
@LeakCheck
@Timeout(180)
@Proves("A17")
class ServerLimitsTest {
  private final List<Drop> drops = new CopyOnWriteArrayList<>();

  @Test
  @Proves({"node-max", "jvm-max", "A29"})
  void ofTwentyClientsTenAreServedAndTheOthersRefused() throws Exception {
    try (Server server = echo().maxConns(10).onDrop(drops::add).start()) {
      List<Conn> served = served(server, 10);
      for (int i = 0; i < 10; i++) {
        try (Conn conn = dial(server)) {
          assertTrue(refused(conn));
        }
      }
      for (Conn conn : served) {
        ping(conn);
      }
      eventually(() -> drops.size() == 10);
      assertEquals(10, server.connections());
      assertEquals(10, server.stats().dropped().get(Drop.Reason.MAX_CONNS));
      closeAll(served);
    }
  }

  @Test
  @Proves("B24")
  void aFreedPlaceAdmitsANewClient() throws Exception {
    try (Server server = echo().maxConns(1).start()) {
      for (int i = 0; i < 100; i++) {
        eventually(() -> server.connections() == 0);
        closeAll(served(server, 1));
      }
    }
  }

  @ParameterizedTest
  @Proves({"node-max", "B24"})
  @ValueSource(ints = {0, 1})
  void theCallbackOfADropNamesBothAddressesAndTheReason(int max) throws Exception {
    try (Server server = echo().maxConns(max).onDrop(drops::add).start()) {
      List<Conn> served = served(server, max);
      try (Conn conn = dial(server)) {
        assertTrue(refused(conn));
        eventually(() -> !drops.isEmpty());
        Drop drop = drops.removeFirst();
        assertEquals(Drop.Reason.MAX_CONNS, drop.reason());
        assertEquals(server.addr(), drop.local());
        assertEquals(conn.localAddr(), drop.remote());
        assertTrue(drops.isEmpty(), drops::toString);
      }
      closeAll(served);
    }
  }

  @Test
  @Proves("B26")
  void clientsMayWaitForAPlaceInstead() throws Exception {
    AtomicInteger most = new AtomicInteger();
    AtomicInteger now = new AtomicInteger();
    try (Server server =
        echo()
            .listenOn("tcp", "127.0.0.1:0")
            .maxConns(2)
            .whenFull(WhenFull.WAIT)
            .handler(
                conn -> {
                  most.accumulateAndGet(now.incrementAndGet(), Math::max);
                  try {
                    Clients.echo(conn);
                  } finally {
                    now.decrementAndGet();
                  }
                })
            .start()) {
      List<Conn> served = served(server, 2);
      try (Conn waiting = dial(server)) {
        waiting.write(new byte[1]);
        waiting.setReadTimeout(Duration.ofMillis(100));
        assertThrows(NetTimeoutException.class, () -> waiting.read(new byte[1]));
        waiting.setReadTimeout(Clients.LIMIT);
        served.removeFirst().close();
        assertEquals(1, waiting.read(new byte[1]));
      }
      closeAll(served);
      for (int i = 0; i < 200; i++) {
        closeAll(served(server, 1));
      }
      assertEquals(2, most.get());
    }
  }

  @Test
  @Proves("jvm-filter")
  void oneAddressMayNotTakeAllPlaces() throws Exception {
    try (Server server = echo().maxConnsPerAddr(2).onDrop(drops::add).start()) {
      List<Conn> served = served(server, 2);
      try (Conn third = dial(server)) {
        assertTrue(refused(third));
      }
      eventually(() -> !drops.isEmpty());
      assertEquals(Drop.Reason.MAX_CONNS_PER_ADDR, drops.getFirst().reason());
      try (Conn neighbour = dialFrom("127.0.0.2", server)) {
        ping(neighbour);
      }
      closeAll(served);
      eventually(() -> server.connections() == 0);
      closeAll(served(server, 2));
    }
  }

  @Test
  @Proves("jvm-filter")
  void addressesOfOneNetworkMayCountTogether() throws Exception {
    try (Server server = echo().maxConnsPerPrefix(2, 24, 64).start()) {
      List<Conn> served = served(server, 1);
      try (Conn second = dialFrom("127.0.0.2", server);
          Conn third = dialFrom("127.0.0.3", server);
          Conn stranger = dialFrom("127.0.1.1", server)) {
        ping(second);
        assertTrue(refused(third));
        ping(stranger);
      }
      closeAll(served);
    }
  }

  @Test
  @Proves("node-deny")
  void aDeniedAddressNeverReachesTheHandler() throws Exception {
    AtomicInteger handled = new AtomicInteger();
    try (Server server =
        echo()
            .deny(AddrSet.of("127.0.0.2-127.0.0.9"))
            .onDrop(drops::add)
            .handler(
                conn -> {
                  handled.incrementAndGet();
                  Clients.echo(conn);
                })
            .start()) {
      try (Conn denied = dialFrom("127.0.0.2", server);
          Conn welcome = dial(server)) {
        assertTrue(refused(denied));
        ping(welcome);
      }
      assertEquals(1, handled.get());
      eventually(() -> !drops.isEmpty());
      assertEquals(Drop.Reason.FILTERED, drops.getFirst().reason());
      assertEquals(1, server.stats().accepted());
    }
  }

  @Test
  void anAddressThatIsNotAllowedIsRefusedAndDenyingIsStronger() throws Exception {
    try (Server server =
            echo().allow(AddrSet.of("127.0.0.0/30")).deny(AddrSet.of("127.0.0.3")).start();
        Conn allowed = dialFrom("127.0.0.2", server);
        Conn denied = dialFrom("127.0.0.3", server);
        Conn stranger = dialFrom("127.0.0.4", server)) {
      ping(allowed);
      assertTrue(refused(denied));
      assertTrue(refused(stranger));
    }
  }

  @Test
  void ipv4RulesHoldForClientsOfADualStackListener() throws Exception {
    try (Server server =
            Server.builder()
                .listenOn("tcp", ":0")
                .handler(Clients::echo)
                .deny(AddrSet.of("127.0.0.0/8"))
                .start();
        Conn denied = gonet.Net.dial("tcp", "127.0.0.1:" + ((TcpAddr) server.addr()).port())) {
      denied.setReadTimeout(Clients.LIMIT);
      assertTrue(refused(denied));
    }
  }

  private static Conn dialFrom(String local, Server server) throws Exception {
    Conn conn =
        Dialer.defaults()
            .withLocalAddr(TcpAddr.of(AddrPort.of(Addr.parse(local), 0)))
            .dial("tcp", server.addr().toString());
    conn.setReadTimeout(Clients.LIMIT);
    return conn;
  }
}
