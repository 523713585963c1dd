package gonet.test.sim;

import gonet.internal.backend.Errno;
import gonet.internal.backend.Option;
import gonet.internal.backend.Readiness;
import gonet.internal.backend.Sockets.Family;
import gonet.internal.backend.SyscallException;
import gonet.internal.backend.WrongSocketException;
import gonet.netip.Addr;
import gonet.netip.AddrPort;
import java.util.ArrayDeque;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A TCP socket in the kernel of a simulated machine: RFC 9293 as Linux does it, without congestion
 * control, delayed acknowledgements and urgent data. This is its state, what a program asks of it,
 * and where a segment goes; {@link TcpInput}, {@link TcpSender}, {@link TcpReceiver} and {@link
 * PeerWatch} do the rest. Calls come from {@link TcpDescriptor}, and segments and timers from the
 * network. Confined to the carrier.
 *
 * <pre>
 *   CLOSED --listen--> LISTEN
 *   CLOSED --connect--> SYN_SENT ---------------> ESTABLISHED --FIN came--> CLOSE_WAIT
 *   (knock) ----------> SYN_RECEIVED ---ACK-----> ESTABLISHED               | close
 *                                        close |                            v
 *                                         FIN_WAIT --FIN came--> TIME_WAIT  LAST_ACK --> CLOSED
 * </pre>
 *
 * <p>FIN_WAIT has both of the RFC's, and CLOSING: whether our FIN is acknowledged is seen from the
 * numbers.
 */
final class TcpSocket extends OpenSocket implements Ports.Holder<TcpSocket> {
  enum State {
    CLOSED,
    LISTEN,
    SYN_SENT,
    SYN_RECEIVED,
    ESTABLISHED,
    CLOSE_WAIT,
    FIN_WAIT,
    LAST_ACK,
    TIME_WAIT
  }

  static final int DEFAULT_BUFFER = 64 << 10;
  private static final int SOCK_STREAM = 1;
  static final long TIME_WAIT_NANOS = 60_000_000_000L;
  private static final long NO_ROUTE_NANOS = 3_000_000_000L; // three ARP requests

  final Family family;
  @Nullable AddrPort local;
  @Nullable AddrPort remote;
  State state = State.CLOSED;

  /** SO_ERROR, positive. */
  private int error;

  private final Map<Option, Integer> options = new EnumMap<>(Option.class);

  // ---- listener
  int backlog;
  final ArrayDeque<TcpSocket> queue = new ArrayDeque<>();

  /** Whose queue it will stand in; null once it does, and for who has dialled. */
  @Nullable TcpSocket parent;

  private final TcpSender sender = new TcpSender(this);
  private final TcpReceiver receiver = new TcpReceiver(this);
  private final PeerWatch watch = new PeerWatch(this, sender);
  private final TcpInput input = new TcpInput(this, sender, receiver, watch);
  private boolean writeShut;
  private boolean orphan;

  TcpSocket(Machine machine, Family family) {
    super(machine);
    this.family = family;
  }

  AddrPort local() {
    return Objects.requireNonNull(local);
  }

  AddrPort remote() {
    return Objects.requireNonNull(remote);
  }

  private Time time() {
    return machine.time();
  }

  // ---- options ---------------------------------------------------------------------------------

  @Override
  void set(Option option, int value) {
    options.put(option, value);
    if ((option == Option.KEEP_ALIVE || option == Option.KEEP_IDLE) && state != State.CLOSED) {
      watch.begin();
    }
  }

  @Override
  int get(Option option) {
    return options.getOrDefault(
        option,
        switch (option) {
          case RECEIVE_BUFFER, SEND_BUFFER -> DEFAULT_BUFFER;
          case KEEP_IDLE -> 7200;
          case KEEP_INTERVAL -> 75;
          case KEEP_COUNT -> 9;
          case LINGER -> -1;
          case V6_ONLY -> family == Family.INET6_ONLY ? 1 : 0;
          default -> 0;
        });
  }

  boolean on(Option option) {
    return get(option) != 0;
  }

  // ---- readiness -------------------------------------------------------------------------------

  @Override
  int level() {
    boolean over = error != 0 || (state == State.CLOSED && remote != null);
    if (state == State.LISTEN) {
      return queue.isEmpty() ? 0 : Readiness.READ;
    }
    int level = 0;
    if (receiver.readable() || over) {
      level |= Readiness.READ;
    }
    if (over || (established() && room() > 0)) {
      level |= Readiness.WRITE;
    }
    if (receiver.ended() || over) {
      level |= Readiness.STICKY | Readiness.HANGUP;
    }
    return level;
  }

  void tell(int events) {
    edges().tell(events);
  }

  // ---- calls -----------------------------------------------------------------------------------

