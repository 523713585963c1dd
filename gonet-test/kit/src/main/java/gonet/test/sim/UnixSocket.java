package gonet.test.sim;

import gonet.internal.backend.Errno;
import gonet.internal.backend.Option;
import gonet.internal.backend.Readiness;
import gonet.internal.backend.Rights;
import gonet.internal.backend.Sockets.UnixKind;
import gonet.internal.backend.SyscallException;
import gonet.internal.backend.UnixName;
import gonet.internal.backend.WrongSocketException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A Unix socket in the kernel of a simulated machine, of streams or of packets: unix(7), as Linux
 * does it. What is sent is there at once, and its reader is told a moment later. What was sent and
 * not read counts against the sender's buffer. Confined to the carrier.
 */
final class UnixSocket extends OpenSocket {
  enum State {
    NEW,
    LISTENING,
    CONNECTED
  }

  private static final int SOCK_STREAM = 1;
  private static final int SOCK_SEQPACKET = 5;
  private static final int RECEIVE = 1;
  private static final int SEND = 2;
  private static final int BOTH = RECEIVE | SEND;

  private static final int DEFAULT_BUFFER = 212_992; // net.core.wmem_default, and wmem_max
  private static final int LEAST_BUFFER = 4_608; // SOCK_MIN_SNDBUF
  private static final int OVERHEAD = 768; // what the kernel counts for each piece besides
  private static final int LONGEST_PIECE = 64 << 10;
  private static final int PIECE_HEADER = 64;
  private static final int PACKET_HEADER = 32;

  /** What one send has put into the peer's queue, or what is left of it. */
  private static final class Piece {
    final byte[] data;
    final int charge;
    List<OpenSocket> rights;
    int taken;

    Piece(byte[] data, List<OpenSocket> rights) {
      this.data = data;
      this.charge = data.length + OVERHEAD;
      this.rights = rights;
    }

    int left() {
      return data.length - taken;
    }
  }

  final UnixKind kind;
  UnixName name = UnixName.UNNAMED;

  /** The file of its path; null if it has none. */
  @Nullable Object fileKey;

  State state = State.NEW;

  private final Map<Option, Integer> options = new EnumMap<>(Option.class);

  // ---- listener
  private int backlog;
  private final ArrayDeque<UnixSocket> waiting = new ArrayDeque<>();

  // ---- connection
  private @Nullable UnixSocket peer;
  private UnixName peerName = UnixName.UNNAMED;

  /** Who has called listen(2); or who is at the other end, and called it or connect(2). */
  private @Nullable HostProcess credentials;

  private final ArrayDeque<Piece> queue = new ArrayDeque<>();
  private int shut;

  /** SO_ERROR, positive. */
  private int error;

  /** Of its own, unread by the peer. */
  private int charged;

  private boolean wantsRoom;
  private boolean closed;

  UnixSocket(Machine machine, UnixKind kind) {
    super(machine);
    this.kind = kind;
  }

  @Override
  int level() {
    if (state == State.LISTENING) {
      return waiting.isEmpty() ? 0 : Readiness.READ;
    }
    int level = queue.isEmpty() ? 0 : Readiness.READ;
    if (error != 0 || (shut & RECEIVE) != 0) {
      level |= Readiness.READ | Readiness.STICKY | Readiness.HANGUP;
    }
    if (error != 0 || shut == BOTH || roomy()) {
      level |= Readiness.WRITE;
    }
    return level;
  }

  /** unix_writable(): a writer is told when three quarters are free. */
  private boolean roomy() {
    return 4L * charged <= limit();
  }

  private void tellAll() {
    edges().tell(level());
  }

  // ---- options ---------------------------------------------------------------------------------

  @Override
  void set(Option option, int value) {
    options.put(option, Math.max(LEAST_BUFFER / 2, Math.min(value, DEFAULT_BUFFER)));
  }

  @Override
  int get(Option option) {
    return options.getOrDefault(option, DEFAULT_BUFFER / 2);
  }

  /** What may be unread by the peer: Linux doubles what it is told. */
  private int limit() {
    return 2 * get(Option.SEND_BUFFER);
  }

  // ---- establishment ---------------------------------------------------------------------------

  void bind(UnixName wanted) throws SyscallException {
    if (!name.text().isEmpty()) {
      throw new SyscallException("bind", Errno.EINVAL);
    }
    machine.unixNames().bind(this, wanted);
  }

  void listen(int length, HostProcess process) throws SyscallException {
    if (state == State.CONNECTED || name.text().isEmpty()) {
      throw new SyscallException("listen", Errno.EINVAL);
    }
    backlog = length;
    credentials = process;
    state = State.LISTENING;
  }

