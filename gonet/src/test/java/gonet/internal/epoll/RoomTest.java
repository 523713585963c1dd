package gonet.internal.epoll;

import static gonet.internal.backend.Readiness.READ;
import static gonet.internal.backend.Readiness.WRITE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.internal.backend.Descriptor;
import gonet.internal.backend.Errno;
import gonet.internal.backend.Option;
import gonet.internal.backend.Sockets.Family;
import gonet.internal.backend.Sockets.UnixKind;
import gonet.internal.backend.SyscallException;
import gonet.internal.backend.UnixName;
import gonet.netip.AddrPort;
import gonet.support.Proves;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Sockets that tell of room with each piece that leaves them: nobody hears of it but who waits. */
@Timeout(180)
@Proves("D12")
class RoomTest {
  private static final EpollSockets SOCKETS = new EpollSockets();
  private static final long SECONDS_10 = TimeUnit.SECONDS.toNanos(10);

  /** How two connected sockets are made. */
  enum Kind {
    UDP,
    UNIX,
    UNIXPACKET,
    UNIXGRAM;

    Descriptor[] open() throws SyscallException {
      return switch (this) {
        case UDP -> udp();
        case UNIX -> accepted(UnixKind.STREAM);
        case UNIXPACKET -> accepted(UnixKind.PACKET);
        case UNIXGRAM -> unixgram();
      };
    }

    private static Descriptor[] udp() throws SyscallException {
      Descriptor[] two = {SOCKETS.openUdp(Family.INET4), SOCKETS.openUdp(Family.INET4)};
      for (Descriptor one : two) {
        one.bind(AddrPort.parse("127.0.0.1:0"));
      }
      assertEquals(0, two[0].connect(two[1].localAddr()));
      assertEquals(0, two[1].connect(two[0].localAddr()));
      return two;
    }

    private static UnixName name(Object of) {
      return new UnixName("@gonet-room-" + ProcessHandle.current().pid() + "-" + of);
    }

    private static Descriptor[] accepted(UnixKind kind) throws SyscallException {
      Descriptor listener = SOCKETS.openUnix(kind);
      try {
        listener.bind(name(kind));
        listener.listen(1);
        Descriptor client = SOCKETS.openUnix(kind);
        assertEquals(0, client.connect(name(kind)));
        return new Descriptor[] {client, TcpPair.accept(listener).descriptor};
      } finally {
        listener.close();
      }
    }

    private static Descriptor[] unixgram() throws SyscallException {
      Descriptor[] two = {SOCKETS.openUnix(UnixKind.DATAGRAM), SOCKETS.openUnix(UnixKind.DATAGRAM)};
      two[0].bind(name(0));
      two[1].bind(name(1));
      assertEquals(0, two[0].connect(name(1)));
      assertEquals(0, two[1].connect(name(0)));
      return two;
    }
  }

  private final byte[] buf = new byte[512];
  private final List<Integer> reports = new ArrayList<>();
  private EpollReadiness readiness;
  private Descriptor socket;
  private Descriptor peer;

  @BeforeEach
  void open() throws Exception {
    readiness = EpollReadiness.open();
  }

  private void open(Kind kind) throws SyscallException {
    Descriptor[] two = kind.open();
    socket = two[0];
    peer = two[1];
    readiness.register(socket, reports::add);
  }

  @AfterEach
  void close() {
    readiness.deregister(socket);
    socket.close();
    peer.close();
    readiness.close();
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void whatLeavesWakesNobodyWhoDoesNotWaitForRoom(Kind kind) throws Exception {
    open(kind);
    for (int i = 0; i < 3; i++) {
      assertEquals(1, socket.send(buf, 0, 1));
      TcpPair.until(() -> peer.receive(buf, 0, 1) == 1);
      assertEquals(0, readiness.poll(0));
    }
    assertEquals(1, peer.send(buf, 0, 1));
    assertEquals(1, readiness.poll(SECONDS_10));
    assertEquals(List.of(READ), reports);
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void whoWaitsForRoomHearsOfWhatIsThereAtOnce(Kind kind) throws Exception {
    open(kind);
    readiness.arm(socket, WRITE);
    assertEquals(1, readiness.poll(SECONDS_10));
    assertEquals(List.of(WRITE), reports);
  }

  @ParameterizedTest
  @EnumSource(value = Kind.class, names = "UDP", mode = EnumSource.Mode.EXCLUDE)
  void whoWaitsForRoomHearsOfWhatIsThereLater(Kind kind) throws Exception {
    open(kind);
    socket.setOption(Option.SEND_BUFFER, 4096);
    int sent = fill();
    readiness.arm(socket, WRITE);
    assertEquals(0, readiness.poll(0));
    for (int i = 0; i < sent; i++) {
      assertEquals(buf.length, peer.receive(buf, 0, buf.length));
    }
    assertEquals(1, readiness.poll(SECONDS_10));
    assertEquals(List.of(WRITE), reports);
  }

  private int fill() {
    for (int sent = 0; ; sent++) {
      int n = socket.send(buf, 0, buf.length);
      if (n < 0) {
        assertEquals(-Errno.EAGAIN, n);
        assertTrue(sent > 0);
        return sent;
      }
      assertEquals(buf.length, n);
    }
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void afterTheWaitNobodyHearsOfRoomAgain(Kind kind) throws Exception {
    open(kind);
    readiness.arm(socket, WRITE);
    readiness.disarm(socket);
    assertEquals(0, readiness.poll(0));
    assertEquals(1, socket.send(buf, 0, 1));
    TcpPair.until(() -> peer.receive(buf, 0, 1) == 1);
    assertEquals(0, readiness.poll(0));
    assertEquals(List.of(), reports);
  }

  /** The wait for data does not ask for room. */
  @ParameterizedTest
  @EnumSource(Kind.class)
  void whoWaitsForDataDoesNotHearOfRoom(Kind kind) throws Exception {
    open(kind);
    readiness.arm(socket, READ);
    assertEquals(0, readiness.poll(0));
  }
}
