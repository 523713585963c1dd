package gonet.internal.nio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.internal.backend.Readiness;
import gonet.internal.backend.Sockets.Family;
import gonet.internal.backend.SyscallException;
import gonet.netip.Addr;
import gonet.netip.AddrPort;
import gonet.support.Ipv6;
import gonet.support.Proves;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(180)
class NioSocketsTest {
  private final NioBackend backend = new NioBackend();

  @Test
  void theBackendHasItsNameAndAReadinessOfItsOwnForEachCaller() throws SyscallException {
    assertEquals("nio", backend.name());
    Readiness first = backend.openReadiness();
    Readiness second = backend.openReadiness();
    first.close();
    assertEquals(0, second.poll(0));
    second.close();
  }

  @ParameterizedTest
  @EnumSource
  void everyFamilyConnectsOverItsLoopback(Family family) throws SyscallException {
    if (family != Family.INET4) {
      Ipv6.assume();
    }
    Addr loop = family == Family.INET4 ? Loopback.ANY_PORT.addr() : Addr.ipv6Loopback();
    try (Loopback loopback = new Loopback(family, AddrPort.of(loop, 0))) {
      var dialer = loopback.open(family);
      assertEquals(0, Loopback.connect(dialer, loopback.address));
      assertEquals(dialer.localAddr(), loopback.accept(loopback.listener).remoteAddr());
    }
  }

  @Test
  void theProbesAgreeWithWhatASocketCanDo() throws SyscallException {
    assertEquals(canListen(Addr.ipv6Loopback()), backend.sockets().supportsIpv6());
    assertEquals(canListen(Loopback.ANY_PORT.addr()), backend.sockets().supportsDualStack());
  }

  private static boolean canListen(Addr addr) throws SyscallException {
    try (Loopback loopback = new Loopback(Family.INET6_DUAL, AddrPort.of(addr, 0))) {
      return loopback.address.port() != 0;
    } catch (SyscallException e) {
      return false;
    }
  }

  @Test
  @Proves("sys-backlog")
  void theBacklogIsTheKernelsLimitWhereItCanBeRead() throws Exception {
    Path limit = Path.of("/proc/sys/net/core/somaxconn");
    if (Files.exists(limit)) {
      assertEquals(
          Integer.parseInt(Files.readAllLines(limit).getFirst()), backend.sockets().maxBacklog());
    } else {
      assertTrue(backend.sockets().maxBacklog() >= 128);
    }
  }
}
