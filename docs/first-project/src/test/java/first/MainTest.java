package first;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import gonet.Conn;
import gonet.Net;
import gonet.server.Server;
import gonet.test.LeakCheck;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@LeakCheck
class MainTest {
  @Test
  @Timeout(value = 60, unit = TimeUnit.SECONDS)
  void aLineComesBackInCapitals() throws Exception {
    Server server = Main.start(Net.listen("tcp", "127.0.0.1:0"));
    try (Conn conn = Net.dial("tcp", server.addr().toString())) {
      conn.write("hello\n".getBytes(UTF_8));
      byte[] answer = new byte[6];
      conn.readFully(answer);
      assertEquals("HELLO\n", new String(answer, UTF_8));
    } finally {
      server.shutdown(Duration.ofSeconds(5));
    }
  }
}
