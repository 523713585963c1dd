package gonet.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import gonet.Conn;
import gonet.ForwardingConn;
import gonet.Net;
import gonet.NetAddr;
import gonet.NetFailure;
import gonet.Pipe;
import gonet.TimeLimit;
import gonet.netip.AddrPort;
import java.io.IOException;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who is let in and what is counted, of connections that no client has made. */
@Timeout(180)
class ServerRegistryTest {
  private final Pipe pipe = Net.pipe();
  private Server server;

  @AfterEach
  void close() {
    pipe.close();
    server.close();
  }

  private void start(ServerBuilder builder) throws IOException {
    server = builder.listenOn("tcp", "127.0.0.1:0").handler(conn -> {}).start();
  }

  /** As a listener of the program's own may tell it. */
  private record Told(AddrPort addrPort) implements NetAddr {
    @Override
    public String network() {
      return "told";
    }
  }

  private ServerConn from(String remote) {
    Conn conn =
        new ForwardingConn(pipe.first()) {
          @Override
          public NetAddr remoteAddr() {
            return new Told(AddrPort.parse(remote));
          }
        };
    return new ServerConn(server, conn, 1);
  }

  private Drop.Reason admit(ServerConn conn) {
    return server.registry().admit(conn, true);
  }

  @Test
  void asManyAreAdmittedAsThereMayBeAndNotOneMore() throws Exception {
    start(Server.builder().maxConns(2));
    ServerConn first = from("192.0.2.1:1");
    assertNull(admit(first));
    assertNull(admit(from("192.0.2.2:1")));
    assertEquals(Drop.Reason.MAX_CONNS, admit(from("192.0.2.3:1")));
    assertEquals(2, server.connections());
    server.registry().leave(first);
    assertNull(admit(from("192.0.2.3:1")));
    assertEquals(Drop.Reason.MAX_CONNS, admit(from("192.0.2.4:1")));
  }

  @Test
  void oneClientIsOneInWhateverFormItsAddressComes() throws Exception {
    start(Server.builder().maxConnsPerAddr(1));
    ServerConn first = from("192.0.2.1:1");
    assertNull(admit(first));
    assertEquals(Drop.Reason.MAX_CONNS_PER_ADDR, admit(from("192.0.2.1:2")));
    assertEquals(Drop.Reason.MAX_CONNS_PER_ADDR, admit(from("[::ffff:192.0.2.1]:3")));
    server.registry().leave(first);
    assertNull(admit(from("[::ffff:192.0.2.1]:4")));
    assertEquals(Drop.Reason.MAX_CONNS_PER_ADDR, admit(from("192.0.2.1:5")));
  }

  /** A server meets many clients in its life, and most of them only once. */
  @Test
  void nothingIsKeptOfAClientThatHasLeft() throws Exception {
    start(Server.builder().maxConnsPerAddr(2));
    List<ServerConn> conns = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      conns.add(from("192.0.2." + i % 5 + ":" + i));
      assertNull(admit(conns.getLast()));
    }
    Field counts = ServerRegistry.class.getDeclaredField("perAddr");
    counts.setAccessible(true);
    Map<?, ?> perAddr = (Map<?, ?>) counts.get(server.registry());
    assertEquals(5, perAddr.size());
    conns.forEach(server.registry()::leave);
    assertEquals(Map.of(), perAddr);
  }

  /** Cut off by its deadline, a write has sent some of its bytes. */
  @Test
  void theBytesOfAWriteThatFailsCount() throws Exception {
    start(Server.builder());
    Conn cutOff =
        new ForwardingConn(pipe.first()) {
          @Override
          public void write(byte[] buf, int off, int len, TimeLimit limit) throws IOException {
            throw NetFailure.timeout("write", this, 3);
          }
        };
    ServerConn conn = new ServerConn(server, cutOff, 1);
    Assertions.assertThrows(IOException.class, () -> conn.write(new byte[10]));
    assertEquals(3, conn.bytesWritten());
  }
}
