package gonet.test.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.HotSpotDiagnosticMXBean;
import gonet.Conn;
import gonet.Listener;
import gonet.Net;
import gonet.test.LeakCheck;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a thread dump tells of a thread that waits for its connection. */
@LeakCheck
@Timeout(180)
class DumpTest {

  @Test
  void aDumpNamesTheConnectionAndTheOperationOfAThreadThatWaits(@TempDir Path dir)
      throws Exception {
    try (Listener listener = Net.listen("tcp", "127.0.0.1:0");
        Conn client = Net.dial("tcp", listener.addr().toString());
        Conn server = listener.accept()) {
      Thread handler = Net.go(server.toString(), () -> server.read(new byte[10]));
      assertEquals(server.toString(), handler.getName());
      Awaitility.await().until(() -> handler.getState() == Thread.State.WAITING);

      String blocker = String.valueOf(LockSupport.getBlocker(handler));
      assertTrue(blocker.startsWith("gonet descriptor "), blocker);
      assertTrue(blocker.contains("read parked VirtualThread"), blocker);

      Path file = dir.resolve("dump.json");
      ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
          .dumpThreads(file.toString(), HotSpotDiagnosticMXBean.ThreadDumpFormat.JSON);
      String dump = Files.readString(file);
      int at = dump.indexOf('"' + server.toString() + '"');
      assertTrue(at >= 0, dump);
      String about = dump.substring(at, dump.indexOf("tid", at));
      assertTrue(about.contains("gonet.internal.poll.PollDesc"), about);
      assertTrue(about.contains("gonet.SocketConn.read"), about);

      client.write(new byte[1]);
      assertTrue(handler.join(Duration.ofSeconds(10)));
    }
  }

  @Test
  void aThreadNeedsANameThatIsOne() {
    assertThrows(NullPointerException.class, () -> Net.go(null, () -> {}));
    assertThrows(NullPointerException.class, () -> Net.go("name", null));
  }
}
