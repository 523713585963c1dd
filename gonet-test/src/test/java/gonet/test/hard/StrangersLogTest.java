package gonet.test.hard;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.spi.ILoggingEvent;
import gonet.Conn;
import gonet.ConnLayer;
import gonet.Listener;
import gonet.Net;
import gonet.netip.AddrSet;
import gonet.proxyproto.ProxyProtocol;
import gonet.server.Server;
import gonet.test.LeakCheck;
import gonet.test.Proves;
import gonet.test.tls.TlsPairs;
import gonet.tls.Tls;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whoever speaks another language than TLS or the PROXY protocol costs a line in the log. */
@LeakCheck
@Timeout(180)
@Proves("tls-records")
class StrangersLogTest {
  private static final byte[] REQUEST = "GET / HTTP/1.1\r\n\r\n".getBytes(US_ASCII);

  @Test
  void aStrangersHandshakeOrHeaderIsALineWithoutAStack() throws Exception {
    for (ConnLayer layer :
        List.of(
            Tls.serverLayer(TlsPairs.server().build()),
            ProxyProtocol.from(AddrSet.of("127.0.0.0/8")))) {
      try (LogLines log = LogLines.capture();
          Server server =
              Server.builder().listenOn("tcp4", "127.0.0.1:0", layer).handler(c -> {}).start();
          Conn stranger = Net.dial("tcp", server.addr().toString())) {
        stranger.write(REQUEST);
        awaitLine(log);
      }
    }
  }

  @Test
  void theSameOfAThreadThatServesThem() throws Exception {
    try (LogLines log = LogLines.capture();
        Listener listener = Tls.listen("tcp4", "127.0.0.1:0", TlsPairs.server().build());
        Conn stranger = Net.dial("tcp", listener.addr().toString());
        Conn accepted = listener.accept()) {
      stranger.write(REQUEST);
      Net.go(() -> accepted.read(new byte[1])).join();
      awaitLine(log);
    }
  }

  private static void awaitLine(LogLines log) {
    Awaitility.await().until(() -> !log.events().isEmpty());
    ILoggingEvent event = log.events().getFirst();
    String text = event.getFormattedMessage();
    assertEquals("WARN", event.getLevel().toString());
    assertTrue(text.contains("47 45 54") || text.contains("GET"), text);
    assertNull(event.getThrowableProxy());
  }
}
