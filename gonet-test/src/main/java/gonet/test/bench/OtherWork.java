package gonet.test.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The CPU time that others used meanwhile: that of the whole machine, proc_stat(5), less that of
 * this process and of all that it has started, proc_pid_stat(5). Interrupts belong to nobody and
 * are left out, what a hypervisor has taken counts. For one thread.
 */
final class OtherWork {
  /** More than this many cores are too many for a figure of a few percent. */
  static final double TOLERABLE_CORES = 0.1;

  /** USER_HZ, the same on every Linux that a JVM runs on. */
  private static final double TICKS_PER_SECOND = 100;

  private static final Path PROC = Path.of("/proc");

  /** Of user, nice, system, idle, iowait, irq, softirq and steal, those that are work. */
  private static final int[] WORK = {1, 2, 3, 8};

  private final long begunNanos = System.nanoTime();
  private final long begunTicks;
  private final double loadAverage;

  private OtherWork(long ticks, double loadAverage) {
    this.begunTicks = ticks;
    this.loadAverage = loadAverage;
  }

  /** From now on; empty where the system does not tell. */
  static Optional<OtherWork> begin() {
    try {
      String average = Files.readString(PROC.resolve("loadavg")).split(" ", 2)[0];
      return Optional.of(new OtherWork(othersTicks(), Double.parseDouble(average)));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** What others did in a round. */
  record Found(double loadAverageBefore, double cores) {
    boolean disturbs() {
      return cores > TOLERABLE_CORES;
    }
  }

  /** What they did since. */
  Found end() throws IOException {
    double seconds = (System.nanoTime() - begunNanos) / 1e9;
    double cores = (othersTicks() - begunTicks) / TICKS_PER_SECOND / seconds;
    return new Found(loadAverage, Math.max(0, cores));
  }

  private static long othersTicks() throws IOException {
    String first;
    try (Stream<String> lines = Files.lines(PROC.resolve("stat"))) {
      first = lines.findFirst().orElseThrow();
    }
    String[] fields = first.split("\\s+");
    long all = 0;
    for (int field : WORK) {
      all += Long.parseLong(fields[field]);
    }
    ProcessHandle self = ProcessHandle.current();
    long own = ticks(self.pid());
    for (ProcessHandle started : self.descendants().toList()) {
      own += ticks(started.pid());
    }
    return all - own;
  }

  /** Its own time, and that of its children that have ended. */
  private static long ticks(long pid) {
    try {
      String stat = Files.readString(PROC.resolve(pid + "/stat"));
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
      long sum = 0;
      for (int field = 11; field <= 14; field++) { // utime, stime, cutime, cstime
        sum += Long.parseLong(fields[field]);
      }
      return sum;
    } catch (IOException e) {
      return 0; // it has ended, and its parent has its time
    }
  }
}
