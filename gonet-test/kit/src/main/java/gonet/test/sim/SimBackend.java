package gonet.test.sim;

import gonet.internal.backend.Backend;
import gonet.internal.backend.Descriptor;
import gonet.internal.backend.Errno;
import gonet.internal.backend.RawInterface;
import gonet.internal.backend.Readiness;
import gonet.internal.backend.Sockets;
import gonet.internal.backend.SyscallException;
import gonet.internal.backend.WrongSocketException;
import gonet.netip.Addr;
import gonet.netip.Prefix;
import java.util.List;

/** The operating system, as gonet sees it in a process of a simulated machine. */
final class SimBackend implements Backend, Sockets {
  private static final int SOMAXCONN = 4096;
  private static final int UP = RawInterface.UP | RawInterface.RUNNING;

  private final HostProcess process;
  private final Machine machine;

  SimBackend(HostProcess process) {
    this.process = process;
    this.machine = process.machine();
  }

  @Override
  public String name() {
    return "sim";
  }

  @Override
  public Sockets sockets() {
    return this;
  }

  @Override
  public Readiness openReadiness() {
    return new SimReadiness(machine);
  }

  @Override
  public Descriptor openTcp(Family family) throws SyscallException {
    machine.sim().point();
    return open(new TcpSocket(machine, family));
  }

  @Override
  public Descriptor openUdp(Family family) throws SyscallException {
    machine.sim().point();
    return open(new UdpSocket(machine, family));
  }

  private SimDescriptor open(OpenSocket socket) throws SyscallException {
    return socket.descriptor(process, process.open("socket", socket));
  }

  @Override
  public Descriptor openRaw(Family family, int protocol) {
    throw machine.sim().lacks("raw IP sockets");
  }

  @Override
  public Descriptor openUnix(UnixKind kind) throws SyscallException {
    if (kind == UnixKind.DATAGRAM) {
      throw machine.sim().lacks("Unix sockets of datagrams");
    }
    machine.sim().point();
    return open(new UnixSocket(machine, kind));
  }

  @Override
  public boolean hasAllOfUnix() {
    return true;
  }

  @Override
  public Descriptor adopt(int number, boolean listening)
      throws SyscallException, WrongSocketException {
    OpenSocket socket = known(number);
    socket.requireStream(listening);
    return socket.descriptor(process, process.open("fcntl", socket));
  }

  @Override
  public Descriptor adoptPackets(int number) throws SyscallException, WrongSocketException {
    OpenSocket socket = known(number);
    socket.requireDatagrams();
    return socket.descriptor(process, process.open("fcntl", socket));
  }

  private OpenSocket known(int number) throws SyscallException {
    machine.sim().point();
    OpenSocket socket = process.gone() ? null : process.socket(number);
    if (socket == null) {
      throw new SyscallException("fcntl", Errno.EBADF);
    }
    return socket;
  }

  @Override
  public void closeNumber(int number) {
    if (!process.gone()) {
      process.close(number);
    }
  }

  @Override
  public long processId() {
    return process.pid();
  }

  @Override
  public boolean awaitProcessEnd(long pid, long nanos) throws InterruptedException {
    HostProcess other = machine.numbered(pid);
    if (other == null) {
      return true;
    }
    long end = machine.time().now() + nanos;
    while (!other.gone() && !other.equals(process) && machine.time().now() < end) {
      Thread.sleep(1);
    }
    return other.gone();
  }

  @Override
  public List<RawInterface> interfaces() {
    return List.of(
        new RawInterface(
            1,
            "lo",
            65536,
            UP | RawInterface.LOOPBACK,
            null,
            List.of(prefix(Addr.parse("127.0.0.1"), 8), prefix(Addr.ipv6Loopback(), 128))),
        new RawInterface(
            2,
            "eth0",
            1500,
            UP,
            null,
            List.of(prefix(machine.host().addr(), 16), prefix(machine.host().addr6(), 64))));
  }

  private static Prefix prefix(Addr addr, int bits) {
    return Prefix.of(addr, bits);
  }

  @Override
  public boolean supportsDualStack() {
    return true;
  }

  @Override
  public boolean supportsIpv6() {
    return true;
  }

  @Override
  public int maxBacklog() {
    return SOMAXCONN;
  }
}
