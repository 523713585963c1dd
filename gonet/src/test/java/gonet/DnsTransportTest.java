package gonet;

import static org.junit.jupiter.api.Assertions.assertThrows;

import gonet.internal.time.Clock;
import gonet.netip.Addr;
import gonet.netip.AddrPort;
import java.net.SocketTimeoutException;
import org.junit.jupiter.api.Test;

/** How a lookup reaches a name server. */
class DnsTransportTest {
  private static final AddrPort SERVER = AddrPort.of(Addr.from4(new byte[] {127, 0, 0, 1}), 53);

  @Test
  void aDialWhoseTimeIsOverBeforeItBeginsIsATimeout() {
    DnsTransport transport = new DnsTransport(null);
    assertThrows(SocketTimeoutException.class, () -> transport.datagrams(SERVER, Clock.LONG_AGO));
    assertThrows(SocketTimeoutException.class, () -> transport.stream(SERVER, Clock.LONG_AGO));
  }
}
