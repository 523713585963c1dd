package gonet.test.go;

import static org.junit.jupiter.api.Assertions.assertEquals;

import gonet.Net;
import gonet.test.Callers;
import gonet.test.machine.ChildJvm;
import java.io.File;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.hamcrest.Matcher;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Reads of a busy connection end at their deadline, however near it is. Go: net/timeout_test.go,
 * TestVariousDeadlines, alone and with one and four processors.
 */
@Timeout(300)
class VariousDeadlinesTest {

  @ParameterizedTest
  @MethodSource("gonet.test.Callers#kinds")
  void readsOfABusyConnectionEndAtTheirDeadline(Callers callers) throws Exception {
    for (Duration span : VariousDeadlines.spans()) {
      VariousDeadlines.run(callers, span);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void andSoTheyDoWithAnyNumberOfCarriers(int carriers) throws Exception {
    String classPath =
        Stream.of(Net.class, Callers.class, VariousDeadlines.class, Awaitility.class, Matcher.class)
            .map(type -> ChildJvm.locationOf(type).toString())
            .collect(Collectors.joining(File.pathSeparator));
    ChildJvm.Result child =
        ChildJvm.run(
            Duration.ofMinutes(2),
            List.of(
                "-Dgonet.backend=" + System.getProperty("gonet.backend", "epoll"),
                "-Djdk.virtualThreadScheduler.parallelism=" + carriers,
                "-Djdk.virtualThreadScheduler.maxPoolSize=" + carriers,
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                classPath,
                VariousDeadlines.class.getName()));
    String all =
        VariousDeadlines.spans().stream()
            .map(span -> "timed out after " + span + "\n")
            .collect(Collectors.joining());
    assertEquals(all, child.output());
    assertEquals(0, child.exitCode());
  }
}
