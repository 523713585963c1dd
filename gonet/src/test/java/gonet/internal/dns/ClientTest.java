package gonet.internal.dns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import gonet.internal.time.Clock;
import gonet.netip.AddrPort;
import gonet.support.Proves;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The options of resolv.conf that say how servers are asked, and not which. */
@Proves("names-records")
class ClientTest {
  private final List<String> links = new ArrayList<>();
  private final List<Boolean> asksForAd = new ArrayList<>();

  /** How often the next links are not to be had. */
  private int shortages;

  private final Client client = new Client(new Answering(), null, 10);

  /** Answers every query that there is nothing, and tells which ways were opened. */
  private final class Answering implements Exchange {
    @Override
    public Link datagrams(AddrPort server, long until) throws IOException {
      return open("udp", server, until);
    }

    @Override
    public Link stream(AddrPort server, long until) throws IOException {
      return open("tcp", server, until);
    }

    private Link open(String how, AddrPort server, long until) throws IOException {
      if (until <= Clock.now()) { // as a dialer says
        throw new SocketTimeoutException("i/o timeout");
      }
      if (shortages > 0) {
        shortages--;
        throw new IOException("too many open files");
      }
      links.add(how + " " + server.addr());
      Queue<byte[]> answers = new ArrayDeque<>();
      return new Link() {
        @Override
        public void send(byte[] message, long sendUntil) throws IOException {
          asksForAd.add((message[3] & 0x20) != 0);
          try {
            Message.Header query = MessageReader.header(message);
            answers.add(
                new AnswerBytes()
                    .u16(query.id(), Wire.RESPONSE | Wire.RECURSION_AVAILABLE, 1, 0, 0, 0)
                    .name(query.name())
                    .u16(query.type(), Wire.CLASS_IN)
                    .bytes());
          } catch (BadMessageException e) {
            throw new IOException(e);
          }
        }

        @Override
        public byte[] receive(long receiveUntil) {
          return answers.remove();
        }

        @Override
        public void close() {}
      };
    }

    @Override
    public boolean isShortage(IOException failure) {
      return "too many open files".equals(failure.getMessage());
    }
  }

  private void ask(String options) throws Exception {
    ResolvConf conf =
        ResolvConf.parse(
            List.of("nameserver 192.0.2.1", "nameserver 192.0.2.2", "options " + options));
    try {
      var _ = client.ask(conf, "www.test.", List.of(Type.A, Type.AAAA), () -> Long.MAX_VALUE);
      throw new AssertionError("an answer");
    } catch (LookupFailure e) {
      assertEquals(LookupFailure.Kind.NOT_FOUND, e.kind());
    }
  }

  @Test
  void bothFamiliesShareASocketUnlessTheyAreToGoOneByOne() throws Exception {
    ask("timeout:1");
    assertEquals(List.of("udp 192.0.2.1"), links);
    links.clear();
    ask("single-request");
    assertEquals(List.of("udp 192.0.2.1", "udp 192.0.2.1"), links);
  }

  /** AD in a query means that it is wanted in the answer: RFC 6840, 5.7. */
  @Test
  void theAdBitIsAskedForIfTheFileTrustsItsServers() throws Exception {
    ask("timeout:1");
    ask("trust-ad");
    assertEquals(List.of(false, false, true, true), asksForAd);
  }

  /** Other lookups are about to give descriptors back. */
  @Test
  void aShortageOfDescriptorsIsWaitedFor() throws Exception {
    shortages = 3;
    ask("timeout:30");
    assertEquals(List.of("udp 192.0.2.1"), links);
    assertEquals(0, shortages);
  }

  @Test
  void aShortageThatDoesNotEndIsTheReason() {
    shortages = Integer.MAX_VALUE;
    for (String options : List.of("timeout:1", "use-vc")) {
      ResolvConf conf =
          ResolvConf.parse(List.of("nameserver 192.0.2.1", "options attempts:1 " + options));
      long until = Clock.after(TimeUnit.MILLISECONDS.toNanos(300));
      LookupFailure e =
          assertThrows(
              LookupFailure.class,
              () -> client.ask(conf, "www.test.", List.of(Type.A), () -> until));
      assertEquals("too many open files", e.getMessage());
    }
    assertEquals(List.of(), links);
  }

  @Test
  void streamsOnlyIfTheFileSaysSo() throws Exception {
    ask("use-vc");
    assertEquals(List.of("tcp 192.0.2.1", "tcp 192.0.2.1"), links);
  }

  @Test
  void lookupsBeginWithOneServerAfterTheOther() throws Exception {
    ask("rotate");
    ask("rotate");
    ask("rotate");
    assertEquals(List.of("udp 192.0.2.1", "udp 192.0.2.2", "udp 192.0.2.1"), links);
  }
}