  @Override
  public boolean conflicts(TcpSocket other, Addr addr) {
    Addr theirs = other.local().addr();
    if (Machine.disjoint(family, other.family)
        || !(addr.isUnspecified() || theirs.isUnspecified() || addr.equals(theirs))) {
      return false;
    }
    if (on(Option.REUSE_PORT) && other.on(Option.REUSE_PORT)) {
      return false;
    }
    return !(on(Option.REUSE_ADDR) && other.on(Option.REUSE_ADDR) && other.state != State.LISTEN);
  }

  void listen(int length) throws SyscallException {
    if (state != State.CLOSED || remote != null) {
      throw new SyscallException("listen", Errno.EINVAL);
    }
    if (local == null) {
      machine.bind(this, AddrPort.of(unspecified(), 0));
    }
    for (TcpSocket other : machine.on(local().port())) {
      if (other != this && other.state == State.LISTEN && conflicts(other, local().addr())) {
        throw new SyscallException("listen", Errno.EADDRINUSE);
      }
    }
    backlog = length;
    state = State.LISTEN;
  }

  private Addr unspecified() {
    return family == Family.INET4 ? Addr.ipv4Unspecified() : Addr.ipv6Unspecified();
  }

  boolean listensAt(Addr addr) {
    Addr mine = local().addr();
    if (state != State.LISTEN || (addr.is4() ? family == Family.INET6_ONLY : mine.is4())) {
      return false;
    }
    return mine.isUnspecified() || mine.equals(addr);
  }

  int connect(AddrPort wanted) {
    if (state == State.SYN_SENT) {
      return -Errno.EALREADY;
    }
    if (state != State.CLOSED || remote != null) {
      return -Errno.EISCONN;
    }
    Addr to = Machine.here(wanted.addr());
    if (to.is4() ? family == Family.INET6_ONLY : family == Family.INET4) {
      return -(to.is4() ? Errno.ENETUNREACH : Errno.EAFNOSUPPORT);
    }
    AddrPort from = local;
    if (from == null) {
      int port = machine.freePort();
      if (port == 0) {
        return -Errno.EADDRNOTAVAIL;
      }
      local = AddrPort.of(machine.source(to), port);
      machine.hold(this);
    } else if (from.addr().isUnspecified()) {
      machine.forget(this);
      local = AddrPort.of(machine.source(to), from.port());
      machine.hold(this);
    }
    remote = AddrPort.of(to, wanted.port());
    if (!machine.pair(this)) {
      remote = null;
      return -Errno.EADDRNOTAVAIL;
    }
    state = State.SYN_SENT;
    sender.begin();
    if (!machine.reaches(to)) {
      sender.failAfter(NO_ROUTE_NANOS, Errno.EHOSTUNREACH);
      return -Errno.EINPROGRESS;
    }
    sender.sendSyn(false);
    return -Errno.EINPROGRESS;
  }

  int finishConnect() {
    if (error != 0) {
      return takeError();
    }
    return switch (state) {
      case SYN_SENT -> -Errno.EINPROGRESS;
      case CLOSED -> -Errno.EINPROGRESS;
      default -> 0;
    };
  }

  private int takeError() {
    int taken = error;
    error = 0;
    return -taken;
  }

  boolean established() {
    return switch (state) {
      case ESTABLISHED, CLOSE_WAIT, FIN_WAIT, LAST_ACK -> true;
      default -> false;
    };
  }

  int receive(byte[] buf, int off, int len) {
    int n = receiver.take(buf, off, len);
    if (n > 0) {
      return n;
    }
    if (receiver.ended()) {
      return 0; // SOCK_DONE: a reset behind the end is the writer's business
    }
    if (error != 0) {
      return takeError();
    }
    if (receiver.atEnd()) {
      return 0;
    }
    return switch (state) {
      case CLOSED -> remote == null ? -Errno.ENOTCONN : 0;
      case LISTEN -> -Errno.ENOTCONN;
      default -> len == 0 ? 0 : -Errno.EAGAIN;
    };
  }

  int probe() {
    if (receiver.size() > 0) {
      return 1;
    }
    return receive(Segment.NOTHING, 0, 1);
  }

  int available() {
    return receiver.size();
  }

  int unsent() {
    return sender.unacknowledged();
  }

  /** So much a send takes; a positive number where it fails at once. */
  int room() {
    return writeShut ? 1 : sender.room();
  }

  int send(byte[] buf, int off, int len) {
    if (error != 0) {
      return takeError();
    }
    if (writeShut || (state == State.CLOSED && remote != null)) {
      return -Errno.EPIPE;
    }
    if (state == State.SYN_SENT || state == State.SYN_RECEIVED) {
      sender.wantRoom();
      return -Errno.EAGAIN;
    }
    if (!established()) {
      return -(remote == null ? Errno.ENOTCONN : Errno.EPIPE);
    }
    return sender.write(buf, off, len);
  }

  int shutdownWrite() {
    if (!established()) {
      return -Errno.ENOTCONN;
    }
    if (!writeShut) {
      writeShut = true;
      tell(Readiness.WRITE);
      finish();
    }
    return 0;
  }

