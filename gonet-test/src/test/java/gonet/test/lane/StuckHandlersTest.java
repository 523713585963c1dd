package gonet.test.lane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.Listener;
import gonet.Net;
import gonet.test.machine.ChildJvm;
import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** In the carrier lane a handler that computes or blocks in native code delays nobody else. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "epoll is Linux' own")
@Timeout(300)
class StuckHandlersTest {
  /** How long the others may wait; stuck handlers are stuck for three times as long. */
  private static final long LIMIT_MILLIS = 1000;

  private static final long STUCK_MILLIS = 3 * LIMIT_MILLIS;

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({"spin, 1", "spin, 2", "native, 1", "native, 2", "initializer, 1", "initializer, 2"})
  void handlersThatAreStuckDelayNobodyElse(String how, int carriers) throws Exception {
    Path pipe = folder.resolve("pipe");
    assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
    ChildJvm.Result result =
        ChildJvm.run(
            Duration.ofMinutes(2),
            List.of(
                "--add-opens=java.base/java.lang=ALL-UNNAMED",
                "--enable-native-access=ALL-UNNAMED",
                "-Dgonet.lane=carrier",
                "-Dgonet.carriers=" + carriers,
                "-cp",
                ChildJvm.locationOf(Net.class)
                    + File.pathSeparator
                    + ChildJvm.locationOf(Program.class),
                Program.class.getName(),
                how,
                pipe.toString()));
    String[] words = result.output().strip().split(" ");
    assertEquals("longest", words[0], result.output());
    assertTrue(Long.parseLong(words[1]) < LIMIT_MILLIS, result.output());
  }

  /** Two handlers get stuck; tells how long an echo took at most meanwhile. */
  static final class Program {
    private static volatile String pipe = "";

    private Program() {}

    public static void main(String[] args) throws Exception {
      pipe = args[1];
      try (Listener l = Net.listen("tcp", "127.0.0.1:0")) {
        var _ =
            Net.go(
                () -> {
                  for (; ; ) {
                    Conn c = l.accept();
                    var _ = Net.go(() -> echo(c));
                  }
                });
        long longest = 0;
        try (Conn c = Net.dial("tcp", l.addr().toString())) {
          ping(c); // once for the classes
          CountDownLatch stuck = new CountDownLatch(2);
          for (int i = 0; i < 2; i++) {
            var _ = Net.go(() -> stick(args[0], stuck));
          }
          long end = System.nanoTime() + STUCK_MILLIS * 1_000_000;
          while (System.nanoTime() < end) {
            long start = System.nanoTime();
            ping(c);
            longest = Math.max(longest, System.nanoTime() - start);
            // A pause, so that little is measured of a machine that this loop itself makes busy.
            Thread.sleep(1);
          }
          System.out.println(
              "longest " + longest / 1_000_000 + " ms, not stuck " + stuck.getCount());
        }
      }
      Runtime.getRuntime().halt(0); // the stuck ones would not end
    }

    private static void stick(String how, CountDownLatch stuck) throws IOException {
      switch (how) {
        case "spin" -> {
          stuck.countDown();
          long end = System.nanoTime() + STUCK_MILLIS * 1_000_000;
          while (System.nanoTime() < end) {
            Thread.onSpinWait();
          }
        }
        case "native" -> {
          stuck.countDown();
          blockForEver();
        }
        case "initializer" -> {
          stuck.countDown();
          if (Blocking.VALUE != 0) {
            throw new IllegalStateException();
          }
        }
        default -> throw new IllegalArgumentException(how);
      }
    }

    /** Opening a pipe that nobody writes to: open(2) waits for a writer. */
    private static int blockForEver() throws IOException {
      try (FileInputStream in = new FileInputStream(pipe)) {
        return in.read();
      }
    }

    private static final class Blocking {
      static final int VALUE;

      static {
        try {
          VALUE = blockForEver();
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    }

    private static void ping(Conn c) throws IOException {
      c.write(new byte[1]);
      c.readFully(new byte[1]);
    }

    private static void echo(Conn conn) throws IOException {
      try (conn) {
        byte[] buf = new byte[64];
        for (int n; (n = conn.read(buf)) >= 0; ) {
          conn.write(buf, 0, n);
        }
      }
    }
  }
}
