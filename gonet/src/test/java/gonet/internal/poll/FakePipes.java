package gonet.internal.poll;

import gonet.internal.backend.Descriptor;
import gonet.internal.backend.Errno;
import gonet.internal.backend.KernelPipe;
import gonet.internal.backend.Sockets;
import gonet.internal.backend.SyscallException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** A backend that has pipes and nothing else. */
final class FakePipes implements Sockets {
  final List<FakePipe> made = new CopyOnWriteArrayList<>();
  final AtomicInteger asked = new AtomicInteger();

  /** What the next pipes fail with; zero makes them. */
  volatile int refusal;

  long open() {
    return made.stream().filter(pipe -> !pipe.closed()).count();
  }

  @Override
  public KernelPipe openPipe() throws SyscallException {
    asked.incrementAndGet();
    if (refusal != 0) {
      throw new SyscallException("pipe2", refusal);
    }
    FakePipe pipe = new FakePipe();
    made.add(pipe);
    return pipe;
  }

  @Override
  public Descriptor openUdp(Family family) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Descriptor openTcp(Family family) throws SyscallException {
    throw new SyscallException("socket", Errno.ENOSYS);
  }

  @Override
  public java.util.List<gonet.internal.backend.RawInterface> interfaces() {
    return java.util.List.of();
  }

  @Override
  public Descriptor adopt(int number, boolean listening) throws SyscallException {
    throw new SyscallException("fcntl", Errno.ENOSYS);
  }

  @Override
  public boolean supportsDualStack() {
    return false;
  }

  @Override
  public boolean supportsIpv6() {
    return false;
  }

  @Override
  public int maxBacklog() {
    return 0;
  }
}
