package gonet.internal.nio;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import gonet.internal.backend.Descriptor;
import gonet.internal.backend.Errno;
import gonet.internal.backend.Option;
import gonet.internal.backend.Sockets.Family;
import gonet.internal.backend.SyscallException;
import gonet.netip.Addr;
import gonet.netip.AddrPort;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntSupplier;

/** A listener on the loopback address and pairs of connected descriptors, without any poller. */
final class Loopback implements AutoCloseable {
  static final AddrPort ANY_PORT = AddrPort.of(Addr.from4(new byte[] {127, 0, 0, 1}), 0);

  /** Both ends of one connection. */
  record Pair(Descriptor client, Descriptor server) {}

  final NioSockets sockets = new NioSockets();
  final Descriptor listener;
  final AddrPort address;
  private final List<Descriptor> opened = new ArrayList<>();

  Loopback() throws SyscallException {
    this(Family.INET4, ANY_PORT);
  }

  Loopback(Family family, AddrPort local) throws SyscallException {
    listener = open(family);
    listener.setOption(Option.REUSE_ADDR, 1);
    listener.bind(local);
    listener.listen(128);
    address = listener.localAddr();
  }

  Descriptor open(Family family) throws SyscallException {
    Descriptor descriptor = sockets.openTcp(family);
    opened.add(descriptor);
    return descriptor;
  }

  Pair connect() throws SyscallException {
    Descriptor client = open(Family.INET4);
    assertEquals(0, connect(client, address));
    return new Pair(client, accept(listener));
  }

  static int connect(Descriptor client, AddrPort to) {
    int answer = client.connect(to);
    return answer == -Errno.EINPROGRESS ? settled(client::finishConnect) : answer;
  }

  Descriptor accept(Descriptor from) {
    Descriptor.Accepted accepted = new Descriptor.Accepted();
    assertEquals(0, settled(() -> from.accept(accepted)));
    opened.add(accepted.descriptor);
    return accepted.descriptor;
  }

  /** Repeats a call until it has another answer than "not yet". */
  static int settled(IntSupplier call) {
    return await()
        .pollInterval(Duration.ofMillis(1))
        .pollDelay(Duration.ZERO)
        .until(call::getAsInt, answer -> answer != -Errno.EAGAIN && answer != -Errno.EINPROGRESS);
  }

  /** Closes without a goodbye: the peer sees a reset. */
  static void reset(Descriptor descriptor) throws SyscallException {
    descriptor.setOption(Option.LINGER, 0);
    descriptor.close();
  }

  @Override
  public void close() {
    opened.forEach(Descriptor::close);
  }
}
