package gonet.test.sim;

import gonet.internal.backend.Backend;
import gonet.internal.backend.Descriptor;
import gonet.internal.backend.RawInterface;
import gonet.internal.backend.Readiness;
import gonet.internal.backend.Sockets;
import gonet.internal.backend.SyscallException;
import gonet.netip.Addr;
import gonet.netip.Prefix;
import java.util.List;

/** The operating system of a simulated machine, as gonet sees it: TCP and UDP. */
final class SimBackend implements Backend, Sockets {
  private static final int SOMAXCONN = 4096;
  private static final int UP = RawInterface.UP | RawInterface.RUNNING;

  private final Machine machine;

  SimBackend(Machine machine) {
    this.machine = machine;
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
    return new TcpDescriptor(machine, new TcpSocket(machine, family), machine.open("socket"));
  }

  @Override
  public Descriptor openUdp(Family family) throws SyscallException {
    machine.sim().point();
    return new UdpDescriptor(machine, new UdpSocket(machine, family), machine.open("socket"));
  }

  @Override
  public Descriptor openRaw(Family family, int protocol) {
    throw machine.sim().lacks("raw IP sockets");
  }

  @Override
  public Descriptor openUnix(UnixKind kind) {
    throw machine.sim().lacks("Unix sockets");
  }

  /** So that nothing is refused before it comes to {@link #openUnix}. */
  @Override
  public boolean hasAllOfUnix() {
    return true;
  }

  @Override
  public Descriptor adopt(int number, boolean listening) {
    throw machine.sim().lacks("descriptors by number");
  }

  @Override
  public Descriptor adoptPackets(int number) {
    throw machine.sim().lacks("descriptors by number");
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
