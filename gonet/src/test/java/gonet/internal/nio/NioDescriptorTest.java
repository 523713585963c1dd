package gonet.internal.nio;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.internal.backend.Descriptor;
import gonet.internal.backend.Errno;
import gonet.internal.backend.Option;
import gonet.internal.backend.Sockets.Family;
import gonet.internal.backend.SyscallException;
import gonet.netip.Addr;
import gonet.netip.AddrPort;
import gonet.support.NeedsIpv6;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
class NioDescriptorTest {
  private Loopback loopback;
  private Descriptor client;
  private Descriptor server;

  @BeforeEach
  void connect() throws SyscallException {
    loopback = new Loopback();
    Loopback.Pair pair = loopback.connect();
    client = pair.client();
    server = pair.server();
  }

  @AfterEach
  void close() {
    loopback.close();
  }

  @Test
  void bytesArriveWhereTheyWereAskedFor() {
    assertEquals(3, client.send("abcde".getBytes(StandardCharsets.UTF_8), 1, 3));
    byte[] buf = new byte[8];
    assertEquals(3, Loopback.settled(() -> server.receive(buf, 2, 6)));
    assertArrayEquals(new byte[] {0, 0, 'b', 'c', 'd', 0, 0, 0}, buf);
  }

  @Test
  void aBufferIsFilledFromItsPositionUpToTheLengthAskedFor() {
    client.send("abcde".getBytes(StandardCharsets.UTF_8), 0, 5);
    ByteBuffer buf = ByteBuffer.allocateDirect(8).position(1);
    assertEquals(2, Loopback.settled(() -> server.receive(buf, 2)));
    assertEquals(3, buf.position());
    assertEquals(8, buf.limit());
    assertEquals('b', buf.get(2));
  }

  @Test
  void nothingToReadIsEagain() {
    assertEquals(-Errno.EAGAIN, server.receive(new byte[8], 0, 8));
  }

  @Test
  void nothingIsReadForALengthOfZero() {
    client.send(new byte[1], 0, 1);
    assertEquals(1, Loopback.settled(() -> server.receive(new byte[1], 0, 1)));
    assertEquals(0, server.receive(new byte[1], 0, 0));
  }

  @Test
  void aFullQueueIsEagainAndTheRestGoesOutLater() {
    byte[] chunk = new byte[64 * 1024];
    long sent = 0;
    int answer = client.send(chunk, 0, chunk.length);
    while (answer >= 0) {
      sent += answer;
      answer = client.send(chunk, 0, chunk.length);
    }
    assertEquals(-Errno.EAGAIN, answer);
    long received = 0;
    while (received < sent) {
      received += Loopback.settled(() -> server.receive(chunk, 0, chunk.length));
    }
    assertTrue(Loopback.settled(() -> client.send(chunk, 0, 1)) > 0);
  }

  @Test
  void theEndOfTheStreamIsZeroAgainAndAgain() {
    client.shutdownWrite();
    byte[] buf = new byte[8];
    assertEquals(0, Loopback.settled(() -> server.receive(buf, 0, 8)));
    assertEquals(0, server.receive(buf, 0, 8));
  }

  @Test
  void aHalfClosedPeerStillReceives() {
    client.shutdownWrite();
    assertEquals(1, server.send(new byte[] {7}, 0, 1));
    byte[] buf = new byte[8];
    assertEquals(1, Loopback.settled(() -> client.receive(buf, 0, 8)));
    assertEquals(7, buf[0]);
  }

  @Test
  void sendingAfterShutdownIsABrokenPipe() {
    assertEquals(0, client.shutdownWrite());
    assertEquals(-Errno.EPIPE, client.send(new byte[1], 0, 1));
    assertEquals(-Errno.EPIPE, client.send(ByteBuffer.allocate(1)));
    assertEquals(-Errno.EPIPE, client.send(new ByteBuffer[] {ByteBuffer.allocate(1)}, 0, 1));
  }

  @Test
  void receivingAfterShutdownIsTheEnd() {
    assertEquals(0, client.shutdownRead());
    assertEquals(0, client.receive(new byte[1], 0, 1));
  }

  @Test
  void aResetIsToldToTheReader() throws SyscallException {
    Loopback.reset(client);
    assertEquals(-Errno.ECONNRESET, Loopback.settled(() -> server.receive(new byte[8], 0, 8)));
  }

