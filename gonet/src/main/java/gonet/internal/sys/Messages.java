package gonet.internal.sys;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import gonet.internal.backend.Errno;
import gonet.internal.backend.Packet;
import gonet.internal.backend.PacketBatch;
import gonet.internal.backend.UnixName;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * recvmsg(2), sendmsg(2), recvmmsg(2) and sendmmsg(2) of datagrams, and recvfrom(2) and sendto(2)
 * for one that has nothing beside it but an address: native memory with the headers of one or
 * several, made once for each {@link Packet} or {@link PacketBatch} and used for each call. Nothing
 * is allocated then. For {@code n} datagrams:
 *
 * <pre>
 *   errno                                                 16 bytes
 *   mmsghdr × n   msghdr                                  56
 *                   name:8 namelen:8 iov:8 iovlen:8 control:8 controllen:8 flags:8
 *                 len:4 padding:4                          8
 *   rest × n      iovec     base:8 len:8                  16
 *                 name      sockaddr_un at most          112
 *                 control                                256
 * </pre>
 *
 * <p>The kernel goes by these headers, wherever they lead. So one call at a time has them, whatever
 * a program does with its datagrams on several threads, and an iovec lies within the packet's
 * memory, whatever becomes of the buffer's position meanwhile.
 *
 * <p>A packet whose memory does not stay borrows headers and {@link #STAGING} bytes from {@link
 * Scratch} for the time of the call, and its bytes are copied.
 */
public final class Messages {
  /** As much as a datagram can be long, and a little more. */
  static final int STAGING = 64 * 1024;

  private static final long HEADERS = 16;
  private static final long HEADER_SIZE = 64;
  private static final long NAME = 0;
  private static final long NAME_LENGTH = 8;
  private static final long IOV = 16;
  private static final long IOV_COUNT = 24;
  private static final long CONTROL = 32;
  private static final long CONTROL_LENGTH = 40;
  private static final long FLAGS = 48;
  private static final long LENGTH = 56;

  private static final int NAME_SIZE = 112;
  private static final long REST_SIZE = 16 + NAME_SIZE + 256;
  private static final long IOVEC_AT = 0;
  private static final long NAME_AT = 16;
  private static final long CONTROL_AT = NAME_AT + NAME_SIZE;
  private static final long CONTROL_SIZE = 256;

  private static final int RECEIVE_FLAGS = Linux.MSG_DONTWAIT | Linux.MSG_TRUNC;
  private static final int SEND_FLAGS = Linux.MSG_DONTWAIT | Linux.MSG_NOSIGNAL;

  /** Whether a call has the headers. */
  private final AtomicBoolean taken = new AtomicBoolean();

  /** Automatic: freed with its last reference. */
  private final MemorySegment memory;

  private final int count;

  /** Bytes of a packet that does not stay; null where all packets stay. */
  private final @Nullable MemorySegment staging;

  /** The same memory; made once, because each view is an object. */
  private final @Nullable ByteBuffer stagingView;

  Messages(int count, boolean staged) {
    this.count = count;
    long size = HEADERS + count * (HEADER_SIZE + REST_SIZE);
    memory = Arena.ofAuto().allocate(size, 16);
    staging = staged ? Arena.ofAuto().allocate(STAGING, 16) : null;
    stagingView = staging == null ? null : staging.asByteBuffer();
    for (int i = 0; i < count; i++) {
      long header = header(i);
      memory.set(JAVA_LONG, header + NAME, memory.address() + rest(i) + NAME_AT);
      memory.set(JAVA_LONG, header + IOV, memory.address() + rest(i) + IOVEC_AT);
      memory.set(JAVA_LONG, header + IOV_COUNT, 1);
    }
  }

  // ---- one -------------------------------------------------------------------------------------

  /**
   * recvmsg(2) with MSG_DONTWAIT. Zero, or a negated errno.
   *
   * @param ancillary whether anything may come beside the bytes
   */
  public static int receive(int fd, Packet into, boolean ancillary) {
    if (into.stays) {
      Messages own = of(into);
      own.take();
      try {
        own.beforeReceive(0, into, ancillary);
        int n = own.receive(fd, ancillary);
        if (n >= 0) {
          own.afterReceive(0, n, into);
        }
        return Math.min(n, 0);
      } finally {
        own.giveBack();
        Reference.reachabilityFence(into);
      }
    }
    Scratch scratch = Scratch.take();
    try {
      Messages borrowed = scratch.messages();
      MemorySegment bytes = Objects.requireNonNull(borrowed.staging);
      int room = Math.min(into.data.remaining(), STAGING);
      borrowed.iovec(0, bytes.address(), room);
      borrowed.beforeReceive(0, ancillary);
      int n = borrowed.receive(fd, ancillary);
      if (n >= 0) {
        borrowed.afterReceive(0, n, into);
        into.data.put(
            into.data.position(), Objects.requireNonNull(borrowed.stagingView), 0, into.length);
      }
      return Math.min(n, 0);
    } finally {
      scratch.release();
    }
  }

