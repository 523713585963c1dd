package gonet.internal.dns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import gonet.netip.Addr;
import gonet.netip.AddrPort;
import gonet.support.Proves;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The machine's own table and DNS, in the order that the machine wants. */
@Proves("names-records")
class StubTest {
  private static final List<Type> A = List.of(Type.A);

  @TempDir private Path dir;
  private final List<String> asked = new ArrayList<>();

  /** Answers every query for A with one address, and tells whom it was asked of. */
  private final class OneAddress implements Exchange {
    @Override
    public Link datagrams(AddrPort server, long until) {
      Queue<byte[]> answers = new ArrayDeque<>();
      return new Link() {
        @Override
        public void send(byte[] message, long sendUntil) {
          try {
            Message.Header query = MessageReader.header(message);
            asked.add(query.name() + " of " + server);
            if (query.name().startsWith("k")) { // which only the table knows
              answers.add(
                  new AnswerBytes()
                      .u16(query.id(), Wire.RESPONSE | Wire.NAME_ERROR, 1, 0, 0, 0)
                      .name(query.name())
                      .u16(query.type(), Wire.CLASS_IN)
                      .bytes());
              return;
            }
            int flags = Wire.RESPONSE | Wire.RECURSION_AVAILABLE;
            answers.add(
                query.type() == Type.A.number()
                    ? AnswerBytes.answer(query.id(), flags, query.name(), 1, 0, 0)
                        .pointer(Wire.HEADER)
                        .record(Type.A, 1, 4)
                        .octets(192, 0, 2, 1)
                        .bytes()
                    : new AnswerBytes()
                        .u16(query.id(), flags, 1, 0, 0, 0)
                        .name(query.name())
                        .u16(query.type(), Wire.CLASS_IN)
                        .bytes());
          } catch (BadMessageException e) {
            throw new AssertionError(e);
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
    public Link stream(AddrPort server, long until) {
      throw new AssertionError("a stream");
    }

    @Override
    public boolean isShortage(IOException failure) {
      return false;
    }
  }

  @BeforeEach
  void files() throws IOException {
    Files.writeString(
        dir.resolve("hosts"),
        "192.0.2.7 known.test k\n::1 localhost\n192.0.2.8 two\n192.0.2.9 two");
    Files.writeString(dir.resolve("resolv.conf"), "nameserver 192.0.2.53");
  }

  private Stub stub(String sources) throws IOException {
    Files.writeString(dir.resolve("nsswitch.conf"), "hosts: " + sources);
    SystemFiles files =
        new SystemFiles(
            dir.resolve("resolv.conf"), dir.resolve("hosts"), dir.resolve("nsswitch.conf"));
    Client client = new Client(new OneAddress(), null, 10);
    return new Stub(client, files, files::nameSwitch, UnaryOperator.identity());
  }

  private static String addrs(Stub stub, String host) throws Exception {
    return stub.addrs(host, A, () -> Long.MAX_VALUE).toString();
  }

  @Test
  void theTableComesBeforeDns() throws Exception {
    Stub stub = stub("files dns");
    assertEquals("[192.0.2.7]", addrs(stub, "Known.test."));
    assertEquals("[192.0.2.8, 192.0.2.9]", addrs(stub, "two"));
    assertEquals(List.of(), asked);
    assertEquals("[192.0.2.1]", addrs(stub, "other.test"));
    assertEquals(List.of("other.test. of 192.0.2.53:53"), asked);
  }

  @Test
  void theTableMayComeLastOrAlone() throws Exception {
    assertEquals("[192.0.2.1]", addrs(stub("dns files"), "two"));
    assertEquals("[192.0.2.7]", addrs(stub("dns files"), "known.test"));
    assertEquals("known.test.", stub("dns files").canonical("k", () -> Long.MAX_VALUE));
    asked.clear();
    Stub alone = stub("files");
    assertEquals("[192.0.2.7]", addrs(alone, "known.test"));
    LookupFailure failure = assertThrows(LookupFailure.class, () -> addrs(alone, "other.test"));
    assertEquals(LookupFailure.Kind.NOT_FOUND, failure.kind());
    assertEquals(List.of(), asked);
  }

  @Test
  void aNameOfTheTableHasItsFirstNameAsCname() throws Exception {
    Stub stub = stub("files dns");
    assertEquals("known.test.", stub.canonical("k", () -> Long.MAX_VALUE));
    assertEquals("other.test.", stub.canonical("other.test", () -> Long.MAX_VALUE));
    assertEquals("x.localhost.", stub.canonical("x.localhost", () -> Long.MAX_VALUE));
  }

  @Test
  void anAddressOfTheTableHasItsNames() throws Exception {
    Stub stub = stub("files dns");
    assertEquals(
        List.of("known.test", "k"), stub.names(Addr.parse("192.0.2.7"), () -> Long.MAX_VALUE));
    assertEquals(List.of("localhost"), stub.names(Addr.parse("127.0.0.9"), () -> Long.MAX_VALUE));
    assertEquals(List.of(), asked);
  }

  @Test
  void localhostIsWhatTheTableSaysAndElseTheLoopback() throws Exception {
    assertEquals("[::1]", addrs(stub("files dns"), "localhost"));
    assertEquals("[127.0.0.1, ::1]", addrs(stub("files dns"), "app.localhost"));
    assertEquals("[127.0.0.1, ::1]", addrs(stub("dns"), "localhost"));
    assertEquals(List.of(), asked);
  }
}
