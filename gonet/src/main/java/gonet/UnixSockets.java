package gonet;

import gonet.internal.backend.Descriptor;
import gonet.internal.backend.Errno;
import gonet.internal.backend.Sockets;
import gonet.internal.backend.Sockets.UnixKind;
import gonet.internal.backend.SyscallException;
import gonet.internal.backend.UnixName;
import gonet.internal.dial.Attempt;
import gonet.internal.netpoll.Netpoll;
import gonet.internal.poll.FD;
import gonet.internal.poll.FDException;
import gonet.internal.time.Clock;
import gonet.internal.unix.SocketFile;
import gonet.internal.unix.Takeover;
import java.io.IOException;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Opens Unix sockets: in which order the calls go. Go's {@code unixSocket}. */
final class UnixSockets {
  private static final String NOT_HERE = "not supported on this backend";

  private UnixSockets() {}

  static UnixKind kind(String network) {
    if (network.equals(UnixAddr.DATAGRAM)) {
      return UnixKind.DATAGRAM;
    }
    return network.equals(UnixAddr.PACKET) ? UnixKind.PACKET : UnixKind.STREAM;
  }

  static String network(UnixKind kind) {
    if (kind == UnixKind.DATAGRAM) {
      return UnixAddr.DATAGRAM;
    }
    return kind == UnixKind.PACKET ? UnixAddr.PACKET : UnixAddr.STREAM;
  }

  // ---- listen ----------------------------------------------------------------------------------

  static UnixListener listen(ListenConfig config, UnixAddr local) throws IOException {
    return (UnixListener) open(config, local);
  }

  /** A socket for datagrams that has a name. */
  static UnixgramConn listenPacket(ListenConfig config, UnixAddr local) throws IOException {
    return (UnixgramConn) open(config, local);
  }

  private static NetSocket open(ListenConfig config, UnixAddr local) throws IOException {
    Op op = new Op(Op.LISTEN, local.network(), null, local);
    Netpoll netpoll = Netpolls.get(op);
    try {
      requireSupport(netpoll, local);
      requirePermissionsFit(netpoll, config, local);
    } catch (IOException e) {
      throw OpErrors.wrap(op, e);
    }
    Sockets sockets = netpoll.sockets();
    Descriptor d = open(sockets, op);
    try {
      config.settings().applyBuffers(d);
      var _ = config.settings().control(d, op, local.network(), local);
      SocketFile file =
          local.isPath() && config.replaceStalePath()
              ? Takeover.run(
                  sockets,
                  kind(op.network()),
                  local.unixName(),
                  new Listening(d, netpoll, config, local))
              : listen(d, netpoll, config, local);
      try {
        UnixAddr addr = local.isUnnamed() ? UnixAddr.of(local.network(), d.localName()) : local;
        return kind(op.network()) == UnixKind.DATAGRAM
            ? new UnixgramConn(d, netpoll.poller(), addr, null, file)
            : new UnixListener(d, netpoll.poller(), addr, file);
      } catch (Throwable t) {
        if (file != null) {
          var _ = file.remove();
        }
        throw t;
      }
    } catch (SyscallException e) {
      d.close();
      throw OpErrors.syscall(op, e);
    } catch (Throwable t) {
      d.close();
      throw t;
    }
  }

  private record Listening(Descriptor d, Netpoll netpoll, ListenConfig config, UnixAddr local)
      implements Takeover.Listen {
    @Override
    public @Nullable SocketFile run() throws SyscallException {
      return UnixSockets.listen(d, netpoll, config, local);
    }
  }

  /**
   * From bind to listen, which datagrams do without. A connect between the two is refused, so
   * nobody comes in before the file has its permissions.
   *
   * @return the file that was made, if any
   */
  private static @Nullable SocketFile listen(
      Descriptor d, Netpoll netpoll, ListenConfig config, UnixAddr local) throws SyscallException {
    UnixName name = local.unixName();
    d.bind(name);
    // java.nio makes it when it listens; what stands there before is another's.
    SocketFile file = netpoll.sockets().hasAllOfUnix() ? SocketFile.of(name) : null;
    boolean listens = false;
    try {
      Set<PosixFilePermission> permissions = config.pathPermissions();
      if (permissions != null && file != null) {
        permissions(file, permissions);
      }
      if (kind(local.network()) != UnixKind.DATAGRAM) {
        int backlog = config.backlog();
        boolean longest = backlog == ListenConfig.LONGEST_BACKLOG;
        d.listen(longest ? netpoll.sockets().maxBacklog() : backlog);
      }
      listens = true;
    } finally {
      if (!listens && file != null) {
        var _ = file.remove();
      }
    }
    return file != null ? file : SocketFile.of(name);
  }

  private static void permissions(SocketFile file, Set<PosixFilePermission> permissions)
      throws SyscallException {
    try {
      file.permissions(permissions);
    } catch (IOException e) {
      throw new SyscallException("chmod", Errno.EPERM);
    }
  }

