package gonet.test.hard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.OperatingSystemMXBean;
import gonet.Conn;
import gonet.Listener;
import gonet.Net;
import gonet.TcpAddr;
import gonet.test.Proves;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

/**
 * A process without free descriptors cannot accept. The connection stays in the queue, an
 * edge-triggered poller hears nothing more of it, and whoever asks again at once has a busy loop.
 */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "limits a process by the shell's ulimit")
class DescriptorShortageTest {
  private static final int LIMIT = 256;
  private static final int CLIENTS = 300;
  private static final Duration A_WHILE = Duration.ofSeconds(3);

  @Test
  @Proves({"uv-emfile", "jvm-emfile", "B42"})
  void aServerWithoutDescriptorsWaitsQuietlyAndServesAsSoonAsItHasSome() throws Exception {
    try (Child server = Child.startWithDescriptors(LIMIT, Server.class)) {
      int port = server.hearInt();
      List<Socket> clients = new ArrayList<>();
      try {
        for (int i = 0; i < CLIENTS; i++) {
          clients.add(new Socket(InetAddress.getLoopbackAddress(), port));
        }
        int served = awaitExhaustion(server);
        assertTrue(served > LIMIT / 4 && served < CLIENTS, () -> served + " served");

        long cpuBefore = ask(server).cpuNanos();
        long begin = System.nanoTime();
        Awaitility.await().pollDelay(A_WHILE).until(() -> true);
        long cpu = ask(server).cpuNanos() - cpuBefore;
        double share = (double) cpu / (System.nanoTime() - begin);
        // The JIT compiler of a young JVM included; who asks again and again uses all of one.
        assertTrue(share < 0.25, () -> "uses " + 100 * share + " % of a processor");
        assertEquals(served, ask(server).served());

        // Room for all that wait, and for some more.
        for (int i = 0; i <= CLIENTS - served + 5; i++) {
          clients.removeFirst().close();
        }
        try (Socket client = new Socket(InetAddress.getLoopbackAddress(), port)) {
          client.setSoTimeout(20_000);
          assertEquals(Server.GREETING, client.getInputStream().read());
        }
      } finally {
        for (Socket client : clients) {
          client.close();
        }
      }
      List<String> lines =
          server.output().lines().filter(line -> line.contains("too many open files")).toList();
      assertEquals(1, lines.size(), server::output);
      assertTrue(lines.getFirst().contains("accept tcp 127.0.0.1:" + port), lines::toString);
      assertTrue(!server.output().contains("Exception"), server::output);
    }
  }

  /** Until it serves nobody more; how many it serves then. */
  private static int awaitExhaustion(Child server) {
    AtomicInteger before = new AtomicInteger();
    Awaitility.await("exhaustion")
        .pollInterval(Duration.ofMillis(500))
        .until(
            () -> {
              int now = ask(server).served();
              return now > 0 && before.getAndSet(now) == now;
            });
    return before.get();
  }

  private record State(int served, long cpuNanos) {}

  private static State ask(Child server) throws IOException, InterruptedException {
    server.say("state");
    return new State(server.hearInt(), Long.parseLong(server.hear()));
  }

  /** Greets, then waits for the client's end. */
  static final class Server {
    static final int GREETING = 42;

    private static final AtomicInteger SERVED = new AtomicInteger();

    private Server() {}

    public static void main(String[] args) throws IOException {
      var process = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
      Listener listener = Net.listen("tcp", "127.0.0.1:0");
      Child.tell(((TcpAddr) listener.addr()).port());
      var _ = process.getProcessCpuTime(); // loads what it needs
      Net.go(
          () -> {
            for (; ; ) {
              Conn conn = listener.accept();
              Net.go(() -> serve(conn));
            }
          });
      for (; ; ) {
        Child.awaitLine();
        Child.tell(SERVED.get());
        Child.tell(process.getProcessCpuTime());
      }
    }

    private static void serve(Conn conn) throws IOException {
      try (conn) {
        conn.write(new byte[] {GREETING});
        SERVED.incrementAndGet();
        var _ = conn.read(new byte[1]);
      }
    }
  }
}
