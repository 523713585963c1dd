package gonet.test.go;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import gonet.Net;
import gonet.test.Proves;
import gonet.test.machine.ChildJvm;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Once compiled by C2, moving bytes makes no object. Go: TestTCPReadWriteAllocs. */
@Timeout(180)
class TcpAllocationTest {

  @BeforeEach
  void channelsMakeABufferForEachArrayAndAnIteratorForEachWait() throws Exception {
    Net.listen("tcp", BothCallers.LOOPBACK).close(); // so that there is a backend to ask for
    assumeTrue(
        Net.stats().backend().equals("epoll"), "a channel of the JDK allocates for its own needs");
  }

  @ParameterizedTest
  @Proves("node-one-buffer")
  @ValueSource(
      strings = {
        "array",
        "part",
        "heap",
        "direct",
        "gather",
        "streams",
        "timeout",
        "deadline",
        "readable",
      })
  void whatIsReadyIsReadAndWrittenWithoutAnObject(String how) throws Exception {
    assertEquals("0", probe(how));
  }

  @ParameterizedTest
  @ValueSource(strings = {"turns", "timed turns"})
  void waitingForTheOtherSideMakesNoObject(String how) throws Exception {
    assertEquals("0", probe(how));
  }

  /** Sees the poller as well: a virtual thread of its own, or the carriers between two tasks. */
  @ParameterizedTest
  @ValueSource(strings = {"shared", "carrier"})
  void onVirtualThreadsNoObjectIsGonets(String lane) throws Exception {
    assertEquals(
        "[]",
        probe(
            "virtual",
            "-Dgonet.lane=" + lane,
            "--add-opens=java.base/java.lang=ALL-UNNAMED",
            "-XX:-TieredCompilation", // so that compiled means: by C2
            // As it is with tiers. Without them the limit is so low that the JDK's own slicing of
            // errno is not inlined if it happens to be compiled before its caller.
            "-XX:InlineSmallCode=2500",
            "-XX:TLABSize=4k",
            "-XX:MinTLABSize=4k",
            "-XX:-ResizeTLAB"));
  }

  /** With -Xbatch a method waits for its compiler, so that a busy machine changes no result. */
  static String probe(String how, String... flags) throws Exception {
    List<String> command = new ArrayList<>(List.of(flags));
    command.addAll(
        List.of(
            "-XX:TieredStopAtLevel=4", // whatever this JVM compiles with
            "-Xbatch",
            "--enable-native-access=ALL-UNNAMED",
            "-Dgonet.backend=epoll",
            "-cp",
            System.getProperty("java.class.path"),
            AllocationProbe.class.getName(),
            how));
    ChildJvm.Result result = ChildJvm.run(Duration.ofMinutes(2), command);
    assertEquals(0, result.exitCode(), result.output());
    return result.output().strip();
  }
}
