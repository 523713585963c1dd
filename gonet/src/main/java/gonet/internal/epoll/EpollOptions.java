package gonet.internal.epoll;

import gonet.internal.backend.Errno;
import gonet.internal.backend.Option;
import gonet.internal.backend.SyscallException;
import gonet.internal.sys.Linux;
import gonet.internal.sys.SocketQueries;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Options by name: most are one integer at one level, some are not. */
final class EpollOptions {
  private EpollOptions() {}

  static void set(int fd, int domain, Option option, int value) throws SyscallException {
    switch (option) {
      case LINGER -> SocketQueries.setLinger(fd, value);
      case TRAFFIC_CLASS,
          HOP_LIMIT,
          MULTICAST_HOP_LIMIT,
          MULTICAST_LOOP,
          RECEIVE_PACKET_INFO,
          RECEIVE_HOP_LIMIT,
          RECEIVE_TRAFFIC_CLASS ->
          setBoth(fd, domain, option, value);
      case MULTICAST_INTERFACE -> setMulticastInterface(fd, domain, value);
      default -> SocketQueries.setsockopt(fd, level(option), name(option), value);
    }
  }

  static int get(int fd, int domain, Option option) throws SyscallException {
    return switch (option) {
      case LINGER -> SocketQueries.getLinger(fd);
      // The kernel doubles what is set, for its own bookkeeping, and tells the double (socket(7)).
      case RECEIVE_BUFFER, SEND_BUFFER ->
          SocketQueries.getsockopt(fd, level(option), name(option)) / 2;
      case TRAFFIC_CLASS,
          HOP_LIMIT,
          MULTICAST_HOP_LIMIT,
          MULTICAST_LOOP,
          RECEIVE_PACKET_INFO,
          RECEIVE_HOP_LIMIT,
          RECEIVE_TRAFFIC_CLASS ->
          domain == Linux.AF_INET
              ? SocketQueries.getsockopt(fd, Linux.IPPROTO_IP, name4(option))
              : SocketQueries.getsockopt(fd, Linux.IPPROTO_IPV6, name(option));
      default -> SocketQueries.getsockopt(fd, level(option), name(option));
    };
  }

  /** An IPv6 socket has both: those of IPv4 are for its packets to IPv4-mapped peers. */
  private static void setBoth(int fd, int domain, Option option, int value)
      throws SyscallException {
    if (domain == Linux.AF_INET) {
      SocketQueries.setsockopt(fd, Linux.IPPROTO_IP, name4(option), value);
      return;
    }
    SocketQueries.setsockopt(fd, Linux.IPPROTO_IPV6, name(option), value);
    try {
      SocketQueries.setsockopt(fd, Linux.IPPROTO_IP, name4(option), value);
    } catch (SyscallException e) {
      // A socket for IPv6 alone may have no IPv4 options.
      if (e.errno() != Errno.EINVAL && e.errno() != Errno.ENOPROTOOPT) {
        throw e;
      }
    }
  }

  /** struct ip_mreqn: group, address and index of the interface, four bytes each (ip(7)). */
  private static void setMulticastInterface(int fd, int domain, int index) throws SyscallException {
    if (domain != Linux.AF_INET) {
      SocketQueries.setsockopt(fd, Linux.IPPROTO_IPV6, Linux.IPV6_MULTICAST_IF, index);
    }
    byte[] request =
        ByteBuffer.allocate(12).order(ByteOrder.nativeOrder()).putInt(8, index).array();
    SocketQueries.setsockopt(fd, Linux.IPPROTO_IP, Linux.IP_MULTICAST_IF, request);
  }

  /** IPv4's, of an option that both have. */
  private static int name4(Option option) {
    return switch (option) {
      case TRAFFIC_CLASS -> Linux.IP_TOS;
      case HOP_LIMIT -> Linux.IP_TTL;
      case MULTICAST_HOP_LIMIT -> Linux.IP_MULTICAST_TTL;
      case MULTICAST_LOOP -> Linux.IP_MULTICAST_LOOP;
      case RECEIVE_PACKET_INFO -> Linux.IP_PKTINFO;
      case RECEIVE_HOP_LIMIT -> Linux.IP_RECVTTL;
      case RECEIVE_TRAFFIC_CLASS -> Linux.IP_RECVTOS;
      default -> throw new IllegalArgumentException(option.name());
    };
  }

