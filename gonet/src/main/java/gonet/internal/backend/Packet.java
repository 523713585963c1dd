package gonet.internal.backend;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One datagram on its way between the kernel and a program: its bytes, its addresses and what came
 * or goes beside it (ancillary data, cmsg(3)). Owned by one thread, and used again and again.
 *
 * <p>A receive writes at {@link #data}'s position at most what remains there; a send takes what
 * remains there. Neither moves the buffer.
 */
public final class Packet {
  /** In the place of a number that did not come, or that the kernel is to choose. */
  public static final int UNKNOWN = -1;

  public final ByteBuffer data;

  /**
   * The buffer was allocated directly and by gonet: it stays where it is as long as this object
   * lives, so that the kernel may be told its address. What a program has handed in may be an
   * array, or memory that another thread frees.
   */
  public final boolean stays;

  // ---- addresses -------------------------------------------------------------------------------

  /** Who has sent it; to whom it goes, none if the socket is connected. */
  public final RawAddr remote = new RawAddr();

  /** The same of a Unix socket, in the place of {@link #remote}; null for none. */
  public @Nullable UnixName remoteName;

  /** To which address it was sent, without a port; none if that is not asked for. */
  public final RawAddr local = new RawAddr();

  /**
   * From which address it goes, or an answer would go: {@link #local} unless that is a group or a
   * broadcast address. None to leave it to the kernel.
   */
  public final RawAddr source = new RawAddr();

  /** Where it came in, 0 if that is not asked for. */
  public int interfaceIndex;

  /** Its address has no port, because it came in below UDP: raw(7). */
  public boolean portless;

  // ---- of a received one -----------------------------------------------------------------------

  /** How many bytes are there. */
  public int length;

  /** How many there were on the wire; above {@link #length} if there was no room. */
  public int wireLength;

  /** IP_TTL, IPV6_HOPLIMIT. */
  public int hopLimit = UNKNOWN;

  /** IP_TOS, IPV6_TCLASS. */
  public int trafficClass = UNKNOWN;

  /** SO_TIMESTAMPNS: seconds of the epoch. */
  public long seconds;

  /** And nanoseconds, {@link #UNKNOWN} if that is not asked for. */
  public int nanos = UNKNOWN;

  /**
   * Several datagrams of one sender stand here, each so long and the last perhaps shorter: UDP_GRO.
   * To send: UDP_SEGMENT. 0 for one alone.
   */
  public int segmentSize;

  // ---- for one to send -------------------------------------------------------------------------

  /** Where it goes out, 0 for the kernel's choice. */
  public int sendInterface;

  public int sendHopLimit = UNKNOWN;

  public int sendTrafficClass = UNKNOWN;

  // ---- of a Unix socket ------------------------------------------------------------------------

  /** Descriptors that go beside it: SCM_RIGHTS (unix(7)). Null for none. */
  public int @Nullable [] numbers;

  /** Takes the descriptors that come beside it; null to leave them to the kernel, to be closed. */
  public @Nullable Rights rights;

  // ---- a backend's -----------------------------------------------------------------------------

  /** Where the first byte of a buffer that stays is; 0 until a backend has asked. */
  public long address;

  /** Whatever a backend keeps with it. Nobody else looks at it. */
  public @Nullable Object attachment;

  /** Bytes of a program's own. */
  public Packet(ByteBuffer data) {
    this(data, false);
  }

  private Packet(ByteBuffer data, boolean stays) {
    this.data = data;
    this.stays = stays;
  }

  /** Room for so many bytes. */
  public static Packet allocate(int capacity) {
    return new Packet(ByteBuffer.allocateDirect(capacity), true);
  }

  /** There is no datagram. */
  public void clear() {
    remote.clear();
    remoteName = null;
    length = 0;
    wireLength = 0;
    forgetRest();
  }

  /** Before a receive fills in its own: what the last one brought, and what was set to send. */
  public void forgetRest() {
    portless = false;
    local.clear();
    source.clear();
    interfaceIndex = 0;
    hopLimit = UNKNOWN;
    trafficClass = UNKNOWN;
    nanos = UNKNOWN;
    segmentSize = 0;
    sendInterface = 0;
    sendHopLimit = UNKNOWN;
    sendTrafficClass = UNKNOWN;
  }
}
