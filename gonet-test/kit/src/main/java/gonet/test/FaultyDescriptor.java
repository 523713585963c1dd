package gonet.test;

import gonet.internal.backend.Descriptor;
import gonet.internal.backend.Errno;
import gonet.internal.backend.KernelPipe;
import gonet.internal.backend.Option;
import gonet.internal.backend.Packet;
import gonet.internal.backend.PacketBatch;
import gonet.internal.backend.RawCredentials;
import gonet.internal.backend.RawTcpInfo;
import gonet.internal.backend.Readiness;
import gonet.internal.backend.Rights;
import gonet.internal.backend.Sockets;
import gonet.internal.backend.SyscallException;
import gonet.internal.backend.UnixName;
import gonet.netip.Addr;
import gonet.netip.AddrPort;
import gonet.test.Faults.Call;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A descriptor whose calls fail when {@link Faults} says so, and otherwise reach the real one. */
final class FaultyDescriptor extends Descriptor {
  private final Descriptor delegate;

  /** Hears about edges; null while not registered. Written by the readiness. */
  private volatile Readiness.@Nullable Sink sink;

  /** Whether the next invented edge comes late, from another thread. Any thread; races harmless. */
  private volatile boolean late;

  FaultyDescriptor(Descriptor delegate) {
    this.delegate = delegate;
  }

  Descriptor delegate() {
    return delegate;
  }

  void sink(Readiness.@Nullable Sink sink) {
    this.sink = sink;
  }

  /** Throws if {@code call} shall fail. */
  static void check(Call call) throws SyscallException {
    int errno = Faults.errno(call);
    if (errno != 0) {
      throw new SyscallException(call.syscall, errno);
    }
  }

  /** Zero, or the negated errno of a call that shall fail; behind EAGAIN comes an edge. */
  private int fault(Call call, int mode) {
    int errno = Faults.errno(call);
    if (errno == Errno.EAGAIN) {
      announce(mode);
    }
    return -errno;
  }

  /**
   * The edge that the kernel would send, sometimes before the caller sees the result and sometimes
   * when it may be parked already. Without a sink none is needed: the caller registers before it
   * parks, and registering reports what is ready.
   */
  private void announce(int mode) {
    Readiness.Sink s = sink;
    if (s == null) {
      return;
    }
    late = !late;
    if (late) {
      Thread.ofVirtual().name("invented edge").start(() -> s.ready(mode));
    } else {
      s.ready(mode);
    }
  }

  // ---- data path -------------------------------------------------------------------------------

  @Override
  public int maxReceive() {
    return delegate.maxReceive();
  }

  @Override
  public int maxSend() {
    return delegate.maxSend();
  }

  @Override
  public int receive(byte[] buf, int off, int len) {
    int fault = fault(Call.RECEIVE, Readiness.READ);
    return fault != 0 ? fault : tookAll(len, delegate.receive(buf, off, Faults.readable(len)));
  }

  @Override
  public int receive(ByteBuffer buf, int len) {
    int fault = fault(Call.RECEIVE, Readiness.READ);
    return fault != 0 ? fault : tookAll(len, delegate.receive(buf, Faults.readable(len)));
  }

  /**
   * A read that was cut short may have left something behind, which no edge of the kernel tells.
   */
  private int tookAll(int asked, int result) {
    if (result > 0 && result < asked && Faults.readable(asked) < asked) {
      announce(Readiness.READ);
    }
    return result;
  }

  @Override
  public int probeRead() {
    int fault = fault(Call.PROBE, Readiness.READ);
    return fault != 0 ? fault : delegate.probeRead();
  }

  @Override
  public int send(byte[] buf, int off, int len) {
    int fault = fault(Call.SEND, Readiness.WRITE);
    return fault != 0 ? fault : delegate.send(buf, off, Faults.writable(len));
  }

  @Override
  public int send(ByteBuffer buf) {
    int fault = fault(Call.SEND, Readiness.WRITE);
    return fault != 0 ? fault : sendSome(buf);
  }

