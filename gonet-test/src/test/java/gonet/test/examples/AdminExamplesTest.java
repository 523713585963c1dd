package gonet.test.examples;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.Net;
import gonet.examples.Echo;
import gonet.examples.RespServer;
import gonet.test.Proves;
import gonet.test.machine.ChildJvm;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Example servers that show themselves. */
@Proves("admin")
@Timeout(300)
class AdminExamplesTest {
  private static final String ANY_PORT = "127.0.0.1:0";

  @ParameterizedTest
  @ValueSource(classes = {Echo.class, RespServer.class})
  void aServerShowsItsConnections(Class<?> program) throws Exception {
    try (ExampleProgram server = ExampleProgram.start(program, ANY_PORT, "--admin", ANY_PORT)) {
      String address = server.address();
      String line = server.line();
      assertTrue(line.contains(" shows itself on 127.0.0.1:"), line);
      try (Conn guest = Net.dial("tcp", address);
          Conn admin = Net.dial("tcp", line.substring(line.lastIndexOf(' ') + 1))) {
        guest.setReadTimeout(Duration.ofMinutes(1));
        guest.write("PING\r\n".getBytes(US_ASCII));
        assertTrue(guest.read(new byte[100]) > 0);
        admin.setReadTimeout(Duration.ofMinutes(1));
        admin.write("GET /conns?format=text HTTP/1.1\r\n\r\n".getBytes(US_ASCII));
        String shown = new String(admin.readAll(1 << 20), US_ASCII);
        assertTrue(shown.contains(" <- " + guest.localAddr() + " SERVING"), shown);
      }
      server.stop();
    }
  }

  @Test
  void anAddressForOthersWantsATokenInTheEnvironment() throws Exception {
    ChildJvm.Result result = ExampleProgram.run(Echo.class, ANY_PORT, "--admin", "0.0.0.0:0");
    assertTrue(
        result.output().contains("needs a token (GONET_ADMIN_TOKEN in the environment)"),
        result::output);
    assertEquals(1, result.exitCode());
    assertEquals(1, ExampleProgram.run(Echo.class, ANY_PORT, "--admin").exitCode());
  }
}
