package gonet.internal.epoll;

import static java.nio.ByteOrder.nativeOrder;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.internal.backend.Descriptor;
import gonet.internal.backend.Errno;
import gonet.internal.backend.Option;
import gonet.internal.backend.Packet;
import gonet.internal.backend.Sockets.Family;
import gonet.internal.backend.SyscallException;
import gonet.netip.AddrPort;
import gonet.support.Emulation;
import gonet.support.NeedsIpv6;
import gonet.support.Proves;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(180)
@Proves("S10")
class EpollDescriptorTest {
  private static final EpollSockets SOCKETS = TcpPair.SOCKETS;

  private static final int SOL_SOCKET = 1;
  private static final int SO_LINGER = 13;
  private static final int TCP_INFO = 11;
  private static final int TCP_CONGESTION = 13;

  private final Deque<Descriptor> open = new ArrayDeque<>();

  @AfterEach
  void closeAll() {
    open.forEach(Descriptor::close);
  }

  @Test
  void aConnectToNobodyIsRefused() throws Exception {
    Descriptor gone = keep(TcpPair.listener());
    AddrPort remote = gone.localAddr();
    open.remove(gone);
    gone.close();
    Descriptor client = open(Family.INET4);
    int[] result = {client.connect(remote)};
    if (result[0] == -Errno.EINPROGRESS) {
      TcpPair.until(() -> (result[0] = client.finishConnect()) != -Errno.EINPROGRESS);
    }
    assertEquals(-Errno.ECONNREFUSED, result[0]);
  }

  @Test
  void anUnfinishedConnectIsStillInProgress() throws Exception {
    assertEquals(-Errno.EINPROGRESS, open(Family.INET4).finishConnect());
  }

  @Test
  void aConnectionThatRestsKeepsNothingOfItsCalls() throws Exception {
    EpollDescriptor socket = (EpollDescriptor) open(Family.INET4);
    int[] made = socket.errno();
    assertSame(made, socket.errno());
    socket.rest();
    assertNotSame(made, socket.errno());
  }

  @Test
  void aSocketWithoutAPeerIsNotAdoptedAsAConnection() throws Exception {
    Descriptor alone = open(Family.INET4);
    SyscallException e =
        assertThrows(SyscallException.class, () -> SOCKETS.adopt(alone.number(), false));
    assertEquals(Errno.ENOTCONN, e.errno());
  }

  /** Nobody tells what its owner before has asked for. */
  @Test
  void anAdoptedSocketIsReadyForWhatWasAskedForBefore() throws Exception {
    Descriptor before = keep(SOCKETS.openUdp(Family.INET4));
    before.bind(AddrPort.parse("127.0.0.1:0"));
    before.setOption(Option.RECEIVE_PACKET_INFO, 1);
    Descriptor adopted = keep(SOCKETS.adoptPackets(before.number()));
    Descriptor sender = keep(SOCKETS.openUdp(Family.INET4));
    sender.connect(before.localAddr());
    assertEquals(1, sender.send(new byte[1], 0, 1));
    Packet packet = Packet.allocate(10);
    TcpPair.until(() -> adopted.receive(packet) >= 0);
    assertTrue(packet.interfaceIndex > 0, "it does not tell by which interface");
  }

  /** socket(7), SO_REUSEADDR: what is bound alone takes no port away from another. */
  @Test
  @Proves("B34")
  void twoMayBindAnAddressAndTheSecondToListenIsToldOfTheConflict() throws Exception {
    Descriptor first = open(Family.INET4);
    Descriptor second = open(Family.INET4);
    first.setOption(Option.REUSE_ADDR, 1);
    second.setOption(Option.REUSE_ADDR, 1);
    first.bind(AddrPort.parse("127.0.0.1:0"));
    second.bind(first.localAddr());
    first.listen(1);
    SyscallException e = assertThrows(SyscallException.class, () -> second.listen(1));
    assertEquals("listen", e.call());
    assertEquals(Errno.EADDRINUSE, e.errno());
  }

