package gonet.test.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.Dialer;
import gonet.Listener;
import gonet.Net;
import gonet.NetClosedException;
import gonet.NetFailure;
import gonet.TcpConn;
import gonet.examples.basics.Client;
import gonet.examples.basics.GracefulStop;
import gonet.examples.basics.HalfOpen;
import gonet.examples.basics.IdleEcho;
import gonet.examples.basics.KeepAliveWatch;
import gonet.examples.basics.ListenAcceptGo;
import gonet.examples.basics.PingPong;
import gonet.examples.basics.ReadLine;
import gonet.examples.basics.Shards;
import gonet.frame.FrameReader;
import gonet.frame.Lines;
import gonet.live.Heartbeat;
import gonet.server.Server;
import gonet.server.ShutdownReport;
import gonet.test.LeakCheck;
import java.io.IOException;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Each program of {@code gonet.examples.basics} does what its Javadoc says. */
@LeakCheck
@Timeout(180)
class BasicsTest {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  /** A server's loop, and its end. */
  @FunctionalInterface
  private interface Serve {
    void on(Listener listener) throws Exception;
  }

  @FunctionalInterface
  private interface Use {
    void at(String address) throws Exception;
  }

  private static void with(Serve server, Use clients) throws Exception {
    FutureTask<Void> loop;
    try (Listener listener = Net.listen("tcp", "127.0.0.1:0")) {
      loop =
          new FutureTask<>(
              () -> {
                server.on(listener);
                return null;
              });
      Thread.startVirtualThread(loop);
      clients.at(listener.addr().toString());
    }
    Throwable end = assertThrows(Exception.class, loop::get).getCause();
    assertTrue(end instanceof NetClosedException, String.valueOf(end));
  }

  private static Conn dial(String address) throws IOException {
    Conn conn = Net.dial("tcp", address);
    conn.setReadTimeout(LIMIT);
    return conn;
  }

  private static String all(Conn conn) throws IOException {
    return new String(conn.readAll(100_000), UTF_8);
  }

  @Test
  void listenAcceptGoEchoesToSeveralClientsAtATime() throws Exception {
    with(
        ListenAcceptGo::serve,
        address -> {
          try (Conn silent = dial(address)) {
            assertEquals("hello", Client.ask(address, "hello"));
            silent.write("me too".getBytes(UTF_8));
            silent.closeWrite();
            assertEquals("me too", all(silent));
          }
        });
  }

  @Test
  void theClientSaysWhatItTriedAndWithWhom() throws Exception {
    IOException e = assertThrows(IOException.class, () -> Client.ask("127.0.0.1:1", "hello"));
    assertTrue(e.getMessage().startsWith("dial tcp 127.0.0.1:1: connect: "), e::getMessage);
    assertTrue(e instanceof NetFailure, e::toString);
  }

  @Test
  void halfOpenAnswersBehindTheEndOfTheRequest() throws Exception {
    with(
        HalfOpen::serve,
        address -> {
          assertEquals("9 bytes, CRC-32 cbf43926\n", Client.ask(address, "123456789"));
          assertEquals("0 bytes, CRC-32 00000000\n", Client.ask(address, ""));
        });
  }

  @Test
  void idleEchoSaysGoodbyeToTheSilentAlone() throws Exception {
    with(
        listener -> IdleEcho.serve(listener, Duration.ofMillis(50)),
        address -> {
          try (Conn conn = dial(address)) {
            conn.write("x".getBytes(UTF_8));
            assertEquals("xgoodbye after 50 ms of silence\n", all(conn));
          }
        });
    with(
        listener -> IdleEcho.serve(listener, LIMIT),
        address -> assertEquals("no goodbye", Client.ask(address, "no goodbye")));
  }

