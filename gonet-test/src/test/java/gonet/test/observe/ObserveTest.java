package gonet.test.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Net;
import gonet.test.Proves;
import gonet.test.machine.ChildJvm;
import java.io.File;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What recordings, statistics and the bean show of a program that does one of everything. */
@Proves("jvm-metrics")
class ObserveTest {
  private static final String ADDRESS = "127\\.0\\.0\\.1:\\d+";

  @Test
  @Proves("node-diagnostics")
  void aFlightRecordingShowsConnectionsFromTheirBeginningToTheReasonOfTheirEnd() throws Exception {
    List<String> events = run(Watched.Recorded.class, List.of()).lines().toList();
    Map<String, Integer> counts = new TreeMap<>();
    events.forEach(e -> counts.merge(e.substring(0, (e + " ").indexOf(' ')), 1, Integer::sum));
    String all = String.join("\n", events);

    assertEquals(3, counts.get("gonet.Accept"), all);
    one(events, 3, "gonet.Accept .*listener=" + ADDRESS + "; remote=" + ADDRESS + ";.*");

    assertEquals(4, counts.get("gonet.Dial"), all);
    one(events, 3, "gonet.Dial .*network=tcp;.*connection=tcp A->A;.*error=null;.*");
    one(events, 1, "gonet.Dial .*address=127.0.0.1:1; connection=null; error=.*refused;.*");

    assertEquals(5, counts.get("gonet.Close"), all);
    one(events, 3, "gonet.Close .*local=A; remote=A; reason=close;.*");
    one(events, 1, "gonet.Close .*reason=close; error=ECONNRESET;.*");
    one(events, 1, "gonet.Close .*reason=abort; error=null;.*");
    one(events, 1, "gonet.Close .*reason=graceful; error=null;.*");
    one(events, 1, "gonet.Drop .*what=connection from A;.*");

    // On a busy machine further waits are long.
    some(events, "gonet.ReadWait .*local=A; remote=A; outcome=READY; millis=\\d\\d+");
    some(events, "gonet.ReadWait .*local=A; remote=A; outcome=TIMEOUT; millis=\\d\\d+");
    some(events, "gonet.WriteWait .*local=A; remote=A; outcome=TIMEOUT; millis=\\d\\d+");
    one(events, 1, "gonet.Deadline .*operation=read; failure=read tcp A->A: i/o timeout;.*");
    one(events, 1, "gonet.Deadline .*operation=write; .*bytesTransferred=[1-9]\\d+;.*");
    assertTrue(counts.getOrDefault("gonet.PollerBatch", 0) > 0, all);
  }

  /** So many events match, {@code A} standing for an address. */
  private static void one(List<String> events, int count, String shape) {
    assertEquals(count, matching(events, shape), () -> shape + " in\n" + lines(events));
  }

  private static void some(List<String> events, String shape) {
    assertTrue(matching(events, shape) > 0, () -> shape + " in\n" + lines(events));
  }

  private static long matching(List<String> events, String shape) {
    Pattern pattern = Pattern.compile(shape.replaceAll("\\bA\\b", ADDRESS.replace("\\", "\\\\")));
    return events.stream().filter(e -> pattern.matcher(e).matches()).count();
  }

  private static String lines(List<String> events) {
    return String.join("\n", events);
  }

  @Test
  void statisticsAndTheBeanCountWhatHappened() throws Exception {
    String output = run(Watched.Counted.class, List.of());
    assertTrue(
        output.contains(
            "accepted 3, dialed 3, dialFailures 1, adopted 0, closed 6, dropped 1, deadlines 2,"),
        output);
    assertTrue(output.contains("open 0"), output);
    for (String line :
        List.of("Accepted 3", "Dialed 3", "DialFailures 1", "Closed 6", "Dropped 1", "Open 0")) {
      assertTrue(output.contains("bean " + line), output);
    }
    assertFalse(output.contains("bean Lane none"), output);
  }

  @Test
  void aRuntimeWithoutRecorderAndBeansServesAsWell() throws Exception {
    String output = run(Watched.Bare.class, List.of("--limit-modules", "java.base"));
    assertTrue(output.contains("recorder false"), output);
    assertTrue(output.contains("accepted 3"), output);
    assertTrue(output.contains("no module java.management in this runtime"), output);
  }

  private static String run(Class<?> program, List<String> flags) throws Exception {
    List<String> arguments = new ArrayList<>(flags);
    arguments.add("--enable-native-access=ALL-UNNAMED");
    arguments.add("-Dgonet.backend=" + System.getProperty("gonet.backend", ""));
    arguments.add("-cp");
    arguments.add(
        ChildJvm.locationOf(Net.class) + File.pathSeparator + ChildJvm.locationOf(program));
    arguments.add(program.getName());
    ChildJvm.Result result = ChildJvm.run(Duration.ofMinutes(2), arguments);
    assertEquals(0, result.exitCode(), result.output());
    return result.output();
  }
}
