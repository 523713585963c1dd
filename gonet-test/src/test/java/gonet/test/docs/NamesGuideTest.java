package gonet.test.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import gonet.Conn;
import gonet.Dialer;
import gonet.DnsException;
import gonet.DnsResolver;
import gonet.Listener;
import gonet.Net;
import gonet.TimeLimit;
import gonet.test.dns.DnsReply;
import gonet.test.dns.NameServer;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The examples of docs/guide.md on names. */
@Timeout(180)
class NamesGuideTest {

  // example
  /** Connects to the first server of a service that answers, as its domain wants them tried. */
  static Conn dialService(DnsResolver names, String service, String domain) throws IOException {
    TimeLimit limit = TimeLimit.after(Duration.ofSeconds(10));
    IOException last = null;
    for (DnsResolver.Srv srv : names.lookupSrv(service, "tcp", domain, limit)) {
      Dialer dialer = Dialer.defaults().withResolver(names).withTimeout(limit.left());
      try {
        return dialer.dial("tcp", srv.target() + ":" + srv.port());
      } catch (IOException e) {
        last = e; // the next one may be there
      }
    }
    throw last;
  }

  // end of example

  @Test
  void theFirstServerThatAnswersIsUsed() throws Exception {
    Listener gone = Net.listen("tcp", "127.0.0.1:0");
    int closed = port(gone);
    gone.close();
    try (Listener listener = Net.listen("tcp", "127.0.0.1:0")) {
      int port = port(listener);
      NameServer.Script script =
          (q, out) -> {
            DnsReply reply = q.reply();
            switch (q.name()) {
              case "_chat._tcp.example.test." ->
                  reply.srv(1, 0, closed, "a.test.").srv(2, 0, port, "b.test.");
              case "a.test.", "b.test." -> reply.addr("127.0.0.1").soa(1);
              default -> reply.rcode(DnsReply.NXDOMAIN);
            }
            out.send(reply.bytes());
          };
      try (NameServer server = NameServer.start("127.0.0.1", script)) {
        DnsResolver names = DnsResolver.defaults().withServers(List.of(server.addr()));
        try (Conn conn = dialService(names, "chat", "example.test")) {
          assertEquals("127.0.0.1:" + port, conn.remoteAddr().toString());
        }
        assertThrows(DnsException.class, () -> dialService(names, "mail", "example.test"));
      }
    }
  }

  private static int port(Listener listener) {
    String addr = listener.addr().toString();
    return Integer.parseInt(addr.substring(addr.lastIndexOf(':') + 1));
  }

  @Test
  void theGuideShowsTheseExamples() throws Exception {
    GuideExamples.assertShown(NamesGuideTest.class, 1);
  }
}
