package gonet.internal.epoll;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import gonet.internal.backend.Descriptor;
import gonet.internal.backend.Errno;
import gonet.internal.backend.Sockets.Family;
import gonet.internal.backend.SyscallException;
import gonet.netip.AddrPort;
import java.time.Duration;
import org.awaitility.Awaitility;

/** Two connected sockets on the loopback interface. */
record TcpPair(Descriptor client, Descriptor server) implements AutoCloseable {
  static final EpollSockets SOCKETS = new EpollSockets();

  static final Duration PATIENCE = Duration.ofSeconds(10);

  static TcpPair open() throws SyscallException {
    Descriptor listener = listener();
    try {
      return connect(listener);
    } finally {
      listener.close();
    }
  }

  static TcpPair connect(Descriptor listener) throws SyscallException {
    Descriptor client = SOCKETS.openTcp(Family.INET4);
    int result = client.connect(listener.localAddr());
    if (result != 0) {
      assertEquals(-Errno.EINPROGRESS, result);
      until(() -> client.finishConnect() == 0);
    }
    return new TcpPair(client, accept(listener).descriptor);
  }

  static Descriptor listener() throws SyscallException {
    Descriptor listener = SOCKETS.openTcp(Family.INET4);
    listener.bind(AddrPort.parse("127.0.0.1:0"));
    listener.listen(128);
    return listener;
  }

  static Descriptor.Accepted accept(Descriptor listener) {
    Descriptor.Accepted accepted = new Descriptor.Accepted();
    until(() -> listener.accept(accepted) == 0);
    assertNotNull(accepted.descriptor);
    return accepted;
  }

  static void until(java.util.concurrent.Callable<Boolean> condition) {
    Awaitility.await().atMost(PATIENCE).pollInterval(Duration.ofMillis(1)).until(condition);
  }

  @Override
  public void close() {
    client.close();
    server.close();
  }
}
