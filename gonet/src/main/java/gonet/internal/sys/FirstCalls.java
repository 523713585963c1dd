package gonet.internal.sys;

import gonet.internal.backend.Descriptor.Accepted;
import gonet.internal.backend.Packet;
import gonet.internal.backend.Rights;
import gonet.internal.backend.SyscallException;
import gonet.internal.backend.UnixName;
import gonet.internal.time.OwnStack;
import gonet.netip.Addr;
import gonet.netip.AddrPort;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/**
 * Makes the first call of each function, with a number that no descriptor has: the kernel answers
 * with EBADF and does nothing. What links the function, and what the JDK makes when a handle is
 * invoked for the first time, is there then. Either would stay broken if it met the end of a stack.
 *
 * <p>Not for what {@code EpollReadiness} calls when it opens.
 */
public final class FirstCalls {
  private static final int NONE = -1;

  /** {@link #makeTheRest} is over. Races repeat it. */
  private static volatile boolean theRestIsMade;

  /** The same of {@link #makeDatagrams}. */
  private static volatile boolean datagramsAreMade;

  private FirstCalls() {}

  /** Of what each connection needs. */
  public static void make() {
    byte[] heap = new byte[2];
    int[] errno = new int[2];
    for (int off = 0; off < heap.length; off++) { // whole arrays and parts take different ways
      var _ = Transfer.receive(NONE, heap, off, 1, errno, 0);
      var _ = Transfer.send(NONE, heap, off, 1, errno, 1);
    }
    var _ = Transfer.peek(NONE, errno, 0);
    ByteBuffer[] both = {ByteBuffer.wrap(heap), ByteBuffer.wrap(heap)};
    var _ = Gather.send(NONE, both, 0, both.length, errno, 1);
    AddrPort loopback = AddrPort.of(Addr.ipv6Loopback(), 1);
    var _ = SocketCalls.socket(NONE, NONE, NONE);
    var _ = SocketCalls.bind(NONE, Linux.AF_INET6, loopback);
    var _ = SocketCalls.listen(NONE, 0);
    var _ = SocketCalls.connect(NONE, Linux.AF_INET6, loopback);
    var _ = SocketCalls.accept(NONE, Linux.AF_INET6, new Accepted());
    var _ = SocketCalls.shutdown(NONE, Linux.SHUT_WR);
    var _ = SocketCalls.close(NONE);
    var _ = EpollCalls.delete(NONE, NONE);
    var _ = EpollCalls.signal(NONE);
    refused(() -> SocketQueries.getsockname(NONE));
    refused(() -> SocketQueries.getpeername(NONE));
    refused(() -> SocketQueries.getsockopt(NONE, Linux.SOL_SOCKET, Linux.SO_ERROR));
    refused(
        () -> {
          SocketQueries.setLinger(NONE, 0);
          return 0;
        });
    var _ = SocketCalls.bind(NONE, UnixName.UNNAMED);
    Scratch scratch = Scratch.take();
    try {
      var _ = Libc.recvmsg(scratch, NONE, 0, 0);
      var _ = Libc.sendmsg(scratch, NONE, 0, 0);
    } finally {
      scratch.release();
    }
    var _ = RightsCalls.send(NONE, new byte[1], 0, 1, new int[] {NONE});
    var _ = RightsCalls.receive(NONE, new byte[1], 0, 1, new Rights(1));
  }

  /**
   * Before each call of a function that has a signature of its own, which takes long to link and is
   * needed by few programs.
   *
   * @throws StackOverflowError if there is no room to begin; nothing has happened
   */
  static void ofTheRest() {
    if (!theRestIsMade) {
      OwnStack.run("gonet-link", new TheRest());
      theRestIsMade = true;
    }
  }

  /** The same before there is a socket for datagrams, which may come from anywhere then. */
  public static void ofDatagrams() {
    if (!datagramsAreMade) {
      OwnStack.run("gonet-link", new OfDatagrams());
      datagramsAreMade = true;
    }
  }

  private record OfDatagrams() implements Runnable {
    @Override
    public void run() {
      makeDatagrams();
    }
  }

  private static void makeDatagrams() {
    Packet packet = Packet.allocate(1);
    for (boolean ancillary : new boolean[] {true, false}) {
      packet.sendHopLimit = ancillary ? 1 : -1;
      var _ = Messages.receive(NONE, packet, ancillary);
      var _ = Messages.send(NONE, Linux.AF_INET6, packet);
    }
    Scratch scratch = Scratch.take();
    try {
      var _ = Libc.sendmmsg(scratch.memory, NONE, 0, 0, 0);
      var _ = Libc.recvmmsg(scratch.memory, NONE, 0, 0, 0);
    } finally {
      scratch.release();
    }
  }

  private record TheRest() implements Runnable {
    @Override
    public void run() {
      makeTheRest();
    }
  }

  private static void makeTheRest() {
    MemorySegment heap = MemorySegment.ofArray(new byte[1]);
    MemorySegment direct = MemorySegment.ofBuffer(ByteBuffer.allocateDirect(1));
    MemorySegment errno = MemorySegment.ofArray(new int[1]);
    Scratch scratch = Scratch.take();
    try {
      var _ = Libc.recvDirect(NONE, direct, 1, errno);
      var _ = Libc.sendDirect(NONE, direct, 1, errno);
      var _ = Libc.readPipe(NONE, heap, 1, errno);
      var _ = Libc.splice(scratch, NONE, NONE, 1, Linux.SPLICE_F_MOVE | Linux.SPLICE_F_NONBLOCK);
      // EINVAL, before there is a pipe: where the address was bad, qemu-user kept its descriptors.
      var _ = Libc.pipe2(scratch, 0, Linux.O_APPEND);
      var _ = Libc.fcntl(scratch, NONE, Linux.F_GETFL, 0);
      var _ = Libc.ioctl(scratch, NONE, Linux.SIOCOUTQ, scratch.memory);
    } finally {
      scratch.release();
    }
  }

  private interface Query {
    Object ask() throws SyscallException;
  }

  private static void refused(Query query) {
    try {
      var _ = query.ask();
    } catch (SyscallException e) {
      // EBADF
    }
  }
}
