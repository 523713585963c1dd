package gonet.test.start;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import gonet.test.Proves;
import gonet.test.machine.Strace;
import gonet.test.machine.Strace.Call;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a record costs in system calls, counted by strace on a program that is client and server at
 * once: {@link TlsEcho}. One run serves all tests.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(300)
@Proves("tls-calls")
class TlsBudgetTest {
  /** Header, the byte that tells the type, and the tag of AES-GCM (RFC 8446, 5.2). */
  private static final int RECORD_OVERHEAD = 22;

  /** As JSSE pads. */
  private static final int MOST_PADDING = 16;

  private List<Call> calls = List.of();
  private int client;
  private int server;

  @BeforeAll
  void traceBothEnds(@TempDir Path folder) throws Exception {
    assumeTrue(
        System.getProperty("gonet.backend", "").equals("epoll"),
        "counts the epoll backend's calls");
    assumeTrue(Strace.works(), "strace is not installed, or may not trace here");
    Process program =
        Strace.start(
            folder,
            "network,epoll_ctl,read,write,readv,writev",
            List.of(
                "-Dgonet.backend=epoll",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                TlsEcho.class.getName()));
    try {
      program.getOutputStream().close();
      String said = new String(program.getInputStream().readAllBytes(), UTF_8);
      assertTrue(program.waitFor(90, TimeUnit.SECONDS));
      assertEquals("done", said.strip());
    } finally {
      program.destroyForcibly().waitFor();
    }
    calls = Strace.read(folder);
    client = descriptor("socket");
    server = descriptor("accept4");
  }

  /** The last one that such a call made: earlier ones are of the probes at the start. */
  private int descriptor(String call) {
    return (int)
        calls.stream()
            .filter(c -> c.name().equals(call) && c.result() >= 0)
            .mapToLong(Call::result)
            .reduce((first, last) -> last)
            .orElseThrow();
  }

  /** All calls that name the descriptor, from the first record of this size to the last one. */
  private List<String> between(int fd, int bytes) {
    double opened = opened(fd);
    List<Call> own =
        calls.stream()
            .filter(c -> c.time() > opened && (c.concerns(fd) || isControlOf(c, fd)))
            .toList();
    List<String> names = new ArrayList<>();
    int first = -1;
    int last = -1;
    for (int i = 0; i < own.size(); i++) {
      if (isRecord(own.get(i).result(), bytes)) {
        first = first < 0 ? i : first;
        last = i;
      }
    }
    assertTrue(first >= 0, () -> "no record of " + bytes + " bytes: " + own);
    for (Call call : own.subList(first, last + 1)) {
      boolean whole = isRecord(call.result(), bytes);
      names.add(call.name() + (whole ? "" : " with the result " + call.result()));
    }
    return names;
  }

  private static boolean isRecord(long result, int bytes) {
    long more = result - bytes - RECORD_OVERHEAD;
    return more >= 0 && more <= MOST_PADDING;
  }

  /** Earlier calls name files, which had the same numbers. */
  private double opened(int fd) {
    return calls.stream()
        .filter(
            c ->
                c.name().equals("accept4") && c.result() == fd
                    || c.name().equals("connect") && c.concerns(fd))
        .mapToDouble(Call::time)
        .max()
        .orElseThrow();
  }

  private static boolean isControlOf(Call call, int fd) {
    return call.name().equals("epoll_ctl") && call.arguments().contains(", " + fd + ",");
  }

  @Test
  void anEchoCostsOneReceiveAndOneSendAtEachEndAndNothingElse() {
    List<String> served = new ArrayList<>();
    List<String> asked = new ArrayList<>();
    for (int i = 0; i < TlsEcho.ROUNDS; i++) {
      served.addAll(List.of("recvfrom", "sendto"));
      asked.addAll(List.of("sendto", "recvfrom"));
    }
    assertEquals(served, between(server, TlsEcho.SMALL));
    assertEquals(asked, between(client, TlsEcho.SMALL));
  }

  @Test
  void aGatheringWriteIsOneRecordAndOneSend() {
    assertEquals(List.of("sendto", "recvfrom"), between(client, TlsEcho.GATHERED));
  }

  @Test
  void corkedWritesAreOneRecordAndOneSend() {
    assertEquals(List.of("sendto", "recvfrom"), between(client, TlsEcho.CORKED));
  }
}
