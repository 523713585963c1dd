package gonet.cluster;

import static gonet.cluster.Rehearsal.assertReads;
import static gonet.cluster.Rehearsal.client;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.ListenConfig;
import gonet.Listener;
import gonet.Net;
import gonet.NetBindException;
import gonet.NetConnectException;
import gonet.NetTimeoutException;
import gonet.TcpConn;
import gonet.TcpListener;
import gonet.support.Proves;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Which sockets workers get, and what becomes of them when a worker is gone. */
@Timeout(180)
@Proves("cluster")
@SuppressWarnings("try") // each closes in its own order
class SharedPortTest {
  private static final String LOOPBACK = "127.0.0.1:0";

  @TempDir Path folder;

  private final Rehearsal rehearsal = new Rehearsal();

  private static void assertServes(Listener listener, Cluster cluster) throws IOException {
    try (Conn _ = client(cluster, "x");
        Conn served = listener.accept()) {
      assertReads("x", served);
    }
  }

  @Test
  void workersShareOneSocketAndItsQueueOutlivesThem() throws Exception {
    try (Cluster cluster = rehearsal.builder(2).listenOn("tcp", LOOPBACK).start()) {
      try (Conn early = client(cluster, "early");
          Worker two = rehearsal.worker()) {
        try (Worker one = rehearsal.worker();
            Listener dies = one.listen("tcp", LOOPBACK)) {
          assertEquals(cluster.addr(), dies.addr());
        }
        try (Listener listener = two.listen("tcp", cluster.addr().toString());
            Conn served = listener.accept()) {
          assertReads("early", served);
          assertEquals(early.localAddr(), served.remoteAddr());
        }
      }
    }
  }

  @Test
  @Proves("A21")
  void aPortThatNobodyNamedBeforeIsOpenedForTheFirstAndTheSameForAll() throws Exception {
    try (Cluster cluster = rehearsal.builder(2).start();
        Worker one = rehearsal.worker();
        Worker two = rehearsal.worker();
        Listener first = one.listen("tcp", LOOPBACK);
        Listener second = two.listen("tcp", LOOPBACK);
        Listener other = two.listen("tcp4", LOOPBACK)) {
      assertEquals(List.of(), cluster.addrs());
      assertEquals(first.addr(), second.addr());
      assertNotEquals(first.addr(), other.addr());
    }
  }

  @Test
  @Proves("A21")
  void anExclusiveListenerIsItsWorkersAlone() throws Exception {
    try (Cluster _ = rehearsal.builder(2).start();
        Worker one = rehearsal.worker();
        Worker two = rehearsal.worker();
        Listener exclusive = Net.listen("tcp", LOOPBACK)) {
      String address = exclusive.addr().toString();
      for (Worker each : List.of(one, two)) {
        ClusterException e =
            assertThrows(ClusterException.class, () -> each.listen("tcp", address).close());
        assertTrue(e.getMessage().contains("address already in use"), e.getMessage());
      }
      var _ = assertThrows(NetBindException.class, () -> Net.listen("tcp", address).close());
    }
  }

  @Test
  void thePrimarysOptionsHoldForAdoptedListeners() throws Exception {
    ListenConfig config = ListenConfig.defaults().withNoDelay(false);
    try (Cluster cluster =
            rehearsal.builder(1).listenConfig(config).listenOn("tcp", LOOPBACK).start();
        Worker worker = rehearsal.worker();
        Listener listener = worker.listen("tcp", LOOPBACK);
        Conn _ = client(cluster, "x");
        Conn served = listener.accept()) {
      assertEquals(false, ((TcpConn) served).getOption(StandardSocketOptions.TCP_NODELAY));
    }
  }

  // ---- REUSEPORT -------------------------------------------------------------------------------

  private Cluster reusePort(Duration backOff) throws IOException {
    return rehearsal
        .builder(2)
        .policy(SharePolicy.REUSEPORT)
        .listenOn("tcp", LOOPBACK)
        .backOff(backOff, backOff, Duration.ofHours(1))
        .start();
  }

