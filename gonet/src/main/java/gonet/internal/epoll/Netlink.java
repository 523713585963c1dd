package gonet.internal.epoll;

import static java.nio.charset.StandardCharsets.UTF_8;

import gonet.internal.backend.Errno;
import gonet.internal.backend.RawInterface;
import gonet.internal.backend.StackRoom;
import gonet.internal.backend.SyscallException;
import gonet.internal.sys.Linux;
import gonet.internal.sys.SocketCalls;
import gonet.internal.sys.Transfer;
import gonet.netip.Addr;
import gonet.netip.MacAddr;
import gonet.netip.Prefix;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Asks the kernel for its interfaces and their addresses: netlink(7), rtnetlink(7). Two questions
 * to one socket, whose answers are there as soon as they are asked for.
 *
 * <pre>
 *   nlmsghdr    len:4 type:2 flags:2 seq:4 pid:4
 *   rtgenmsg    family:1                                                  the question
 *   ifinfomsg   family:1 pad:1 type:2 index:4 flags:4 change:4            an interface
 *   ifaddrmsg   family:1 length:1 flags:1 scope:1 index:4                 an address
 *   rtattr      len:2 type:2, then the value; the next begins at 4·n
 * </pre>
 */
final class Netlink {
  private static final int AF_NETLINK = 16;
  private static final int NETLINK_ROUTE = 0;

  private static final short NLMSG_ERROR = 2;
  private static final short NLMSG_DONE = 3;
  private static final short RTM_NEWLINK = 16;
  private static final short RTM_GETLINK = 18;
  private static final short RTM_NEWADDR = 20;
  private static final short RTM_GETADDR = 22;
  private static final short NLM_F_REQUEST = 1;
  private static final short NLM_F_DUMP = 0x300;

  private static final int HEADER = 16;
  private static final int LINK_SIZE = 16;
  private static final int ADDR_SIZE = 8;
  private static final int IFLA_ADDRESS = 1;
  private static final int IFLA_IFNAME = 3;
  private static final int IFLA_MTU = 4;
  private static final int IFA_ADDRESS = 1;
  private static final int IFA_LOCAL = 2;

  /** The kernel answers in parts of at most this, in bytes (netlink_dump). */
  private static final int LONGEST = 32 * 1024;

  private final int fd;
  private final byte[] answer = new byte[LONGEST];
  private final int[] errno = new int[2];
  private final SortedMap<Integer, RawInterface> interfaces = new TreeMap<>();

  private Netlink(int fd) {
    this.fd = fd;
  }

  static List<RawInterface> interfaces() throws SyscallException {
    StackRoom.requireMuch(); // the kernel gives a number, which must be closed
    int type = Linux.SOCK_RAW | Linux.SOCK_CLOEXEC | Linux.SOCK_NONBLOCK;
    int fd = SocketCalls.socket(AF_NETLINK, type, NETLINK_ROUTE);
    if (fd < 0) {
      throw new SyscallException("socket", -fd);
    }
    try {
      Netlink netlink = new Netlink(fd);
      netlink.ask(RTM_GETLINK);
      netlink.ask(RTM_GETADDR);
      return List.copyOf(netlink.interfaces.values());
    } finally {
      var _ = SocketCalls.close(fd);
    }
  }

  private void ask(short what) throws SyscallException {
    byte[] question =
        ByteBuffer.allocate(HEADER + 4)
            .order(ByteOrder.nativeOrder())
            .putInt(HEADER + 4)
            .putShort(what)
            .putShort((short) (NLM_F_REQUEST | NLM_F_DUMP))
            .array();
    check(Transfer.sendMessage(fd, question, 0, question.length, errno, 1));
    for (boolean more = true; more; ) {
      int n = Transfer.receiveMessage(fd, answer, 0, answer.length, errno, 0);
      if (n != -Errno.EINTR) {
        check(n);
        more = part(ByteBuffer.wrap(answer, 0, n).order(ByteOrder.nativeOrder()));
      }
    }
  }

  private static void check(int result) throws SyscallException {
    if (result < 0) {
      throw new SyscallException("netlink", -result);
    }
  }

  /** Several messages; false if the last of them all is among them. */
  private boolean part(ByteBuffer messages) throws SyscallException {
    while (messages.remaining() >= HEADER) {
      int start = messages.position();
      int length = messages.getInt(start);
      short type = messages.getShort(start + 4);
      if (type == NLMSG_DONE) {
        return false;
      }
      if (type == NLMSG_ERROR) {
        check(messages.getInt(start + HEADER));
        return false;
      }
      if (length < HEADER || length > messages.remaining()) {
        throw new SyscallException("netlink", Errno.EPROTO);
      }
      ByteBuffer body =
          messages.slice(start + HEADER, length - HEADER).order(ByteOrder.nativeOrder());
      if (type == RTM_NEWLINK) {
        link(body);
      } else if (type == RTM_NEWADDR) {
        addr(body);
      }
      messages.position(Math.min(start + aligned(length), messages.limit()));
    }
    return true;
  }

  private static int aligned(int length) {
    return (length + 3) & ~3;
  }

  private void link(ByteBuffer body) {
    int index = body.getInt(4);
    int flags = body.getInt(8);
    byte @Nullable [] name = attribute(body, LINK_SIZE, IFLA_IFNAME);
    byte @Nullable [] mtu = attribute(body, LINK_SIZE, IFLA_MTU);
    byte @Nullable [] hardware = attribute(body, LINK_SIZE, IFLA_ADDRESS);
    interfaces.put(
        index,
        new RawInterface(
            index,
            name == null ? "" : new String(name, 0, name.length - 1, UTF_8), // and a NUL
            mtu == null ? 0 : ByteBuffer.wrap(mtu).order(ByteOrder.nativeOrder()).getInt(),
            flags,
            hardware == null || isZero(hardware) ? null : MacAddr.of(hardware),
            new ArrayList<>()));
  }

  /** As loopback interfaces have it, and no bytes, as tunnels do. */
  private static boolean isZero(byte[] bytes) {
    for (byte b : bytes) {
      if (b != 0) {
        return false;
      }
    }
    return true;
  }

  private void addr(ByteBuffer body) {
    int bits = body.get(1) & 0xff;
    int index = body.getInt(4);
    // Of a link between two points ADDRESS is the other one's, and LOCAL ours.
    byte @Nullable [] local = attribute(body, ADDR_SIZE, IFA_LOCAL);
    byte @Nullable [] bytes = local != null ? local : attribute(body, ADDR_SIZE, IFA_ADDRESS);
    if (bytes == null || (bytes.length != 4 && bytes.length != 16)) {
      return;
    }
    RawInterface known = interfaces.get(index);
    if (known != null) { // it may have come since they were listed
      known.addrs().add(Prefix.of(Addr.fromBytes(bytes), bits));
    }
  }

  private static byte @Nullable [] attribute(ByteBuffer body, int from, int wanted) {
    for (int at = from; at + 4 <= body.limit(); ) {
      int length = body.getShort(at) & 0xffff;
      if (length < 4 || at + length > body.limit()) {
        return null;
      }
      if ((body.getShort(at + 2) & 0x3fff) == wanted) { // without the flags of NLA_TYPE_MASK
        byte[] value = new byte[length - 4];
        body.get(at + 4, value);
        return value;
      }
      at += aligned(length);
    }
    return null;
  }
}
