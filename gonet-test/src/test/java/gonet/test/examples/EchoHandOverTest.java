package gonet.test.examples;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.Net;
import gonet.examples.Echo;
import gonet.test.Proves;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Restarts of a whole program under load: nobody is refused, reset or forgotten. */
@Timeout(1800)
@Proves("handover")
@EnabledIfSystemProperty(
    named = "gonet.backend",
    matches = "epoll",
    disabledReason = "java.nio passes no descriptors")
class EchoHandOverTest {
  private static final int RESTARTS = Integer.getInteger("gonet.test.restarts", 4);

  /** Clients that open connections without a pause, and those that keep theirs. */
  private static final int HASTY = 4;

  private static final int FAITHFUL = 8;

  @TempDir Path folder;

  private final AtomicBoolean over = new AtomicBoolean();
  private final AtomicLong served = new AtomicLong();
  private final Queue<String> wrong = new ConcurrentLinkedQueue<>();

  private ExampleProgram echo(String address, String... more) throws IOException {
    List<String> arguments = new ArrayList<>(List.of(address));
    arguments.addAll(List.of("--handover", folder.resolve("handover").toString()));
    arguments.addAll(List.of(more));
    return ExampleProgram.start(Echo.class, arguments.toArray(String[]::new));
  }

  private void exchange(Conn conn) throws IOException {
    byte[] out = new byte[ThreadLocalRandom.current().nextInt(1, 2000)];
    ThreadLocalRandom.current().nextBytes(out);
    conn.write(out);
    byte[] in = new byte[out.length];
    conn.readFully(in);
    if (!Arrays.equals(out, in)) {
      wrong.add("wrong bytes");
    }
    served.incrementAndGet();
  }

  private Thread client(String address, boolean faithful) {
    return Net.go(
        () -> {
          try {
            while (!over.get() && wrong.isEmpty()) {
              try (Conn conn = Net.dial("tcp", address)) {
                conn.setReadTimeout(Duration.ofSeconds(60));
                do {
                  exchange(conn);
                  if (faithful) {
                    Thread.sleep(5);
                  }
                } while (faithful && !over.get());
              }
            }
          } catch (IOException | InterruptedException e) {
            wrong.add(e.toString());
          }
        });
  }

  @Test
  void restartsUnderLoadLoseNobody() throws Exception {
    Queue<ExampleProgram> generations = new ArrayDeque<>();
    try {
      ExampleProgram first = echo("127.0.0.1:0");
      generations.add(first);
      String address = first.address();
      Queue<Thread> clients = new ArrayDeque<>();
      for (int i = 0; i < HASTY + FAITHFUL; i++) {
        clients.add(client(address, i >= HASTY));
      }
      for (int i = 0; i < RESTARTS; i++) {
        ExampleProgram next = echo(address);
        generations.add(next);
        assertEquals(address, next.address());
        long before = served.get();
        await().atMost(Duration.ofMinutes(1)).until(() -> served.get() > before + 50);
        if (i % 2 == 1) { // one that dies in the middle of its hand-over changes nothing
          killedInTheMiddle(address);
        }
        assertTrue(wrong.isEmpty(), wrong::toString);
      }
      over.set(true);
      for (Thread each : clients) {
        each.join();
      }
      assertTrue(wrong.isEmpty(), wrong::toString);
      ExampleProgram last = null;
      for (ExampleProgram each : generations) {
        if (last != null) {
          String line = last.line();
          while (!line.endsWith(" serves now")) { // behind what it says of one that died
            line = last.line();
          }
          last.ended(0);
        }
        last = each;
      }
      last.stop();
      assertTrue(Files.notExists(folder.resolve("handover")));
    } finally {
      over.set(true);
      generations.forEach(ExampleProgram::close);
    }
  }

