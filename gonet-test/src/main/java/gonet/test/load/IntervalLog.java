package gonet.test.load;

import java.io.FileNotFoundException;
import java.nio.file.Path;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogWriter;

/** Writes each second's latencies in the format that HdrHistogram's own tools read. */
final class IntervalLog implements AutoCloseable {
  private final HistogramLogWriter writer;

  /**
   * A new file.
   *
   * @param startMillis since the epoch
   * @throws FileNotFoundException if it cannot be written
   */
  IntervalLog(Path file, String title, long startMillis) throws FileNotFoundException {
    writer = new HistogramLogWriter(file.toFile());
    writer.outputComment("gonet load, " + title + ", ns");
    writer.outputLogFormatVersion();
    writer.outputStartTime(startMillis);
    writer.outputLegend();
  }

  void add(Histogram interval) {
    writer.outputIntervalHistogram(interval);
  }

  @Override
  public void close() {
    writer.close();
  }
}