  @Test
  void aUsedPortIsInUse() throws Exception {
    Descriptor listener = keep(TcpPair.listener());
    Descriptor second = open(Family.INET4);
    SyscallException e =
        assertThrows(SyscallException.class, () -> second.bind(listener.localAddr()));
    assertEquals("bind", e.call());
    assertEquals(Errno.EADDRINUSE, e.errno());
  }

  @Test
  void anAddressOfAnotherFamilyIsRefusedByTheKernel() throws Exception {
    Descriptor socket = open(Family.INET4);
    AddrPort ipv6 = AddrPort.parse("[::1]:1");
    assertEquals(-Errno.EAFNOSUPPORT, socket.connect(ipv6));
    assertEquals(
        Errno.EAFNOSUPPORT, assertThrows(SyscallException.class, () -> socket.bind(ipv6)).errno());
  }

  @Test
  void acceptKnowsAPeerThatHasResetSince() throws Exception {
    Descriptor listener = keep(TcpPair.listener());
    Descriptor client = open(Family.INET4);
    client.connect(listener.localAddr());
    TcpPair.until(() -> client.finishConnect() == 0);
    final AddrPort local = client.localAddr();
    client.setOption(Option.LINGER, 0);
    open.remove(client);
    client.close();

    Descriptor.Accepted accepted = TcpPair.accept(listener);
    keep(accepted.descriptor);
    assertEquals(local, accepted.remote);
    assertEquals(
        Errno.ENOTCONN,
        assertThrows(SyscallException.class, accepted.descriptor::remoteAddr).errno());
    assertEquals(-Errno.ECONNRESET, accepted.descriptor.receive(new byte[1], 0, 1));
  }

  @Test
  void anEmptyQueueSaysAgain() throws Exception {
    assertEquals(-Errno.EAGAIN, keep(TcpPair.listener()).accept(new Descriptor.Accepted()));
  }

  @Test
  void bothEndsAgreeOnTheirAddresses() throws Exception {
    try (TcpPair pair = TcpPair.open()) {
      assertEquals(pair.client().localAddr(), pair.server().remoteAddr());
      assertEquals(pair.client().remoteAddr(), pair.server().localAddr());
    }
  }

  @Test
  @NeedsIpv6
  void theProbesFindIpv6WhereItIs() {
    assertTrue(SOCKETS.supportsIpv6());
    assertTrue(SOCKETS.supportsDualStack());
  }

  @Test
  @NeedsIpv6
  @Proves("sys-dual-stack")
  void aDualStackListenerSeesIpv4PeersAsIpv4() throws Exception {
    Descriptor listener = open(Family.INET6_DUAL);
    listener.bind(AddrPort.parse("[::]:0"));
    listener.listen(1);
    Descriptor client = open(Family.INET4);
    client.connect(AddrPort.parse("127.0.0.1:" + listener.localAddr().port()));
    Descriptor.Accepted accepted = TcpPair.accept(listener);
    keep(accepted.descriptor);
    assertEquals(client.localAddr(), accepted.remote);
    assertTrue(accepted.descriptor.localAddr().addr().is4());
  }

  @Test
  @NeedsIpv6
  @Proves("sys-v6only")
  void ipv6OnlyIsSaidEitherWay() throws Exception {
    assertEquals(1, open(Family.INET6_ONLY).getOption(Option.V6_ONLY));
    assertEquals(0, open(Family.INET6_DUAL).getOption(Option.V6_ONLY));
  }

