package gonet.internal.lookup;

import gonet.netip.Addr;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.channels.DatagramChannel;
import org.jspecify.annotations.Nullable;

/**
 * Asks the kernel's routing table for source addresses, by a datagram socket that is connected and
 * never sends: connect(2) of such a socket chooses the source, and puts nothing on the wire.
 */
final class RouteProbe {
  /** Any but zero does; Go takes the port of the discard service as well (RFC 863). */
  private static final int PORT = 9;

  private RouteProbe() {}

  /** See {@link DestinationOrder.Source#toward}. */
  static @Nullable Addr toward(Addr destination) throws IOException {
    try (DatagramChannel probe = open(destination)) {
      return probe == null ? null : sourceOf(probe, destination);
    } catch (LinkageError e) {
      // The first use of these classes, in a process without a descriptor for their library.
      throw new IOException(e);
    }
  }

  private static @Nullable DatagramChannel open(Addr destination) throws IOException {
    try {
      return DatagramChannel.open(
          destination.is4() ? StandardProtocolFamily.INET : StandardProtocolFamily.INET6);
    } catch (UnsupportedOperationException e) {
      return null; // a machine without this family
    }
  }

  private static @Nullable Addr sourceOf(DatagramChannel probe, Addr destination)
      throws IOException {
    try {
      probe.connect(new InetSocketAddress(destination.toInetAddress(), PORT));
    } catch (IOException e) {
      return null; // no route, or a zone that there is not
    }
    return probe.getLocalAddress() instanceof InetSocketAddress local
        ? Addr.fromInet(local.getAddress()).unmap()
        : null;
  }
}
