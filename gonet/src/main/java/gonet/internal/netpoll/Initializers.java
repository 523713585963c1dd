package gonet.internal.netpoll;

import org.jspecify.annotations.Nullable;

/**
 * Runs the static initializers of classes that are reached from calls of users, before one of those
 * calls can stand at the end of a stack: an initializer that fails leaves its class broken for the
 * life of the process (JVMS 5.5). By name, because most of them are above this package or hidden in
 * others. {@code InitializersTest} knows which names are wanting.
 *
 * <p>Not of these: what the backend and the lane bring along is initialized when they are made.
 */
final class Initializers {
  private Initializers() {}

  /** A second time: no effect. */
  static void run() {
    ClassLoader loader = Initializers.class.getClassLoader();
    for (String name : own()) {
      initialize(name, loader);
    }
    for (String name : ofTheJdk()) {
      initialize(name, null);
    }
  }

  private static void initialize(String name, @Nullable ClassLoader loader) {
    try {
      Class.forName(name, true, loader);
    } catch (ClassNotFoundException | LinkageError e) {
      // Whoever needs the class will say what is wrong with it.
    }
  }

  /** All of gonet's with an initializer. No constant: this class must have none itself. */
  static String[] own() {
    return new String[] {
      "gonet.ConnViews$Channel",
      "gonet.Dialer$Defaults",
      "gonet.FileSockets$Kind",
      "gonet.InetNetwork",
      "gonet.IpConn",
      "gonet.KeepAlive$Values",
      "gonet.LayerTurn",
      "gonet.ListenConfig$Defaults",
      "gonet.LookupRequest$Family",
      "gonet.NetInterface$Flag",
      "gonet.NetThreads",
      "gonet.NetThreads$TaskLog",
      "gonet.OpErrors$1",
      "gonet.PipeConn$PipeAddr",
      "gonet.SocketDescriptor",
      "gonet.SocketOptions",
      "gonet.SocketSettings",
      "gonet.SystemResolver",
      "gonet.TcpInfo$CongestionState",
      "gonet.TcpInfo$Feature",
      "gonet.TcpInfo$State",
      "gonet.DnsResolver",
      "gonet.StandardResolver",
      "gonet.TcpConn",
      "gonet.TcpSocketOptions",
      "gonet.UdpConn",
      "gonet.UnixConn",
      "gonet.UnixgramConn",
      "gonet.Transfer$Unguarded",
      "gonet.Way",
      "gonet.Tunnel",
      "gonet.UnixSockets$Dial",
      "gonet.frame.Cut$Found",
      "gonet.frame.FrameReader$1",
      "gonet.frame.Framing",
      "gonet.frame.Lines",
      "gonet.frame.TooLong",
      "gonet.internal.backend.Errno",
      "gonet.internal.backend.ErrnoText",
      "gonet.internal.backend.Hooks",
      "gonet.internal.backend.Option",
      "gonet.internal.backend.Sockets$Family",
      "gonet.internal.backend.Sockets$UnixKind",
      "gonet.internal.backend.UnixName",
      "gonet.internal.backend.Unloading",
      "gonet.internal.backend.WrongSocketException$Trait",
      "gonet.internal.dial.DialRace$Dialler",
      "gonet.internal.dial.DialRace",
      "gonet.internal.dial.DialSerial",
      "gonet.internal.flight.Flight",
      "gonet.internal.flight.Trace",
      "gonet.internal.lookup.LookupGroup",
      "gonet.internal.pipe.PipeEnd$Stage",
      "gonet.internal.poll.AcceptLog",
      "gonet.internal.poll.Dropped",
      "gonet.internal.poll.FD",
      "gonet.internal.poll.FDException$Kind",
      "gonet.internal.poll.FDMutex$Outcome",
      "gonet.internal.poll.FDMutex$Waiter",
      "gonet.internal.poll.FDMutex",
      "gonet.internal.poll.GracefulClose$1",
      "gonet.internal.poll.OpenDescriptor$1",
      "gonet.internal.poll.ParkSlot",
      "gonet.internal.poll.Pipes",
      "gonet.internal.poll.PollDesc",
      "gonet.internal.poll.Poller",
      "gonet.internal.poll.SharedLane",
      "gonet.internal.poll.Shortage",
      "gonet.internal.time.Clock",
      "gonet.internal.time.Daemons",
      "gonet.internal.time.Durations",
      "gonet.internal.time.Persistent",
      "gonet.internal.unix.Takeover",
      "gonet.netip.Addr",
      "gonet.netip.AddrSet",
      "gonet.netip.MacAddr",
      "gonet.wire.HexDump",
      "gonet.wire.WireLogConn",
    };
  }

  /** What calls on connections may be the first to use of the JDK's. */
  static String[] ofTheJdk() {
    return new String[] {
      "java.lang.VirtualThread",
      "java.nio.file.attribute.FileTime$1",
      "java.time.Clock",
      "java.util.concurrent.ConcurrentLinkedQueue",
      "java.util.concurrent.ConcurrentSkipListMap",
      "java.util.concurrent.DelayScheduler",
      "java.util.concurrent.ThreadLocalRandom",
      "java.util.concurrent.locks.AbstractQueuedSynchronizer$Node",
      "java.util.concurrent.atomic.AtomicBoolean",
      "java.util.concurrent.atomic.Striped64$Cell", // of a count that threads race for
      "java.util.concurrent.locks.LockSupport",
      "jdk.internal.event.VirtualThreadEndEvent",
      "jdk.internal.event.VirtualThreadStartEvent",
    };
  }
}
