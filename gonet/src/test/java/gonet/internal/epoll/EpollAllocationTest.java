package gonet.internal.epoll;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.management.ThreadMXBean;
import gonet.internal.backend.Descriptor;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Once compiled by C2, moving bytes and polling for them makes no object. */
@Timeout(180)
class EpollAllocationTest {
  @Test
  void arraysAllocateNothing() throws Exception {
    assertEquals("0", child("arrays"));
  }

  @Test
  void partsOfArraysAllocateNothing() throws Exception {
    assertEquals("0", child("parts"));
  }

  @Test
  void heapBuffersAllocateNothing() throws Exception {
    assertEquals("0", child("heap"));
  }

  @Test
  void directBuffersAllocateNothing() throws Exception {
    assertEquals("0", child("direct"));
  }

  @Test
  void gatheringAllocatesNothing() throws Exception {
    assertEquals("0", child("gather"));
  }

  @Test
  void noneOfThemSpoilsTheOthers() throws Exception {
    assertEquals("0 0 0 0 0 0", child("direct", "arrays", "parts", "heap", "gather", "direct"));
  }

  /** With -Xbatch a method waits for its compiler, so that a busy machine changes no result. */
  private static String child(String... cases) throws IOException, InterruptedException {
    var command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xbatch",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Probe.class.getName()));
    command.addAll(List.of(cases));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertEquals(0, process.waitFor(), output);
    return output.strip();
  }

  /** Prints for each case the most that a batch of calls allocated, in bytes. */
  static final class Probe {
    private static final int CALLS = 5_000;

    /** Batches until the compiler has seen enough, and those that count. */
    private static final int WARM = 30;

    private static final int BATCHES = 10;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final TcpPair pair;
    private final EpollReadiness readiness;
    private final byte[] into = new byte[4096];

    private Probe() throws Exception {
      pair = TcpPair.open();
      readiness = EpollReadiness.open();
    }

    public static void main(String[] cases) throws Exception {
      Probe probe = new Probe();
      StringBuilder results = new StringBuilder();
      for (String name : cases) {
        results.append(probe.most(probe.call(name))).append(' ');
      }
      System.out.println(results);
    }

    private IntSupplier call(String name) {
      Descriptor client = pair.client();
      Descriptor server = pair.server();
      ByteBuffer heap = ByteBuffer.allocate(128);
      ByteBuffer direct = ByteBuffer.allocateDirect(128);
      byte[] from = new byte[128];
      return switch (name) {
        case "arrays" ->
            () ->
                client.send(from, 0, from.length)
                    + server.receive(into, 0, into.length)
                    + server.receive(into, 0, into.length)
                    + readiness.poll(0);
        case "parts" -> () -> client.send(from, 3, 50) + server.receive(into, 5, 50);
        case "heap" -> () -> client.send(heap.clear()) + server.receive(heap.clear(), 128);
        case "direct" -> () -> client.send(direct.clear()) + server.receive(direct.clear(), 128);
        case "gather" -> {
          ByteBuffer[] bufs = {heap, direct};
          yield () -> {
            heap.clear();
            direct.clear();
            return (int) client.send(bufs, 0, 2) + server.receive(into, 0, into.length);
          };
        }
        default -> throw new IllegalArgumentException(name);
      };
    }

    /** Not the least: a method that is compiled anew may begin to allocate. */
    private long most(IntSupplier call) {
      long[] bytes = new long[WARM + BATCHES];
      for (int batch = 0; batch < bytes.length; batch++) {
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < CALLS; i++) {
          var _ = call.getAsInt();
        }
        bytes[batch] = threads.getCurrentThreadAllocatedBytes() - before;
      }
      return Arrays.stream(bytes, WARM, bytes.length).max().orElseThrow();
    }
  }
}
