package gonet.test.soak;

import gonet.Net;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code bin/soak}. */
@Command(
    name = "soak",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    usageHelpAutoWidth = true,
    description =
        "Hostile clients against servers and a proxy. Fails if a byte is wrong, a call does not end, or"
            + " something is left.")
public final class Soak implements Callable<Integer> {
  private static final Duration GRACE = Duration.ofSeconds(2);

  /** Above all rightful waits of a client, on a busy machine. */
  private static final int PATIENCE_MILLIS = 60_000;

  private static final int DISTURB_MILLIS = 3;
  private static final Duration END = Duration.ofMinutes(2);

  @Option(
      names = {"-m", "--minutes"},
      paramLabel = "N",
      description = "How long; 60 if not given.")
  private int minutes = 60;

  @Option(
      names = {"-c", "--clients"},
      paramLabel = "N",
      description = "Clients at a time; 100 if not given.")
  private int clients = 100;

  @Option(
      names = "--idle",
      paramLabel = "SECONDS",
      description =
          "The servers' idle limit; 2 if not given. More beside other work, which may keep clients"
              + " from the processor for as long.")
  private int idleSeconds = 2;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "For the same clients again; another each time if not given.")
  private long seed = System.nanoTime();

  private final Tally tally = new Tally();
  private final PrintStream out = System.out;
  private volatile boolean over;

  private Soak() {}

  public static void main(String[] args) {
    System.exit(new CommandLine(new Soak()).execute(args));
  }

  @Override
  public Integer call() throws Exception {
    warmUp();
    long descriptors = descriptors();
    out.println(
        "soak of "
            + minutes
            + " min, seed "
            + seed
            + ", "
            + Net.stats().backend()
            + ", "
            + Net.stats().lane()
            + " lane");
    try (Servers servers = new Servers(Duration.ofSeconds(idleSeconds))) {
      List<Thread> threads = start(servers);
      for (int minute = 1; minute <= minutes && tally.failures() == 0; minute++) {
        Thread.sleep(Duration.ofMinutes(1));
        out.println(minute + " min: " + tally + ", heap " + heapMegabytes() + " MB");
      }
      over = true;
      for (Thread thread : threads) {
        if (!thread.join(END)) {
          tally.failed("hangs: " + thread.getName() + " " + List.of(thread.getStackTrace()));
        }
      }
      servers.shutdown(GRACE);
    }
    requireSoon("connections of gonet: " + Net.stats(), () -> Net.stats().open() == 0);
    requireSoon("descriptors, more than " + descriptors, () -> descriptors() <= descriptors);
    tally.firstFailures().forEach(out::println);
    out.println((tally.failures() == 0 ? "passed: " : "FAILED: ") + tally);
    return tally.failures() == 0 ? 0 : 1;
  }

  /** What is opened once and stays must not count as left. */
  private void warmUp() throws Exception {
    try (Servers servers = new Servers(Duration.ofSeconds(idleSeconds))) {
      Random random = new Random(seed);
      for (Manner manner : Manner.values()) {
        one(manner, servers, random, true);
        one(manner, servers, random, false);
      }
      servers.shutdown(GRACE);
    }
    requireSoon("connections behind the warm-up", () -> Net.stats().open() == 0);
  }

  private List<Thread> start(Servers servers) {
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < clients; i++) {
      Random random = new Random(seed + i);
      threads.add(Thread.ofVirtual().name("client-" + i).start(() -> comeAgain(servers, random)));
    }
    threads.add(Thread.ofVirtual().name("disturber").start(() -> disturb(servers)));
    threads.add(Thread.ofVirtual().name("restarter").start(this::restart));
    return threads;
  }

  private void comeAgain(Servers servers, Random random) {
    Manner[] manners = Manner.values();
    while (!over) {
      one(manners[random.nextInt(manners.length)], servers, random, random.nextBoolean());
    }
  }

  private void one(Manner manner, Servers servers, Random random, boolean byProxy) {
    int port = Servers.port(byProxy ? servers.proxy : servers.echo);
    try (Socket socket = new Socket()) {
      socket.connect(
          new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port), PATIENCE_MILLIS);
      socket.setSoTimeout(PATIENCE_MILLIS);
      manner.play(socket, random, tally);
      tally.ended(manner);
    } catch (java.net.SocketTimeoutException e) {
      tally.failed(manner + (byProxy ? " by proxy" : "") + " waits for ever: " + e);
    } catch (Exception e) {
      if (manner.isGood()) {
        tally.failed(manner + (byProxy ? " by proxy" : "") + ": " + e);
      } else {
        tally.ended(manner);
      }
    } catch (AssertionError e) {
      tally.failed(manner + (byProxy ? " by proxy" : "") + ": " + e.getMessage());
    }
  }

  private void disturb(Servers servers) {
    while (!over) {
      try {
        Thread.sleep(DISTURB_MILLIS);
      } catch (InterruptedException e) {
        return;
      }
      if (servers.disturb()) {
        tally.interrupts.increment();
      }
    }
  }

  /** Servers that begin and end all the time, with clients in every state. */
  private void restart() {
    Random random = new Random(seed - 1);
    while (!over) {
      try (Servers servers = new Servers(Duration.ofSeconds(idleSeconds))) {
        List<Thread> crowd = new ArrayList<>();
        for (Manner manner : Manner.values()) {
          Random own = new Random(random.nextLong());
          crowd.add(Thread.ofVirtual().start(() -> anyEnd(manner, servers, own)));
        }
        Thread.sleep(random.nextInt(500));
        servers.shutdown(Duration.ofMillis(random.nextInt(500)));
        for (Thread thread : crowd) {
          if (!thread.join(END)) {
            tally.failed("a client of a server that has ended hangs");
          }
        }
        tally.shutdowns.increment();
      } catch (Exception | AssertionError e) {
        tally.failed("restart: " + e);
      }
    }
  }

  /** A client whose server may end in the middle. */
  private void anyEnd(Manner manner, Servers servers, Random random) {
    int port = Servers.port(random.nextBoolean() ? servers.proxy : servers.echo);
    try (Socket socket = new Socket()) {
      socket.connect(
          new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port), PATIENCE_MILLIS);
      socket.setSoTimeout(PATIENCE_MILLIS);
      manner.play(socket, random, new Tally());
    } catch (java.net.SocketTimeoutException e) {
      tally.failed(manner + " of a server that has ended waits for ever");
    } catch (Exception e) {
      // As was to be expected.
    } catch (AssertionError e) {
      tally.failed(manner + " of a server that ends: " + e.getMessage());
    }
  }

  private void requireSoon(String what, BooleanSupplier condition) throws InterruptedException {
    long begin = System.nanoTime();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - begin > END.toNanos()) {
        tally.failed("left: " + what);
        return;
      }
      Thread.sleep(20);
    }
  }

  private static long descriptors() {
    try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
      return all.count();
    } catch (java.io.IOException e) {
      return 0; // no such folder on other systems: then only gonet's own count tells
    }
  }

  private static long heapMegabytes() {
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() / 1_000_000;
  }
}
