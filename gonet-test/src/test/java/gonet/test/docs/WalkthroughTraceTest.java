package gonet.test.docs;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import gonet.Net;
import gonet.examples.basics.ListenAcceptGo;
import gonet.test.Proves;
import gonet.test.machine.ChildJvm;
import gonet.test.machine.Strace;
import gonet.test.machine.Strace.Call;
import java.io.BufferedReader;
import java.io.File;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The system calls that docs/walkthrough.md tells of are those that strace sees. */
@Proves("S9")
class WalkthroughTraceTest {

  @Test
  @Proves({"sys-calls", "D9"})
  @Timeout(300)
  void aListenerAndAConnectionMakeTheCallsOfTheDocument(@TempDir Path folder) throws Exception {
    assumeTrue(
        System.getProperty("gonet.backend", "").equals("epoll"), "tells of the epoll backend");
    assumeTrue(Strace.works(), "strace is not installed, or may not trace here");
    Process server = trace(folder, WalkthroughServer.class);
    try {
      serveOne(server, folder);
      server.getOutputStream().close();
      assertTrue(server.waitFor(240, TimeUnit.SECONDS));
    } finally {
      server.destroyForcibly().waitFor();
    }
    List<Call> calls = Strace.read(folder);
    Call accept = accepted(calls);
    int listener = Integer.parseInt(accept.arguments().split(",")[0]);
    int connection = (int) accept.result();
    String document = Documents.read("docs/walkthrough.md");
    assertEquals(
        Documents.blocks(document, "trace listener").getFirst().lines().toList(),
        setUpOf(listener, calls));
    assertEquals(
        Documents.blocks(document, "trace connection").getFirst().lines().toList(),
        lifeOf(connection, accept, calls));
  }

  @Test
  @Timeout(300)
  void aDialMakesTheCallsOfTheDocument(@TempDir Path folder) throws Exception {
    assumeTrue(
        System.getProperty("gonet.backend", "").equals("epoll"), "tells of the epoll backend");
    assumeTrue(Strace.works(), "strace is not installed, or may not trace here");
    List<Call> calls;
    try (ServerSocket peer = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      Process client =
          trace(folder, WalkthroughClient.class, Integer.toString(peer.getLocalPort()));
      try {
        assertTrue(client.waitFor(240, TimeUnit.SECONDS));
      } finally {
        client.destroyForcibly().waitFor();
      }
      calls = Strace.read(folder);
    }
    Call connect =
        calls.stream()
            .filter(c -> c.name().equals("connect") && c.errno().equals("EINPROGRESS"))
            .findFirst()
            .orElseThrow();
    int fd = Integer.parseInt(connect.arguments().split(",")[0]);
    assertEquals(
        Documents.blocks(Documents.read("docs/walkthrough.md"), "trace dialed")
            .getFirst()
            .lines()
            .toList(),
        dialOf(fd, connect, calls));
  }

  private static Process trace(Path folder, Class<?> program, String... arguments)
      throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                "-Dgonet.backend=epoll",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                ChildJvm.locationOf(Net.class)
                    + File.pathSeparator
                    + ChildJvm.locationOf(ListenAcceptGo.class)
                    + File.pathSeparator
                    + ChildJvm.locationOf(WalkthroughServer.class),
                program.getName()));
    command.addAll(List.of(arguments));
    return Strace.start(folder, "network,epoll_ctl,close", command);
  }

  /** From its socket(2) to the end of the dial: what comes then is the close. */
  private static List<String> dialOf(int fd, Call connect, List<Call> calls) {
    int first = calls.indexOf(connect);
    while (!calls.get(first).name().equals("socket") || calls.get(first).result() != fd) {
      first--;
    }
    return calls.subList(first, calls.size()).stream()
        .filter(
            c ->
                c.name().equals("socket") && c.result() == fd
                    || c.concerns(fd)
                    || c.controls("EPOLL_CTL_ADD", fd)
                    || c.controls("EPOLL_CTL_DEL", fd))
        .map(WalkthroughTraceTest::text)
        .takeWhile(call -> !call.equals("epoll_ctl DEL"))
        .toList();
  }

  /** Writes only once the server has looked and found nothing, as the document tells it. */
  private static void serveOne(Process server, Path folder) throws Exception {
    BufferedReader out =
        new BufferedReader(new InputStreamReader(server.getInputStream(), StandardCharsets.UTF_8));
    int port = Integer.parseInt(out.readLine());
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      await()
          .atMost(Duration.ofSeconds(90))
          .until(() -> Strace.read(folder).stream().anyMatch(WalkthroughTraceTest::looks));
      socket.getOutputStream().write(new byte[5]);
      assertEquals(5, socket.getInputStream().readNBytes(5).length);
      socket.shutdownOutput();
      assertEquals(-1, socket.getInputStream().read());
    }
  }

  /** What is called once when gonet starts has no descriptor. */
  private static boolean looks(Call c) {
    return c.name().equals("recvfrom") && !c.concerns(-1);
  }

  private static Call accepted(List<Call> calls) {
    return calls.stream()
        .filter(c -> c.name().equals("accept4") && c.result() >= 0)
        .findFirst()
        .orElseThrow();
  }

  /** From its socket(2) to the first accept4. */
  private static List<String> setUpOf(int fd, List<Call> calls) {
    int first = 0;
    int end = calls.size();
    for (int i = 0; i < end; i++) {
      Call c = calls.get(i);
      if (c.name().equals("socket") && c.result() == fd) {
        first = i;
      }
      if (c.name().equals("accept4") && c.concerns(fd)) {
        end = i;
      }
    }
    return calls.subList(first, end).stream()
        .filter(c -> c.concerns(fd) || (c.name().equals("socket") && c.result() == fd))
        .map(Call::name)
        .toList();
  }

  private static List<String> lifeOf(int fd, Call accept, List<Call> calls) {
    return calls.subList(calls.indexOf(accept), calls.size()).stream()
        .filter(
            c ->
                c.equals(accept)
                    || c.concerns(fd)
                    || c.controls("EPOLL_CTL_ADD", fd)
                    || c.controls("EPOLL_CTL_DEL", fd))
        .map(WalkthroughTraceTest::text)
        .toList();
  }

  private static String text(Call c) {
    if (c.name().equals("epoll_ctl")) {
      return c.arguments().contains("EPOLL_CTL_ADD") ? "epoll_ctl ADD" : "epoll_ctl DEL";
    }
    return c.errno().isEmpty() ? c.name() : c.name() + " " + c.errno();
  }
}