  @Test
  void bytesQueuedBeforeAResetAreReadFirst() throws SyscallException {
    byte[] buf = new byte[8];
    client.send(new byte[] {1}, 0, 1);
    assertEquals(1, Loopback.settled(() -> server.receive(buf, 0, 1)));
    client.send(new byte[] {2}, 0, 1);
    Loopback.reset(client);
    assertEquals(1, Loopback.settled(() -> server.receive(buf, 0, 8)));
    assertEquals(2, buf[0]);
    assertEquals(-Errno.ECONNRESET, Loopback.settled(() -> server.receive(buf, 0, 8)));
  }

  @Test
  void aResetIsToldToTheWriter() throws SyscallException {
    Loopback.reset(client);
    int answer =
        await()
            .until(
                () -> server.send(new byte[1], 0, 1),
                a -> a == -Errno.ECONNRESET || a == -Errno.EPIPE);
    assertTrue(answer < 0);
  }

  @Test
  void aGatherMovesThePositionsIntoTheMiddleOfABuffer() {
    byte[] data = new byte[5 * 1024 * 1024];
    for (int i = 0; i < data.length; i++) {
      data[i] = (byte) ((i * 31) >> 3);
    }
    ByteBuffer[] bufs = {
      ByteBuffer.allocate(0),
      ByteBuffer.wrap(data, 0, 10),
      ByteBuffer.wrap(data, 10, 3_000_000),
      ByteBuffer.allocateDirect(data.length - 3_000_010)
          .put(data, 3_000_010, data.length - 3_000_010)
          .flip(),
    };
    byte[] got = new byte[data.length];
    int received = 0;
    long sent = 0;
    while (received < data.length) {
      if (sent < data.length) {
        long answer = client.send(bufs, 0, bufs.length);
        assertTrue(answer == -Errno.EAGAIN || (answer > 0 && answer <= client.maxSend()));
        sent += Math.max(0, answer);
        long left = 0;
        for (ByteBuffer buf : bufs) {
          left += buf.remaining();
        }
        assertEquals(data.length - sent, left);
      }
      int at = received;
      received += Math.max(0, server.receive(got, at, got.length - at));
    }
    assertArrayEquals(data, got);
  }

  @Test
  void oneCallTakesNoMoreThanTheMaximum() throws SyscallException {
    client.setOption(Option.SEND_BUFFER, 1 << 20);
    ByteBuffer big = ByteBuffer.allocate(4 * client.maxSend());
    int sent = client.send(big);
    assertTrue(sent > 0 && sent <= client.maxSend());
    assertEquals(sent, big.position());
    assertEquals(big.capacity(), big.limit());
  }

  @Test
  void nobodyListeningIsRefused() throws SyscallException {
    loopback.listener.close();
    Descriptor dialer = loopback.open(Family.INET4);
    assertEquals(-Errno.ECONNREFUSED, Loopback.connect(dialer, loopback.address));
  }

  @Test
  void aPortInUseIsRefusedByBindOrListen() throws SyscallException {
    Descriptor second = loopback.open(Family.INET4);
    SyscallException e =
        assertThrows(
            SyscallException.class,
            () -> {
              second.bind(loopback.address);
              second.listen(1);
            });
    assertEquals("bind", e.call());
    assertEquals(Errno.EADDRINUSE, e.errno());
  }

  @Test
  void anAddressOfAnotherHostCannotBeBound() throws SyscallException {
    Descriptor socket = loopback.open(Family.INET4);
    SyscallException e =
        assertThrows(SyscallException.class, () -> socket.bind(AddrPort.parse("192.0.2.1:0")));
    assertEquals("bind", e.call());
    assertEquals(Errno.EADDRNOTAVAIL, e.errno());
  }

  @Test
  void aBoundSocketConnectsFromItsAddress() throws SyscallException {
    Descriptor dialer = loopback.open(Family.INET4);
    dialer.bind(Loopback.ANY_PORT);
    AddrPort local = dialer.localAddr();
    assertEquals(0, Loopback.connect(dialer, loopback.address));
    assertEquals(local, dialer.localAddr());
    assertEquals(local, loopback.accept(loopback.listener).remoteAddr());
  }

  @Test
  void aBoundPortIsKeptWhenTheSocketListens() throws SyscallException {
    int port = loopback.address.port();
    loopback.close();
    try (Loopback again = new Loopback(Family.INET4, AddrPort.of(Loopback.ANY_PORT.addr(), port))) {
      assertEquals(port, again.address.port());
      again.connect();
    }
  }

