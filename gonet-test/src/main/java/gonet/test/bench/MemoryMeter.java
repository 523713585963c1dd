package gonet.test.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What an idle connection costs in the server's memory: resident memory with many of them less that
 * with a few, divided by their number. A JVM's heap is resident from the start, so what it uses
 * after a garbage collection is added.
 */
final class MemoryMeter {
  private static final int FEW = 200;

  private final LoadProcess load;

  MemoryMeter(LoadProcess load) {
    this.load = load;
  }

  Sample measure(Case which, Rival rival, ServerProcess server)
      throws IOException, InterruptedException {
    try (LoadProcess.Held _ = load.hold(which, server, FEW)) {
      long before = bytes(rival, server);
      try (LoadProcess.Held many = load.hold(which, server, many(which))) {
        long after = bytes(rival, server);
        return new Sample((after - before) / (double) many.count(), LoadResult.none());
      }
    }
  }

  private static int many(Case which) {
    for (String argument : which.load()) {
      if (argument.startsWith("conns=")) {
        return Integer.parseInt(argument.substring("conns=".length()));
      }
    }
    throw new IllegalArgumentException("no conns= in " + which);
  }

  private static long bytes(Rival rival, ServerProcess server)
      throws IOException, InterruptedException {
    awaitQuiet(server.pid());
    if (!rival.obeys()) {
      return server.residentBytes();
    }
    server.collectGarbage();
    String heap = server.stats().get("heap");
    if (heap == null) {
      throw new IOException("the server does not tell its heap");
    }
    return Long.parseLong(heap) + server.residentBytes();
  }

  /** Until it has accepted everybody: the kernel answers clients before the server does. */
  private static void awaitQuiet(long pid) throws IOException, InterruptedException {
    long before = -1;
    for (long now = ticks(pid); now != before; now = ticks(pid)) {
      before = now;
      Thread.sleep(500);
    }
  }

  /** CPU time so far: fields 14 and 15 of proc_pid_stat(5), counted behind the program's name. */
  private static long ticks(long pid) throws IOException {
    String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    return Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
  }
}