  @Test
  void readLineHasNoneOfTheFaultsThatItNames() throws Exception {
    with(
        ReadLine::serve,
        address -> {
          // Two in one packet, an empty one, one without its end.
          assertEquals("1 a\n2 b\n3 \n4 end\n", Client.ask(address, "a\nb\r\n\nend"));
          assertEquals("", Client.ask(address, ""));
          assertEquals(
              "1 (longer than 1024)\n2 next\n", Client.ask(address, "x".repeat(5000) + "\nnext\n"));
          try (Conn one = dial(address);
              Conn other = dial(address)) {
            one.write("left".getBytes(UTF_8));
            other.write("right".getBytes(UTF_8));
            one.write("-one\n".getBytes(UTF_8));
            other.write("-other\n".getBytes(UTF_8));
            one.closeWrite();
            other.closeWrite();
            assertEquals("1 left-one\n", all(one));
            assertEquals("1 right-other\n", all(other));
          }
        });
  }

  @Test
  void pingPongKeepsWhoAnswersAndLosesWhoDoesNot() throws Exception {
    Queue<String> news = new ConcurrentLinkedQueue<>();
    CountDownLatch asked = new CountDownLatch(5);
    Heartbeat heartbeat =
        Heartbeat.of(
            Duration.ofMillis(20),
            LIMIT,
            1,
            conn -> {
              conn.write("ping\n".getBytes(UTF_8));
              asked.countDown();
            });
    Thread[] client = new Thread[1];
    with(
        listener -> PingPong.serve(listener, heartbeat, news::add),
        address -> {
          Conn conn = Net.dial("tcp", address);
          client[0] = Net.go(() -> PingPong.answer(conn));
          asked.await(); // four of them were answered
          conn.write("done\n".getBytes(UTF_8));
          await().atMost(LIMIT).until(() -> news.contains("done"));
          conn.closeWrite();
        });
    client[0].join();
    assertEquals("[done]", news.toString());

    Heartbeat impatient =
        Heartbeat.of(
            Duration.ofMillis(20),
            Duration.ofMillis(20),
            3,
            conn -> conn.write("ping\n".getBytes(UTF_8)));
    with(
        listener -> PingPong.serve(listener, impatient, news::add),
        address -> {
          try (Conn hung = dial(address)) {
            await().atMost(LIMIT).until(() -> news.contains("lost " + hung.localAddr()));
          }
        });
  }

  @Test
  void keepAliveWatchShowsWhatTheKernelKnows() throws Exception {
    with(
        ListenAcceptGo::serve,
        address -> {
          try (TcpConn conn = Dialer.defaults().dialTcp("tcp", address)) {
            if (Net.stats().backend().equals("epoll")) {
              String line = KeepAliveWatch.line(conn);
              assertTrue(line.matches("ESTABLISHED, .* ms ago, .* answer 0"), line);
            } else {
              assertThrows(UnsupportedOperationException.class, () -> KeepAliveWatch.line(conn));
            }
          }
        });
  }

  @Test
  void shardsCountEachClientOnce() throws Exception {
    AtomicIntegerArray spread = Shards.spread(3, 300);
    int[] counts = IntStream.range(0, 3).map(spread::get).toArray();
    assertEquals(300, IntStream.of(counts).sum());
    // A fair hash gives one of three none of 300 with a chance of 3 * (2/3)^300, which is 10^-52.
    assertTrue(IntStream.of(counts).allMatch(n -> n > 0), spread::toString);
  }

  @Test
  void gracefulStopAnswersWhatHasBegunAndSaysGoodbye() throws Exception {
    try (Server server = GracefulStop.start("127.0.0.1:0");
        Conn idle = dial(server.addr().toString());
        Conn busy = dial(server.addr().toString())) {
      FrameReader idles = Lines.upTo(100).reader(idle);
      idle.write("hello\n".getBytes(UTF_8));
      assertEquals("HELLO", idles.readString(UTF_8));
      busy.write("slow\n".getBytes(UTF_8));
      await().atMost(LIMIT).until(() -> server.stats().bytesRead() >= 11);
      ShutdownReport report = server.shutdown(LIMIT);
      assertEquals(ShutdownReport.Outcome.GRACEFUL, report.outcome());
      assertEquals("goodbye\n", all(idle));
      assertEquals("SLOW\ngoodbye\n", all(busy));
    }
  }
}
