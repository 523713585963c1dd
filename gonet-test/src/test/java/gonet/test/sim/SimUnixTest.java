package gonet.test.sim;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.Dialer;
import gonet.ListenConfig;
import gonet.Listener;
import gonet.Net;
import gonet.NetConnectException;
import gonet.NetTimeoutException;
import gonet.TcpListener;
import gonet.UnixConn;
import gonet.UnixListener;
import gonet.test.Proves;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Unix sockets of simulated hosts, and the processes that have them. */
@NeedsSim
@Proves("sim-unix")
@Timeout(180)
class SimUnixTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  private static String path(Host host) {
    return host.folder().resolve("s").toString();
  }

  /** The reader is late, and the writer has to wait for room; all of it comes, in order. */
  @SimTest(seeds = 50)
  void aStreamIsWholeWhoeverWaits(Sim sim) throws Exception {
    Host host = sim.host("host");
    Listener listener = Net.listen("unix", "@s");
    assertThrows(NetConnectException.class, () -> dialOn(host, "@s"));
    int size = 1_000_000;
    Thread writer =
        Net.go(
            "writer",
            () -> {
              try (Conn conn = listener.accept()) {
                byte[] all = new byte[size];
                for (int i = 0; i < size; i++) {
                  all[i] = (byte) (i * 31);
                }
                conn.write(all);
              }
            });
    try (Conn conn = Net.dial("unix", "@s")) {
      byte[] buf = new byte[1 + sim.random().nextInt(100_000)];
      int at = 0;
      for (int n; (n = conn.read(buf)) > 0; ) {
        for (int i = 0; i < n; i++, at++) {
          if (buf[i] != (byte) (at * 31)) {
            throw new AssertionError("byte " + at);
          }
        }
        Servers.nap(sim, 1);
      }
      assertEquals(size, at);
    }
    writer.join();
  }

  /** Names are those of one host. */
  private static void dialOn(Host host, String name) throws IOException, InterruptedException {
    IOException[] failure = {null};
    host.run(
            () -> {
              try {
                Net.dial("unix", name).close();
              } catch (IOException e) {
                failure[0] = e;
              }
            })
        .join();
    if (failure[0] != null) {
      throw failure[0];
    }
  }

  /** A full queue is asked again after a pause, not at once. */
  @SimTest(seeds = 20)
  void aDialWaitsBetweenItsTries(Sim sim) throws Exception {
    AtomicInteger tries = new AtomicInteger();
    try (Listener _ = ListenConfig.defaults().withBacklog(0).listen("unix", "@s");
        Conn _ = Net.dial("unix", "@s")) {
      Dialer dialer =
          Dialer.defaults()
              .withTimeout(SECOND)
              .withControl((network, address, socket) -> tries.incrementAndGet());
      assertThrows(NetTimeoutException.class, () -> dialer.dial("unix", "@s"));
    }
    // 0.5 ms, 1, 2, 4, 8 and then 16 each.
    assertEquals(67, tries.get(), 3);
  }

  /** What a process has open is closed by its end; what others share of it is not. */
  @SimTest(seeds = 50)
  void aKilledProcessLeavesWhatOthersShare(Sim sim) throws Exception {
    Host host = sim.host("host");
    String path = path(host);
    HostProcess old = host.process("old");
    HostProcess young = host.process("young");
    boolean[] over = {false};
    List<String> served = new ArrayList<>();
    old.serve(
        () -> {
          Listener tcp = Net.listen("tcp", ":80");
          Thread _ = Net.go("acceptor", () -> greet(tcp, "old", served));
          try (UnixListener unix = (UnixListener) Net.listen("unix", path);
              UnixConn conn = unix.accept()) {
            conn.sendDescriptors(new byte[1], (TcpListener) tcp);
            assertEquals(-1, conn.read(new byte[1]));
          }
        });
    Task taken =
        young.serve(
            () -> {
              UnixConn conn = dialAtLast(sim, path);
              UnixConn.Received received = conn.receive(new byte[1], 0, 1, 1);
              Listener tcp = Net.fileListener(received.descriptors().getFirst());
              received.close();
              conn.close();
              Thread _ = Net.go("acceptor", () -> greet(tcp, "young", served));
            });
    taken.join();
    host.run(
        () -> {
          for (int i = 0; !over[0]; i++) {
            String greeting = call(sim, host);
            served.remove(greeting);
            if (i == 5) {
              old.kill();
              over[0] = true;
              sim.log("old is gone");
              for (int k = 0; k < 5; k++) {
                assertEquals("young", call(sim, host));
              }
            }
          }
          assertFalse(old.alive());
          assertEquals(0, old.openDescriptors());
          young.kill();
          assertThrows(NetConnectException.class, () -> Net.dial("tcp", host.at(80)));
        });
  }

  private static String call(Sim sim, Host host) throws IOException {
    try (Conn conn = Net.dial("tcp", host.at(80))) {
      Servers.nap(sim, 1);
      return new String(conn.inputStream().readAllBytes(), UTF_8);
    }
  }

  private static void greet(Listener listener, String name, List<String> served)
      throws IOException {
    for (; ; ) {
      try (Conn conn = listener.accept()) {
        served.add(name);
        conn.write(name.getBytes(UTF_8));
      }
    }
  }

  private static UnixConn dialAtLast(Sim sim, String path) throws Exception {
    for (; ; ) {
      try {
        return (UnixConn) Net.dial("unix", path);
      } catch (NetConnectException e) {
        sim.sleep(Servers.MILLI);
      }
    }
  }

  /** SO_PEERCRED: who listened, also if another process accepts; and who connected. */
  @SimTest(seeds = 20)
  void aPeerIsKnownByTheNumberOfItsProcess(Sim sim) throws Exception {
    Host host = sim.host("host");
    String path = path(host);
    HostProcess one = host.process("one");
    HostProcess other = host.process("other");
    assertNotEquals(one.pid(), other.pid());
    one.serve(
        () -> {
          UnixListener listener = (UnixListener) Net.listen("unix", path);
          UnixConn conn = listener.accept();
          assertEquals(other.pid(), conn.peerCredentials().pid());
          conn.sendDescriptors(new byte[1], listener);
        });
    other
        .run(
            () -> {
              UnixConn conn = dialAtLast(sim, path);
              assertEquals(one.pid(), conn.peerCredentials().pid());
              UnixConn.Received received = conn.receive(new byte[1], 0, 1, 1);
              Listener listener = Net.fileListener(received.descriptors().getFirst());
              received.close();
              try (UnixConn dialled = (UnixConn) Net.dial("unix", path);
                  UnixConn accepted = (UnixConn) listener.accept()) {
                assertEquals(one.pid(), dialled.peerCredentials().pid());
                assertEquals(other.pid(), accepted.peerCredentials().pid());
              }
            })
        .join();
  }

  /** Peers see its end; its path stays, dead, and the next one takes it over. */
  @SimTest(seeds = 30)
  void thePathOfAKilledProcessIsTakenOver(Sim sim) throws Exception {
    Host host = sim.host("host");
    String path = path(host);
    ListenConfig replacing = ListenConfig.defaults().withReplaceStalePath(true);
    HostProcess first = host.process("first");
    first.serve(
        () -> {
          Listener listener = replacing.listen("unix", path);
          Conn conn = listener.accept();
          conn.write(new byte[3]);
          assertEquals(-1, conn.read(new byte[1]));
        });
    host.run(
        () -> {
          UnixConn conn = dialAtLast(sim, path);
          assertEquals(3, conn.read(new byte[3]));
          first.kill();
          assertEquals(-1, conn.read(new byte[1]));
          assertThrows(NetConnectException.class, () -> Net.dial("unix", path));
          assertTrue(Files.exists(Path.of(path)));
          try (Listener _ = replacing.listen("unix", path);
              Conn again = Net.dial("unix", path)) {
            assertNotNull(again);
          }
          assertFalse(Files.exists(Path.of(path)));
        });
  }

  /** A crash takes all processes of a host, and abstract names; files stay on its disk. */
  @SimTest(seeds = 20)
  void aCrashLeavesTheFiles(Sim sim) throws Exception {
    Host host = sim.host("host");
    HostProcess other = host.process("other");
    other
        .run(
            () -> {
              Listener _ = Net.listen("unix", path(host));
              Listener _ = Net.listen("unix", "@s");
            })
        .join();
    host.crash();
    assertFalse(other.alive());
    assertTrue(Files.exists(Path.of(path(host))));
    host.restart();
    host.run(
        () -> {
          assertThrows(NetConnectException.class, () -> Net.dial("unix", path(host)));
          Net.listen("unix", "@s").close();
        });
  }

  /** The folder's name is no part of it, and it goes with the run. */
  @Test
  void aLogIsTheSameAndTheFolderGoes() {
    List<Path> folders = new ArrayList<>();
    Sim.Scenario scenario =
        sim -> {
          folders.add(sim.host("host").folder());
          aKilledProcessLeavesWhatOthersShare(sim);
        };
    for (long seed = 1; seed <= 5; seed++) {
      Outcome one = Sim.attempt(seed, scenario, true);
      Outcome other = Sim.attempt(seed, scenario, true);
      assertNull(one.failure());
      assertEquals(one.log(), other.log());
      assertTrue(one.log().contains("host:old/serve#"), one.log());
      assertTrue(one.log().contains("listens at unix ~/s"), one.log());
    }
    assertEquals(10, folders.stream().distinct().count());
    for (Path each : folders) {
      assertFalse(Files.exists(each.getParent()), each.toString());
    }
  }
}
