package gonet.test.hard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.UnixOperatingSystemMXBean;
import gonet.Conn;
import gonet.ListenConfig;
import gonet.Net;
import gonet.TcpListener;
import gonet.test.Proves;
import gonet.test.machine.NeedsNetns;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Everybody connects while the server is busy with something else. Where the accept queue is full
 * the kernel drops requests without a word, and who dials repeats them after 1, 3, 7 ... seconds.
 * The counters of the kernel tell, in a network namespace where nobody else connects.
 */
@Proves("S18")
class BurstTest {
  private static final int DIALS = dials();
  private static final int FEW = Math.min(500, DIALS);
  private static final String LONG_QUEUE = "echo 8192 > /proc/sys/net/core/somaxconn";

  /** Each takes a descriptor at both ends, and a process may have so many. */
  private static int dials() {
    long descriptors =
        ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
            ? unix.getMaxFileDescriptorCount()
            : Long.MAX_VALUE;
    return (int) Math.min(5000, (descriptors - 100) / 2);
  }

  @Test
  @Proves({"A27", "C1"})
  void everyDialOfABurstIsServedWhenTheServerComesBack() throws Exception {
    try (Child child = Child.start(Burst.class, List.of(), DIALS + "", "-1")) {
      assertEquals(DIALS, child.hearInt(), child::output);
    }
  }

  @Test
  @Proves({"sys-backlog", "A3", "A22", "D11"})
  @NeedsNetns
  void theDefaultBacklogTakesTheWholeBurstWithoutDroppingARequest() throws Exception {
    try (Child child = Child.startInNetnsAfter(LONG_QUEUE, Burst.class, DIALS + "", "-1")) {
      assertEquals(DIALS, child.hearInt(), child::output);
      assertEquals("ListenDrops 0", child.hear());
      assertEquals("ListenOverflows 0", child.hear());
      assertEquals("TCPSynRetrans 0", child.hear());
    }
  }

  @Test
  @Proves({"listen-backlog", "A3"})
  @NeedsNetns
  void aShortBacklogDropsRequestsAndTheirDialsSucceedLater() throws Exception {
    try (Child child = Child.startInNetnsAfter(LONG_QUEUE, Burst.class, FEW + "", "100")) {
      assertEquals(FEW, child.hearInt(), child::output);
      String drops = child.hear();
      assertTrue(drops.startsWith("ListenDrops ") && !drops.endsWith(" 0"), drops);
    }
  }

  /** Listens, lets everybody dial while it sleeps, then serves. Arguments: dials, backlog. */
  static final class Burst {
    private Burst() {}

    public static void main(String[] args) throws Exception {
      int dials = Integer.parseInt(args[0]);
      int backlog = Integer.parseInt(args[1]);
      ListenConfig config = ListenConfig.defaults();
      if (backlog >= 0) {
        config = config.withBacklog(backlog);
      }
      AtomicInteger served = new AtomicInteger();
      CountDownLatch done = new CountDownLatch(dials);
      try (TcpListener listener = config.listenTcp("tcp4", "127.0.0.1:0")) {
        for (int i = 0; i < dials; i++) {
          byte id = (byte) i;
          Net.go(
              () -> {
                try (Conn conn = Net.dial("tcp4", listener.addr().toString())) {
                  conn.write(new byte[] {id});
                  byte[] back = new byte[1];
                  conn.readFully(back);
                  if (back[0] == id) {
                    served.incrementAndGet();
                  }
                } catch (IOException e) {
                  System.out.println(e);
                } finally {
                  done.countDown();
                }
              });
        }
        var _ = done.await(200, TimeUnit.MILLISECONDS); // busy with something else
        Net.go(
            () -> {
              for (; ; ) {
                Conn conn = listener.accept();
                Net.go(() -> echo(conn));
              }
            });
        var _ = done.await(35, TimeUnit.SECONDS);
        Child.tell(served.get());
        Map<String, String> counters = counters();
        for (String name : List.of("ListenDrops", "ListenOverflows", "TCPSynRetrans")) {
          Child.tell(name + " " + counters.get(name));
        }
      }
    }

    private static void echo(Conn conn) throws IOException {
      try (conn) {
        byte[] one = new byte[1];
        conn.readFully(one);
        conn.write(one);
        var _ = conn.read(one);
      }
    }

    /** The line of names and the line of values that begin with {@code TcpExt:}. */
    private static Map<String, String> counters() throws IOException {
      List<List<String>> lines =
          Files.readAllLines(Path.of("/proc/net/netstat")).stream()
              .filter(line -> line.startsWith("TcpExt:"))
              .map(line -> Arrays.asList(line.split(" ")))
              .toList();
      return IntStream.range(1, lines.get(0).size())
          .boxed()
          .collect(Collectors.toMap(lines.get(0)::get, lines.get(1)::get));
    }
  }
}
