package gonet.internal.epoll;

import gonet.internal.backend.Packet;
import gonet.internal.backend.PacketBatch;
import gonet.internal.sys.Linux;
import java.nio.ByteBuffer;

/**
 * A raw IP socket: raw(7). Of IPv4 the kernel gives header and payload; a packet gets the payload
 * alone, as Go does it, while a receive of bytes gets all.
 */
final class EpollRawDescriptor extends EpollUdpDescriptor {
  /** The length of an IPv4 header, in four bytes each, stands in the lower half of the first. */
  private static final int LENGTH_MASK = 0xf;

  EpollRawDescriptor(int fd, int domain) {
    super(fd, domain, false);
  }

  @Override
  public int receive(Packet into) {
    int n = super.receive(into);
    if (n >= 0) {
      received(into);
    }
    return n;
  }

  @Override
  public int receive(PacketBatch into, int max) {
    int n = super.receive(into, max);
    for (int i = 0; i < n; i++) {
      received(into.packets[i]);
    }
    return n;
  }

  private void received(Packet packet) {
    packet.portless = true;
    if (domain != Linux.AF_INET || packet.length == 0) {
      return;
    }
    ByteBuffer data = packet.data;
    int start = data.position();
    int header = Math.min((data.get(start) & LENGTH_MASK) * 4, packet.length);
    data.put(start, data, start + header, packet.length - header);
    packet.length -= header;
    packet.wireLength -= header;
  }
}
