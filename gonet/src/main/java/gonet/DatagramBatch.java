package gonet;

import gonet.internal.backend.PacketBatch;
import java.util.ArrayList;
import java.util.List;

/**
 * Datagrams that go through the kernel together: {@link PacketConn#receive(DatagramBatch)}, {@link
 * PacketConn#send(DatagramBatch, int, int)}. All memory is there from the beginning.
 *
 * {@snippet :
 * DatagramBatch batch = DatagramBatch.allocate(32, 2048);
 * while (true) {
 *   int n = conn.receive(batch);
 *   for (int sent = 0; sent < n; ) {
 *     sent += conn.send(batch, sent, n - sent);
 *   }
 * }
 * }
 *
 * <p>For one thread at a time, and for one call at a time.
 *
 * @since 0.1
 */
public final class DatagramBatch {
  final PacketBatch packets;
  private final List<Datagram> datagrams;

  private DatagramBatch(PacketBatch packets) {
    this.packets = packets;
    List<Datagram> all = new ArrayList<>(packets.packets.length);
    for (var packet : packets.packets) {
      all.add(new Datagram(packet));
    }
    this.datagrams = List.copyOf(all);
  }

  /**
   * A batch of empty datagrams.
   *
   * @param count 1 to 1024
   * @param capacity the room of each, in bytes
   * @throws IllegalArgumentException if one of the two is out of range
   */
  public static DatagramBatch allocate(int count, int capacity) {
    if (count < 1 || count > PacketBatch.MAX) {
      throw new IllegalArgumentException(
          count + " datagrams, not between 1 and " + PacketBatch.MAX);
    }
    if (capacity < 0) {
      throw new IllegalArgumentException("capacity is " + capacity + " bytes, below 0");
    }
    return new DatagramBatch(new PacketBatch(count, capacity));
  }

  /** How many there are. */
  public int size() {
    return datagrams.size();
  }

  /**
   * One of them: always the same object for the same index.
   *
   * @throws IndexOutOfBoundsException if there is none
   */
  public Datagram get(int index) {
    return datagrams.get(index);
  }

  void beforeReceive() {
    for (int i = 0; i < datagrams.size(); i++) {
      datagrams.get(i).beforeReceive();
    }
  }

  /** Those that were received have their bytes, the others none. */
  void afterReceive() {
    for (int i = 0; i < datagrams.size(); i++) {
      datagrams.get(i).afterReceive();
    }
  }

  @Override
  public String toString() {
    return "batch of " + size() + " datagrams";
  }
}
