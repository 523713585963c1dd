package gonet;

import gonet.internal.backend.Packet;
import gonet.internal.backend.RawAddr;
import gonet.internal.backend.UnixName;
import gonet.netip.Addr;
import gonet.netip.AddrPort;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A datagram: bytes, the address on the other side, and what came or goes beside them. It is used
 * again and again, so that no datagram costs an object. Go: the arguments of {@code ReadMsgUDP} and
 * {@code WriteMsgUDP}.
 *
 * {@snippet :
 * Datagram d = Datagram.allocate(1200);
 * d.data().put("hello".getBytes(UTF_8)).flip();
 * d.setAddrPort(AddrPort.parse("192.0.2.1:7099"));
 * conn.send(d);
 * conn.receive(d); // forgets all that
 * }
 *
 * <p>What a receive finds beside the bytes comes only if the socket was asked for it: {@link
 * UdpConn#setReceiveLocalAddr} and its sisters. A send does not take all that was received: it
 * takes the bytes, the address on the other side, and the local address, so that an answer comes
 * from where its question went to; and whatever was set since.
 *
 * <p>For one thread at a time, and for one call at a time.
 *
 * @since 0.1
 */
public final class Datagram {
  /** What {@link #hopLimit} and {@link #trafficClass} say where nothing is known. */
  public static final int UNKNOWN = Packet.UNKNOWN;

  final Packet packet;

  Datagram(Packet packet) {
    this.packet = packet;
  }

  /**
   * A datagram with room for so many bytes, outside the heap. An IPv4 one carries at most 65,507,
   * an IPv6 one 65,527; on most paths 1,200 arrive in one piece. One of a Unix socket carries what
   * {@link UnixgramConn#setWriteBuffer} says.
   *
   * @throws IllegalArgumentException if {@code capacity} is negative
   */
  public static Datagram allocate(int capacity) {
    if (capacity < 0) {
      throw new IllegalArgumentException("capacity is " + capacity + " bytes, below 0");
    }
    return new Datagram(Packet.allocate(capacity));
  }

  /**
   * A datagram with memory of the caller's: from {@code memory}'s position to its limit, neither of
   * which moves. Each send and receive copies its bytes.
   */
  public static Datagram wrap(ByteBuffer memory) {
    if (memory.isReadOnly()) {
      throw new IllegalArgumentException("a read-only buffer cannot receive");
    }
    return new Datagram(new Packet(memory.slice()));
  }

  // ---- bytes -----------------------------------------------------------------------------------

  /**
   * The bytes: always the same buffer. After a receive they are from its position, 0, to its limit;
   * a send takes what is remaining. A new one has its position at 0 and its limit at the end; the
   * caller writes as into any buffer: clear, put, flip.
   */
  public ByteBuffer data() {
    return packet.data;
  }

  /** How long the received one was on its way, whether it did fit or not. */
  public int wireLength() {
    return packet.wireLength;
  }

  /** Whether the received one was longer than there was room for; the rest is lost. */
  public boolean truncated() {
    return packet.wireLength > packet.length;
  }

  // ---- the other side --------------------------------------------------------------------------

  /** Who has sent it; to whom it goes. Null if there is none. */
  public @Nullable NetAddr addr() {
    UnixName name = packet.remoteName;
    if (name != null) {
      return UnixAddr.of(UnixAddr.DATAGRAM, name);
    }
    AddrPort addrPort = addrPort();
    if (addrPort == null) {
      return null;
    }
    return packet.portless ? IpAddr.of(addrPort.addr()) : UdpAddr.of(addrPort);
  }

  /**
   * Sends it there; null to the address that the socket is connected to.
   *
   * @throws IllegalArgumentException if it is neither a {@link UnixAddr} nor of IP
   */
  public Datagram setAddr(@Nullable NetAddr to) {
    if (to instanceof UnixAddr unix) {
      packet.remote.clear();
      packet.remoteName = unix.isUnnamed() ? null : unix.unixName();
      return this;
    }
    AddrPort addrPort = to == null ? null : to.addrPort();
    if (to != null && addrPort == null) {
      throw new IllegalArgumentException("no datagram goes to " + to.network() + " " + to);
    }
    return setAddrPort(addrPort);
  }

  /**
   * The same as a pair, null if it is none of IP; an IPv4-mapped address is IPv4. Of one peer's
   * datagrams in a row, received into the same object, all answer with the same pair.
   */
  public @Nullable AddrPort addrPort() {
    return packet.remote.toAddrPort();
  }

  /** As {@link #setAddr(NetAddr)}, to an address of IP. */
  public Datagram setAddrPort(@Nullable AddrPort to) {
    packet.remoteName = null;
    if (to == null) {
      packet.remote.clear();
    } else {
      packet.remote.set(to);
    }
    return this;
  }

  /** Takes the address on the other side from another datagram, without an object. */
  public Datagram setAddr(Datagram from) {
    packet.remote.set(from.packet.remote);
    packet.remoteName = from.packet.remoteName;
    return this;
  }

  /** Whether both have the same address on the other side, or none. */
  public boolean sameAddr(Datagram other) {
    return packet.remote.same(other.packet.remote)
        && Objects.equals(packet.remoteName, other.packet.remoteName);
  }

  // ---- this side -------------------------------------------------------------------------------

  /**
   * The address that the received one was sent to, a group's for instance; null if that is not
   * known. For one to send see {@link #setLocalAddr}.
   */
  public @Nullable Addr localAddr() {
    AddrPort addrPort = packet.local.toAddrPort();
    return addrPort == null ? null : addrPort.addr();
  }

  /**
   * Sends it from this address of the machine; null to let the kernel choose. A receive sets it to
   * the address that was received on; of a group or a broadcast to that of the interface, if the
   * kernel tells it. A send fails with a {@link NetAddressException} if the datagram goes to an
   * address of the other family.
   *
   * @throws UnsupportedOperationException later, by the send, with the nio backend
   */
  public Datagram setLocalAddr(@Nullable Addr from) {
    RawAddr source = packet.source;
    if (from == null) {
      source.clear();
    } else {
      source.set(AddrPort.of(from, 0));
    }
    packet.local.set(source);
    return this;
  }

  /** The index of the interface that the received one came in by; 0 if that is not known. */
  public int interfaceIndex() {
    return packet.interfaceIndex;
  }

  /**
   * Sends it out by this interface, 0 for the kernel's choice.
   *
   * @throws IllegalArgumentException if {@code index} is negative
   */
  public Datagram setInterface(int index) {
    if (index < 0) {
      throw new IllegalArgumentException("interface index is " + index + ", below 0");
    }
    packet.sendInterface = index;
    return this;
  }

  // ---- the header ------------------------------------------------------------------------------

  /** The received one's TTL or hop limit; {@link #UNKNOWN} if that is not known. */
  public int hopLimit() {
    return packet.hopLimit;
  }

  /**
   * Sends it with this TTL or hop limit, in the place of the socket's.
   *
   * @param hops 1 to 255; null for the socket's
   */
  public Datagram setHopLimit(@Nullable Integer hops) {
    packet.sendHopLimit = hops == null ? UNKNOWN : SocketOptions.hopLimit(hops, 1);
    return this;
  }

  /**
   * The received one's traffic class or type of service: six bits of DSCP, then two of ECN. {@link
   * #UNKNOWN} if that is not known.
   */
  public int trafficClass() {
    return packet.trafficClass;
  }

  /** The two bits of ECN (RFC 3168); {@link #UNKNOWN} if they are not known. */
  public int ecn() {
    return packet.trafficClass < 0 ? UNKNOWN : packet.trafficClass & 3;
  }

  /**
   * Sends it with this traffic class, in the place of the socket's.
   *
   * @param value 0 to 255; null for the socket's
   */
  public Datagram setTrafficClass(@Nullable Integer value) {
    packet.sendTrafficClass = SocketOptions.trafficClass(value);
    return this;
  }

  /** When the kernel received it; null if that is not known. */
  public @Nullable Instant timestamp() {
    return packet.nanos < 0 ? null : Instant.ofEpochSecond(packet.seconds, packet.nanos);
  }

  // ---- several in one --------------------------------------------------------------------------

  /**
   * Above zero: the bytes are several datagrams, each so long, the last one perhaps shorter. Zero:
   * they are one.
   */
  public int segmentSize() {
    return packet.segmentSize;
  }

  /**
   * Sends the bytes as several datagrams of this size, the last one perhaps shorter, cut by the
   * kernel or the network card: UDP_SEGMENT. Much cheaper than to send them one by one; at most 64
   * or 128 at once, and 64 KiB. Zero, the default, for one alone.
   *
   * @throws IllegalArgumentException if {@code bytes} is not between 0 and 65,535
   */
  public Datagram setSegmentSize(int bytes) {
    if (bytes < 0 || bytes > 65535) {
      throw new IllegalArgumentException("segment size is " + bytes + ", not between 0 and 65535");
    }
    packet.segmentSize = bytes;
    return this;
  }

  // ---- for receives ----------------------------------------------------------------------------

  void beforeReceive() {
    packet.length = 0;
    packet.data.clear();
  }

  /** The packet has it, or is as {@link #beforeReceive} left it. */
  void afterReceive() {
    packet.data.limit(packet.length);
  }

  void receivedNothing() {
    packet.clear();
    packet.data.clear().limit(0);
  }

  /** Forgets everything but the bytes' memory. */
  public void clear() {
    packet.clear();
    packet.data.clear();
  }

  /** The length and the other side, for logs. */
  @Override
  public String toString() {
    return "datagram of "
        + packet.data.remaining()
        + " bytes, "
        + Objects.requireNonNullElse(addr(), "no address");
  }
}
