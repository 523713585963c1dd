package gonet.test.late;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.Net;
import gonet.netip.Addr;
import gonet.server.Server;
import gonet.test.machine.ChildJvm;
import java.io.File;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class LateCallsTest {
  /** Echoes a hundred bytes, one after the other, and says how many calls were late. */
  static final class Echoes {
    public static void main(String[] args) throws Exception {
      try (Server server =
              Server.builder()
                  .listenOn("tcp", "127.0.0.1:0")
                  .handler(conn -> conn.inputStream().transferTo(conn.outputStream()))
                  .start();
          Conn conn = Net.dial("tcp", server.addr().toString())) {
        byte[] one = new byte[1];
        for (int i = 0; i < 100; i++) {
          conn.write(one);
          conn.readFully(one);
        }
      }
      System.out.println("late: " + LateCalls.delays());
    }
  }

  @Test
  void aProgramRunsOnAndManyOfItsCallsAreLate(@TempDir Path dir) throws Exception {
    String agent = dir.resolve("late.jar").toString();
    LateCalls.main(new String[] {agent});
    ChildJvm.Result result =
        ChildJvm.run(
            Duration.ofMinutes(2),
            List.of(
                "-javaagent:" + agent,
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                String.join(
                    File.pathSeparator,
                    ChildJvm.locationOf(Addr.class).toString(),
                    ChildJvm.locationOf(LateCalls.class).toString(),
                    ChildJvm.locationOf(LateCallsTest.class).toString()),
                Echoes.class.getName()));
    assertEquals(0, result.exitCode(), result::output);
    String late = result.output().strip().replaceAll("(?s).*late: (\\d+)$", "$1");
    assertTrue(Integer.parseInt(late) >= 40, result::output);
  }
}