  @ParameterizedTest
  @CsvSource({
    "REUSE_ADDR,1",
    "REUSE_PORT,1",
    "KEEP_ALIVE,1",
    "KEEP_IDLE,17",
    "KEEP_INTERVAL,18",
    "KEEP_COUNT,4",
    "NO_DELAY,1",
    "USER_TIMEOUT,2500",
    "LINGER,3",
    "LINGER,0",
    "LINGER,-1",
    "RECEIVE_BUFFER,8192",
    "SEND_BUFFER,8192",
    "CORK,1",
    "NOT_SENT_LOW_WATER,16384",
    "TRAFFIC_CLASS,184",
    "FAST_OPEN,5",
    "BROADCAST,0",
    "HOP_LIMIT,3",
    "MULTICAST_HOP_LIMIT,4",
    "MULTICAST_LOOP,0",
    "RECEIVE_PACKET_INFO,1",
    "RECEIVE_HOP_LIMIT,1",
    "RECEIVE_TRAFFIC_CLASS,1",
    "RECEIVE_TIMESTAMP,1",
    "COALESCE,1"
  })
  void anOptionReadsBackAsItWasSet(Option option, int value) throws Exception {
    if (option == Option.RECEIVE_HOP_LIMIT || option == Option.RECEIVE_TIMESTAMP) {
      Emulation.assumeNone(option.name());
    }
    Descriptor socket =
        option.ofDatagrams() ? keep(SOCKETS.openUdp(Family.INET4)) : open(Family.INET4);
    socket.setOption(option, value);
    assertEquals(value, socket.getOption(option));
  }

  @Test
  void optionsOfOneKindKeepTheirValuesApart() throws Exception {
    Descriptor socket = open(Family.INET4);
    socket.setOption(Option.KEEP_IDLE, 17);
    socket.setOption(Option.KEEP_INTERVAL, 18);
    socket.setOption(Option.KEEP_COUNT, 4);
    socket.setOption(Option.USER_TIMEOUT, 2500);
    assertEquals(17, socket.getOption(6, 4), "TCP_KEEPIDLE");
    assertEquals(18, socket.getOption(6, 5), "TCP_KEEPINTVL");
    assertEquals(4, socket.getOption(6, 6), "TCP_KEEPCNT");
    assertEquals(2500, socket.getOption(6, 18), "TCP_USER_TIMEOUT");
  }

  @ParameterizedTest
  @NeedsIpv6
  @Proves("jvm-tcp-options")
  @EnumSource
  void everyOptionIsThereInEveryFamilyOfTheHost(Option option) throws Exception {
    if (option == Option.RECEIVE_PACKET_INFO || option == Option.MULTICAST_INTERFACE) {
      Emulation.assumeNone(option.name());
    }
    Descriptor socket =
        option.ofDatagrams() ? keep(SOCKETS.openUdp(Family.INET6_DUAL)) : open(Family.INET6_DUAL);
    assertTrue(socket.supports(option));
    socket.getOption(option);
  }

  @ParameterizedTest
  @NeedsIpv6
  @Proves("node-tos")
  @EnumSource(names = {"INET6_DUAL", "INET6_ONLY"})
  void anIpv6SocketTakesATrafficClass(Family family) throws Exception {
    Descriptor socket = open(family);
    socket.setOption(Option.TRAFFIC_CLASS, 0x48);
    assertEquals(0x48, socket.getOption(Option.TRAFFIC_CLASS));
  }

  @Test
  void anOptionByNumbersIsTheSameOption() throws Exception {
    Descriptor socket = open(Family.INET4);
    socket.setOption(6, 1, 1);
    assertEquals(1, socket.getOption(Option.NO_DELAY));
    assertEquals(1, socket.getOption(6, 1));
    SyscallException e = assertThrows(SyscallException.class, () -> socket.setOption(6, 9999, 1));
    assertEquals("setsockopt", e.call());
    assertEquals(Errno.ENOPROTOOPT, e.errno());
  }