  private static void requirePermissionsFit(Netpoll netpoll, ListenConfig config, UnixAddr local)
      throws IOException {
    if (config.pathPermissions() == null) {
      return;
    }
    if (!local.isPath()) {
      throw OpErrors.badAddress(local.toString(), "has no file, so no permissions");
    }
    if (!netpoll.sockets().hasAllOfUnix()) {
      throw OpErrors.badAddress(local.toString(), "permissions of a path: " + NOT_HERE);
    }
  }

  // ---- dial ------------------------------------------------------------------------------------

  /** How one address is dialled. */
  record Dial(SocketSettings settings, @Nullable UnixAddr local)
      implements SocketDial<UnixAddr, SocketConn> {

    private static final long FIRST_PAUSE_NANOS = TimeUnit.MICROSECONDS.toNanos(500);
    private static final long LONGEST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(16);

    /**
     * {@inheritDoc}
     *
     * <p>A full queue says EAGAIN, where a connect that may block would wait; no edge tells when
     * there is room. So this tries again, in pauses.
     */
    @Override
    public SocketConn connect(UnixAddr remote, long limit, Attempt attempt) throws IOException {
      Op op = op(remote);
      Netpoll netpoll = Netpolls.get(op);
      for (long pause = FIRST_PAUSE_NANOS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_NANOS)) {
        SocketConn conn = open(netpoll, op, remote);
        SocketFile made =
            local != null && netpoll.sockets().hasAllOfUnix()
                ? SocketFile.of(local.unixName())
                : null;
        boolean stands = false;
        try {
          establish(conn, remote, limit, attempt);
          stands = true;
          return conn;
        } catch (FDException e) {
          boolean full = e.kind() == FDException.Kind.SYSCALL && e.errno() == Errno.EAGAIN;
          if (!full || attempt.ended()) {
            throw failed(remote, e, attempt);
          }
        } finally {
          if (!stands && made != null) {
            var _ = made.remove();
          }
        }
        pause(remote, pause, limit);
      }
    }

    private void pause(UnixAddr remote, long nanos, long limit) throws IOException {
      long now = Clock.now();
      if (limit != Clock.NONE && limit <= now) {
        throw timedOut(remote);
      }
      long end = Clock.earlier(Clock.plus(now, nanos), limit);
      // The close of the socket that failed leaves a permit: the first park returns at once.
      while (now < end && !Thread.currentThread().isInterrupted()) {
        LockSupport.parkNanos(this, end - now);
        now = Clock.now();
      }
      if (Thread.currentThread().isInterrupted()) {
        throw canceled(remote);
      }
    }

    @Override
    public void connect(FD fd, UnixAddr remote, long limit) throws FDException {
      fd.connect(remote.unixName(), limit);
    }

    @Override
    public SocketConn open(Netpoll netpoll, Op op, UnixAddr remote) throws IOException {
      Descriptor d = UnixSockets.open(netpoll.sockets(), op);
      try {
        settings.applyBuffers(d);
        var _ = settings.control(d, op, remote.network(), remote);
        if (local != null) {
          d.bind(local.unixName());
        }
        UnixAddr own = local == null ? null : named(local);
        return kind(remote.network()) == UnixKind.DATAGRAM
            ? new UnixgramConn(d, netpoll.poller(), own, remote, null)
            : new UnixConn(d, netpoll.poller(), own, remote, true);
      } catch (SyscallException e) {
        d.close();
        throw OpErrors.syscall(op, e);
      } catch (Throwable t) {
        d.close();
        throw t;
      }
    }

    /** Null if the kernel is to choose. */
    private static @Nullable UnixAddr named(UnixAddr local) {
      return local.isUnnamed() ? null : local;
    }

    @Override
    public Op op(UnixAddr remote) {
      return new Op(Op.DIAL, remote.network(), local, remote);
    }
  }

  // ---- both ------------------------------------------------------------------------------------

  /** Refuses what this backend lacks, before anything is opened. */
  static void requireSupport(Netpoll netpoll, UnixAddr addr) throws IOException {
    if (netpoll.sockets().hasAllOfUnix()) {
      return;
    }
    if (!addr.network().equals(UnixAddr.STREAM)) {
      throw OpErrors.unsupportedNetwork(addr.network(), NOT_HERE);
    }
    if (!addr.isPath()) {
      throw OpErrors.badAddress(
          addr.toString(), (addr.isUnnamed() ? "no name: " : "abstract name: ") + NOT_HERE);
    }
  }

  private static Descriptor open(Sockets sockets, Op op) throws IOException {
    try {
      return sockets.openUnix(kind(op.network()));
    } catch (SyscallException e) {
      throw OpErrors.syscall(op, e);
    }
  }
}
