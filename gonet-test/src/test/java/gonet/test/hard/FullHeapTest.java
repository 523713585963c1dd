package gonet.test.hard;

import static org.junit.jupiter.api.Assertions.assertEquals;

import gonet.Conn;
import gonet.Listener;
import gonet.Net;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A program whose heap is full makes its first listen. A class whose initializer meets the end of
 * the heap is broken for the life of the process (JVMS 5.5), so the listen must fail before it
 * begins, and serve when there is memory again.
 */
@Timeout(180)
class FullHeapTest {

  /** Less than anything, than a default of the dialer, than the start, and enough. */
  @ParameterizedTest
  @ValueSource(ints = {16, 64, 512, 1024, 6144})
  void aFirstListenInAFullHeapCanBeTriedAgain(int freeKilobytes) throws Exception {
    List<String> flags = List.of("-Xmx40m", "-XX:+UseSerialGC");
    try (Child child = Child.start(Program.class, flags, Integer.toString(freeKilobytes))) {
      assertEquals("served 3", child.hear());
      assertEquals(0, child.awaitExit(), child::output);
    }
  }

  /** Argument: how many kilobytes of the heap are free at the first listen. */
  static final class Program {
    private static final int CHUNK_BYTES = 16 * 1024 - 16; // with its header
    private static final int MOST_CHUNKS = 100_000;

    private Program() {}

    public static void main(String[] args) throws IOException {
      int kilobytes = Integer.parseInt(args[0]);
      try (Listener listener = listenInFullHeap(kilobytes)) {
        Net.go(
            () -> {
              try (Conn conn = listener.accept()) {
                byte[] buf = new byte[10];
                int n = conn.read(buf);
                conn.write(buf, 0, n);
              }
            });
        try (Conn conn = Net.dial("tcp", listener.addr().toString())) {
          conn.write(new byte[3]);
          Child.tell("served " + conn.read(new byte[10]));
        }
      }
      System.exit(0);
    }

    private static Listener listenInFullHeap(int freeKilobytes) throws IOException {
      byte[][] free = new byte[freeKilobytes / 16][CHUNK_BYTES];
      List<byte[]> taken = new ArrayList<>(MOST_CHUNKS);
      try {
        while (taken.size() < MOST_CHUNKS) {
          taken.add(new byte[CHUNK_BYTES]);
        }
      } catch (OutOfMemoryError e) {
        // full
      }
      free[0] = null;
      free = null;
      try {
        return Net.listen("tcp", "127.0.0.1:0");
      } catch (OutOfMemoryError e) {
        taken.clear();
        return Net.listen("tcp", "127.0.0.1:0");
      }
    }
  }
}
