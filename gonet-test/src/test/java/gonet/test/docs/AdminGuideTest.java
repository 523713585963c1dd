package gonet.test.docs;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.Net;
import gonet.admin.Admin;
import gonet.server.Server;
import gonet.test.LeakCheck;
import gonet.test.Proves;
import java.io.IOException;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The example of docs/guide.md on the admin listener. */
@LeakCheck
@Timeout(180)
@Proves("admin")
class AdminGuideTest {
  // example
  /** Shows a server to whoever runs this program; close it when the server has ended. */
  static Admin show(Server server, String address, BooleanSupplier databaseIsThere)
      throws IOException {
    return Admin.builder()
        .listenOn("tcp", address)
        .token(System.getenv("ADMIN_TOKEN")) // none: for this machine alone
        .server(server)
        .readiness(databaseIsThere)
        .start();
  }

  // end of example

  @Test
  void theServerIsShown() throws Exception {
    GuideExamples.assertShown(AdminGuideTest.class, 1);
    try (Server server =
            Server.builder().name("mine").listenOn("tcp", "127.0.0.1:0").handler(c -> {}).start();
        Admin admin = show(server, "127.0.0.1:0", () -> true);
        Conn conn = Net.dial("tcp", admin.addr().toString())) {
      conn.setReadTimeout(Duration.ofSeconds(30));
      conn.write("GET /metrics HTTP/1.1\r\n\r\n".getBytes(US_ASCII));
      String answer = new String(conn.readAll(1 << 20), US_ASCII);
      assertTrue(answer.contains("gonet_server_open{server=\"mine\"} 0\n"), answer);
    }
  }
}
