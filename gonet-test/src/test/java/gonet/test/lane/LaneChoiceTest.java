package gonet.test.lane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.Listener;
import gonet.Net;
import gonet.test.machine.ChildJvm;
import java.io.File;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Which lane a JVM gets, by its flags. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "epoll is Linux' own")
@Timeout(300)
class LaneChoiceTest {
  private static final String OPEN = "--add-opens=java.base/java.lang=ALL-UNNAMED";
  private static final String CARRIER = "-Dgonet.lane=carrier";

  @Test
  void withoutAnyFlagTheLaneIsShared() throws Exception {
    assertEquals("lane shared, on a carrier of gonet's false", run());
  }

  @Test
  void theSharedLaneCanBeAskedForWhereTheOtherOneIsOpen() throws Exception {
    assertEquals("lane shared, on a carrier of gonet's false", run(OPEN, "-Dgonet.lane=shared"));
  }

  @Test
  void whereJavaLangIsOpenTheCarrierLaneCarriesTheThreadsOfNetGo() throws Exception {
    assertEquals("lane carrier, on a carrier of gonet's true", run(OPEN));
    assertEquals("lane carrier, on a carrier of gonet's true", run(OPEN, CARRIER));
  }

  @Test
  void overNioTheLaneIsAThreadWhateverIsOpen() throws Exception {
    assertEquals("lane thread, on a carrier of gonet's false", run(OPEN, "-Dgonet.backend=nio"));
  }

  @Test
  void theCarrierLaneAskedForByNameAndNotOpenIsATypedErrorThatNamesTheFlag() throws Exception {
    String output = run(CARRIER);
    assertTrue(output.startsWith("gonet.NativeAccessException: listen tcp"), output);
    assertTrue(output.contains("--add-opens java.base/java.lang=ALL-UNNAMED"), output);
    assertTrue(output.contains("--add-opens java.base/java.lang=gonet"), output);
  }

  @Test
  void theCarrierLaneOverNioIsATypedError() throws Exception {
    String output = run(OPEN, CARRIER, "-Dgonet.backend=nio");
    assertTrue(output.startsWith("gonet.NativeAccessException: listen tcp"), output);
    assertTrue(output.contains("nio"), output);
  }

  @Test
  void aLaneThatDoesNotExistIsNamed() throws Exception {
    String output = run("-Dgonet.lane=fast");
    assertTrue(output.contains("gonet.lane is \"fast\""), output);
  }

  private static String run(String... flags) throws Exception {
    List<String> arguments = new ArrayList<>(List.of(flags));
    arguments.addAll(
        List.of(
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            ChildJvm.locationOf(Net.class)
                + File.pathSeparator
                + ChildJvm.locationOf(WhichLane.class),
            WhichLane.class.getName()));
    return ChildJvm.run(Duration.ofMinutes(2), arguments).output().strip();
  }

  /** Says which lane serves an echo, or why none does. */
  static final class WhichLane {
    private WhichLane() {}

    public static void main(String[] args) {
      try (Listener l = Net.listen("tcp", "127.0.0.1:0")) {
        Thread server =
            Net.go(
                () -> {
                  try (Conn c = l.accept()) {
                    c.write(c.readAll());
                    String carrier = Thread.currentThread().toString();
                    System.out.println(
                        "lane "
                            + Net.stats().lane()
                            + ", on a carrier of gonet's "
                            + carrier.contains("@gonet-carrier-"));
                  }
                });
        try (Conn c = Net.dial("tcp", l.addr().toString())) {
          c.write(new byte[] {1, 2, 3});
          c.closeWrite();
          if (c.readAll().length != 3) {
            System.out.println("no echo");
          }
        }
        server.join();
      } catch (Exception e) {
        System.out.println(e);
      }
    }
  }
}