  /** The listener of both goes over, or the second generation would find an address in use. */
  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1:0", "unix:"})
  void whatShowsTheProgramIsHandedOverToo(String admin) throws Exception {
    boolean byPath = admin.startsWith("unix:");
    String place = byPath ? admin + folder.resolve("admin") : admin;
    String address = "127.0.0.1:0";
    Queue<ExampleProgram> generations = new ArrayDeque<>();
    try {
      for (int i = 0; i < 3; i++) {
        ExampleProgram next = echo(address, "--admin", place);
        generations.add(next);
        address = next.address();
        String shown = next.line();
        assertTrue(shown.startsWith("echo shows itself on "), shown);
        String at = shown.substring(shown.lastIndexOf(' ') + 1);
        assertTrue(i == 0 || place.endsWith(at), place + ", then " + at);
        place = byPath ? place : at;
        String network = byPath ? "unix" : "tcp";
        // The old process may have accepted one that its own end cuts off on a slow machine.
        await()
            .atMost(Duration.ofSeconds(60))
            .ignoreExceptionsMatching(IOException.class::isInstance)
            .until(() -> isReady(network, at));
        if (i > 0) {
          ExampleProgram old = generations.remove();
          assertTrue(old.line().endsWith(" serves now"));
          old.ended(0);
          assertTrue(isReady(network, at));
        }
      }
      generations.remove().stop();
    } finally {
      generations.forEach(ExampleProgram::close);
    }
  }

  private static boolean isReady(String network, String address) throws IOException {
    try (Conn conn = Net.dial(network, address)) {
      conn.setReadTimeout(Duration.ofSeconds(60));
      conn.write("GET /ready HTTP/1.1\r\n\r\n".getBytes(US_ASCII));
      return new String(conn.readAll(10_000), US_ASCII).startsWith("HTTP/1.1 200 OK\r\n");
    }
  }

  @Test
  void aSignalStartsTheSuccessorThatTakesOver() throws Exception {
    // All generations print into it: a pipe would end with the process that it was made for.
    Path printed = folder.resolve("printed");
    ProcessBuilder builder =
        ExampleProgram.builder(
            Echo.class, "127.0.0.1:0", "--handover", folder.resolve("handover").toString());
    builder.environment().put("_JAVA_SR_SIGNUM", "40");
    Process first = builder.redirectOutput(printed.toFile()).start();
    ProcessHandle serving = first.toHandle();
    try {
      String address = last(printed, "echo listens on (.*)", 1);
      for (int successors = 1; successors <= 2; successors++) {
        ProcessHandle old = serving;
        ExampleProgram.signal("USR2", old.pid());
        long pid = Long.parseLong(last(printed, "process (\\d+) serves now", successors));
        serving = ProcessHandle.of(pid).orElseThrow();
        assertEquals(address, last(printed, "echo listens on (.*)", successors + 1));
        try (Conn conn = Net.dial("tcp", address)) {
          conn.setReadTimeout(Duration.ofSeconds(60));
          exchange(conn);
        }
        await().atMost(Duration.ofSeconds(60)).until(() -> !old.isAlive());
      }
      assertEquals(0, first.exitValue());
      ExampleProgram.signal("TERM", serving.pid());
      ProcessHandle last = serving;
      await().atMost(Duration.ofSeconds(60)).until(() -> !last.isAlive());
      assertTrue(Files.notExists(folder.resolve("handover")));
      assertTrue(wrong.isEmpty(), wrong::toString);
    } finally {
      serving.destroyForcibly();
      first.destroyForcibly();
    }
  }

  /** What stands in the group of the last such line, once there are so many. */
  private static String last(Path printed, String shape, int count) {
    Pattern pattern = Pattern.compile("^" + shape + "$", Pattern.MULTILINE);
    List<String> found =
        await()
            .atMost(Duration.ofSeconds(60))
            .until(
                () ->
                    pattern
                        .matcher(Files.readString(printed))
                        .results()
                        .map(result -> result.group(1))
                        .toList(),
                all -> all.size() == count);
    return found.getLast();
  }

  /** At a moment that differs from time to time, and often is after the question. */
  private void killedInTheMiddle(String address) throws Exception {
    ExampleProgram dying =
        ExampleProgram.start(TakesAndDies.class, folder.resolve("handover").toString(), address);
    try (dying) {
      assertEquals("asked", dying.line());
      dying.kill();
    }
    try (Conn conn = Net.dial("tcp", address)) {
      conn.setReadTimeout(Duration.ofMinutes(1));
      exchange(conn);
    }
  }
}
