package gonet.test.docs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import gonet.Conn;
import gonet.Net;
import gonet.frame.FrameReader;
import gonet.frame.FrameWriter;
import gonet.frame.Lines;
import gonet.netip.AddrSet;
import gonet.server.Server;
import gonet.server.ServerConn;
import gonet.test.Proves;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The examples of docs/guide.md on servers; the last test holds that it shows them as they are. */
@Timeout(180)
class ServerGuideTest {

  // example
  /** Answers each line in capitals, to at most a thousand clients and to none that sleeps. */
  static Server shout(String address) throws IOException {
    return Server.builder()
        .name("shout")
        .listenOn("tcp", address)
        .maxConns(1000)
        .maxConnsPerAddr(20)
        .deny(AddrSet.of("192.0.2.0/24", "2001:db8::/32"))
        .idleTimeout(Duration.ofSeconds(60))
        .onDrop(drop -> System.out.println("refused " + drop.remote() + ": " + drop.reason()))
        .handler(
            conn -> {
              FrameReader in = Lines.upTo(1000).reader(conn);
              FrameWriter out = Lines.upTo(1000).writer(conn);
              for (String line; (line = in.readString(UTF_8)) != null; ) {
                out.write(line.toUpperCase(Locale.ROOT), UTF_8);
              }
            })
        .start();
  }

  // end of example

  // example
  /** Answers requests of eight bytes; between two of them a client costs no thread. */
  static Server count(String address) throws IOException {
    AtomicLong requests = new AtomicLong();
    return Server.builder()
        .listenOn("tcp", address)
        .idleTimeout(Duration.ofHours(1))
        .requestHandler(
            conn -> {
              conn.setReadTimeout(Duration.ofSeconds(5)); // for a request that has begun
              byte[] request = new byte[8];
              conn.readFully(request);
              conn.write(ByteBuffer.allocate(8).putLong(0, requests.incrementAndGet()));
            })
        .start();
  }

  // end of example

  // example
  /** Serves requests of eight bytes until SIGINT or SIGTERM, and ends between two of them. */
  static void serveUntilSignalled(String address) throws IOException, InterruptedException {
    Server server =
        Server.builder()
            .listenOn("tcp", address)
            .drainDelay(Duration.ofSeconds(5))
            .onDrain(s -> System.out.println("draining"))
            .handler(
                conn -> {
                  byte[] request = new byte[8];
                  while (conn.awaitRequest()) {
                    conn.readFully(request);
                    conn.write(request);
                  }
                })
            .start();
    server.shutdownOnSignal(Duration.ofSeconds(30));
    System.out.println(server.awaitClosed());
  }

  // end of example

  // example
  /** Answers with what takes long to find; stops looking when the client has left. */
  static void answer(ServerConn conn, Callable<byte[]> search) throws Exception {
    try {
      conn.write(conn.whileThere(search));
    } catch (InterruptedException e) {
      System.out.println(conn.remoteAddr() + " did not wait for its answer");
    }
  }

  // end of example

  @Test
  void linesComeBackInCapitals() throws Exception {
    try (Server server = shout("127.0.0.1:0");
        Conn conn = Net.dial("tcp", server.addr().toString())) {
      Lines.upTo(100).writer(conn).write("hello", UTF_8);
      assertEquals("HELLO", Lines.upTo(100).reader(conn).readString(UTF_8));
      assertTrue(server.toString().startsWith("shout [127.0.0.1:"), server::toString);
    }
  }

  @Test
  void requestsAreCountedWithoutThreads() throws Exception {
    try (Server server = count("127.0.0.1:0");
        Conn conn = Net.dial("tcp", server.addr().toString())) {
      byte[] eight = new byte[8];
      for (int i = 1; i <= 3; i++) {
        conn.write(new byte[8]);
        conn.readFully(eight);
        assertEquals(i, ByteBuffer.wrap(eight).getLong());
      }
    }
  }

  @Test
  @Proves("jvm-peer-gone")
  void workEndsWhenItsClientLeavesAndOnlyThen() throws Exception {
    assumeTrue(
        System.getProperty("gonet.backend", "").equals("epoll"),
        "a selector does not tell of an end behind unread bytes");
    CountDownLatch working = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    BlockingQueue<String> ends = new ArrayBlockingQueue<>(2);
    try (Server server =
        Server.builder()
            .listenOn("tcp", "127.0.0.1:0")
            .handler(
                conn -> {
                  conn.readFully(new byte[1]);
                  answer(conn, () -> new byte[] {7});
                  answer(
                      conn,
                      () -> {
                        working.countDown();
                        try {
                          go.await();
                        } catch (InterruptedException e) {
                          ends.add("left");
                          throw e;
                        }
                        ends.add("done");
                        return new byte[0];
                      });
                })
            .start()) {
      try (Conn conn = Net.dial("tcp", server.addr().toString())) {
        conn.write(new byte[1]);
        byte[] answer = new byte[1];
        conn.readFully(answer);
        assertEquals(7, answer[0]);
        working.await();
      }
      assertEquals("left", ends.poll(20, TimeUnit.SECONDS));
      try (Conn conn = Net.dial("tcp", server.addr().toString())) {
        conn.write(new byte[1]);
        conn.readFully(new byte[1]);
        go.countDown();
        assertEquals("done", ends.poll(20, TimeUnit.SECONDS));
      }
    }
  }

  @Test
  void theGuideShowsTheseExamples() throws IOException {
    GuideExamples.assertShown(ServerGuideTest.class, 4);
  }
}
