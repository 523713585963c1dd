package gonet.test.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.HdrHistogram.EncodableHistogram;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogReader;

/**
 * A run as its interval logs have it: of one machine, or of several that put load on one server at
 * the same time, whose seconds are laid over each other by their clocks.
 */
final class LoggedRun {
  /** A second of all machines. */
  record Second(double seconds, Histogram latencies) {}

  private final List<Second> seconds;
  private final Histogram total;

  private LoggedRun(List<Second> seconds, Histogram total) {
    this.seconds = seconds;
    this.total = total;
  }

  /**
   * Reads and merges.
   *
   * @throws IOException if a file cannot be read, or holds no answered request
   */
  static LoggedRun read(List<Path> files) throws IOException {
    List<Histogram> intervals = new ArrayList<>();
    for (Path file : files) {
      intervals.addAll(intervals(file));
    }
    long first = intervals.stream().mapToLong(Histogram::getStartTimeStamp).min().orElseThrow();
    TreeMap<Long, List<Histogram>> bySecond = new TreeMap<>();
    for (Histogram interval : intervals) {
      // By its middle: clocks and beginnings differ by parts of a second.
      long middle = (interval.getStartTimeStamp() + interval.getEndTimeStamp()) / 2;
      bySecond.computeIfAbsent((middle - first) / 1000, s -> new ArrayList<>()).add(interval);
    }
    List<Second> seconds = new ArrayList<>();
    Histogram total = new Histogram(3);
    for (List<Histogram> together : bySecond.values()) {
      Histogram sum = new Histogram(3);
      double longest = 0;
      for (Histogram each : together) {
        sum.add(each);
        longest = Math.max(longest, (each.getEndTimeStamp() - each.getStartTimeStamp()) / 1e3);
      }
      sum.setStartTimeStamp(together.getFirst().getStartTimeStamp());
      sum.setEndTimeStamp(together.getFirst().getEndTimeStamp());
      seconds.add(new Second(Math.max(longest, 1e-3), sum));
      total.add(sum);
    }
    if (total.getTotalCount() == 0) {
      throw new IOException(files.getFirst() + " holds no answered request");
    }
    return new LoggedRun(seconds, total);
  }

  private static List<Histogram> intervals(Path file) throws IOException {
    if (!Files.isReadable(file)) {
      throw new NoSuchFileException(file.toString(), null, "no file that can be read");
    }
    List<Histogram> intervals = new ArrayList<>();
    try (HistogramLogReader reader = new HistogramLogReader(file.toFile())) {
      while (reader.hasNext()) {
        EncodableHistogram next = reader.nextIntervalHistogram();
        if (next instanceof Histogram interval) {
          intervals.add(interval);
        }
      }
    } catch (RuntimeException e) { // what its scanner and its decoder throw at other contents
      throw new IOException(file + " is no log of intervals: " + e.getMessage(), e);
    }
    if (intervals.isEmpty()) {
      throw new IOException(file + " holds no interval");
    }
    return intervals;
  }

  List<Second> seconds() {
    return seconds;
  }

  Histogram total() {
    return total;
  }

  double length() {
    return seconds.stream().mapToDouble(Second::seconds).sum();
  }

  History history() {
    History history = new History();
    double at = 0;
    for (Second second : seconds) {
      at += second.seconds();
      history.add(at, second.seconds(), second.latencies());
    }
    return history;
  }
}
