package gonet.test.hard;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.Listener;
import gonet.Net;
import gonet.internal.backend.Errno;
import gonet.test.Callers;
import gonet.test.Crew;
import gonet.test.Faults;
import gonet.test.Faults.Call;
import gonet.test.LeakCheck;
import gonet.test.Proves;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A signal that a thread handles ends a system call in it with EINTR, which says nothing about the
 * connection. signal(7). Profilers and the JVM itself send signals all the time.
 */
@LeakCheck
class SignalsTest {
  private static final int BYTES = 200_000;

  @ParameterizedTest
  @Proves("uv-accept4")
  @MethodSource("gonet.test.Callers#kinds")
  void everyInterruptedSystemCallIsMadeAgain(Callers callers) throws Exception {
    Crew crew = new Crew(callers);
    try (Listener listener = Net.listen("tcp", "127.0.0.1:0");
        Faults faults = Faults.begin()) {
      for (Call call :
          new Call[] {Call.ACCEPT, Call.CONNECT, Call.RECEIVE, Call.PROBE, Call.SEND}) {
        faults.failEvery(call, 2, Errno.EINTR);
      }
      crew.extra("server", () -> serve(listener));
      for (int i = 0; i < 10; i++) {
        exchange(listener, crew, i);
      }
      for (Call call : new Call[] {Call.ACCEPT, Call.CONNECT, Call.RECEIVE, Call.SEND}) {
        assertTrue(faults.injected(call) > 0, call::toString);
      }
    }
    crew.end();
  }

  /** SIGPIPE because the JVM handles it in the thread that it hits, by doing nothing. */
  @ParameterizedTest
  @MethodSource("gonet.test.Callers#kinds")
  @EnabledOnOs(value = OS.LINUX, disabledReason = "signals single threads by their number in /proc")
  void aStormOfSignalsToEveryThreadGoesUnnoticed(Callers callers) throws Exception {
    Crew crew = new Crew(callers);
    Process storm = null;
    try (Listener listener = Net.listen("tcp", "127.0.0.1:0")) {
      crew.extra("server", () -> serve(listener));
      exchange(listener, crew, 0); // all threads of gonet's own exist now
      storm =
          new ProcessBuilder(
                  "sh",
                  "-c",
                  "while kill -s PIPE $1; do for t in $2; do kill -s PIPE $t; done; sleep 0.001;"
                      + " done 2>/dev/null",
                  "sh",
                  Long.toString(ProcessHandle.current().pid()),
                  threads())
              .start();
      long end = System.nanoTime() + Duration.ofSeconds(2).toNanos();
      int exchanges = 0;
      while (System.nanoTime() < end) {
        exchange(listener, crew, exchanges++);
      }
      assertTrue(storm.isAlive(), "the storm has ended early");
      assertTrue(exchanges > 5, "only " + exchanges + " exchanges");
    } finally {
      if (storm != null) {
        storm.destroyForcibly().waitFor();
      }
    }
    crew.end();
  }

  private static String threads() throws IOException {
    try (Stream<Path> tasks = Files.list(Path.of("/proc/self/task"))) {
      return tasks.map(task -> task.getFileName().toString()).collect(Collectors.joining(" "));
    }
  }

  /** Dials, waits for readability, sends a lot and wants it back. */
  private static void exchange(Listener listener, Crew crew, long seed) throws Exception {
    byte[] data = new byte[BYTES];
    new Random(seed).nextBytes(data);
    try (Conn conn = Net.dial("tcp", listener.addr().toString())) {
      var writer = crew.start("writer", () -> conn.write(data));
      conn.awaitReadable();
      byte[] back = new byte[BYTES];
      conn.readFully(back);
      writer.result();
      assertArrayEquals(data, back);
    }
  }

  private static void serve(Listener listener) throws IOException {
    for (; ; ) {
      Conn conn = listener.accept();
      Net.go(
          () -> {
            try (conn) {
              byte[] buf = new byte[10_000];
              for (int n; (n = conn.read(buf)) >= 0; ) {
                conn.write(buf, 0, n);
              }
            }
          });
    }
  }
}
