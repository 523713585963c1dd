package gonet.test.micro;

import gonet.Conn;
import gonet.Listener;
import gonet.Net;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Moving a deadline ahead, as a handler does before every read: with nobody waiting, and while a
 * thread waits in a read that it would end.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(1)
public class DeadlineBenchmark {
  private static final Duration AHEAD = Duration.ofSeconds(30);

  @Param({"false", "true"})
  public boolean waiting;

  private Conn client;
  private Conn server;

  @Setup
  public void connect() throws IOException {
    try (Listener listener = Net.listen("tcp", "127.0.0.1:0")) {
      client = Net.dial("tcp", listener.addr().toString());
      server = listener.accept();
    }
    if (waiting) {
      Thread.startVirtualThread(this::read);
      while (Net.stats().registered() == 0) {
        Thread.onSpinWait();
      }
    }
  }

  private void read() {
    try {
      int n = server.read(new byte[1]);
      throw new AssertionError("nobody wrote these " + n);
    } catch (IOException e) {
      // The end of the benchmark closes the connection.
    }
  }

  @TearDown
  public void close() {
    server.close(); // first, so that its reader ends by that and not by the client's end
    client.close();
  }

  @Benchmark
  public Instant now() {
    return Instant.now().plus(AHEAD);
  }

  @Benchmark
  public void setReadDeadline() throws IOException {
    server.setReadDeadline(Instant.now().plus(AHEAD));
  }

  @Benchmark
  public void setReadTimeout() throws IOException {
    server.setReadTimeout(AHEAD);
  }
}
