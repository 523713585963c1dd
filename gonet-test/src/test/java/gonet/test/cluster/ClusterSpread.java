package gonet.test.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;

import gonet.Net;
import gonet.cluster.SharePolicy;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Measures for the table of docs/performance.md how each policy spreads connections, and what that
 * costs: the processor time and the switches of all processes of the cluster. No test.
 *
 * <p>Arguments: workers, connections of each run.
 */
final class ClusterSpread {
  /** Clients at the same time in the second run. */
  private static final int CLIENTS = 16;

  private static final long USER_HZ = 100;

  private ClusterSpread() {}

  /** Prints the rows. */
  public static void main(String[] args) throws Exception {
    int workers = Integer.parseInt(args[0]);
    int conns = Integer.parseInt(args[1]);
    for (SharePolicy policy : SharePolicy.values()) {
      Process primary =
          new ProcessBuilder(EchoWorker.command(EchoPrimary.class, policy.name(), "END", args[0]))
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      try (BufferedReader out = primary.inputReader(UTF_8)) {
        String address = out.readLine();
        List<Long> pids = new ArrayList<>(List.of(primary.pid()));
        for (int i = 0; i < workers; i++) {
          pids.add(Long.parseLong(out.readLine()));
        }
        load(address, 1, conns / 2); // code is compiled first
        load(address, CLIENTS, conns);
        measure(policy + ", one after the other", address, 1, conns / 2, pids);
        measure(policy + ", " + CLIENTS + " clients", address, CLIENTS, conns, pids);
      } finally {
        primary.destroyForcibly().waitFor();
      }
    }
  }

  private static void measure(String what, String address, int clients, int conns, List<Long> pids)
      throws IOException, InterruptedException {
    long ticks = ticks(pids);
    long switches = switches(pids);
    long begun = System.nanoTime();
    ConcurrentHashMap<Long, Integer> spread = load(address, clients, conns);
    double seconds = (System.nanoTime() - begun) / 1e9;
    List<Integer> shares = new ArrayList<>();
    for (long pid : pids.subList(1, pids.size())) {
      shares.add(spread.getOrDefault(pid, 0));
    }
    shares.sort(null);
    System.out.printf(
        Locale.ROOT,
        "| %s | %s | %.0f | %.0f | %.1f |%n",
        what,
        shares,
        conns / seconds,
        (ticks(pids) - ticks) * 1e6 / USER_HZ / conns,
        (double) (switches(pids) - switches) / conns);
  }

  private static ConcurrentHashMap<Long, Integer> load(String address, int clients, int conns)
      throws InterruptedException {
    ConcurrentHashMap<Long, Integer> spread = new ConcurrentHashMap<>();
    AtomicInteger left = new AtomicInteger(conns);
    AtomicLong failed = new AtomicLong();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < clients; i++) {
      threads.add(
          Net.go(
              () -> {
                while (left.getAndDecrement() > 0) {
                  try (EchoClient client = new EchoClient(address)) {
                    client.exchange();
                    spread.merge(client.pid(), 1, Integer::sum);
                  } catch (IOException e) {
                    failed.incrementAndGet();
                  }
                }
              }));
    }
    for (Thread each : threads) {
      each.join();
    }
    if (failed.get() > 0) {
      throw new AssertionError(failed + " connections failed");
    }
    return spread;
  }

  /** utime and stime of proc(5), whose second field is in parentheses and may hold spaces. */
  private static long ticks(List<Long> pids) throws IOException {
    long sum = 0;
    for (long pid : pids) {
      String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      sum += Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
    }
    return sum;
  }

  private static long switches(List<Long> pids) throws IOException {
    long sum = 0;
    for (long pid : pids) {
      try (DirectoryStream<Path> tasks =
          Files.newDirectoryStream(Path.of("/proc", Long.toString(pid), "task"))) {
        for (Path task : tasks) {
          for (String line : Files.readAllLines(task.resolve("status"))) {
            if (line.startsWith("voluntary_ctxt_switches:")) {
              sum += Long.parseLong(line.substring(line.indexOf(':') + 1).strip());
            }
          }
        }
      }
    }
    return sum;
  }
}
