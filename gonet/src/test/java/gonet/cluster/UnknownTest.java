package gonet.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Net;
import gonet.UnixConn;
import gonet.UnixListener;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
class UnknownTest {
  private final List<PacketLink> links = new ArrayList<>();
  private final Unknown unknown = new Unknown();
  private UnixListener listener;

  @BeforeEach
  void listen() throws IOException {
    listener = (UnixListener) Net.listen(PacketLink.NETWORK, "");
    for (int i = 0; i < Unknown.MAX; i++) {
      assertNull(unknown.enter(link()));
    }
  }

  @AfterEach
  void close() {
    links.forEach(PacketLink::close);
    listener.close();
  }

  private PacketLink link() throws IOException {
    PacketLink link =
        new PacketLink(
            (UnixConn) Net.dial(PacketLink.NETWORK, listener.addr().toString()),
            PacketLink.MAX_LINE_BYTES);
    links.add(link);
    return link;
  }

  @Test
  void theOneThatHasWaitedLongestMakesRoom() throws Exception {
    assertEquals(links.getFirst(), unknown.enter(link()));
    assertFalse(unknown.leave(links.getFirst()));
    assertEquals(links.get(1), unknown.enter(link()));
  }

  @Test
  void oneThatHasSaidWhoItIsMakesNone() throws Exception {
    assertTrue(unknown.leave(links.getFirst()));
    assertNull(unknown.enter(link()));
    assertEquals(links.get(1), unknown.enter(link()));
  }
}
