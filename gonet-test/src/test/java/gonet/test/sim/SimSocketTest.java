package gonet.test.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Net;
import gonet.examples.resp.Keyspace;
import gonet.examples.resp.RespSession;
import gonet.server.Server;
import gonet.socket.SocketViews;
import gonet.test.Proves;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisConnectionException;

/** A client that knows {@link Socket} and nothing of gonet runs in a simulation, too. */
@NeedsSim
@Proves("sim-socket")
class SimSocketTest {

  private static Socket dial(Host server) {
    try {
      Socket socket = SocketViews.of(Net.dial("tcp", server.at(6379)));
      socket.setSoTimeout(2000);
      return socket;
    } catch (IOException e) {
      throw new JedisConnectionException(e);
    }
  }

  @SimTest(seeds = 50)
  void aDatabaseDriverTalksOverTheSimulatedNetworkAndMeetsItsFaults(Sim sim) throws Exception {
    Host server = sim.host("redis");
    Keyspace keyspace = new Keyspace();
    server.serve(
        () ->
            Server.builder()
                .name("redis")
                .listenOn("tcp", ":6379")
                .handler(conn -> RespSession.serve(conn, keyspace))
                .start()
                .awaitClosed());
    sim.link(server, sim.host("test")).latency(Duration.ofMillis(50));
    sim.sleep(Duration.ofMillis(1));
    try (Jedis jedis = new Jedis(() -> dial(server))) {
      jedis.set("key", "value");
      assertEquals("value", jedis.get("key"));
      assertTrue(sim.now().toMillis() >= 300, sim.now().toString()); // three round trips
      server.crash();
      Duration begin = sim.now();
      assertThrows(JedisConnectionException.class, () -> jedis.get("key"));
      assertEquals(2, sim.now().minus(begin).toSeconds());
    }
  }
}
