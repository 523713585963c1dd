package gonet.test.go;

import static org.junit.jupiter.api.Assertions.assertEquals;

import gonet.test.Proves;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Once compiled by C2, a datagram makes no object. Go: TestAllocs. */
@Timeout(180)
@OverEpoll
@Proves("udp")
class UdpAllocationTest {

  @ParameterizedTest
  @ValueSource(strings = {"one", "ancillary", "wrapped", "batch", "connected"})
  void whatIsReusedGoesAndComesWithoutAnObject(String how) throws Exception {
    assertEquals("0", TcpAllocationTest.probe("udp " + how));
  }

  @Test
  @Proves("unix")
  void norDoesADatagramOfAUnixSocketMakeAnObject() throws Exception {
    assertEquals("0", TcpAllocationTest.probe("unixgram"));
  }
}