  int connect(UnixName wanted, HostProcess process) {
    UnixSocket listener;
    try {
      listener = machine.unixNames().find(wanted);
    } catch (SyscallException e) {
      return -e.errno();
    }
    if (listener == null) {
      return -Errno.ECONNREFUSED;
    }
    if (listener.kind != kind) {
      return -Errno.EPROTOTYPE;
    }
    if (listener.state != State.LISTENING || (listener.shut & RECEIVE) != 0) {
      return -Errno.ECONNREFUSED;
    }
    if (listener.waiting.size() > listener.backlog) {
      return -Errno.EAGAIN;
    }
    if (state != State.NEW) {
      return -(state == State.CONNECTED ? Errno.EISCONN : Errno.EINVAL);
    }
    UnixSocket child = new UnixSocket(machine, kind);
    child.name = listener.name;
    child.join(this, name, process);
    join(child, listener.name, listener.credentials);
    listener.waiting.add(child);
    listener.tellAll();
    tellAll();
    return 0;
  }

  private void join(UnixSocket other, UnixName otherName, @Nullable HostProcess process) {
    state = State.CONNECTED;
    peer = other;
    peerName = otherName;
    credentials = process;
  }

  /** Who is first in the queue; null if nobody is. */
  @Nullable UnixSocket first() {
    return waiting.peek();
  }

  void removeFirst() {
    waiting.remove();
  }

  UnixName peerName() throws SyscallException {
    if (state != State.CONNECTED) {
      throw new SyscallException("getpeername", Errno.ENOTCONN);
    }
    return peerName;
  }

  /** The process that SO_PEERCRED names; null if it names none. */
  @Nullable HostProcess credentials() {
    return credentials;
  }

  /** Whom {@link #peerName} names, as accept(2) tells it. */
  UnixName knownPeer() {
    return peerName;
  }

  // ---- out -------------------------------------------------------------------------------------

  /** Sends a stream's bytes, as many as there is room for, or a packet. */
  int send(byte[] buf, int off, int len, List<OpenSocket> rights) {
    return kind == UnixKind.STREAM
        ? sendBytes(buf, off, len, rights)
        : sendPacket(buf, off, len, rights);
  }

  private int sendBytes(byte[] buf, int off, int len, List<OpenSocket> rights) {
    UnixSocket to = peer;
    if (to == null) {
      return -Errno.ENOTCONN;
    }
    if ((shut & SEND) != 0) {
      return -Errno.EPIPE;
    }
    int longest = Math.min(limit() / 2 - PIECE_HEADER, LONGEST_PIECE);
    int sent = 0;
    while (sent < len) {
      if (charged >= limit()) {
        wantsRoom = true;
        return sent > 0 ? sent : -Errno.EAGAIN;
      }
      int size = Math.min(len - sent, longest);
      give(to, buf, off + sent, size, sent == 0 ? rights : List.of());
      sent += size;
    }
    return sent;
  }

  private int sendPacket(byte[] buf, int off, int len, List<OpenSocket> rights) {
    if (error != 0) {
      return takeError();
    }
    UnixSocket to = peer;
    if (to == null) {
      return -Errno.ENOTCONN;
    }
    if (len > limit() - PACKET_HEADER) {
      return -Errno.EMSGSIZE;
    }
    if ((shut & SEND) != 0) {
      return -Errno.EPIPE;
    }
    if (charged >= limit()) {
      wantsRoom = true;
      return -Errno.EAGAIN;
    }
    give(to, buf, off, len, rights);
    return len;
  }

  private void give(UnixSocket to, byte[] buf, int off, int len, List<OpenSocket> rights) {
    byte[] data = new byte[len];
    System.arraycopy(buf, off, data, 0, len);
    rights.forEach(OpenSocket::hold);
    Piece piece = new Piece(data, rights);
    charged += piece.charge;
    to.queue.add(piece);
    to.edges().tell(Readiness.READ);
  }

  /** What the peer has not read, as the kernel counts it. */
  int unsent() {
    return charged;
  }

  // ---- in --------------------------------------------------------------------------------------

  int available() {
    int sum = 0;
    for (Piece each : queue) {
      sum += each.left();
    }
    return sum;
  }

  /** Whether there is something, without taking it; a failure is told with it. */
  int probe() {
    int nothing = nothing();
    return nothing == 0 && !queue.isEmpty() ? 1 : nothing;
  }