  /**
   * As {@link #receive}, of a kind that knows datagrams longer than {@link #STAGING}, into memory
   * that does not stay.
   */
  public static int receiveLong(int fd, Packet into) {
    int room = into.data.remaining();
    if (into.stays || room <= STAGING) {
      return receive(fd, into, false);
    }
    Scratch scratch = Scratch.take();
    try (Arena arena = Arena.ofConfined()) {
      Messages borrowed = scratch.messages();
      MemorySegment bytes = arena.allocate(room);
      borrowed.iovec(0, bytes.address(), room);
      borrowed.beforeReceive(0, false);
      int n = borrowed.receive(fd, false);
      if (n >= 0) {
        borrowed.afterReceive(0, n, into);
        into.data.put(into.data.position(), bytes.asByteBuffer(), 0, into.length);
      }
      return Math.min(n, 0);
    } finally {
      scratch.release();
    }
  }

  /** As {@link #send}, of such a kind. */
  public static int sendLong(int fd, int domain, Packet packet) {
    int length = packet.data.remaining();
    if (packet.stays || length <= STAGING) {
      return send(fd, domain, packet);
    }
    if (length > Gather.LONGEST_MESSAGE) {
      return -Errno.EMSGSIZE;
    }
    Scratch scratch = Scratch.take();
    try (Arena arena = Arena.ofConfined()) {
      Messages borrowed = scratch.messages();
      MemorySegment bytes = arena.allocate(length);
      bytes.asByteBuffer().put(0, packet.data, packet.data.position(), length);
      borrowed.iovec(0, bytes.address(), length);
      borrowed.address(0, domain, packet);
      return Math.min(borrowed.send(fd), 0);
    } finally {
      scratch.release();
    }
  }

  /** sendmsg(2) with MSG_DONTWAIT and MSG_NOSIGNAL. Zero, or a negated errno. */
  public static int send(int fd, int domain, Packet packet) {
    if (packet.stays) {
      Messages own = of(packet);
      own.take();
      try {
        own.beforeSend(0, domain, packet);
        return Math.min(own.send(fd), 0);
      } finally {
        own.giveBack();
        Reference.reachabilityFence(packet);
      }
    }
    int length = packet.data.remaining();
    if (length > STAGING) {
      return -Errno.EMSGSIZE;
    }
    Scratch scratch = Scratch.take();
    try {
      Messages borrowed = scratch.messages();
      MemorySegment bytes = Objects.requireNonNull(borrowed.staging);
      Objects.requireNonNull(borrowed.stagingView)
          .put(0, packet.data, packet.data.position(), length);
      borrowed.iovec(0, bytes.address(), length);
      borrowed.address(0, domain, packet);
      return Math.min(borrowed.send(fd), 0);
    } finally {
      scratch.release();
    }
  }

  // ---- several ---------------------------------------------------------------------------------

  /** recvmmsg(2) with MSG_DONTWAIT: how many, or a negated errno. */
  public static int receive(int fd, PacketBatch into, int max, boolean ancillary) {
    Messages own = of(into);
    own.take();
    try {
      for (int i = 0; i < max; i++) {
        own.beforeReceive(i, into.packets[i], ancillary);
      }
      int n = Libc.recvmmsg(own.memory, fd, own.memory.address() + header(0), max, RECEIVE_FLAGS);
      for (int i = 0; i < n; i++) {
        own.afterReceive(i, own.memory.get(JAVA_INT, header(i) + LENGTH), into.packets[i]);
      }
      return n;
    } finally {
      own.giveBack();
      Reference.reachabilityFence(into);
    }
  }

  /** sendmmsg(2) with MSG_DONTWAIT and MSG_NOSIGNAL: how many, or a negated errno. */
  public static int send(int fd, int domain, PacketBatch batch, int off, int count) {
    Messages own = of(batch);
    own.take();
    try {
      for (int i = off; i < off + count; i++) {
        own.beforeSend(i, domain, batch.packets[i]);
      }
      return Libc.sendmmsg(own.memory, fd, own.memory.address() + header(off), count, SEND_FLAGS);
    } finally {
      own.giveBack();
      Reference.reachabilityFence(batch);
    }
  }

  // ---- headers ---------------------------------------------------------------------------------

  private static Messages of(Packet packet) {
    if (packet.attachment instanceof Messages made) {
      return made;
    }
    Messages made = new Messages(1, false);
    packet.attachment = made;
    return made;
  }

  private static Messages of(PacketBatch batch) {
    if (batch.attachment instanceof Messages made) {
      return made;
    }
    Messages made = new Messages(batch.packets.length, false);
    batch.attachment = made;
    return made;
  }

  private static long header(int index) {
    return HEADERS + index * HEADER_SIZE;
  }

  private long rest(int index) {
    return HEADERS + count * HEADER_SIZE + index * REST_SIZE;
  }

  private void take() {
    if (!taken.compareAndSet(false, true)) {
      throw new IllegalStateException("a datagram is in two calls at a time");
    }
  }

  private void giveBack() {
    taken.setRelease(false);
  }