  @Test
  @Proves("cluster-reuseport")
  void eachWorkerHasASocketOfItsOwnOnThePort() throws Exception {
    try (Cluster cluster = reusePort(Duration.ofMillis(1));
        Worker one = rehearsal.worker();
        Worker two = rehearsal.worker();
        TcpListener first = (TcpListener) one.listen("tcp", LOOPBACK);
        TcpListener second = (TcpListener) two.listen("tcp", LOOPBACK)) {
      assertEquals(cluster.addr(), first.addr());
      assertEquals(cluster.addr(), second.addr());
      assertEquals(true, first.getOption(StandardSocketOptions.SO_REUSEPORT));
      first.setTimeout(Duration.ofMillis(100));
      second.setTimeout(Duration.ofMillis(100));
      List<Conn> clients = new ArrayList<>();
      try {
        int[] got = new int[2];
        while (got[0] == 0 || got[1] == 0) { // the kernel hashes the clients' ports
          clients.add(client(cluster, "x"));
          for (int i = 0; i < 2; i++) {
            try (Conn served = (i == 0 ? first : second).accept()) {
              assertReads("x", served);
              got[i]++;
            } catch (NetTimeoutException e) {
              // It was the other's.
            }
          }
        }
      } finally {
        clients.forEach(Conn::close);
      }
    }
  }

  @Test
  @Proves("cluster-reuseport")
  void theQueueOfOneThatDiedWaitsForItsReplacement() throws Exception {
    try (Cluster cluster = reusePort(Duration.ofMillis(1))) {
      List<Conn> clients = new ArrayList<>();
      try {
        String first = rehearsal.variable();
        try (Worker survivor = rehearsal.worker()) {
          Worker dies = Worker.connect(first);
          Listener its = dies.listen("tcp", LOOPBACK);
          dies.ready(grace -> {});
          int index = dies.number() - 1;
          await().until(() -> cluster.workers().get(index).state() == WorkerStatus.State.READY);
          try (Listener kept = survivor.listen("tcp", LOOPBACK)) {
            for (int i = 0; i < 20; i++) {
              clients.add(client(cluster, "x"));
            }
            int pid = dies.number();
            dies.close();
            its.close(); // as the death of its process does, of which it does not tell
            ProcessHandle.of(cluster.workers().get(pid - 1).pid())
                .ifPresent(ProcessHandle::destroyForcibly);
            try (Worker replacement = rehearsal.worker();
                Listener own = replacement.listen("tcp", LOOPBACK)) {
              assertEquals(pid, replacement.number());
              kept.setTimeout(Duration.ofMillis(200));
              own.setTimeout(Duration.ofMillis(200));
              int accepted = 0;
              while (accepted < 20) {
                accepted += acceptAll(kept) + acceptAll(own);
              }
              assertEquals(20, accepted);
            }
          }
        }
      } finally {
        clients.forEach(Conn::close);
      }
    }
  }

  private static int acceptAll(Listener listener) throws IOException {
    int accepted = 0;
    try {
      for (; ; accepted++) {
        try (Conn served = listener.accept()) {
          assertReads("x", served);
        }
      }
    } catch (NetTimeoutException e) {
      return accepted;
    }
  }