  int shutdownRead() {
    if (!established()) {
      return -Errno.ENOTCONN;
    }
    receiver.shut();
    tell(Readiness.READ);
    return 0;
  }

  /** Our half ends: a FIN behind all that was written. */
  private void finish() {
    if (sender.finished()) {
      return;
    }
    sender.finish();
    state = state == State.CLOSE_WAIT ? State.LAST_ACK : State.FIN_WAIT;
    sender.transmit();
  }

  @Override
  SimDescriptor descriptor(HostProcess process, int number) {
    return new TcpDescriptor(process, this, number);
  }

  @Override
  void requireStream(boolean listening) throws WrongSocketException, SyscallException {
    boolean listens = state == State.LISTEN;
    require(listens == listening, WrongSocketException.Trait.LISTENING, listens ? 1 : 0);
    if (!listening && (remote == null || state == State.CLOSED)) {
      throw new SyscallException("getpeername", Errno.ENOTCONN);
    }
  }

  @Override
  void requireDatagrams() throws WrongSocketException {
    throw new WrongSocketException(WrongSocketException.Trait.PACKET_TYPE, SOCK_STREAM);
  }

  @Override
  void lastClose() {
    edges().end();
    orphan = true;
    switch (state) {
      case LISTEN -> {
        state = State.CLOSED;
        machine.forget(this);
        queue.forEach(TcpSocket::reset);
        queue.clear();
      }
      case ESTABLISHED, CLOSE_WAIT, FIN_WAIT, LAST_ACK -> {
        // RFC 2525, 2.17: who closes with data unread has lost some, and says so.
        if (receiver.size() > 0 || get(Option.LINGER) == 0) {
          reset();
        } else {
          finish();
          orphanEnds();
        }
      }
      case TIME_WAIT -> {}
      default -> end();
    }
  }

  /** FIN_WAIT_2 of a closed socket does not last for ever: tcp_fin_timeout. */
  void orphanEnds() {
    if (state == State.FIN_WAIT && sender.finAcked()) {
      time().after(TIME_WAIT_NANOS, this::end);
    }
  }

  void reset() {
    sendFlags(Segment.RST | Segment.ACK);
    end();
  }

  /** The kernel is gone: no timer fires any more. */
  void vanish() {
    state = State.CLOSED;
    stopTimers();
  }

  private void stopTimers() {
    sender.stop();
    watch.stop();
  }

  void end() {
    state = State.CLOSED;
    stopTimers();
    machine.forget(this);
  }

  /** The connection is lost, for this reason. */
  void fail(int errno) {
    error = errno;
    sender.clear();
    end();
    tell(level());
  }

  /** Whether the program has closed it. */
  boolean orphan() {
    return orphan;
  }

  /** Whether a new connection may take this one's addresses. */
  boolean reusable() {
    return state == State.CLOSED || state == State.TIME_WAIT;
  }

  // ---- establishment ---------------------------------------------------------------------------

  /** A SYN has come to this listener. */
  void knock(Segment syn) {
    if (queue.size() > backlog) {
      if (machine.sim().log().kept()) {
        machine.sim().log().add(machine.name(), "drops a SYN: the queue of " + local + " is full");
      }
      return;
    }
    TcpSocket child = new TcpSocket(machine, family);
    child.options.putAll(options);
    child.parent = this;
    child.local = syn.to();
    child.remote = syn.from();
    child.state = State.SYN_RECEIVED;
    child.receiver.begin(syn);
    if (!machine.pair(child)) {
      return;
    }
    machine.hold(child);
    child.sender.begin();
    child.sender.firstWindow(syn);
    child.sender.sendSyn(true);
  }

  // ---- segments --------------------------------------------------------------------------------

  void arrived(Segment segment) {
    input.arrived(segment);
  }

  /** The peer's FIN has come in its turn. */
  void peerEnded() {
    tell(Readiness.READ | Readiness.STICKY | Readiness.HANGUP);
    if (state == State.ESTABLISHED) {
      state = State.CLOSE_WAIT;
    } else if (state == State.FIN_WAIT && sender.finAcked()) {
      acknowledge();
      waitOut();
    }
  }

  void waitOut() {
    state = State.TIME_WAIT;
    stopTimers();
    time().after(TIME_WAIT_NANOS, this::timeWaitOver);
  }

  private void timeWaitOver() {
    if (state == State.TIME_WAIT) {
      end();
    }
  }

  // ---- out -------------------------------------------------------------------------------------

  void acknowledge() {
    sendFlags(Segment.ACK);
  }

  private void sendFlags(int flags) {
    send(flags, sender.next(), Segment.NOTHING);
  }

  void send(int flags, long seq, byte[] data) {
    int window = receiver.advertise();
    machine.send(new Segment(local(), remote(), flags, seq, receiver.next(), window, data));
  }

  @Override
  public String toString() {
    return state + " " + local + " " + remote;
  }
}
