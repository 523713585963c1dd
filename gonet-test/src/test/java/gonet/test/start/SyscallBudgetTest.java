package gonet.test.start;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import gonet.test.machine.ChildJvm;
import java.io.BufferedReader;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a connection and a request cost in system calls, counted by strace on a server that each
 * request finds parked. One run serves all tests.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
class SyscallBudgetTest {
  private static final int CONNECTIONS = 20;
  private static final int ROUNDS = 10;
  private static final Pattern CALL = Pattern.compile("^([\\d.]+) (\\w+)\\((.*)\\) += (-?\\d+|\\?).*$");

  /** One line of a trace. */
  private record Call(double time, String name, String arguments, long result) {
    boolean concerns(int fd) {
      return arguments.equals("" + fd) || arguments.startsWith(fd + ",");
    }

    boolean control(String operation, int fd) {
      return name.equals("epoll_ctl") && arguments.contains(operation + ", " + fd);
    }
  }

  private List<Call> calls = List.of();
  private Set<Integer> accepted = Set.of();

  @BeforeAll
  void traceAServer(@TempDir Path folder) throws Exception {
    assumeTrue(
        System.getProperty("gonet.backend", "").equals("epoll"), "counts the epoll backend's calls");
    assumeTrue(straceWorks(), "strace is not installed, or may not trace here");
    Process server =
        new ProcessBuilder(
                "strace",
                "-ff",
                "-ttt",
                "-o",
                folder.resolve("trace").toString(),
                "-e",
                "trace=network,epoll_ctl,close,fcntl,read,write",
                ChildJvm.java().toString(),
                "-Dgonet.backend=epoll",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                TestClassPath.get(),
                Programs.EchoServer.class.getName())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      BufferedReader out =
          new BufferedReader(
              new InputStreamReader(server.getInputStream(), StandardCharsets.UTF_8));
      String address = out.readLine();
      exchange(Integer.parseInt(address.substring(address.lastIndexOf(':') + 1)));
      server.getOutputStream().close();
      assertTrue(server.waitFor(30, TimeUnit.SECONDS));
    } finally {
      server.destroyForcibly().waitFor();
    }
    List<Call> all = readTraces(folder);
    // Earlier calls name other descriptors, which had the same numbers.
    double first =
        all.stream()
            .filter(c -> c.name.equals("accept4") && c.result >= 0)
            .mapToDouble(Call::time)
            .min()
            .orElseThrow();
    calls = all.stream().filter(c -> c.time >= first).toList();
    accepted =
        calls.stream()
            .filter(c -> c.name.equals("accept4") && c.result >= 0)
            .map(c -> (int) c.result)
            .collect(Collectors.toSet());
    assertEquals(CONNECTIONS, accepted.size(), "each connection has a descriptor of its own");
  }

  /** Request and answer, one at a time, on connections that all stay open to the end. */
  private static void exchange(int port) throws IOException {
    List<Socket> sockets = new ArrayList<>();
    byte[] request = new byte[100];
    for (int i = 0; i < CONNECTIONS; i++) {
      sockets.add(new Socket(InetAddress.getLoopbackAddress(), port));
    }
    for (int round = 0; round < ROUNDS; round++) {
      for (Socket socket : sockets) {
        socket.getOutputStream().write(request);
        new DataInputStream(socket.getInputStream()).readFully(request);
      }
    }
    for (Socket socket : sockets) {
      socket.shutdownOutput();
      assertEquals(-1, socket.getInputStream().read());
      socket.close();
    }
  }

  @Test
  void aDescriptorIsAddedToEpollOnceAndNeverModified() {
    for (int fd : accepted) {
      assertEquals(1, count(c -> c.control("EPOLL_CTL_ADD", fd)), "ADD of " + fd);
      assertEquals(0, count(c -> c.control("EPOLL_CTL_MOD", fd)), "MOD of " + fd);
      assertEquals(1, count(c -> c.control("EPOLL_CTL_DEL", fd)), "DEL of " + fd);
    }
  }

  @Test
  void anAcceptedConnectionCostsNoCallBesidesAccept4AndTheAdd() {
    Set<String> own = Set.of("recvfrom", "sendto", "close", "read", "write");
    for (int fd : accepted) {
      List<Call> others =
          calls.stream().filter(c -> c.concerns(fd) && !own.contains(c.name)).toList();
      assertTrue(
          others.stream().noneMatch(c -> c.name.matches("setsockopt|getsockopt|getsockname")),
          () -> "" + others);
      assertTrue(
          others.stream().noneMatch(c -> c.name.matches("getpeername|fcntl|shutdown")),
          () -> "" + others);
    }
  }

  @Test
  void aBurstOfConnectionsEndsWithOneEmptyAccept() {
    long empty = count(c -> c.name.equals("accept4") && c.result < 0);
    assertTrue(empty <= CONNECTIONS + 1, empty + " empty calls of accept4");
  }

  @Test
  void aRequestCostsOneReceiveAndOneSend() {
    for (int fd : accepted) {
      long received = count(c -> c.name.equals("recvfrom") && c.concerns(fd));
      long sent = count(c -> c.name.equals("sendto") && c.concerns(fd));
      assertEquals(ROUNDS, sent, "sends on " + fd);
      // Besides the requests: the first look at a fresh connection, and the end of the stream,
      // which is asked for once more because a hang-up makes short reads prove nothing.
      assertTrue(received <= ROUNDS + 3, received + " receives on " + fd);
    }
  }

  private long count(java.util.function.Predicate<Call> wanted) {
    return calls.stream().filter(wanted).count();
  }

  private static List<Call> readTraces(Path folder) throws IOException {
    List<Call> calls = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        for (String line : Files.readAllLines(file, StandardCharsets.ISO_8859_1)) {
          Matcher m = CALL.matcher(line);
          if (m.matches()) {
            long result = m.group(4).equals("?") ? -1 : Long.parseLong(m.group(4));
            double time = Double.parseDouble(m.group(1));
            calls.add(new Call(time, m.group(2), m.group(3), result));
          }
        }
      }
    }
    return calls;
  }

  private static boolean straceWorks() throws InterruptedException {
    try {
      Process p =
          new ProcessBuilder("strace", "-o", "/dev/null", "true")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return p.waitFor() == 0;
    } catch (IOException e) {
      return false;
    }
  }
}
