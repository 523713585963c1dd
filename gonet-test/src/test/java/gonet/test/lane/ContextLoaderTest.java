package gonet.test.lane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.Dialer;
import gonet.ForwardingConn;
import gonet.Net;
import gonet.netip.Addr;
import gonet.server.Server;
import gonet.server.ServerBuilder;
import gonet.server.ServerConn;
import gonet.test.LeakCheck;
import gonet.test.Proves;
import java.net.URL;
import java.net.URLClassLoader;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Users' code finds its classes, wherever gonet calls it: ServiceLoader, JNDI and XML look with the
 * context class loader of the thread.
 */
@LeakCheck
@Timeout(180)
@Proves("jvm-context-loader")
class ContextLoaderTest {
  private static final InheritableThreadLocal<String> LOCAL = new InheritableThreadLocal<>();

  private final ClassLoader own = new URLClassLoader("application", new URL[0], null);

  /** Where users' code was called, and with which loaders. */
  private final Map<String, Set<String>> seen = new ConcurrentHashMap<>();

  private void saw(String where) {
    ClassLoader loader = Thread.currentThread().getContextClassLoader();
    seen.computeIfAbsent(where, w -> ConcurrentHashMap.newKeySet())
        .add((loader == null ? "none" : loader.getName()) + " " + LOCAL.get());
  }

  /** In a thread of the application's, which then has gone. */
  private <T> T started(Callable<T> step) throws Exception {
    FutureTask<T> task = new FutureTask<>(step);
    Thread thread =
        new Thread(
            () -> {
              LOCAL.set("the starter's");
              task.run();
            });
    thread.setContextClassLoader(own);
    thread.start();
    return task.get(30, TimeUnit.SECONDS);
  }

  private static final class Layer extends ForwardingConn {
    private final Runnable onClose;

    Layer(Conn beneath, Runnable onClose) {
      super(beneath);
      this.onClose = onClose;
    }

    @Override
    public void close() {
      onClose.run();
      super.close();
    }
  }

  private ServerBuilder builder() {
    return Server.builder()
        .onConnect(conn -> saw("onConnect"))
        .onDrop(drop -> saw("onDrop"))
        .onDrain(server -> saw("onDrain"))
        .onFinish(conn -> saw("onFinish"))
        .onError((conn, t) -> saw("onError"));
  }

  private static int echo(ServerConn conn) throws Exception {
    byte[] buf = new byte[64];
    int n = conn.read(buf);
    if (n > 0) {
      conn.write(buf, 0, n);
      if (buf[0] == '!') {
        throw new IllegalStateException("for onError");
      }
    }
    return n;
  }

  /** Sends one byte after the other, and waits for each. */
  private static void talk(Conn conn, String text) throws Exception {
    for (byte b : text.getBytes(java.nio.charset.StandardCharsets.US_ASCII)) {
      conn.write(new byte[] {b});
      assertEquals(1, conn.read(new byte[1]));
    }
  }

  private void assertAllSaw(String... places) {
    for (String place : places) {
      assertEquals(Set.of("application null"), seen.get(place), place + " of " + seen);
    }
  }

  @Test
  void ofAServersStarterIsThatOfItsHandlersCallbacksAndLayers() throws Exception {
    Server server =
        started(
            () ->
                builder()
                    .listenOn("tcp", "127.0.0.1:0", conn -> layer(conn))
                    .maxConns(1)
                    .handler(
                        conn -> {
                          saw("handler");
                          Net.go(() -> saw("go in a handler")).join();
                          while (echo(conn) > 0) {}
                        })
                    .start());
    serveAndEnd(server);
    assertAllSaw("handler", "go in a handler", "layer", "close of a layer");
    assertAllSaw("onConnect", "onDrop", "onDrain", "onFinish", "onError");
  }

  @Test
  void ofAServersStarterIsThatOfItsRequestHandlers() throws Exception {
    Server server =
        started(
            () ->
                builder()
                    .listenOn("tcp", "127.0.0.1:0")
                    .maxConns(1)
                    .requestHandler(
                        conn -> {
                          saw("requestHandler");
                          echo(conn);
                        })
                    .start());
    serveAndEnd(server);
    assertAllSaw("requestHandler", "onConnect", "onDrop", "onDrain", "onFinish", "onError");
  }

  @Test
  void ofAServersStarterIsThatOfALayerThatAnIdleLimitCloses() throws Exception {
    try (Server server =
        started(
            () ->
                builder()
                    .listenOn("tcp", "127.0.0.1:0", conn -> layer(conn))
                    .idleTimeout(Duration.ofMillis(50))
                    .handler(conn -> echo(conn))
                    .start())) {
      try (Conn conn = Net.dial("tcp", server.addr().toString())) {
        assertEquals(-1, conn.read(new byte[1]));
      }
    }
    assertAllSaw("layer", "close of a layer");
  }

  private Conn layer(Conn conn) {
    saw("layer");
    return new Layer(conn, () -> saw("close of a layer"));
  }

  /** A talk, one too many, a handler that fails, and a shutdown while one is served. */
  private void serveAndEnd(Server server) throws Exception {
    String addr = server.addr().toString();
    try (Conn conn = Net.dial("tcp", addr)) {
      talk(conn, "abc");
      try (Conn refused = Net.dial("tcp", addr)) {
        assertEquals(-1, refused.read(new byte[1]));
      } catch (java.net.SocketException reset) {
        // as good
      }
      talk(conn, "!");
      assertEquals(-1, conn.read(new byte[1]));
    }
    org.awaitility.Awaitility.await().until(() -> server.connections() == 0);
    try (Conn conn = Net.dial("tcp", addr)) {
      talk(conn, "a");
      server.beginShutdown(Duration.ofSeconds(30));
      org.awaitility.Awaitility.await()
          .until(() -> seen.containsKey("onFinish") || server.connections() == 0);
    }
    assertTrue(server.awaitClosed(Duration.ofSeconds(30)));
  }

  @Test
  void ofWhoCallsGoIsThatOfTheThreadAndOfThoseThatAFactoryMakes() throws Exception {
    CountDownLatch ran = new CountDownLatch(3);
    started(
        () -> {
          for (Thread thread :
              List.of(
                  Net.threadFactory().newThread(() -> sawOne("factory", ran)),
                  Net.threads().unstarted(() -> sawOne("threads", ran)))) {
            thread.start();
          }
          return Net.go(() -> sawOne("go", ran));
        });
    assertTrue(ran.await(30, TimeUnit.SECONDS));
    for (String place : List.of("factory", "threads", "go")) {
      // As every thread that a thread makes, these inherit what can be inherited.
      assertEquals(Set.of("application the starter's"), seen.get(place), place);
    }
  }

  private void sawOne(String where, CountDownLatch ran) {
    saw(where);
    ran.countDown();
  }

  @Test
  void ofWhoDialsIsThatOfAResolverThatHasALimit() throws Exception {
    try (Server server =
        started(
            () -> Server.builder().listenOn("tcp", "127.0.0.1:0").handler(conn -> {}).start())) {
      Dialer dialer =
          Dialer.defaults()
              .withTimeout(Duration.ofSeconds(30))
              .withResolver(
                  request -> {
                    saw("resolver");
                    return List.of(Addr.parse("127.0.0.1"));
                  });
      String port = server.addr().toString().replaceFirst(".*:", "");
      started(
          () -> {
            dialer.dial("tcp", "anything.example:" + port).close();
            return true;
          });
    }
    assertAllSaw("resolver");
  }
}