  /** Where the buffer begins. The memory is the packet's, which the caller keeps reachable. */
  private static long address(Packet packet) {
    long known = packet.address;
    if (known == 0) {
      known = MemorySegment.ofBuffer(packet.data.duplicate().clear()).address();
      packet.address = known;
    }
    return known;
  }

  private void iovec(int index, Packet packet) {
    ByteBuffer data = packet.data;
    int position = data.position();
    int length = Math.clamp(data.limit() - position, 0, data.capacity() - position);
    iovec(index, address(packet) + position, length);
  }

  private void iovec(int index, long bytes, int length) {
    long rest = rest(index);
    memory.set(JAVA_LONG, rest + IOVEC_AT, bytes);
    memory.set(JAVA_LONG, rest + IOVEC_AT + 8, length);
  }

  private void beforeReceive(int index, Packet into, boolean ancillary) {
    iovec(index, into);
    beforeReceive(index, ancillary);
  }

  private void beforeReceive(int index, boolean ancillary) {
    long header = header(index);
    long rest = rest(index);
    memory.set(JAVA_LONG, header + NAME, memory.address() + rest + NAME_AT);
    memory.set(JAVA_INT, header + NAME_LENGTH, NAME_SIZE);
    memory.set(JAVA_LONG, header + CONTROL, ancillary ? memory.address() + rest + CONTROL_AT : 0);
    memory.set(JAVA_LONG, header + CONTROL_LENGTH, ancillary ? CONTROL_SIZE : 0);
    memory.set(JAVA_INT, header + FLAGS, 0);
  }

  private void afterReceive(int index, int wireLength, Packet into) {
    long header = header(index);
    long rest = rest(index);
    int room = (int) memory.get(JAVA_LONG, rest + IOVEC_AT + 8);
    into.forgetRest();
    into.wireLength = wireLength;
    into.length = Math.min(wireLength, room);
    int name = Math.min(memory.get(JAVA_INT, header + NAME_LENGTH), NAME_SIZE);
    SockAddr.decode(memory, rest + NAME_AT, name, into.remote);
    into.remoteName =
        into.remote.isPresent()
            ? null
            : UnixSockAddr.decode(memory, rest + NAME_AT, name, into.remoteName);
    long control = memory.get(JAVA_LONG, header + CONTROL_LENGTH);
    if (control > 0) {
      Ancillary.decode(memory, rest + CONTROL_AT, control, into);
    }
  }

  private void beforeSend(int index, int domain, Packet packet) {
    iovec(index, packet);
    address(index, domain, packet);
  }

  /** All of a header but the bytes. */
  private void address(int index, int domain, Packet packet) {
    long header = header(index);
    long rest = rest(index);
    int name = name(packet, domain, rest + NAME_AT);
    memory.set(JAVA_LONG, header + NAME, name > 0 ? memory.address() + rest + NAME_AT : 0);
    memory.set(JAVA_INT, header + NAME_LENGTH, name);
    int control =
        domain == Linux.AF_UNIX ? 0 : Ancillary.encode(packet, domain, memory, rest + CONTROL_AT);
    memory.set(JAVA_LONG, header + CONTROL, control > 0 ? memory.address() + rest + CONTROL_AT : 0);
    memory.set(JAVA_LONG, header + CONTROL_LENGTH, control);
    memory.set(JAVA_INT, header + FLAGS, 0);
  }

  /** Writes the address on the other side; how long it is, 0 for none. */
  private int name(Packet packet, int domain, long at) {
    UnixName name = packet.remoteName;
    if (domain == Linux.AF_UNIX) {
      return name == null ? 0 : UnixSockAddr.encode(name, memory, at);
    }
    return packet.remote.isPresent() ? SockAddr.encode(packet.remote, domain, memory, at) : 0;
  }

  /** The first one. How long it is, whatever fits, or a negated errno. */
  private int receive(int fd, boolean ancillary) {
    long header = header(0);
    if (ancillary) {
      return Libc.recvmsg(memory, fd, memory.address() + header, RECEIVE_FLAGS);
    }
    long rest = rest(0);
    return Libc.recvfrom(
        memory,
        fd,
        memory.get(JAVA_LONG, rest + IOVEC_AT),
        memory.get(JAVA_LONG, rest + IOVEC_AT + 8),
        RECEIVE_FLAGS,
        memory.address() + rest + NAME_AT,
        memory.address() + header + NAME_LENGTH);
  }

  /** The first one. Its length, or a negated errno. */
  private int send(int fd) {
    long header = header(0);
    if (memory.get(JAVA_LONG, header + CONTROL_LENGTH) != 0) {
      return Libc.sendmsg(memory, fd, memory.address() + header, SEND_FLAGS);
    }
    long rest = rest(0);
    return Libc.sendto(
        memory,
        fd,
        memory.get(JAVA_LONG, rest + IOVEC_AT),
        memory.get(JAVA_LONG, rest + IOVEC_AT + 8),
        SEND_FLAGS,
        memory.get(JAVA_LONG, header + NAME),
        memory.get(JAVA_INT, header + NAME_LENGTH));
  }
}
