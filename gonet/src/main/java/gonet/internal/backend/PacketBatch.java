package gonet.internal.backend;

import org.jspecify.annotations.Nullable;

/** Packets that go through the kernel together. Owned by one thread, as each of them is. */
public final class PacketBatch {
  /** UIO_MAXIOV: more than that one call of sendmmsg(2) does not take. */
  public static final int MAX = 1024;

  /** All of them {@linkplain Packet#stays stay}. */
  public final Packet[] packets;

  /** Whatever a backend keeps with it. Nobody else looks at it. */
  public @Nullable Object attachment;

  public PacketBatch(int count, int capacity) {
    packets = new Packet[count];
    for (int i = 0; i < count; i++) {
      packets[i] = Packet.allocate(capacity);
    }
  }
}