  /** As when one worker of several is told to end: its drain may be long. */
  @Test
  void theShareOfOneThatClosesItsListenerGoesToTheOthers() throws Exception {
    try (Cluster cluster = reusePort(Duration.ofHours(1));
        Worker one = rehearsal.worker();
        Worker two = rehearsal.worker();
        Listener closes = one.listen("tcp", LOOPBACK);
        Listener kept = two.listen("tcp", LOOPBACK)) {
      closes.close();
      // The primary has heard of it when it answers what came behind it.
      one.listen("unix", folder.resolve("other").toString()).close();
      for (int i = 0; i < 20; i++) { // with two sockets one would get all in one of 500,000 runs
        assertServes(kept, cluster);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(SharePolicy.class)
  void aPortIsGivenBackWhenTheLastWorkerClosesIt(SharePolicy policy) throws Exception {
    try (Cluster _ = rehearsal.builder(2).policy(policy).start();
        Worker one = rehearsal.worker();
        Worker two = rehearsal.worker()) {
      Listener first = one.listen("tcp", LOOPBACK);
      Listener again = one.listen("tcp", LOOPBACK);
      Listener other = two.listen("tcp", LOOPBACK);
      String address = first.addr().toString();
      first.close();
      other.close();
      two.listen("tcp4", LOOPBACK).close(); // an answer from behind the close
      one.listen("tcp4", LOOPBACK).close();
      Net.dial("tcp", address).close();
      again.close();
      one.listen("tcp4", LOOPBACK).close();
      var _ = assertThrows(NetConnectException.class, () -> Net.dial("tcp", address).close());
      try (Listener anew = two.listen("tcp", address)) {
        assertEquals(address, anew.addr().toString());
      }
    }
  }

  /** What a process had asked for is not kept for one that comes in its place and does not ask. */
  @Test
  void aReplacementThatAsksForLessGivesTheRestBack() throws Exception {
    try (Cluster cluster =
            rehearsal
                .builder(1)
                .backOff(Duration.ofMillis(1), Duration.ofMillis(1), Duration.ofHours(1))
                .start();
        Worker dies = rehearsal.worker()) {
      Listener its = dies.listen("tcp", LOOPBACK);
      dies.ready(grace -> {});
      await().until(() -> cluster.workers().getFirst().state() == WorkerStatus.State.READY);
      dies.close();
      its.close();
      ProcessHandle.of(cluster.workers().getFirst().pid())
          .ifPresent(ProcessHandle::destroyForcibly);
      try (Worker replacement = rehearsal.worker()) {
        Net.dial("tcp", its.addr().toString()).close(); // it may ask for it still
        replacement.ready(grace -> {});
        await().until(() -> cluster.workers().getFirst().state() == WorkerStatus.State.READY);
        var _ =
            assertThrows(
                NetConnectException.class, () -> Net.dial("tcp", its.addr().toString()).close());
      }
    }
  }

  @Test
  @Proves("cluster-reuseport")
  void theShareOfOneThatStaysAwayGoesToTheOthers() throws Exception {
    try (Cluster cluster = reusePort(Duration.ofHours(1))) {
      String first = rehearsal.variable();
      try (Worker survivor = rehearsal.worker();
          Listener kept = survivor.listen("tcp", LOOPBACK)) {
        Worker dies = Worker.connect(first);
        Listener its = dies.listen("tcp", LOOPBACK);
        int index = dies.number() - 1;
        dies.close();
        its.close(); // as the death of its process does, of which it does not tell
        ProcessHandle.of(cluster.workers().get(index).pid())
            .ifPresent(ProcessHandle::destroyForcibly);
        await().until(() -> cluster.workers().get(index).state() == WorkerStatus.State.PAUSING);
        for (int i = 0; i < 20; i++) { // with two sockets one would get all in one of 500,000 runs
          assertServes(kept, cluster);
        }
      }
    }
  }

  @Test
  @Proves("cluster-reuseport")
  void theShareOfOneThatEndsBeforeItIsReadyGoesToTheOthers() throws Exception {
    try (Cluster cluster = reusePort(Duration.ofMillis(1))) {
      String first = rehearsal.variable();
      try (Worker survivor = rehearsal.worker();
          Listener kept = survivor.listen("tcp", LOOPBACK)) {
        Worker dies = Worker.connect(first);
        Listener its = dies.listen("tcp", LOOPBACK);
        int index = dies.number() - 1;
        dies.close();
        its.close(); // as the death of its process does, of which it does not tell
        ProcessHandle.of(cluster.workers().get(index).pid())
            .ifPresent(ProcessHandle::destroyForcibly);
        await().until(() -> cluster.workers().get(index).starts() > 1);
        for (int i = 0; i < 20; i++) { // with two sockets one would get all in one of 500,000 runs
          assertServes(kept, cluster);
        }
      }
    }
  }

  // ---- Unix ------------------------------------------------------------------------------------

  @Test
  void aUnixPathIsSharedWithEveryPolicyAndRemovedAtTheEnd() throws Exception {
    for (SharePolicy policy : SharePolicy.values()) {
      Path path = folder.resolve(policy.name());
      Rehearsal other = new Rehearsal();
      try (Cluster _ = other.builder(1).policy(policy).listenOn("unix", path.toString()).start();
          Worker worker = other.worker();
          Listener listener = worker.listen("unix", path.toString());
          Conn client = Net.dial("unix", path.toString())) {
        client.write(new byte[] {'x'});
        try (Conn served = listener.accept()) {
          assertReads("x", served);
        }
        assertTrue(Files.exists(path));
      }
      assertFalse(Files.exists(path));
    }
  }

  @Test
  void theEndClosesThePort() throws Exception {
    Cluster cluster = rehearsal.builder(1).listenOn("tcp", LOOPBACK).start();
    try (Worker worker = rehearsal.worker()) {
      Listener listener = worker.listen("tcp", LOOPBACK);
      worker.ready(grace -> listener.close());
      cluster.awaitReady(Rehearsal.LIMIT);
      cluster.close();
    }
    var _ =
        assertThrows(
            NetConnectException.class, () -> Net.dial("tcp", cluster.addr().toString()).close());
  }
}
