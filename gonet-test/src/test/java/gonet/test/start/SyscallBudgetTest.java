package gonet.test.start;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.test.machine.Strace.Call;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
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
@Timeout(120)
class SyscallBudgetTest {
  private static final int CONNECTIONS = 20;
  private static final int ROUNDS = 10;
  private List<Call> calls = List.of();
  private Set<Integer> accepted = Set.of();

  @BeforeAll
  void traceAServer(@TempDir Path folder) throws Exception {
    List<Call> all =
        TracedEcho.calls(
            folder,
            "network,epoll_ctl,close,fcntl,read,write",
            List.of(),
            (port, _) -> exchange(port));
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
      assertEquals(1, count(c -> c.controls("EPOLL_CTL_ADD", fd)), "ADD of " + fd);
      assertEquals(0, count(c -> c.controls("EPOLL_CTL_MOD", fd)), "MOD of " + fd);
      assertEquals(1, count(c -> c.controls("EPOLL_CTL_DEL", fd)), "DEL of " + fd);
    }
  }

  @Test
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
  void aBurstOfConnectionsEndsWithOneEmptyAccept() {
    long empty = count(c -> c.name().equals("accept4") && c.result() < 0);
    assertTrue(empty <= CONNECTIONS + 1, empty + " empty calls of accept4");
  }

  @Test
  void aRequestCostsOneReceiveAndOneSend() {
    for (int fd : accepted) {
      long received = count(c -> c.name().equals("recvfrom") && c.concerns(fd));
      long sent = count(c -> c.name().equals("sendto") && c.concerns(fd));
      assertEquals(ROUNDS, sent, "sends on " + fd);
      // Besides the requests: the first look at a fresh connection, and the end of the stream,
      // which is asked for once more because a hang-up makes short reads prove nothing.
      assertTrue(received <= ROUNDS + 3, received + " receives on " + fd);
    }
  }

  private long count(java.util.function.Predicate<Call> wanted) {
    return calls.stream().filter(wanted).count();
  }
}