  /** SO_LINGER is {@code struct linger}, two ints; TCP_CONGESTION a text. socket(7), tcp(7). */
  @Test
  void anOptionByNumbersMayBeAStructOrAText() throws Exception {
    Emulation.assumeNone("SO_LINGER of a length that it does not expect");
    Descriptor socket = open(Family.INET4);
    byte[] linger = ByteBuffer.allocate(8).order(nativeOrder()).putInt(1).putInt(7).array();
    socket.setOption(SOL_SOCKET, SO_LINGER, linger);
    assertEquals(7, socket.getOption(Option.LINGER));
    assertArrayEquals(linger, socket.getOption(SOL_SOCKET, SO_LINGER, 8));
    String algorithm = text(socket.getOption(6, TCP_CONGESTION, 16));
    socket.setOption(6, TCP_CONGESTION, algorithm.getBytes(US_ASCII));
    assertEquals(algorithm, text(socket.getOption(6, TCP_CONGESTION, 16)));
  }

  @Test
  void anOptionByNumbersIsGivenAsMuchRoomAsWasAskedFor() throws Exception {
    Emulation.assumeNone("TCP_INFO");
    Descriptor socket = open(Family.INET4);
    int all = socket.getOption(6, TCP_INFO, 1 << 20).length;
    assertTrue(all > 8 && all < 1 << 20, () -> all + " bytes");
    assertEquals(8, socket.getOption(6, TCP_INFO, 8).length);
    assertEquals(0, socket.getOption(6, TCP_INFO, 0).length);
  }

  @Test
  void aFailureOfAnOptionByNumbersIsTheKernels() throws Exception {
    Descriptor socket = open(Family.INET4);
    byte[] tooShort = {1};
    SyscallException e =
        assertThrows(SyscallException.class, () -> socket.setOption(6, 1, tooShort));
    assertEquals("setsockopt", e.call());
    assertEquals(Errno.EINVAL, e.errno());
    e = assertThrows(SyscallException.class, () -> socket.getOption(6, 9999, 4));
    assertEquals("getsockopt", e.call());
    assertEquals(Errno.ENOPROTOOPT, e.errno());
    byte[] none = {};
    e = assertThrows(SyscallException.class, () -> socket.setOption(6, TCP_CONGESTION, none));
    assertEquals(Errno.EINVAL, e.errno());
  }

  private static String text(byte[] zeroTerminated) {
    return new String(zeroTerminated, US_ASCII).split("\0", 2)[0];
  }

  @Test
  void theKernelTellsWhatIsUnderWay() throws Exception {
    Emulation.assumeNone("SIOCOUTQ and TCP_INFO");
    try (TcpPair pair = TcpPair.open()) {
      pair.client().send(new byte[100], 0, 100);
      TcpPair.until(() -> pair.server().availableBytes() == 100);
      TcpPair.until(() -> pair.client().unsentBytes() == 0);
      var info = pair.server().tcpInfo();
      assertEquals(1, info.state(), "TCP_ESTABLISHED");
      assertEquals(100, info.bytesReceived());
      assertNotEquals(0, pair.client().tcpInfo().rttMicros());
    }
  }

  @Test
  void closeGivesTheNumberBackOnce() throws Exception {
    Descriptor socket = SOCKETS.openTcp(Family.INET4);
    assertEquals(0, socket.close());
    assertEquals(Errno.EBADF, assertThrows(SyscallException.class, socket::localAddr).errno());
  }

  @Test
  @Proves({"A22", "D11"})
  void theBacklogIsWhatTheKernelGrants() throws Exception {
    Process cat = new ProcessBuilder("cat", "/proc/sys/net/core/somaxconn").start();
    String text = new String(cat.getInputStream().readAllBytes(), UTF_8).strip();
    assertEquals(Integer.parseInt(text), SOCKETS.maxBacklog());
  }

  private Descriptor open(Family family) throws SyscallException {
    return keep(SOCKETS.openTcp(family));
  }

  private Descriptor keep(Descriptor descriptor) {
    open.add(descriptor);
    return descriptor;
  }
}
