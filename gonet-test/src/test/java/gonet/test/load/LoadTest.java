package gonet.test.load;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import gonet.Conn;
import gonet.Listener;
import gonet.Net;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.EncodableHistogram;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

@Timeout(180)
class LoadTest {
  @TempDir private Path folder;

  private final ByteArrayOutputStream output = new ByteArrayOutputStream();
  private final StringWriter errors = new StringWriter();

  /** What a server does with each connection, and closes it. */
  private interface Handler {
    void serve(Conn conn) throws IOException;
  }

  /** Serves until it is closed, as a server does that nobody waits for. */
  private static Listener serve(Handler handler) throws IOException {
    Listener listener = Net.listen("tcp", "127.0.0.1:0");
    Net.go(
        () -> {
          for (; ; ) {
            Conn conn = listener.accept();
            Net.go(
                () -> {
                  try (conn) {
                    handler.serve(conn);
                  }
                });
          }
        });
    return listener;
  }

  private static void echo(Conn conn) throws IOException {
    byte[] buf = new byte[64 * 1024];
    for (int n; (n = conn.read(buf)) >= 0; ) {
      conn.write(buf, 0, n);
    }
  }

  private int load(String target, String... options) {
    List<String> args = new ArrayList<>(List.of(target, "--warm-up", "0s"));
    args.addAll(List.of(options));
    PrintStream out = new PrintStream(output, true, UTF_8);
    CommandLine command = Load.commandLine(out).setErr(new PrintWriter(errors));
    return command.execute(args.toArray(String[]::new));
  }

  private String output() {
    return output.toString(UTF_8);
  }

  @Test
  void badArgumentsAreNamedAndNothingRuns() {
    assertEquals(2, load("nowhere"));
    assertEquals(2, load("127.0.0.1:1", "--size", "0"));
    assertEquals(2, load("127.0.0.1:1", "--duration", "soon"));
    assertEquals(2, load("127.0.0.1:1", "--mode", "dance"));
    assertEquals(2, load("127.0.0.1:1", "--mode", "bulk", "--rate", "5"));
    for (String named : List.of("nowhere", "--size", "\"soon\"", "dance", "--rate is for echo")) {
      assertTrue(errors.toString().contains(named), errors::toString);
    }
    assertEquals("", output());
  }

  @Test
  void everyModeIsAnsweredByAnEchoServerWithoutErrors() throws Exception {
    try (Listener server = serve(LoadTest::echo)) {
      for (Mode mode : Mode.values()) {
        output.reset();
        String target = server.addr().toString();
        int status = load(target, "-m", mode.name(), "-c", "3", "-d", "300ms");
        assertEquals(0, status, mode + ": " + output() + errors);
        assertTrue(output().contains("errors     none"), mode + ": " + output());
      }
    }
  }

  @Test
  void aTargetThatRefusesIsCountedByNameAndEndsWithStatus1() throws Exception {
    Listener nobody = Net.listen("tcp", "127.0.0.1:0");
    String target = nobody.addr().toString();
    nobody.close();
    // Longer than the test may take: a port where nobody listens ends the run.
    assertEquals(1, load(target, "-c", "5", "-d", "10m"));
    assertTrue(output().contains("dial: ECONNREFUSED × "), output());
    assertTrue(output().contains("not one connection stood"), output());
    assertEquals("", errors.toString(), "no stack traces");
  }

  @Test
  void aServerThatDoesNotEchoIsSaidToAnswerNothing() throws Exception {
    try (Listener server = serve(conn -> conn.inputStream().transferTo(nowhere()))) {
      assertEquals(1, load(server.addr().toString(), "-c", "2", "-d", "300ms"));
      assertTrue(output().contains("not one request was answered"), output());
    }
  }

  private static OutputStream nowhere() {
    return OutputStream.nullOutputStream();
  }

  @Test
  void theFirstIntervalBeginsAfterTheWarmUp() {
    Measurements measurements = new Measurements(0);
    await()
        .until(() -> System.currentTimeMillis() > measurements.takeInterval().getStartTimeStamp());
    long before = System.currentTimeMillis();
    measurements.begin();
    measurements.latency(1000);
    Histogram first = measurements.takeInterval();
    assertEquals(1, first.getTotalCount());
    assertTrue(first.getStartTimeStamp() >= before, before - first.getStartTimeStamp() + " ms");
  }

  @Test
  void aTargetThatDiesIsCountedByNameAndDialledAgain() throws Exception {
    try (Listener server =
        serve(
            conn -> {
              byte[] buf = new byte[128];
              conn.readFully(buf);
              conn.write(buf); // and this was its last one
            })) {
      assertEquals(0, load(server.addr().toString(), "-c", "2", "-d", "500ms"));
    }
    assertTrue(output().contains("server closed × "), output());
    assertTrue(output().lines().count() < 20, "a summary and no flood: " + output());
  }

  @Test
  void aServerThatAnswersTooLateRunsIntoTheDeadline() throws Exception {
    try (Listener server = serve(conn -> conn.readAll())) {
      String target = server.addr().toString();
      assertEquals(1, load(target, "-c", "2", "-d", "400ms", "--deadline", "50ms"));
    }
    assertTrue(output().contains("read: timeout × "), output());
  }

  @Test
  void jsonAndIntervalLogParseBackToTheSameRun() throws Exception {
    Path json = folder.resolve("run.json");
    Path hlog = folder.resolve("run.hlog");
    try (Listener server = serve(LoadTest::echo)) {
      String target = server.addr().toString();
      assertEquals(
          0, load(target, "-c", "2", "-d", "1200ms", "--json", json + "", "--hlog", hlog + ""));
    }
    JsonNode all = new ObjectMapper().readTree(json.toFile());
    long requests = all.get("requests").asLong();
    assertTrue(requests > 0);
    assertEquals("echo", all.get("mode").asText());
    assertTrue(all.get("latencyMicros").get("p99").asDouble() > 0);
    assertEquals(0, all.get("errors").size());
    Histogram sum = new Histogram(3);
    int intervals = 0;
    try (HistogramLogReader reader = new HistogramLogReader(hlog.toFile())) {
      for (EncodableHistogram next; (next = reader.nextIntervalHistogram()) != null; ) {
        assertNotNull(next);
        sum.add((Histogram) next);
        intervals++;
      }
    }
    assertEquals(2, intervals, "a second, and what was left");
    assertEquals(requests, sum.getTotalCount());
  }
}
