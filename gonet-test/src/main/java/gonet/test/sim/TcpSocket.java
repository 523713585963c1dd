package gonet.test.sim;

import gonet.internal.backend.Errno;
import gonet.internal.backend.Option;
import gonet.internal.backend.Readiness;
import gonet.internal.backend.Sockets.Family;
import gonet.internal.backend.SyscallException;
import gonet.netip.Addr;
import gonet.netip.AddrPort;
import java.util.ArrayDeque;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A TCP socket in the kernel of a simulated machine: RFC 9293 as Linux does it, without congestion
 * control, delayed acknowledgements and urgent data. Calls come from {@link TcpDescriptor}, and
 * segments and timers from the network. Confined to the carrier.
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
final class TcpSocket {
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
  static final long TIME_WAIT_NANOS = 60_000_000_000L;
  private static final int SEGMENT = 16 << 10;
  private static final long FIRST_RTO = 1_000_000_000L;
  private static final long SHORTEST_RTO = 200_000_000L;
  private static final long LONGEST_RTO = 120_000_000_000L;
  private static final int SYN_RETRIES = 6; // net.ipv4.tcp_syn_retries
  private static final int SYN_ACK_RETRIES = 5; // tcp_synack_retries
  private static final int RETRIES = 15; // tcp_retries2
  private static final int ORPHAN_RETRIES = 8; // tcp_orphan_retries
  private static final long NO_ROUTE_NANOS = 3_000_000_000L; // three ARP requests

  final Machine machine;
  final Family family;
  @Nullable AddrPort local;
  @Nullable AddrPort remote;
  State state = State.CLOSED;

  /** SO_ERROR, positive. */
  private int error;

  private final Map<Option, Integer> options = new EnumMap<>(Option.class);
  private Readiness.@Nullable Sink sink;
  private int news;

  // ---- listener
  private int backlog;
  final ArrayDeque<TcpSocket> queue = new ArrayDeque<>();
  private @Nullable TcpSocket parent;

  // ---- what goes out: out holds [sndUna, ...), without SYN and FIN
  private final ByteQueue out = new ByteQueue();
  private long sndUna;
  private long sndNxt;

  /** The number behind all that was written; the FIN has it. */
  private long sndEnd;

  private boolean finQueued;
  private long sndEdge;
  private boolean noRoom;
  private int retransmits;
  private long srtt;
  private long sampleEnd;
  private long sampleAt;
  private long ackedAt;
  private Time.@Nullable Event retransmission;

  // ---- what comes in
  private final ByteQueue in = new ByteQueue();
  private final TreeMap<Long, Segment> ahead = new TreeMap<>();
  private long rcvNxt;
  private long rcvEdge;
  private boolean finCame;
  private boolean readShut;
  private boolean writeShut;
  private boolean orphan;

  // ---- keepalive
  private Time.@Nullable Event keepAlive;
  private long heardAt;
  private int probes;

