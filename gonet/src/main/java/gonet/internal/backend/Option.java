package gonet.internal.backend;

/** The socket options gonet knows by name. Values are integers; switches are 0 and 1. */
public enum Option {
  REUSE_ADDR,
  REUSE_PORT,
  V6_ONLY,
  BROADCAST,
  /** SO_RCVBUF, bytes as set, and told as they were set although Linux doubles them (socket(7)). */
  RECEIVE_BUFFER,
  /** SO_SNDBUF, as {@link #RECEIVE_BUFFER}. */
  SEND_BUFFER,
  KEEP_ALIVE,
  /** TCP_KEEPIDLE, seconds. */
  KEEP_IDLE,
  /** TCP_KEEPINTVL, seconds. */
  KEEP_INTERVAL,
  /** TCP_KEEPCNT, probes. */
  KEEP_COUNT,
  NO_DELAY,
  QUICK_ACK,
  /** TCP_USER_TIMEOUT, milliseconds, 0 for the system's own. */
  USER_TIMEOUT,
  /** SO_LINGER, seconds; −1 for off. */
  LINGER,
  /** IP_TOS and IPV6_TCLASS, 0 to 255. */
  TRAFFIC_CLASS,
  /** TCP_DEFER_ACCEPT, seconds. */
  DEFER_ACCEPT,
  /** TCP_FASTOPEN, length of the queue. */
  FAST_OPEN,
  /** TCP_FASTOPEN_CONNECT. */
  FAST_OPEN_CONNECT,
  /** TCP_CORK. */
  CORK,
  /** TCP_NOTSENT_LOWAT, bytes. */
  NOT_SENT_LOW_WATER,
  /** IP_TTL and IPV6_UNICAST_HOPS, 1 to 255. */
  HOP_LIMIT,
  /** IP_MULTICAST_TTL and IPV6_MULTICAST_HOPS, 0 to 255. */
  MULTICAST_HOP_LIMIT,
  /** IP_MULTICAST_LOOP and IPV6_MULTICAST_LOOP: whether this machine hears what it sends. */
  MULTICAST_LOOP,
  /** IP_MULTICAST_IF and IPV6_MULTICAST_IF, an interface's index, 0 for the system's choice. */
  MULTICAST_INTERFACE,
  /** IP_PKTINFO and IPV6_RECVPKTINFO: to which address and on which interface a datagram came. */
  RECEIVE_PACKET_INFO,
  /** IP_RECVTTL and IPV6_RECVHOPLIMIT. */
  RECEIVE_HOP_LIMIT,
  /** IP_RECVTOS and IPV6_RECVTCLASS. */
  RECEIVE_TRAFFIC_CLASS,
  /** SO_TIMESTAMPNS. */
  RECEIVE_TIMESTAMP,
  /** UDP_GRO: several datagrams of one sender may come as one. */
  COALESCE;

  /** Whether datagrams have it and streams do not. */
  public boolean ofDatagrams() {
    return this == BROADCAST || compareTo(HOP_LIMIT) >= 0;
  }
}
