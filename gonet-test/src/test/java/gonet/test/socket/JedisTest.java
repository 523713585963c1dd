package gonet.test.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import gonet.Conn;
import gonet.Net;
import gonet.examples.resp.Keyspace;
import gonet.examples.resp.RespSession;
import gonet.server.Server;
import gonet.socket.SocketViews;
import gonet.test.Callers;
import gonet.test.Crew;
import gonet.test.Job;
import gonet.test.Proves;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.SocketFactory;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisConnectionException;

/** Jedis over gonet's sockets: against the example server, and redis-server where there is one. */
@Timeout(300)
@Proves("socket-libraries")
class JedisTest {
  private static final int TIMEOUT_MILLIS = 20_000;

  private final Crew crew = new Crew(Callers.VIRTUAL);

  @AfterEach
  void end() throws Exception {
    crew.end();
  }

  /** A client whose sockets come from gonet. */
  private static Jedis jedis(InetSocketAddress address, int timeoutMillis) {
    SocketFactory factory = SocketViews.factory();
    return new Jedis(
        () -> {
          try {
            Socket socket = factory.createSocket();
            socket.setTcpNoDelay(true);
            socket.connect(address, TIMEOUT_MILLIS);
            socket.setSoTimeout(timeoutMillis);
            return socket;
          } catch (IOException e) {
            throw new JedisConnectionException(e);
          }
        });
  }

  private static void exercise(Jedis jedis) {
    assertEquals("PONG", jedis.ping());
    assertEquals("OK", jedis.set("k", "v"));
    assertEquals("v", jedis.get("k"));
    assertEquals(1, jedis.incr("n"));
    assertEquals(2, jedis.rpush("l", "a", "b"));
    assertEquals(List.of("a", "b"), jedis.lrange("l", 0, -1));
    String big = "x".repeat(1_000_000);
    jedis.set("big", big);
    assertEquals(big, jedis.get("big"));
    var pipeline = jedis.pipelined();
    for (int i = 0; i < 1000; i++) {
      pipeline.set("p" + i, "v" + i);
    }
    assertEquals(1000, pipeline.syncAndReturnAll().size());
    assertEquals("v999", jedis.get("p999"));
  }

  @Test
  void theExampleServerIsUsedByManyThreads() throws Exception {
    Keyspace keyspace = new Keyspace();
    try (Server server =
        Server.builder()
            .listenOn("tcp", "127.0.0.1:0")
            .handler(conn -> RespSession.serve(conn, keyspace))
            .start()) {
      InetSocketAddress address =
          new InetSocketAddress(
              InetAddress.ofLiteral("127.0.0.1"), HttpServers.port(server.addr()));
      List<Job<?>> clients = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        String own = "own" + i;
        clients.add(
            crew.start(
                "client",
                () -> {
                  try (Jedis jedis = jedis(address, TIMEOUT_MILLIS)) {
                    for (int n = 1; n <= 100; n++) {
                      assertEquals(n, jedis.incr(own));
                    }
                  }
                }));
      }
      for (Job<?> client : clients) {
        client.result();
      }
      try (Jedis jedis = jedis(address, TIMEOUT_MILLIS)) {
        exercise(jedis);
      }
    }
  }

  @Test
  void aServerThatIsSilentMeetsTheTimeout() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      InetSocketAddress address = (InetSocketAddress) silent.getLocalSocketAddress();
      assertThrows(
          JedisConnectionException.class,
          () -> {
            try (Jedis jedis = jedis(address, 50)) {
              jedis.ping();
            }
          });
    }
  }

  @Test
  void redisServerIsUsed() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    Process redis = startRedis(port);
    assumeTrue(redis != null, "redis-server is not installed");
    try {
      InetSocketAddress address = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port);
      Awaitility.await("redis-server answers")
          .ignoreExceptions()
          .atMost(Duration.ofMinutes(1))
          .until(
              () -> {
                try (Conn conn = Net.dial(address)) {
                  return !conn.isClosed();
                }
              });
      try (Jedis jedis = jedis(address, TIMEOUT_MILLIS)) {
        exercise(jedis);
      }
    } finally {
      redis.destroy();
      assertTrue(redis.waitFor(90, TimeUnit.SECONDS));
    }
  }

  /** Null where there is none. */
  private static Process startRedis(int port) {
    try {
      return new ProcessBuilder(
              "redis-server",
              "--port",
              Integer.toString(port),
              "--bind",
              "127.0.0.1",
              "--save",
              "",
              "--appendonly",
              "no")
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .start();
    } catch (IOException e) {
      return null;
    }
  }
}
