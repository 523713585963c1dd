package gonet.test.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Net;
import gonet.NetConnectException;
import gonet.cluster.Cluster;
import gonet.cluster.ClusterReport;
import gonet.cluster.SharePolicy;
import gonet.cluster.WorkerStatus;
import gonet.test.LeakCheck;
import gonet.test.Proves;
import java.io.BufferedReader;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Workers that are processes, under each policy. {@code gonet.test.cluster.conns}, {@code .workers}
 * and {@code .kills} make it big: the limit of open files bounds the connections.
 */
@LeakCheck
@Timeout(1800)
@EnabledIfSystemProperty(
    named = "gonet.backend",
    matches = "epoll",
    disabledReason = "java.nio passes no descriptors: ClusterNioTest")
class ClusterTest {
  private static final int CONNS = Integer.getInteger("gonet.test.cluster.conns", 100);
  private static final int WORKERS = Integer.getInteger("gonet.test.cluster.workers", 2);
  private static final int FEW_KILLS = 1;
  private static final int KILLS = Integer.getInteger("gonet.test.cluster.kills", FEW_KILLS);

  private static final Duration LIMIT = Duration.ofSeconds(60);

  private static Cluster start(SharePolicy policy) throws Exception {
    Cluster cluster =
        Cluster.builder()
            .workers(WORKERS)
            .policy(policy)
            .listenOn("tcp", "127.0.0.1:0")
            .command(EchoWorker.command(EchoWorker.class, "127.0.0.1:0"))
            .grace(LIMIT)
            .backOff(Duration.ofMillis(1), Duration.ofMillis(50), LIMIT)
            .start();
    boolean ready = false;
    try {
      cluster.awaitReady(LIMIT);
      ready = true;
      return cluster;
    } finally {
      if (!ready) {
        cluster.close();
      }
    }
  }

  private static Set<Long> pids(Cluster cluster) {
    Set<Long> pids = ConcurrentHashMap.newKeySet();
    cluster.workers().forEach(worker -> pids.add(worker.pid()));
    return pids;
  }

  @ParameterizedTest
  @EnumSource
  @Proves({"cluster", "cluster-reuseport", "cluster-roundrobin", "cluster-deaths", "S3"})
  void allWorkersServeAndOneThatIsKilledTakesItsOwnAlongAndIsReplaced(SharePolicy policy)
      throws Exception {
    List<EchoClient> clients = new ArrayList<>();
    Cluster cluster = start(policy);
    try {
      String address = cluster.addr().toString();
      Set<Long> old = pids(cluster);
      Map<Long, Integer> spread = new TreeMap<>();
      while (clients.size() < CONNS || spread.size() < WORKERS) {
        EchoClient client = new EchoClient(address);
        clients.add(client);
        client.exchange();
        spread.merge(client.pid(), 1, Integer::sum);
      }
      assertEquals(old, spread.keySet());
      System.out.println(
          policy + ": " + clients.size() + " connections, by worker " + spread.values());

      long victim = clients.getFirst().pid();
      assertTrue(ProcessHandle.of(victim).orElseThrow().destroyForcibly());
      for (EchoClient each : clients) {
        if (each.pid() == victim) {
          assertTrue(each.ends(), "a connection outlived its process");
        } else {
          each.exchange();
        }
      }
      long replacement = victim;
      while (old.contains(replacement)) { // nobody is refused meanwhile
        try (EchoClient late = new EchoClient(address)) {
          late.exchange();
          replacement = late.pid();
        }
      }

      cluster.beginShutdown(LIMIT);
      await().atMost(LIMIT).until(() -> refuses(address));
      for (EchoClient each : clients) {
        if (each.pid() != victim) {
          each.exchange(); // they may finish
        }
        each.close();
      }
      assertEquals(new ClusterReport(WORKERS, 0, 0), cluster.awaitClosed());
    } finally {
      clients.forEach(EchoClient::close);
      cluster.shutdown(Duration.ZERO);
    }
  }

  private static boolean refuses(String address) throws IOException {
    try {
      Net.dial("tcp", address).close();
      return false;
    } catch (NetConnectException e) {
      return true;
    }
  }

  /** All policies where the test is to be big; otherwise the one with the most to go wrong. */
  static List<SharePolicy> policiesOfKills() {
    return KILLS > FEW_KILLS ? List.of(SharePolicy.values()) : List.of(SharePolicy.ROUND_ROBIN);
  }

  @ParameterizedTest
  @MethodSource("policiesOfKills")
  @Proves("cluster-deaths")
  void killsAtRandomEndOnlyConnectionsOfThoseKilled(SharePolicy policy) throws Exception {
    try (Cluster cluster = start(policy)) {
      Load load = new Load(cluster.addr().toString());
      try {
        for (int i = 0; i < KILLS; i++) {
          load.awaitExchanges(50);
          List<WorkerStatus> workers = cluster.workers();
          WorkerStatus victim = workers.get(ThreadLocalRandom.current().nextInt(workers.size()));
          load.kill(victim.pid());
          await().atMost(LIMIT).until(() -> isReplaced(cluster, victim));
        }
        load.awaitExchanges(50);
      } finally {
        load.end();
      }
      assertEquals(List.of(), List.copyOf(load.wrong));
      assertTrue(cluster.shutdown(LIMIT).isGraceful());
    }
  }