  private static int level(Option option) {
    return switch (option) {
      case REUSE_ADDR,
          REUSE_PORT,
          BROADCAST,
          RECEIVE_BUFFER,
          SEND_BUFFER,
          KEEP_ALIVE,
          LINGER,
          RECEIVE_TIMESTAMP ->
          Linux.SOL_SOCKET;
      case V6_ONLY,
          TRAFFIC_CLASS,
          HOP_LIMIT,
          MULTICAST_HOP_LIMIT,
          MULTICAST_LOOP,
          MULTICAST_INTERFACE,
          RECEIVE_PACKET_INFO,
          RECEIVE_HOP_LIMIT,
          RECEIVE_TRAFFIC_CLASS ->
          Linux.IPPROTO_IPV6;
      case COALESCE -> Linux.IPPROTO_UDP;
      case KEEP_IDLE,
          KEEP_INTERVAL,
          KEEP_COUNT,
          NO_DELAY,
          QUICK_ACK,
          USER_TIMEOUT,
          DEFER_ACCEPT,
          FAST_OPEN,
          FAST_OPEN_CONNECT,
          CORK,
          NOT_SENT_LOW_WATER ->
          Linux.IPPROTO_TCP;
    };
  }

  private static int name(Option option) {
    return switch (option) {
      case REUSE_ADDR -> Linux.SO_REUSEADDR;
      case REUSE_PORT -> Linux.SO_REUSEPORT;
      case V6_ONLY -> Linux.IPV6_V6ONLY;
      case BROADCAST -> Linux.SO_BROADCAST;
      case RECEIVE_BUFFER -> Linux.SO_RCVBUF;
      case SEND_BUFFER -> Linux.SO_SNDBUF;
      case KEEP_ALIVE -> Linux.SO_KEEPALIVE;
      case KEEP_IDLE -> Linux.TCP_KEEPIDLE;
      case KEEP_INTERVAL -> Linux.TCP_KEEPINTVL;
      case KEEP_COUNT -> Linux.TCP_KEEPCNT;
      case NO_DELAY -> Linux.TCP_NODELAY;
      case QUICK_ACK -> Linux.TCP_QUICKACK;
      case USER_TIMEOUT -> Linux.TCP_USER_TIMEOUT;
      case LINGER -> Linux.SO_LINGER;
      case TRAFFIC_CLASS -> Linux.IPV6_TCLASS;
      case DEFER_ACCEPT -> Linux.TCP_DEFER_ACCEPT;
      case FAST_OPEN -> Linux.TCP_FASTOPEN;
      case FAST_OPEN_CONNECT -> Linux.TCP_FASTOPEN_CONNECT;
      case CORK -> Linux.TCP_CORK;
      case NOT_SENT_LOW_WATER -> Linux.TCP_NOTSENT_LOWAT;
      case HOP_LIMIT -> Linux.IPV6_UNICAST_HOPS;
      case MULTICAST_HOP_LIMIT -> Linux.IPV6_MULTICAST_HOPS;
      case MULTICAST_LOOP -> Linux.IPV6_MULTICAST_LOOP;
      case MULTICAST_INTERFACE -> Linux.IPV6_MULTICAST_IF;
      case RECEIVE_PACKET_INFO -> Linux.IPV6_RECVPKTINFO;
      case RECEIVE_HOP_LIMIT -> Linux.IPV6_RECVHOPLIMIT;
      case RECEIVE_TRAFFIC_CLASS -> Linux.IPV6_RECVTCLASS;
      case RECEIVE_TIMESTAMP -> Linux.SO_TIMESTAMPNS;
      case COALESCE -> Linux.UDP_GRO;
    };
  }
}
