package gonet.test;

import gonet.internal.backend.Descriptor;
import gonet.internal.backend.KernelPipe;
import gonet.internal.backend.RawInterface;
import gonet.internal.backend.Sockets;
import gonet.internal.backend.SyscallException;
import gonet.internal.backend.WrongSocketException;
import java.util.List;

/** Opens sockets that may fail, and may fail to open. */
final class FaultySockets implements Sockets {
  private final Sockets delegate;

  FaultySockets(Sockets delegate) {
    this.delegate = delegate;
  }

  @Override
  public Descriptor openTcp(Family family) throws SyscallException {
    FaultyDescriptor.check(Faults.Call.OPEN);
    return new FaultyDescriptor(delegate.openTcp(family));
  }

  @Override
  public Descriptor openMultipathTcp(Family family) throws SyscallException {
    FaultyDescriptor.check(Faults.Call.OPEN);
    return new FaultyDescriptor(delegate.openMultipathTcp(family));
  }

  @Override
  public Descriptor openUdp(Family family) throws SyscallException {
    FaultyDescriptor.check(Faults.Call.OPEN);
    return new FaultyDescriptor(delegate.openUdp(family));
  }

  @Override
  public Descriptor openRaw(Family family, int protocol) throws SyscallException {
    FaultyDescriptor.check(Faults.Call.OPEN);
    return new FaultyDescriptor(delegate.openRaw(family, protocol));
  }

  @Override
  public Descriptor openUnix(UnixKind kind) throws SyscallException {
    FaultyDescriptor.check(Faults.Call.OPEN);
    return new FaultyDescriptor(delegate.openUnix(kind));
  }

  @Override
  public boolean hasAllOfUnix() {
    return delegate.hasAllOfUnix();
  }

  @Override
  public Descriptor adopt(int number, boolean listening)
      throws SyscallException, WrongSocketException {
    FaultyDescriptor.check(Faults.Call.OPEN);
    return new FaultyDescriptor(delegate.adopt(number, listening));
  }

  @Override
  public Descriptor adoptPackets(int number) throws SyscallException, WrongSocketException {
    FaultyDescriptor.check(Faults.Call.OPEN);
    return new FaultyDescriptor(delegate.adoptPackets(number));
  }

  @Override
  public void closeNumber(int number) {
    delegate.closeNumber(number);
  }

  @Override
  public KernelPipe openPipe() throws SyscallException {
    FaultyDescriptor.check(Faults.Call.PIPE);
    return delegate.openPipe();
  }

  @Override
  public List<RawInterface> interfaces() throws SyscallException {
    return delegate.interfaces();
  }

  @Override
  public boolean supportsDualStack() {
    return delegate.supportsDualStack();
  }

  @Override
  public boolean supportsIpv6() {
    return delegate.supportsIpv6();
  }

  @Override
  public int maxBacklog() {
    return delegate.maxBacklog();
  }
}