  /** Zero if there is something to take or the end has come, or a negated errno. */
  private int nothing() {
    if (state != State.CONNECTED) {
      return -(kind == UnixKind.STREAM ? Errno.EINVAL : Errno.ENOTCONN);
    }
    if (error != 0 && (queue.isEmpty() || kind == UnixKind.PACKET)) {
      return takeError();
    }
    return queue.isEmpty() && (shut & RECEIVE) == 0 ? -Errno.EAGAIN : 0;
  }

  private int takeError() {
    int taken = error;
    error = 0;
    return -taken;
  }

  /**
   * Takes bytes of a stream, or a packet, of which what does not fit is lost.
   *
   * @param process gets numbers for what comes beside them
   * @param into null if nobody wants them
   */
  int receive(byte[] buf, int off, int len, HostProcess process, @Nullable Rights into) {
    int nothing = nothing();
    if (nothing < 0 || queue.isEmpty()) {
      return nothing;
    }
    int got = 0;
    boolean more = true;
    while (more && !queue.isEmpty() && got < len) {
      Piece piece = queue.element();
      int n = Math.min(len - got, piece.left());
      System.arraycopy(piece.data, piece.taken, buf, off + got, n);
      got += n;
      piece.taken += n;
      more = kind == UnixKind.STREAM && piece.rights.isEmpty();
      deliver(piece, process, into);
      if (piece.left() == 0 || kind == UnixKind.PACKET) {
        queue.remove();
        free(piece);
      }
    }
    return got;
  }

  /** The rights of a piece come with the first of its bytes, to whoever asks, or never. */
  private static void deliver(Piece piece, HostProcess process, @Nullable Rights into) {
    List<OpenSocket> rights = piece.rights;
    piece.rights = List.of();
    for (OpenSocket each : rights) {
      if (into != null) {
        if (into.count < into.numbers.length && process.hasNumber()) {
          try {
            into.numbers[into.count] = process.open("recvmsg", each);
            into.count++;
          } catch (SyscallException e) {
            throw new AssertionError(e);
          }
        } else {
          into.truncated = true;
        }
      }
    }
    rights.forEach(OpenSocket::release); // these were on their way
  }

  private void free(Piece piece) {
    UnixSocket writer = peer;
    if (writer != null) {
      writer.charged -= piece.charge;
      if (writer.wantsRoom && writer.roomy()) {
        writer.wantsRoom = false;
        writer.edges().tell(Readiness.WRITE);
      }
    }
  }

  // ---- ends ------------------------------------------------------------------------------------

  int shutdown(boolean receiving) {
    end(receiving ? RECEIVE : SEND);
    UnixSocket other = peer;
    if (other != null) {
      other.end(receiving ? SEND : RECEIVE);
    }
    return 0;
  }

  private void end(int directions) {
    shut |= directions;
    tellAll();
  }

  @Override
  void lastClose() {
    close(false);
  }

  /** Ends it; nobody has accepted an embryo. */
  private void close(boolean embryo) {
    closed = true;
    edges().end();
    if (!name.text().isEmpty()) {
      machine.unixNames().forget(this);
    }
    waiting.forEach(each -> each.close(true));
    waiting.clear();
    UnixSocket other = peer;
    if (other != null && !other.closed) {
      if (embryo || !queue.isEmpty()) {
        other.error = Errno.ECONNRESET;
      }
      other.end(BOTH);
    }
    List<Piece> unread = new ArrayList<>(queue);
    queue.clear();
    unread.forEach(each -> each.rights.forEach(OpenSocket::release));
  }

  // ---- the rest --------------------------------------------------------------------------------

  @Override
  SimDescriptor descriptor(HostProcess process, int number) {
    return new UnixDescriptor(process, this, number);
  }

  @Override
  void requireStream(boolean listening) throws WrongSocketException, SyscallException {
    boolean listens = state == State.LISTENING;
    require(listens == listening, WrongSocketException.Trait.LISTENING, listens ? 1 : 0);
    if (!listening) {
      UnixName _ = peerName();
    }
  }

  @Override
  void requireDatagrams() throws WrongSocketException {
    throw new WrongSocketException(
        WrongSocketException.Trait.PACKET_TYPE,
        kind == UnixKind.STREAM ? SOCK_STREAM : SOCK_SEQPACKET);
  }

  @Override
  public String toString() {
    UnixNames names = machine.unixNames();
    String shown = names.shown(name);
    return "unix "
        + (shown.isEmpty() ? "-" : shown)
        + (state == State.CONNECTED ? " > " + names.shown(peerName) : "");
  }
}
