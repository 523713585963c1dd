package gonet.test.sim;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.Net;
import gonet.NetFailure;
import gonet.admin.Admin;
import gonet.test.Proves;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Timeout;

/** An admin listener among strangers, in a time that depends on no machine. */
@NeedsSim
@Proves("admin")
@Timeout(300)
class SimAdminTest {
  private static final String TOKEN = "a-token-of-twenty-nine-letters";
  private static final int STRANGERS = 400;

  /** Some send a body as well, and all stay: a place for each would be one for a second. */
  @SimTest(seeds = 5)
  void refusedStrangersThatStayKeepNoProbeFromItsAnswer(Sim sim) throws Exception {
    Host host = sim.host("server");
    boolean[] over = {false};
    Admin[] admin = {null};
    host.run(() -> admin[0] = Admin.builder().listenOn("tcp", ":80").token(TOKEN).start()).join();
    for (int i = 0; i < 8; i++) {
      sim.host("stranger").run(() -> ask(sim, host, STRANGERS / 8, over));
    }
    for (int i = 0; i < 5; i++) {
      sim.sleep(Duration.ofMillis(sim.random().nextInt(40)));
      Duration begun = sim.now();
      try (Conn probe = Net.dial("tcp", host.at(80))) {
        probe.write(
            ("GET /ready HTTP/1.1\r\nAuthorization: Bearer " + TOKEN + "\r\n\r\n")
                .getBytes(US_ASCII));
        String answer = new String(probe.readAll(10_000), US_ASCII);
        assertTrue(answer.startsWith("HTTP/1.1 200 OK\r\n"), answer);
      }
      Duration took = sim.now().minus(begun);
      assertTrue(took.compareTo(Duration.ofMillis(500)) < 0, took::toString);
    }
    over[0] = true;
    host.run(() -> admin[0].close()).join();
    assertEquals(0, host.openDescriptors());
  }

  private static void ask(Sim sim, Host host, int times, boolean[] over) throws Exception {
    Conn[] all = new Conn[times];
    for (int i = 0; i < times; i++) {
      Conn conn = Net.dial("tcp", host.at(80));
      all[i] = conn;
      String length = i % 2 == 0 ? "" : "Content-Length: 5\r\n";
      try {
        conn.write(("GET / HTTP/1.1\r\n" + length + "\r\n").getBytes(US_ASCII));
      } catch (IOException e) {
        assertTrue(NetFailure.isConnectionEnd(e), e.toString());
      }
    }
    while (!over[0]) {
      sim.sleep(Duration.ofSeconds(1));
    }
    for (Conn conn : all) {
      conn.close();
    }
  }
}
