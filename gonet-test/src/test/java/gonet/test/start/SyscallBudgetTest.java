package gonet.test.start;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.test.Proves;
import gonet.test.machine.Strace.Call;
import java.io.DataInputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
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
@Timeout(300)
@Proves("sys-calls")
class SyscallBudgetTest {
  private static final int CONNECTIONS = 20;
  private static final int ROUNDS = 10;
  private List<Call> all = List.of();
  private List<Call> calls = List.of();
  private Set<Integer> accepted = Set.of();

  @BeforeAll
  void traceAServer(@TempDir Path folder) throws Exception {
    all =
        TracedEcho.calls(
            folder,
            "network,epoll_ctl,close,fcntl,read,write",
            List.of(),
            SyscallBudgetTest::exchange);
    // Earlier calls name other descriptors, which had the same numbers.
    double first =
        all.stream()
            .filter(c -> c.name().equals("accept4") && c.result() >= 0)
            .mapToDouble(Call::time)
            .min()
            .orElseThrow();
    calls = all.stream().filter(c -> c.time() >= first).toList();
    accepted =
        calls.stream()
            .filter(c -> c.name().equals("accept4") && c.result() >= 0)
            .map(c -> (int) c.result())
            .collect(Collectors.toSet());
    assertEquals(CONNECTIONS, accepted.size(), "each connection has a descriptor of its own");
  }

  /** Request and answer, one at a time, on connections that all stay open to the end. */
  private static void exchange(int port, Process strace) throws Exception {
    List<Socket> sockets = new ArrayList<>();
    byte[] request = new byte[100];
    // The first one alone, so that the listener waits; the others while the server stands still.
    sockets.add(new Socket(InetAddress.getLoopbackAddress(), port));
    sockets.getFirst().getOutputStream().write(1);
    assertEquals(1, sockets.getFirst().getInputStream().read());
    signal("STOP", strace);
    for (int i = 1; i < CONNECTIONS; i++) {
      sockets.add(new Socket(InetAddress.getLoopbackAddress(), port));
    }
    signal("CONT", strace);
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

  /** To the server, not to strace. Returns when it has stopped, or goes on. */
  private static void signal(String name, Process strace) throws Exception {
    for (ProcessHandle java : strace.descendants().toList()) {
      new ProcessBuilder("kill", "-" + name, "" + java.pid()).inheritIO().start().waitFor();
      Path stat = Path.of("/proc/" + java.pid() + "/stat");
      await()
          .until(
              () -> {
                String text = Files.readString(stat);
                char state = text.charAt(text.lastIndexOf(')') + 2);
                return (state == 'T' || state == 't') == name.equals("STOP");
              });
    }
  }

  @Test
  @Proves("A25")
  void theListenerIsAddedToEpollOnceAndNeverModified() {
    Call listen = all.stream().filter(c -> c.name().equals("listen")).toList().getLast();
    int fd = Integer.parseInt(listen.arguments().split(",", 2)[0]);
    List<Call> since = all.stream().filter(c -> c.time() >= listen.time()).toList();
    assertEquals(1, since.stream().filter(c -> c.controls("EPOLL_CTL_ADD", fd)).count());
    assertEquals(0, since.stream().filter(c -> c.controls("EPOLL_CTL_MOD", fd)).count());
  }

  @Test
  @Proves("D12")
  void aDescriptorIsAddedToEpollOnceAndNeverModified() {
    for (int fd : accepted) {
      assertEquals(1, count(c -> c.controls("EPOLL_CTL_ADD", fd)), "ADD of " + fd);
      assertEquals(0, count(c -> c.controls("EPOLL_CTL_MOD", fd)), "MOD of " + fd);
      assertEquals(1, count(c -> c.controls("EPOLL_CTL_DEL", fd)), "DEL of " + fd);
    }
  }

  @Test
  @Proves({"sys-accept4", "sys-inherit"})
  void anAcceptedConnectionCostsNoCallBesidesAccept4AndTheAdd() {
    Set<String> own = Set.of("recvfrom", "sendto", "close", "read", "write");
    for (int fd : accepted) {
      List<Call> others =
          calls.stream().filter(c -> c.concerns(fd) && !own.contains(c.name())).toList();
      assertTrue(
          others.stream().noneMatch(c -> c.name().matches("setsockopt|getsockopt|getsockname")),
          () -> "" + others);
      assertTrue(
          others.stream().noneMatch(c -> c.name().matches("getpeername|fcntl|shutdown")),
          () -> "" + others);
    }
  }

  @Test
  @Proves({"uv-accept", "A26"})
  void aBurstOfConnectionsEndsWithOneEmptyAccept() {
    long empty = count(c -> c.name().equals("accept4") && c.result() < 0);
    // Behind the first one, behind the burst, and one for an edge that came in the middle of it.
    assertTrue(empty <= 3, empty + " empty calls of accept4");
  }

  @Test
  @Proves("uv-reads")
  void aRequestCostsOneReceiveAndOneSend() {
    for (int fd : accepted) {
      long received = count(c -> c.name().equals("recvfrom") && c.concerns(fd));
      long sent = count(c -> c.name().equals("sendto") && c.concerns(fd));
      assertTrue(sent == ROUNDS || sent == ROUNDS + 1, sent + " sends on " + fd); // the first one's
      // Besides the requests: the first look at a fresh connection, and the end of the stream,
      // which is asked for once more because a hang-up makes short reads prove nothing.
      assertTrue(received <= ROUNDS + 4, received + " receives on " + fd);
    }
  }

  private long count(java.util.function.Predicate<Call> wanted) {
    return calls.stream().filter(wanted).count();
  }
}
