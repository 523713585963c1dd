package gonet.internal.unix;

import static java.nio.charset.StandardCharsets.UTF_8;

import gonet.internal.backend.Descriptor;
import gonet.internal.backend.Errno;
import gonet.internal.backend.Sockets;
import gonet.internal.backend.Sockets.UnixKind;
import gonet.internal.backend.SyscallException;
import gonet.internal.backend.UnixName;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Listens where a dead process may have left its file.
 *
 * <p>A file is dead if it is a socket's and a connect is refused. So is one between bind(2) and
 * listen(2), for a moment: two that start at once could take each other for dead. So whoever takes
 * over holds a lock from before its bind until it listens. The lock is an abstract name made of the
 * path, which the kernel frees with its holder, however that ends. A backend without such names has
 * a lock within this process alone.
 */
public final class Takeover {
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

  /** A holder needs microseconds. */
  private static final long LONGEST_WAIT_NANOS = TimeUnit.SECONDS.toNanos(5);

  /** The lock of a backend without abstract names: no system call of its holder waits. */
  private static final ReentrantLock IN_THIS_PROCESS = new ReentrantLock();

  /** All that a listen does from bind on. */
  @FunctionalInterface
  public interface Listen {
    /**
     * Binds and listens.
     *
     * @return the file that was made
     * @throws SyscallException {@code bind} with EADDRINUSE if there is a file
     */
    @Nullable SocketFile run() throws SyscallException;
  }

  private Takeover() {}

  /**
   * Runs {@code listen}, and once more if a dead file was in its way.
   *
   * @throws SyscallException what {@code listen} throws: EADDRINUSE if somebody answers there, or a
   *     file of another kind is there, or another thread or process is at this very point
   */
  public static @Nullable SocketFile run(
      Sockets sockets, UnixKind kind, UnixName name, Listen listen) throws SyscallException {
    if (!sockets.hasAllOfUnix()) {
      IN_THIS_PROCESS.lock();
      try {
        return listenOrReplace(sockets, kind, name, listen);
      } finally {
        IN_THIS_PROCESS.unlock();
      }
    }
    Descriptor lock = lock(sockets, name);
    try {
      return listenOrReplace(sockets, kind, name, listen);
    } finally {
      lock.close();
    }
  }

  private static @Nullable SocketFile listenOrReplace(
      Sockets sockets, UnixKind kind, UnixName name, Listen listen) throws SyscallException {
    try {
      return listen.run();
    } catch (SyscallException e) {
      if (e.errno() != Errno.EADDRINUSE || !removeDead(sockets, kind, name)) {
        throw e;
      }
    }
    return listen.run();
  }

  private static Descriptor lock(Sockets sockets, UnixName name) throws SyscallException {
    String path = Path.of(name.text()).toAbsolutePath().normalize().toString();
    UnixName free = new UnixName("@gonet-listen-" + UUID.nameUUIDFromBytes(path.getBytes(UTF_8)));
    long begin = System.nanoTime();
    Descriptor lock = sockets.openUnix(UnixKind.STREAM);
    boolean held = false;
    try {
      for (; ; ) {
        try {
          lock.bind(free);
          held = true;
          return lock;
        } catch (SyscallException e) {
          if (e.errno() != Errno.EADDRINUSE
              || System.nanoTime() - begin > LONGEST_WAIT_NANOS
              || Thread.currentThread().isInterrupted()) {
            throw e;
          }
        }
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    } finally {
      if (!held) {
        lock.close();
      }
    }
  }

  /** Whether the path is free now. */
  private static boolean removeDead(Sockets sockets, UnixKind kind, UnixName name)
      throws SyscallException {
    @Nullable SocketFile file = SocketFile.of(name);
    return file != null && refuses(sockets, kind, name) && file.remove();
  }

  /** Anything but a refusal, be it want of permission, may mean that somebody is there. */
  private static boolean refuses(Sockets sockets, UnixKind kind, UnixName name)
      throws SyscallException {
    Descriptor probe = sockets.openUnix(kind);
    try {
      return probe.connect(name) == -Errno.ECONNREFUSED;
    } finally {
      probe.close();
    }
  }
}
