package gonet.test.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import gonet.NetTimeoutException;
import gonet.test.Callers;
import gonet.test.ConnPair;
import gonet.test.ConnPairs;
import gonet.test.Crew;
import gonet.test.Job;
import gonet.test.LeakCheck;
import gonet.test.Proves;
import gonet.tls.Tls;
import gonet.tls.TlsConn;
import gonet.tls.TlsVersion;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A timeout bounds the reads that begin after it was set, whatever records come in between. */
@LeakCheck
@Timeout(180)
@Proves("tls-conn")
class TlsTimeoutTest {
  private static final Duration SHORT = Duration.ofMillis(30);

  private final Crew crew = new Crew(Callers.VIRTUAL);

  @AfterEach
  void end() throws Exception {
    crew.end();
  }

  @Test
  void aTimeoutSetMeanwhileDoesNotBindTheReadThatWaitsWhenATicketWakesIt() throws Exception {
    ConnPair pair = ConnPairs.dialled("tcp4", "127.0.0.1:0").connect();
    try (TlsConn client =
            Tls.client(pair.left(), TlsPairs.client().versions(TlsVersion.TLS_1_3).build());
        TlsConn server = Tls.server(pair.right(), TlsPairs.server().build())) {
      TlsPairs.shakeHands(client, server);
      byte[] got = new byte[1];
      Job<Integer> reader = crew.compute("reader", () -> client.read(got)).awaitParked();
      client.setReadTimeout(SHORT);
      // A server's first read sends its ticket, which is no data.
      Job<?> waiting = crew.start("server", () -> server.read(new byte[1])).awaitParked();
      reader.staysFor(SHORT.multipliedBy(5));
      server.write(new byte[] {7});
      assertEquals(1, reader.result());
      assertEquals(7, got[0]);
      assertThrows(NetTimeoutException.class, () -> client.read(got), "the next read is bound");
      client.write(new byte[1]);
      waiting.result();
    }
  }
}