  private int sendSome(ByteBuffer buf) {
    int limit = buf.limit();
    buf.limit(buf.position() + Faults.writable(buf.remaining()));
    try {
      return delegate.send(buf);
    } finally {
      buf.limit(limit);
    }
  }

  @Override
  public long send(ByteBuffer[] bufs, int off, int count) {
    int fault = fault(Call.SEND, Readiness.WRITE);
    if (fault != 0) {
      return fault;
    }
    if (Faults.writable(Integer.MAX_VALUE) == Integer.MAX_VALUE) {
      return delegate.send(bufs, off, count);
    }
    for (int i = off; i < off + count; i++) {
      if (bufs[i].hasRemaining()) {
        return sendSome(bufs[i]);
      }
    }
    throw new AssertionError("a gathering write of nothing");
  }

  @Override
  public int sendRights(byte[] buf, int off, int len, int[] numbers) {
    int fault = fault(Call.SEND, Readiness.WRITE);
    return fault != 0 ? fault : delegate.sendRights(buf, off, Faults.writable(len), numbers);
  }

  @Override
  public int receiveRights(byte[] buf, int off, int len, Rights into) {
    int fault = fault(Call.RECEIVE, Readiness.READ);
    return fault != 0
        ? fault
        : tookAll(len, delegate.receiveRights(buf, off, Faults.readable(len), into));
  }

  @Override
  public boolean splices() {
    return delegate.splices();
  }

  @Override
  public int spliceInto(KernelPipe pipe, int len) {
    int fault = fault(Call.SPLICE_INTO, Readiness.READ);
    return fault != 0 ? fault : delegate.spliceInto(pipe, Faults.readable(len));
  }

  @Override
  public int spliceFrom(KernelPipe pipe, int len) {
    int fault = fault(Call.SPLICE_FROM, Readiness.WRITE);
    return fault != 0 ? fault : delegate.spliceFrom(pipe, Faults.writable(len));
  }

  // ---- datagrams -------------------------------------------------------------------------------

  @Override
  public int receive(Packet into) {
    int fault = fault(Call.RECEIVE, Readiness.READ);
    return fault != 0 ? fault : delegate.receive(into);
  }

  @Override
  public int receive(PacketBatch into, int max) {
    int fault = fault(Call.RECEIVE, Readiness.READ);
    return fault != 0 ? fault : tookAll(max, delegate.receive(into, Faults.readable(max)));
  }

  @Override
  public int send(Packet packet) {
    int fault = fault(Call.SEND, Readiness.WRITE);
    return fault != 0 ? fault : delegate.send(packet);
  }

  @Override
  public int send(PacketBatch batch, int off, int count) {
    int fault = fault(Call.SEND, Readiness.WRITE);
    return fault != 0 ? fault : delegate.send(batch, off, Faults.writable(count));
  }

  @Override
  public int sendEmpty() {
    int fault = fault(Call.SEND, Readiness.WRITE);
    return fault != 0 ? fault : delegate.sendEmpty();
  }

  @Override
  public void membership(boolean join, Addr group, int interfaceIndex, @Nullable Addr source)
      throws SyscallException {
    check(Call.SET_OPTION);
    delegate.membership(join, group, interfaceIndex, source);
  }

  // ---- establishment ---------------------------------------------------------------------------

  @Override
  public void bind(AddrPort local) throws SyscallException {
    check(Call.BIND);
    delegate.bind(local);
  }

  @Override
  public void bind(UnixName local) throws SyscallException {
    check(Call.BIND);
    delegate.bind(local);
  }

  @Override
  public void listen(int backlog) throws SyscallException {
    check(Call.LISTEN);
    delegate.listen(backlog);
  }

  @Override
  public int accept(Accepted into) {
    int fault = fault(Call.ACCEPT, Readiness.READ);
    if (fault != 0) {
      return fault;
    }
    int n = delegate.accept(into);
    Descriptor fresh = into.descriptor;
    if (n >= 0 && fresh != null) {
      into.descriptor = new FaultyDescriptor(fresh);
    }
    return n;
  }

