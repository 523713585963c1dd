package gonet.test.start;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.Net;
import gonet.admin.Admin;
import gonet.test.Proves;
import gonet.test.machine.ChildJvm;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Where no file can be written, as in many a container, an admin says so to whoever asks. */
@Proves("admin")
@Timeout(300)
class AdminWithoutDiskTest {
  @Test
  void whatNeedsAFileIsAnsweredWithoutOne(@TempDir Path dir) throws Exception {
    String output =
        ChildJvm.run(
                Duration.ofMinutes(2),
                List.of(
                    "--enable-native-access=ALL-UNNAMED",
                    "-Djava.io.tmpdir=" + dir.resolve("missing"),
                    "-cp",
                    TestClassPath.get(),
                    Asker.class.getName()))
            .output();
    for (String answer :
        List.of(
            "GET /threads: HTTP/1.1 500",
            "POST /recording: HTTP/1.1 500",
            "GET /health: HTTP/1.1 200")) {
      assertTrue(output.lines().anyMatch(line -> line.startsWith(answer)), output);
    }
  }

  /** The program. */
  static final class Asker {
    private Asker() {}

    public static void main(String[] args) throws IOException {
      try (Admin admin = Admin.builder().start()) {
        for (String request : List.of("GET /threads", "POST /recording", "GET /health")) {
          try (Conn conn = Net.dial("tcp", admin.addr().toString())) {
            conn.write((request + " HTTP/1.1\r\n\r\n").getBytes(ISO_8859_1));
            String answer = new String(conn.readAll(), ISO_8859_1);
            System.out.println(request + ": " + answer.lines().findFirst().orElse("nothing"));
          }
        }
      }
    }
  }
}