  TcpSocket(Machine machine, Family family) {
    this.machine = machine;
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

  void set(Option option, int value) {
    options.put(option, value);
    if ((option == Option.KEEP_ALIVE || option == Option.KEEP_IDLE) && state != State.CLOSED) {
      watchPeer();
    }
  }

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

  private boolean on(Option option) {
    return get(option) != 0;
  }

  // ---- readiness -------------------------------------------------------------------------------

  /** Registers: what is true by now is told as well. */
  void watch(Readiness.@Nullable Sink newSink) {
    sink = newSink;
    if (newSink != null) {
      tell(level());
    }
  }

  private int level() {
    boolean over = error != 0 || (state == State.CLOSED && remote != null);
    if (state == State.LISTEN) {
      return queue.isEmpty() ? 0 : Readiness.READ;
    }
    int level = 0;
    if (in.size() > 0 || finCame || readShut || over) {
      level |= Readiness.READ;
    }
    if (over || (established() && room() > 0)) {
      level |= Readiness.WRITE;
    }
    if (finCame || over) {
      level |= Readiness.STICKY | Readiness.HANGUP;
    }
    return level;
  }

  /** Queues a report, as epoll does until it is polled. */
  private void tell(int events) {
    if (sink == null || events == 0) {
      return;
    }
    boolean queued = news != 0;
    news |= events;
    if (!queued) {
      time().after(machine.sim().network(2_000), this::report);
    }
  }

  private void report() {
    Readiness.Sink listener = sink;
    int events = news;
    news = 0;
    if (listener != null && !machine.gone()) {
      machine.sim().scheduler().at(machine, () -> listener.ready(events));
    }
  }

  // ---- calls -----------------------------------------------------------------------------------

  boolean conflicts(TcpSocket other, Addr addr) {
    Addr theirs = other.local().addr();
    boolean disjoint =
        (family == Family.INET4 && other.family == Family.INET6_ONLY)
            || (family == Family.INET6_ONLY && other.family == Family.INET4);
    if (disjoint || !(addr.isUnspecified() || theirs.isUnspecified() || addr.equals(theirs))) {
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

  /** A connection, or null if the queue is empty. */
  @Nullable TcpSocket accept() {
    return queue.poll();
  }

  int connect(AddrPort wanted) {
    if (state == State.SYN_SENT) {
      return -Errno.EALREADY;
    }
    if (state != State.CLOSED || remote != null) {
      return -Errno.EISCONN;
    }
    Addr to = wanted.addr();
    if (to.isUnspecified()) {
      to = to.is4() ? Addr.parse("127.0.0.1") : Addr.ipv6Loopback();
    }
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
    begin();
    if (!to.isLoopback() && !machine.sim().net().has(to)) {
      retransmission = time().after(NO_ROUTE_NANOS, () -> fail(Errno.EHOSTUNREACH));
      return -Errno.EINPROGRESS;
    }
    sendSyn();
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

  private boolean established() {
    return switch (state) {
      case ESTABLISHED, CLOSE_WAIT, FIN_WAIT, LAST_ACK -> true;
      default -> false;
    };
  }

  int receive(byte[] buf, int off, int len) {
    int n = in.take(buf, off, len);
    if (n > 0) {
      openWindow();
      return n;
    }
    if (error != 0) {
      return takeError();
    }
    if (finCame || readShut) {
      return 0;
    }
    return switch (state) {
      case CLOSED -> remote == null ? -Errno.ENOTCONN : 0;
      case LISTEN -> -Errno.ENOTCONN;
      default -> len == 0 ? 0 : -Errno.EAGAIN;
    };
  }

  int probe() {
    if (in.size() > 0) {
      return 1;
    }
    return receive(Segment.NOTHING, 0, 1);
  }

  int available() {
    return in.size();
  }

  int unsent() {
    return out.size();
  }

  private int room() {
    return writeShut ? 1 : get(Option.SEND_BUFFER) - out.size();
  }

  int send(byte[] buf, int off, int len) {
    if (error != 0) {
      return takeError();
    }
    if (writeShut || (state == State.CLOSED && remote != null)) {
      return -Errno.EPIPE;
    }
    if (state == State.SYN_SENT || state == State.SYN_RECEIVED) {
      noRoom = true;
      return -Errno.EAGAIN;
    }
    if (!established()) {
      return -(remote == null ? Errno.ENOTCONN : Errno.EPIPE);
    }
    int n = Math.min(len, room());
    if (n <= 0 && len > 0) {
      noRoom = true;
      return -Errno.EAGAIN;
    }
    if (out.size() == 0) {
      ackedAt = time().now(); // from here on somebody owes an answer
    }
    out.add(buf, off, n);
    sndEnd += n;
    transmit();
    return n;
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
    readShut = true;
    tell(Readiness.READ);
    return 0;
  }

  /** Our half ends: a FIN behind all that was written. */
  private void finish() {
    if (finQueued) {
      return;
    }
    finQueued = true;
    if (out.size() == 0) {
      ackedAt = time().now();
    }
    state = state == State.CLOSE_WAIT ? State.LAST_ACK : State.FIN_WAIT;
    transmit();
  }

  void close() {
    sink = null;
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
        if (in.size() > 0 || get(Option.LINGER) == 0) {
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
  private void orphanEnds() {
    if (state == State.FIN_WAIT && finAcked()) {
      time().after(TIME_WAIT_NANOS, this::end);
    }
  }

  private void reset() {
    sendFlags(Segment.RST | Segment.ACK, sndNxt);
    end();
  }

  /** The kernel is gone: no timer fires any more. */
  void vanish() {
    state = State.CLOSED;
    stopTimers();
  }

  private void stopTimers() {
    stop(retransmission);
    stop(keepAlive);
    retransmission = null;
    keepAlive = null;
  }

  private static void stop(Time.@Nullable Event event) {
    if (event != null) {
      event.cancel();
    }
  }

  private void end() {
    state = State.CLOSED;
    stopTimers();
    machine.forget(this);
  }

  private void fail(int errno) {
    error = errno;
    out.clear();
    end();
    tell(level());
  }

  /** Whether a new connection may take this one's addresses. */
  boolean reusable() {
    return state == State.CLOSED || state == State.TIME_WAIT;
  }

  // ---- establishment ---------------------------------------------------------------------------

  private void begin() {
    sndUna = machine.sim().network(1 << 30);
    sndNxt = sndUna + 1;
    sndEnd = sndNxt;
    ackedAt = time().now();
  }

  private void sendSyn() {
    boolean answer = state == State.SYN_RECEIVED;
    send(Segment.SYN | (answer ? Segment.ACK : 0), sndUna, Segment.NOTHING);
    int most = answer ? SYN_ACK_RETRIES : SYN_RETRIES;
    long wait = FIRST_RTO << Math.min(retransmits, most);
    retransmission =
        time()
            .after(
                wait,
                () -> {
                  if (++retransmits > most || overdue()) {
                    fail(Errno.ETIMEDOUT);
                  } else {
                    sendSyn();
                  }
                });
  }

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
    child.rcvNxt = syn.end();
    child.sndEdge = syn.ack() + syn.window();
    if (!machine.pair(child)) {
      return;
    }
    machine.hold(child);
    child.begin();
    child.sndEdge = child.sndNxt + syn.window();
    child.sendSyn();
  }

  private void establish() {
    stop(retransmission);
    retransmission = null;
    retransmits = 0;
    state = State.ESTABLISHED;
    heardAt = time().now();
    ackedAt = time().now();
    watchPeer();
  }

  // ---- segments --------------------------------------------------------------------------------

  void arrived(Segment segment) {
    heardAt = time().now();
    probes = 0;
    switch (state) {
      case SYN_SENT -> inSynSent(segment);
      case TIME_WAIT -> inTimeWait(segment);
      case CLOSED, LISTEN -> machine.refuse(segment);
      default -> inOthers(segment);
    }
  }

  private void inSynSent(Segment segment) {
    if (segment.has(Segment.ACK) && segment.ack() != sndNxt) {
      machine.refuse(segment);
      return;
    }
    if (segment.has(Segment.RST)) {
      if (segment.has(Segment.ACK)) {
        fail(Errno.ECONNREFUSED);
      }
      return;
    }
    if (segment.has(Segment.SYN)) {
      rcvNxt = segment.end();
      if (segment.has(Segment.ACK)) {
        sndUna = segment.ack();
        sndEdge = segment.ack() + segment.window();
        establish();
        sendFlags(Segment.ACK, sndNxt);
        tell(Readiness.WRITE);
      } else { // both have called at once
        state = State.SYN_RECEIVED;
        sndEdge = sndNxt + segment.window();
        send(Segment.SYN | Segment.ACK, sndUna, Segment.NOTHING);
      }
    }
  }

  private void inTimeWait(Segment segment) {
    if (segment.has(Segment.RST)) {
      end();
    } else if (segment.has(Segment.SYN) && segment.seq() > rcvNxt) {
      end(); // a new connection in the place of the old one
      machine.arrived(segment);
    } else if (segment.length() > 0) {
      sendFlags(Segment.ACK, sndNxt);
    }
  }

  private void inOthers(Segment segment) {
    if (segment.has(Segment.RST)) {
      // RFC 5961, 3.2: only the very next number is believed.
      if (segment.seq() == rcvNxt || state == State.SYN_RECEIVED) {
        TcpSocket listener = parent;
        if (state == State.SYN_RECEIVED && listener != null) {
          end();
        } else {
          fail(state == State.CLOSE_WAIT ? Errno.EPIPE : Errno.ECONNRESET);
        }
      } else if (segment.seq() > rcvNxt && segment.seq() <= rcvEdge) {
        sendFlags(Segment.ACK, sndNxt);
      }
      return;
    }
    if (segment.has(Segment.SYN)) {
      if (state == State.SYN_RECEIVED && segment.end() == rcvNxt) {
        if (segment.has(Segment.ACK) && parent == null) {
          established(segment);
        } else {
          send(Segment.SYN | Segment.ACK, sndUna, Segment.NOTHING);
        }
      } else {
        sendFlags(Segment.ACK, sndNxt);
      }
      return;
    }
    if (!segment.has(Segment.ACK)) {
      return;
    }
    if (state == State.SYN_RECEIVED) {
      if (segment.ack() != sndNxt) {
        machine.refuse(segment);
        return;
      }
      if (!established(segment)) {
        return; // as if it had not come: the SYN is answered once more
      }
    }
    acknowledged(segment);
    if (state == State.CLOSED || state == State.TIME_WAIT) {
      return;
    }
    if (segment.length() > 0) {
      if (orphan && segment.data().length > 0 && segment.end() > rcvNxt) {
        reset(); // nobody will read it
        return;
      }
      take(segment);
    } else if (segment.seq() < rcvNxt) {
      sendFlags(Segment.ACK, sndNxt); // a probe
    }
  }

  /** The handshake is over on this side; false if the listener's queue is full. */
  private boolean established(Segment segment) {
    TcpSocket listener = parent;
    if (listener != null) {
      if (listener.state != State.LISTEN) {
        reset();
        return false;
      }
      if (listener.queue.size() > listener.backlog) {
        return false;
      }
    }
    sndUna = segment.ack();
    sndEdge = segment.ack() + segment.window();
    establish();
    parent = null;
    if (listener != null) {
      listener.queue.add(this);
      listener.tell(Readiness.READ);
    } else {
      tell(Readiness.WRITE);
    }
    return true;
  }

  private boolean finAcked() {
    return finQueued && sndUna > sndEnd;
  }

  private void acknowledged(Segment segment) {
    long ack = segment.ack();
    if (ack > sndNxt || ack < sndUna) {
      return;
    }
    sndEdge = Math.max(sndEdge, ack + segment.window());
    if (ack > sndUna) {
      if (sampleEnd != 0 && ack >= sampleEnd) {
        long sample = time().now() - sampleAt;
        srtt = srtt == 0 ? sample : (7 * srtt + sample) / 8;
        sampleEnd = 0;
      }
      int bytes = (int) (Math.min(ack, sndEnd) - sndUna);
      out.drop(bytes);
      sndUna = ack;
      ackedAt = time().now();
      retransmits = 0;
      stop(retransmission);
      retransmission = null;
      if (noRoom && room() >= out.size() / 2 && room() > 0) { // sk_stream_is_writeable
        noRoom = false;
        tell(Readiness.WRITE);
      }
    } else if (segment.length() == 0 && retransmits > 0 && sndNxt == sndUna) {
      retransmits = 0; // the answer to a probe of a shut window
    }
    if (finAcked()) {
      if (state == State.LAST_ACK) {
        end();
        return;
      }
      if (finCame) {
        waitOut();
        return;
      }
      if (orphan) {
        orphanEnds();
      }
    }
    transmit();
  }

  private void waitOut() {
    state = State.TIME_WAIT;
    stopTimers();
    time().after(TIME_WAIT_NANOS, this::timeWaitOver);
  }

  private void timeWaitOver() {
    if (state == State.TIME_WAIT) {
      end();
    }
  }

  private int window() {
    return Math.max(0, get(Option.RECEIVE_BUFFER) - in.size());
  }

  private void take(Segment segment) {
    if (segment.seq() > rcvNxt) {
      if (segment.seq() < rcvNxt + window()) {
        ahead.put(segment.seq(), segment);
      }
    } else if (segment.end() > rcvNxt) {
      accept(segment);
      while (!ahead.isEmpty() && ahead.firstKey() <= rcvNxt) {
        accept(ahead.pollFirstEntry().getValue());
      }
    }
    if (state != State.TIME_WAIT) {
      sendFlags(Segment.ACK, sndNxt);
    }
  }

  private void accept(Segment segment) {
    int skip = (int) (rcvNxt - segment.seq());
    int fresh = segment.data().length - skip;
    if (fresh > 0) {
      int n = Math.min(fresh, window());
      if (!readShut) {
        in.add(segment.data(), skip, n);
      }
      rcvNxt += n;
      if (n > 0) {
        tell(Readiness.READ);
      }
      if (n < fresh) {
        return; // the window is shut; it comes again
      }
    }
    if (segment.has(Segment.FIN) && !finCame && segment.end() == rcvNxt + 1) {
      rcvNxt++;
      finCame = true;
      tell(Readiness.READ | Readiness.STICKY | Readiness.HANGUP);
      if (state == State.ESTABLISHED) {
        state = State.CLOSE_WAIT;
      } else if (state == State.FIN_WAIT && finAcked()) {
        sendFlags(Segment.ACK, sndNxt);
        waitOut();
      }
    }
  }

  /** Bytes were read: the peer hears of the room when it is worth a segment. */
  private void openWindow() {
    int now = window();
    long known = rcvEdge - rcvNxt;
    if (established() && now - known >= Math.min(get(Option.RECEIVE_BUFFER) / 2, 2 * SEGMENT)) {
      sendFlags(Segment.ACK, sndNxt);
    }
  }

  // ---- out -------------------------------------------------------------------------------------

  private void sendFlags(int flags, long seq) {
    send(flags, seq, Segment.NOTHING);
  }

  private void send(int flags, long seq, byte[] data) {
    int window = window();
    rcvEdge = rcvNxt + window;
    machine.send(new Segment(local(), remote(), flags, seq, rcvNxt, window, data));
  }

  /** Sends what the peer's window lets out. */
  private void transmit() {
    if (!established()) {
      return;
    }
    while (sndNxt < sndEnd) {
      long room = sndEdge - sndNxt;
      int most = machine.sim().chance(0.1) ? 1 + machine.sim().network(1460) : SEGMENT;
      int n = (int) Math.min(Math.min(sndEnd - sndNxt, most), room);
      if (n <= 0 || (n < 1460 && !on(Option.NO_DELAY) && sndNxt > sndUna && !finQueued)) {
        break; // a shut window; or Nagle, who has small ones wait while others are under way
      }
      if (sampleEnd == 0) {
        sampleEnd = sndNxt + n;
        sampleAt = time().now();
      }
      byte[] data = out.peek((int) (sndNxt - sndUna), n);
      sndNxt += n;
      send(Segment.ACK, sndNxt - n, data);
    }
    if (finQueued && sndNxt == sndEnd) {
      sndNxt++;
      send(Segment.FIN | Segment.ACK, sndEnd, Segment.NOTHING);
    }
    if (retransmission == null && (sndUna < sndNxt || sndNxt < sndEnd)) {
      armRetransmission();
    }
  }

  private long rto() {
    long first = srtt == 0 ? FIRST_RTO / 5 : Math.max(SHORTEST_RTO, 3 * srtt);
    return Math.min(first << Math.min(retransmits, 20), LONGEST_RTO);
  }

  private void armRetransmission() {
    long wait = rto();
    int limit = get(Option.USER_TIMEOUT);
    if (limit > 0) {
      wait = Math.max(1, Math.min(wait, ackedAt + limit * 1_000_000L - time().now()));
    }
    retransmission = time().after(wait, this::retransmit);
  }

  private boolean overdue() {
    int limit = get(Option.USER_TIMEOUT);
    return limit > 0 && time().now() >= ackedAt + limit * 1_000_000L;
  }

  private void retransmit() {
    retransmission = null;
    if (++retransmits > (orphan ? ORPHAN_RETRIES : RETRIES) || overdue()) {
      fail(Errno.ETIMEDOUT);
      return;
    }
    sampleEnd = 0; // Karn: nobody knows which of the two is acknowledged
    if (sndUna == sndNxt) {
      sendFlags(Segment.ACK, sndUna - 1); // a probe of the shut window
    } else if (sndUna >= sndEnd) {
      send(Segment.FIN | Segment.ACK, sndEnd, Segment.NOTHING);
    } else {
      int n = (int) Math.min(Math.min(sndEnd, sndNxt) - sndUna, SEGMENT);
      boolean last = finQueued && sndUna + n == sndEnd && sndNxt > sndEnd;
      send(Segment.ACK | (last ? Segment.FIN : 0), sndUna, out.peek(0, n));
    }
    armRetransmission();
  }

  // ---- keepalive -------------------------------------------------------------------------------

  private void watchPeer() {
    stop(keepAlive);
    keepAlive = null;
    if (on(Option.KEEP_ALIVE) && established()) {
      probes = 0;
      keepAlive = time().after(seconds(Option.KEEP_IDLE), this::probePeer);
    }
  }

  private long seconds(Option option) {
    return get(option) * 1_000_000_000L;
  }

  private void probePeer() {
    keepAlive = null;
    if (!established() || !on(Option.KEEP_ALIVE)) {
      return;
    }
    long silent = time().now() - heardAt;
    if (probes == 0 && silent < seconds(Option.KEEP_IDLE)) {
      keepAlive = time().after(seconds(Option.KEEP_IDLE) - silent, this::probePeer);
      return;
    }
    int limit = get(Option.USER_TIMEOUT);
    boolean dead =
        limit > 0 ? probes > 0 && silent >= limit * 1_000_000L : probes >= get(Option.KEEP_COUNT);
    if (dead) {
      sendFlags(Segment.RST | Segment.ACK, sndNxt);
      fail(Errno.ETIMEDOUT);
      return;
    }
    if (sndUna == sndNxt) { // otherwise the retransmission looks after the peer
      probes++;
      sendFlags(Segment.ACK, sndUna - 1);
    }
    keepAlive = time().after(seconds(Option.KEEP_INTERVAL), this::probePeer);
  }

  @Override
  public String toString() {
    return state + " " + local + " " + remote;
  }
}