  @Override
  public int connect(AddrPort remote) {
    int errno = Faults.errno(Call.CONNECT);
    if (errno == Errno.EINTR) {
      int n = delegate.connect(remote);
      return n == 0 || n == -Errno.EINPROGRESS ? -Errno.EINTR : n;
    }
    return errno != 0 ? -errno : delegate.connect(remote);
  }

  @Override
  public int connect(UnixName remote) {
    int errno = Faults.errno(Call.CONNECT);
    return errno != 0 ? -errno : delegate.connect(remote);
  }

  @Override
  public int finishConnect() {
    int errno = Faults.errno(Call.FINISH_CONNECT);
    return errno != 0 ? -errno : delegate.finishConnect();
  }

  // ---- the rest --------------------------------------------------------------------------------

  @Override
  public AddrPort localAddr() throws SyscallException {
    check(Call.LOCAL_ADDR);
    return delegate.localAddr();
  }

  @Override
  public AddrPort remoteAddr() throws SyscallException {
    check(Call.REMOTE_ADDR);
    return delegate.remoteAddr();
  }

  @Override
  public Sockets.@Nullable UnixKind unixKind() {
    return delegate.unixKind();
  }

  @Override
  public UnixName localName() throws SyscallException {
    check(Call.LOCAL_ADDR);
    return delegate.localName();
  }

  @Override
  public UnixName remoteName() throws SyscallException {
    check(Call.REMOTE_ADDR);
    return delegate.remoteName();
  }

  @Override
  public int shutdownRead() {
    int errno = Faults.errno(Call.SHUTDOWN);
    return errno != 0 ? -errno : delegate.shutdownRead();
  }

  @Override
  public int shutdownWrite() {
    int errno = Faults.errno(Call.SHUTDOWN);
    return errno != 0 ? -errno : delegate.shutdownWrite();
  }

  @Override
  public void setOption(Option option, int value) throws SyscallException {
    check(Call.SET_OPTION);
    delegate.setOption(option, value);
  }

  @Override
  public int getOption(Option option) throws SyscallException {
    check(Call.GET_OPTION);
    return delegate.getOption(option);
  }

  @Override
  public boolean supports(Option option) {
    return delegate.supports(option);
  }

  @Override
  public void setOption(int level, int name, int value) throws SyscallException {
    check(Call.SET_OPTION);
    delegate.setOption(level, name, value);
  }

  @Override
  public int getOption(int level, int name) throws SyscallException {
    check(Call.GET_OPTION);
    return delegate.getOption(level, name);
  }

  @Override
  public void setOption(int level, int name, byte[] value) throws SyscallException {
    check(Call.SET_OPTION);
    delegate.setOption(level, name, value);
  }

  @Override
  public byte[] getOption(int level, int name, int maxLength) throws SyscallException {
    check(Call.GET_OPTION);
    return delegate.getOption(level, name, maxLength);
  }

  @Override
  public RawTcpInfo tcpInfo() throws SyscallException {
    check(Call.GET_OPTION);
    return delegate.tcpInfo();
  }

  @Override
  public boolean isMultipath() {
    return delegate.isMultipath();
  }

  @Override
  public int unsentBytes() throws SyscallException {
    return delegate.unsentBytes();
  }

  @Override
  public int availableBytes() throws SyscallException {
    return delegate.availableBytes();
  }

  @Override
  public RawCredentials peerCredentials() throws SyscallException {
    check(Call.GET_OPTION);
    return delegate.peerCredentials();
  }

  @Override
  public int duplicate() throws SyscallException {
    check(Call.OPEN);
    return delegate.duplicate();
  }

  @Override
  public int number() {
    return delegate.number();
  }

  @Override
  public int close() {
    // Whatever close answers, the number is gone: the deed comes first.
    int n = delegate.close();
    int errno = Faults.errno(Call.CLOSE);
    return errno != 0 ? -errno : n;
  }
}
