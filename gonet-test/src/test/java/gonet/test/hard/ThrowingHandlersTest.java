package gonet.test.hard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.Dialer;
import gonet.ListenConfig;
import gonet.Net;
import gonet.TcpConn;
import gonet.TcpListener;
import gonet.test.LeakCheck;
import gonet.test.Proves;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/**
 * One handler fails, in whatever way: its connection ends, whoever is responsible hears of it, and
 * all others go on.
 */
@LeakCheck
class ThrowingHandlersTest {
  private static final int CLIENTS = 1000;

  @Test
  @Proves({"node-handler-error", "A28"})
  void aThousandHandlersThatThrowDisturbNobodyElse() throws Exception {
    Queue<Throwable> uncaught = new ConcurrentLinkedQueue<>();
    Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
    Thread.setDefaultUncaughtExceptionHandler((_, t) -> uncaught.add(t));
    try (LogLines log = LogLines.capture();
        TcpListener listener = ListenConfig.defaults().listenTcp("tcp4", "127.0.0.1:0")) {
      Thread server = Net.go(() -> serve(listener));
      try (TcpConn bystander = Dialer.defaults().dialTcp("tcp4", listener.addr())) {
        for (int i = 0; i < CLIENTS; i++) {
          try (TcpConn conn = Dialer.defaults().dialTcp("tcp4", listener.addr())) {
            conn.write(new byte[] {(byte) (1 + i % 5)});
            assertEquals(-1, conn.read(new byte[1]), "client " + i);
          }
          bystander.write(new byte[] {0});
          assertEquals(1, bystander.read(new byte[1]));
        }
      }
      assertTrue(server.isAlive());
      // All but an IOException is a fault that somebody must see; one that is not the end of a
      // connection, as here, gets a line in the log.
      long each = CLIENTS / 5;
      // The end of a connection comes before what its thread ends by.
      Awaitility.await()
          .dontCatchUncaughtExceptions()
          .until(() -> uncaught.size() + log.lines().size() >= 5 * each);
      Map<String, Long> kinds =
          uncaught.stream()
              .map(t -> t.getClass().getSimpleName())
              .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
      assertEquals(
          Map.of(
              "IllegalStateException",
              each,
              "AssertionError",
              each,
              "StackOverflowError",
              each,
              "OutOfMemoryError",
              each),
          kinds);
      assertEquals(each, log.lines().size());
      for (String line : log.lines()) {
        assertTrue(line.startsWith("WARN gonet-") && line.endsWith(" failed"), line);
      }
    } finally {
      Thread.setDefaultUncaughtExceptionHandler(before);
    }
  }

  private static void serve(TcpListener listener) throws IOException {
    for (; ; ) {
      Conn conn = listener.accept();
      Net.go(
          () -> {
            try (conn) {
              byte[] order = new byte[1];
              while (conn.read(order) > 0) {
                obey(order[0]);
                conn.write(order);
              }
            }
          });
    }
  }

  private static void obey(int order) throws Exception {
    switch (order) {
      case 1 -> throw new IllegalStateException("a bug");
      case 2 -> throw new AssertionError("a violated assumption");
      case 3 -> throw new StackOverflowError(Integer.toString(forEver(0)));
      case 4 -> throw new OutOfMemoryError("as a failed allocation throws it");
      case 5 -> throw new FileNotFoundException("what the client wanted");
      default -> {}
    }
  }

  @SuppressWarnings("InfiniteRecursion")
  private static int forEver(int depth) {
    return forEver(depth + 1) + 1;
  }
}
