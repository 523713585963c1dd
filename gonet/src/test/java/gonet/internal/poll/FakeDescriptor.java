package gonet.internal.poll;

import static gonet.internal.backend.Errno.EAGAIN;
import static gonet.internal.backend.Errno.EINPROGRESS;
import static gonet.internal.backend.Errno.ENOPROTOOPT;
import static gonet.internal.backend.Errno.ENOSYS;

import gonet.internal.backend.Descriptor;
import gonet.internal.backend.KernelPipe;
import gonet.internal.backend.Option;
import gonet.internal.backend.RawTcpInfo;
import gonet.internal.backend.SyscallException;
import gonet.netip.AddrPort;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A socket that exists in the test alone. By default nothing comes in and everything goes out.
 * Notices when it is used after close, or by two readers or two writers at once.
 */
class FakeDescriptor extends Descriptor {
  /** As it was set last. */
  volatile int linger = -1;

  final Script receive = new Script(asked -> -EAGAIN);
  final Script probe = new Script(asked -> -ENOSYS);
  final Script send = new Script(asked -> asked);
  final Script spliceInto = new Script(asked -> -EAGAIN);
  final Script spliceFrom = new Script(asked -> asked);
  final Script accept = new Script(asked -> -EAGAIN);
  final Script connect = new Script(asked -> -EINPROGRESS);
  final Script finish = new Script(asked -> -EINPROGRESS);
  final Script close = new Script(asked -> 0);

  /** What was done wrong to this descriptor. */
  final List<String> misuse = new CopyOnWriteArrayList<>();

  /** The threads that sent, one entry for each system call. */
  final List<Thread> senders = new CopyOnWriteArrayList<>();

  volatile int maxTransfer = 1 << 16;
  volatile int shutdownAnswer;
  private final AtomicInteger readers = new AtomicInteger();
  private final AtomicInteger writers = new AtomicInteger();

  private int call(Script script, AtomicInteger side, int asked) {
    if (close.calls() != 0) {
      misuse.add("used after close");
    }
    if (side.incrementAndGet() != 1) {
      misuse.add("two at once");
    }
    try {
      return script.next(asked);
    } finally {
      side.decrementAndGet();
    }
  }

  @Override
  public int maxReceive() {
    return maxTransfer;
  }

  @Override
  public int maxSend() {
    return maxTransfer;
  }

  @Override
  public int receive(byte[] buf, int off, int len) {
    int n = call(receive, readers, len);
    for (int i = 0; i < n; i++) {
      buf[off + i] = 'x';
    }
    return n;
  }

  @Override
  public int receive(ByteBuffer buf, int len) {
    int n = call(receive, readers, len);
    for (int i = 0; i < n; i++) {
      buf.put((byte) 'x');
    }
    return n;
  }

  @Override
  public int probeRead() {
    return call(probe, readers, 0);
  }

  @Override
  public int send(byte[] buf, int off, int len) {
    senders.add(Thread.currentThread());
    return call(send, writers, len);
  }

  @Override
  public int send(ByteBuffer buf) {
    int n = call(send, writers, buf.remaining());
    buf.position(buf.position() + Math.max(n, 0));
    return n;
  }

  @Override
  public long send(ByteBuffer[] bufs, int off, int count) {
    if (!bufs[off].hasRemaining()) {
      misuse.add("the first buffer is empty");
    }
    int total = 0;
    for (int i = off; i < off + count; i++) {
      total += bufs[i].remaining();
    }
    int n = call(send, writers, total);
    int left = n;
    for (int i = off; i < off + count && left > 0; i++) {
      int part = Math.min(left, bufs[i].remaining());
      bufs[i].position(bufs[i].position() + part);
      left -= part;
    }
    return n;
  }

  @Override
  public boolean splices() {
    return true;
  }

  @Override
  public int spliceInto(KernelPipe pipe, int len) {
    int n = call(spliceInto, readers, len);
    ((FakePipe) pipe).filled(n);
    return n;
  }

  @Override
  public int spliceFrom(KernelPipe pipe, int len) {
    int n = call(spliceFrom, writers, len);
    ((FakePipe) pipe).drained(n);
    return n;
  }

  @Override
  public int accept(Accepted into) {
    return call(accept, readers, 0);
  }

  @Override
  public int connect(AddrPort remote) {
    return call(connect, writers, 0);
  }

  @Override
  public int finishConnect() {
    return call(finish, writers, 0);
  }

  @Override
  public int shutdownRead() {
    return shutdownAnswer;
  }

  @Override
  public int shutdownWrite() {
    return shutdownAnswer;
  }

  @Override
  public int close() {
    if (readers.get() + writers.get() != 0) {
      misuse.add("closed while in use");
    }
    return close.next(0);
  }

  @Override
  public void setOption(Option option, int value) {
    linger = value; // and of no consequence here
  }

  @Override
  public boolean supports(Option option) {
    return option == Option.LINGER;
  }

  @Override
  public int number() {
    return 42;
  }

  // ---- nothing asks for these here -------------------------------------------------------------

  @Override
  public void bind(AddrPort local) throws SyscallException {
    throw new SyscallException("bind", ENOSYS);
  }

  @Override
  public void listen(int backlog) throws SyscallException {
    throw new SyscallException("listen", ENOSYS);
  }

  @Override
  public AddrPort localAddr() throws SyscallException {
    throw new SyscallException("getsockname", ENOSYS);
  }

  @Override
  public AddrPort remoteAddr() throws SyscallException {
    throw new SyscallException("getpeername", ENOSYS);
  }

  @Override
  public int getOption(Option option) throws SyscallException {
    throw new SyscallException("getsockopt", ENOPROTOOPT);
  }

  @Override
  public void setOption(int level, int name, int value) throws SyscallException {
    throw new SyscallException("setsockopt", ENOPROTOOPT);
  }

  @Override
  public int getOption(int level, int name) throws SyscallException {
    throw new SyscallException("getsockopt", ENOPROTOOPT);
  }

  @Override
  public void setOption(int level, int name, byte[] value) throws SyscallException {
    throw new SyscallException("setsockopt", ENOPROTOOPT);
  }

  @Override
  public byte[] getOption(int level, int name, int maxLength) throws SyscallException {
    throw new SyscallException("getsockopt", ENOPROTOOPT);
  }

  @Override
  public RawTcpInfo tcpInfo() throws SyscallException {
    throw new SyscallException("getsockopt", ENOPROTOOPT);
  }

  @Override
  public int unsentBytes() throws SyscallException {
    throw new SyscallException("ioctl", ENOPROTOOPT);
  }

  @Override
  public int availableBytes() throws SyscallException {
    throw new SyscallException("ioctl", ENOPROTOOPT);
  }
}
