package gonet.test.hard;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A server whose handlers have filled the heap serves everybody again when there is memory, and can
 * be shut down. The clients are in this JVM, which has memory all the time.
 */
@Timeout(180)
class MemoryStormTest {
  private static final String STORM_MILLIS = "2000";
  private static final int CLIENTS = 8;
  private static final int INNOCENT = 20;

  private static final List<String> LITTLE_MEMORY = List.of("-Xmx48m", "-XX:+UseSerialGC");

  @Test
  @Tag("slow")
  void whenThereIsMemoryAgainEverybodyIsServedAndNothingIsLeft() throws Exception {
    try (Child child = Child.start(MemoryStorm.class, LITTLE_MEMORY, STORM_MILLIS)) {
      int port = child.hearInt();
      AtomicBoolean over = new AtomicBoolean();
      List<Thread> clients = new ArrayList<>();
      child.say("begin");
      for (int i = 0; i < CLIENTS; i++) {
        clients.add(Thread.startVirtualThread(() -> trouble(port, over)));
      }
      assertEquals("calm", child.hear());
      over.set(true);
      for (Thread client : clients) {
        client.join();
      }
      for (int i = 0; i < INNOCENT; i++) {
        assertEquals(7, served(port, child));
      }
      child.say("end");
      assertEquals("GRACEFUL, connections 0, open 0", child.hear(), child::output);
      assertEquals(0, child.awaitExit(), child::output);
    }
  }

  private static void trouble(int port, AtomicBoolean over) {
    while (!over.get()) {
      try {
        int _ = echo(port, 200);
      } catch (IOException e) {
        // As was to be expected.
      }
    }
  }

  private static int served(int port, Child child) {
    try {
      return echo(port, 20_000);
    } catch (IOException e) {
      throw new AssertionError(child.output(), e);
    }
  }

  private static int echo(int port, int patienceMillis) throws IOException {
    try (Socket socket = new Socket()) {
      socket.connect(
          new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port), patienceMillis);
      socket.setSoTimeout(patienceMillis);
      socket.getOutputStream().write(7);
      return socket.getInputStream().read();
    }
  }
}
