package gonet.test.bench;

import gonet.Conn;
import gonet.Listener;
import gonet.Net;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * What it costs that somebody reads {@code /proc/PID/fdinfo} of an epoll descriptor, as agents do
 * that list what a process has open: the kernel writes a line for each registration, and holds the
 * lock that epoll_wait(2) needs meanwhile. Measures the echo of one connection beside many that do
 * nothing, with and without a reader.
 *
 * <p>Argument: how many connections, 9,000 if not given; each has two descriptors here.
 */
public final class FdInfo {
  private static final int CONNECTIONS = 9000;
  private static final int ROUNDS = 5;
  private static final int ECHOES = 20_000;
  private static final Duration PAUSE = Duration.ofMillis(20);

  private FdInfo() {}

  /** Prints a line for each round, in microseconds. */
  public static void main(String[] args) throws IOException, InterruptedException {
    int connections = args.length == 0 ? CONNECTIONS : Integer.parseInt(args[0]);
    List<Conn> idle = new ArrayList<>();
    try (Listener listener = Net.listen("tcp", "127.0.0.1:0");
        Conn echo = Net.dial("tcp", listener.addr().toString());
        Conn served = listener.accept()) {
      Thread server = Net.go(() -> serve(served));
      for (int i = 1; i < connections; i++) {
        idle.add(Net.dial("tcp", listener.addr().toString()));
        idle.add(listener.accept());
      }
      idle.forEach(conn -> Net.go(() -> conn.read(new byte[1]))); // registers it
      Path info = largestSet();
      System.out.println(info + ": " + Files.readAllLines(info).size() + " lines");
      System.out.println("              p50     p99   p99.9     max  longest read  reads");
      for (int round = 0; round < ROUNDS; round++) {
        System.out.println("alone       " + measured(echo));
        Reader reader = new Reader(info);
        String micros = measured(echo);
        reader.end();
        System.out.println("with reader " + micros + reader);
      }
      echo.closeWrite();
      server.join();
    } finally {
      idle.forEach(Conn::close);
    }
  }

  private static void serve(Conn conn) throws IOException {
    byte[] buf = new byte[64];
    for (int n; (n = conn.read(buf)) >= 0; ) {
      conn.write(buf, 0, n);
    }
  }

  /** By a virtual thread, as gonet's connections are used. */
  private static String measured(Conn conn) throws InterruptedException {
    long[] nanos = new long[ECHOES];
    Net.go(
            () -> {
              byte[] buf = new byte[8];
              for (int i = 0; i < nanos.length; i++) {
                long begin = System.nanoTime();
                conn.write(buf);
                conn.readFully(buf);
                nanos[i] = System.nanoTime() - begin;
              }
            })
        .join();
    Arrays.sort(nanos);
    return String.format(
        Locale.ROOT,
        "%7d %7d %7d %7d",
        nanos[ECHOES / 2] / 1000,
        nanos[ECHOES / 100 * 99] / 1000,
        nanos[ECHOES / 1000 * 999] / 1000,
        nanos[ECHOES - 1] / 1000);
  }

  /** Of this process' epoll descriptors the one with most registrations. */
  private static Path largestSet() throws IOException {
    Path largest = null;
    int most = 0;
    try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
      for (Path fd : (Iterable<Path>) all::iterator) {
        if (Files.isSymbolicLink(fd)
            && Files.readSymbolicLink(fd).endsWith("anon_inode:[eventpoll]")) {
          Path info = Path.of("/proc/self/fdinfo").resolve(fd.getFileName());
          int lines = Files.readAllLines(info).size();
          if (lines > most) {
            largest = info;
            most = lines;
          }
        }
      }
    }
    if (largest == null) {
      throw new IOException("this process has no epoll descriptor; the backend is epoll's?");
    }
    return largest;
  }

  /** Reads it fifty times a second, until told to end. */
  private static final class Reader {
    private final Thread thread;
    private volatile boolean over;
    private volatile long longestNanos;
    private volatile int reads;

    Reader(Path info) {
      thread = Thread.ofPlatform().start(() -> readAgain(info));
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // by one thread
    private void readAgain(Path info) {
      while (!over) {
        long begin = System.nanoTime();
        try {
          var _ = Files.readAllBytes(info);
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
        longestNanos = Math.max(longestNanos, System.nanoTime() - begin);
        reads++;
        LockSupport.parkNanos(PAUSE.toNanos());
      }
    }

    @Override
    public String toString() {
      return String.format(Locale.ROOT, "  %12d  %5d", longestNanos / 1000, reads);
    }

    void end() throws InterruptedException {
      over = true;
      thread.join();
    }
  }
}
