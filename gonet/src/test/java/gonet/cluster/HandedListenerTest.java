package gonet.cluster;

import static gonet.cluster.Rehearsal.assertReads;
import static org.junit.jupiter.api.Assertions.assertEquals;

import gonet.Conn;
import gonet.ListenConfig;
import gonet.Listener;
import gonet.Net;
import gonet.NetSocket;
import gonet.UnixConn;
import gonet.UnixListener;
import gonet.cluster.PacketLink.Message;
import gonet.support.Proves;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a worker's listener does with a connection that comes; the test is primary and reader. */
@Timeout(180)
@Proves("cluster-roundrobin")
@SuppressWarnings("try") // each closes in its own order
class HandedListenerTest {

  /** TAKEN reaches nobody: the worker is the only one that has it. */
  @Test
  void aConnectionOfAPrimaryThatIsDeadByThenIsKept() throws Exception {
    try (UnixListener links = ListenConfig.defaults().listenUnix(PacketLink.NETWORK, "");
        Listener port = Net.listen("tcp", "127.0.0.1:0");
        Conn client = Net.dial("tcp", port.addr().toString());
        PacketLink worker = link((UnixConn) Net.dial(PacketLink.NETWORK, links.addr().toString()));
        PacketLink primary = link(links.accept());
        HandedListener listener = new HandedListener(worker, 1, port.addr(), null, () -> {})) {
      CompletableFuture<Conn> accepted = new CompletableFuture<>();
      Thread.startVirtualThread(
          () -> {
            try {
              accepted.complete(listener.accept());
            } catch (Throwable t) {
              accepted.completeExceptionally(t);
            }
          });
      assertEquals("ACCEPT 1", Rehearsal.line(primary));
      try (Conn conn = port.accept()) {
        primary.send("CONN 1", (NetSocket) conn);
      }
      primary.close();
      try (Message message = worker.receive()) {
        listener.come(message);
      }
      try (Conn served = accepted.get(20, TimeUnit.SECONDS)) {
        client.write(new byte[] {'x'});
        assertReads("x", served);
      }
    }
  }

  private static PacketLink link(UnixConn conn) throws Exception {
    PacketLink link = new PacketLink(conn, PacketLink.MAX_LINE_BYTES);
    link.setTimeout(Rehearsal.LIMIT);
    return link;
  }
}