  @Test
  void bothEndsKnowBothAddresses() throws SyscallException {
    assertEquals(loopback.address, client.remoteAddr());
    assertEquals(loopback.address, server.localAddr());
    assertEquals(client.localAddr(), server.remoteAddr());
  }

  @Test
  void thePeerIsKnownEvenIfItResetBeforeTheAccept() throws SyscallException {
    Descriptor dialer = loopback.open(Family.INET4);
    assertEquals(0, Loopback.connect(dialer, loopback.address));
    AddrPort peer = dialer.localAddr();
    Loopback.reset(dialer);
    Descriptor.Accepted accepted = new Descriptor.Accepted();
    assertEquals(0, Loopback.settled(() -> loopback.listener.accept(accepted)));
    assertEquals(peer, accepted.remote);
    assertEquals(peer, accepted.descriptor.remoteAddr());
    accepted.descriptor.close();
  }

  @Test
  void anUnboundSocketHasTheUnspecifiedAddressAndNoPeer() throws SyscallException {
    Descriptor fresh = loopback.open(Family.INET4);
    assertEquals("0.0.0.0:0", fresh.localAddr().toString());
    SyscallException e = assertThrows(SyscallException.class, fresh::remoteAddr);
    assertEquals(Errno.ENOTCONN, e.errno());
  }

  @Test
  @NeedsIpv6
  void anIpv4PeerOfADualStackListenerIsPlainIpv4() throws SyscallException {
    try (Loopback dual = new Loopback(Family.INET6_DUAL, AddrPort.of(Addr.ipv6Unspecified(), 0))) {
      assertEquals("[::]:" + dual.address.port(), dual.address.toString());
      Descriptor dialer = dual.open(Family.INET4);
      AddrPort to = AddrPort.of(Loopback.ANY_PORT.addr(), dual.address.port());
      assertEquals(0, Loopback.connect(dialer, to));
      Descriptor accepted = dual.accept(dual.listener);
      assertTrue(accepted.remoteAddr().addr().is4());
      assertTrue(accepted.localAddr().addr().is4());
    }
  }

  @Test
  @NeedsIpv6
  void anIpv6OnlyListenerClosesIpv4PeersAndKeepsTheOthers() throws SyscallException {
    try (Loopback six = new Loopback(Family.INET6_ONLY, AddrPort.of(Addr.ipv6Unspecified(), 0))) {
      Descriptor four = six.open(Family.INET4);
      AddrPort four4 = AddrPort.of(Loopback.ANY_PORT.addr(), six.address.port());
      assertEquals(0, Loopback.connect(four, four4));
      Descriptor dialer = six.open(Family.INET6_ONLY);
      AddrPort to = AddrPort.of(Addr.ipv6Loopback(), six.address.port());
      assertEquals(0, Loopback.connect(dialer, to));
      assertEquals(dialer.localAddr(), six.accept(six.listener).remoteAddr());
      assertEquals(0, Loopback.settled(() -> four.receive(new byte[1], 0, 1)));
    }
  }

  @Test
  @NeedsIpv6
  void anIpv6OnlySocketRefusesIpv4Addresses() throws SyscallException {
    Descriptor six = loopback.open(Family.INET6_ONLY);
    assertEquals(-Errno.EAFNOSUPPORT, six.connect(loopback.address));
    SyscallException e = assertThrows(SyscallException.class, () -> six.bind(Loopback.ANY_PORT));
    assertEquals(Errno.EAFNOSUPPORT, e.errno());
  }

  @Test
  void anIpv4SocketRefusesIpv6Addresses() throws SyscallException {
    Descriptor four = loopback.open(Family.INET4);
    assertEquals(-Errno.EAFNOSUPPORT, four.connect(AddrPort.of(Addr.ipv6Loopback(), 1)));
  }

  @Test
  void callsOnAClosedDescriptorAreEbadf() {
    client.close();
    assertEquals(-Errno.EBADF, client.receive(new byte[1], 0, 1));
    assertEquals(-Errno.EBADF, client.send(new byte[1], 0, 1));
    assertEquals(-Errno.EBADF, client.shutdownWrite());
    loopback.listener.close();
    assertEquals(-Errno.EBADF, loopback.listener.accept(new Descriptor.Accepted()));
  }
}