  private static boolean isReplaced(Cluster cluster, WorkerStatus victim) {
    WorkerStatus now = cluster.workers().get(victim.number() - 1);
    return now.pid() != victim.pid() && now.state() == WorkerStatus.State.READY;
  }

  /** Clients that open connections without a pause, and use each some times. */
  private static final class Load {
    private static final int CLIENTS = 8;

    final Queue<String> wrong = new ConcurrentLinkedQueue<>();
    private final String address;
    private final Set<Long> killed = ConcurrentHashMap.newKeySet();
    private final AtomicInteger kills = new AtomicInteger();
    private final AtomicLong exchanges = new AtomicLong();
    private final AtomicBoolean over = new AtomicBoolean();
    private final List<Thread> threads = new ArrayList<>();

    Load(String address) {
      this.address = address;
      for (int i = 0; i < CLIENTS; i++) {
        threads.add(Net.go(this::run));
      }
    }

    private void run() {
      while (!over.get() && wrong.isEmpty()) {
        int before = kills.get();
        long pid = 0;
        try (EchoClient client = new EchoClient(address)) {
          pid = client.pid();
          for (int i = 0; i < 20; i++) {
            client.exchange();
            exchanges.incrementAndGet();
          }
        } catch (NetConnectException e) {
          wrong.add("refused: " + e);
        } catch (IOException e) {
          // One that has not heard whose it is may be of a process that was killed since.
          boolean excused = pid == 0 ? kills.get() > before : killed.contains(pid);
          if (!excused) {
            wrong.add("process " + pid + " lives: " + e);
          }
        }
      }
    }

    void kill(long pid) {
      killed.add(pid);
      kills.incrementAndGet();
      assertTrue(ProcessHandle.of(pid).orElseThrow().destroyForcibly());
    }

    void awaitExchanges(int more) {
      long until = exchanges.get() + more;
      await().atMost(LIMIT).until(() -> exchanges.get() > until || !wrong.isEmpty());
    }

    void end() throws InterruptedException {
      over.set(true);
      for (Thread each : threads) {
        each.join();
      }
    }
  }

  // ---- the primary's death ---------------------------------------------------------------------

  @ParameterizedTest
  @CsvSource({"SHARED, END", "ROUND_ROBIN, SERVE_ON"})
  @Proves("cluster-deaths")
  void thePrimarysDeathEndsItsWorkersOrLetsThemServeOn(String policy, String death)
      throws Exception {
    Process primary =
        new ProcessBuilder(EchoWorker.command(EchoPrimary.class, policy, death, "2"))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    List<ProcessHandle> workers = new ArrayList<>();
    try (BufferedReader out = primary.inputReader(UTF_8)) {
      String address = out.readLine();
      for (int i = 0; i < 2; i++) {
        workers.add(ProcessHandle.of(Long.parseLong(out.readLine())).orElseThrow());
      }
      try (EchoClient faithful = new EchoClient(address)) {
        faithful.exchange();
        primary.toHandle().destroyForcibly();
        assertTrue(primary.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS));
        faithful.exchange();
        if (death.equals("SERVE_ON")) {
          for (int i = 0; i < 10; i++) {
            try (EchoClient late = new EchoClient(address)) {
              late.exchange();
            }
          }
          workers.forEach(each -> assertTrue(each.isAlive()));
        }
      }
      if (death.equals("END")) {
        for (ProcessHandle each : workers) {
          each.onExit().get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        }
      }
    } finally {
      primary.destroyForcibly();
      workers.forEach(ProcessHandle::destroyForcibly);
    }
  }

  @Test
  @Proves("cluster-deaths")
  void oneThatIsNeverReadyHarmsNoConnectionOfTheOthers() throws Exception {
    AtomicInteger starts = new AtomicInteger();
    try (Cluster cluster =
        Cluster.builder()
            .workers(2)
            .listenOn("tcp", "127.0.0.1:0")
            .command(EchoWorker.command(EchoWorker.class, "127.0.0.1:0"))
            .process(
                process -> {
                  if (starts.incrementAndGet() > 1) {
                    process.command("sh", "-c", "exit 7");
                  }
                })
            .backOff(Duration.ofMillis(1), Duration.ofMillis(1), LIMIT)
            .start()) {
      try (EchoClient client = new EchoClient(cluster.addr().toString())) {
        await().atMost(LIMIT).until(() -> starts.get() > 5);
        client.exchange();
      }
    }
  }
}
