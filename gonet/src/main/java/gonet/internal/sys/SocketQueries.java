package gonet.internal.sys;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import gonet.internal.backend.RawTcpInfo;
import gonet.internal.backend.SyscallException;
import gonet.internal.backend.UnixName;
import gonet.netip.AddrPort;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The calls that ask a socket something, and the options. Answers may be any number, so failures
 * are exceptions here; they carry the call's name and its errno.
 */
public final class SocketQueries {
  /** Enough for every struct that the kernel reads or writes. */
  private static final long MAX_ALIGNMENT = 16;

  private SocketQueries() {}

  /** getsockname(2). */
  public static AddrPort getsockname(int fd) throws SyscallException {
    Scratch scratch = Scratch.take();
    try {
      getsockname(scratch, fd);
      return scratch.sockAddr();
    } finally {
      scratch.release();
    }
  }

  /** getsockname(2) of a Unix socket. */
  public static UnixName localName(int fd) throws SyscallException {
    Scratch scratch = Scratch.take();
    try {
      getsockname(scratch, fd);
      return scratch.unixName();
    } finally {
      scratch.release();
    }
  }

  private static void getsockname(Scratch scratch, int fd) throws SyscallException {
    scratch.length(Scratch.ADDRESS_SIZE);
    check(
        "getsockname",
        Libc.getsockname(
            scratch, fd, scratch.address(Scratch.ADDRESS), scratch.address(Scratch.LENGTH)));
  }

  /** getpeername(2). */
  public static AddrPort getpeername(int fd) throws SyscallException {
    Scratch scratch = Scratch.take();
    try {
      getpeername(scratch, fd);
      return scratch.sockAddr();
    } finally {
      scratch.release();
    }
  }

  /** getpeername(2) of a Unix socket. */
  public static UnixName remoteName(int fd) throws SyscallException {
    Scratch scratch = Scratch.take();
    try {
      getpeername(scratch, fd);
      return scratch.unixName();
    } finally {
      scratch.release();
    }
  }

  private static void getpeername(Scratch scratch, int fd) throws SyscallException {
    scratch.length(Scratch.ADDRESS_SIZE);
    check(
        "getpeername",
        Libc.getpeername(
            scratch, fd, scratch.address(Scratch.ADDRESS), scratch.address(Scratch.LENGTH)));
  }

  /** getsockopt(2) of an option whose value is an {@code int}. */
  public static int getsockopt(int fd, int level, int name) throws SyscallException {
    Scratch scratch = Scratch.take();
    try {
      scratch.value(0);
      getsockopt(scratch, fd, level, name, Integer.BYTES);
      return scratch.value();
    } finally {
      scratch.release();
    }
  }

  /** setsockopt(2) of an option whose value is an {@code int}. */
  public static void setsockopt(int fd, int level, int name, int value) throws SyscallException {
    Scratch scratch = Scratch.take();
    try {
      scratch.value(value);
      setsockopt(scratch, fd, level, name, Integer.BYTES);
    } finally {
      scratch.release();
    }
  }

  /** setsockopt(2) of an option whose value is a struct or a text. */
  public static void setsockopt(int fd, int level, int name, byte[] value) throws SyscallException {
    Scratch scratch = Scratch.take();
    try (Arena arena = Arena.ofConfined()) { // rare, and of any size: not the scratch's own room
      MemorySegment memory = arena.allocate(Math.max(1, value.length), MAX_ALIGNMENT);
      MemorySegment.copy(value, 0, memory, JAVA_BYTE, 0, value.length);
      check(
          "setsockopt", Libc.setsockopt(scratch, fd, level, name, memory.address(), value.length));
    } finally {
      scratch.release();
    }
  }

  /** getsockopt(2) of such an option: as many bytes as the kernel wrote. */
  public static byte[] getsockoptBytes(int fd, int level, int name, int maxLength)
      throws SyscallException {
    Scratch scratch = Scratch.take();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment memory = arena.allocate(Math.max(1, maxLength), MAX_ALIGNMENT);
      scratch.length(maxLength);
      check(
          "getsockopt",
          Libc.getsockopt(
              scratch, fd, level, name, memory.address(), scratch.address(Scratch.LENGTH)));
      // Some options tell the length that there is, although there was less room.
      byte[] value = new byte[Math.clamp(scratch.length(), 0, maxLength)];
      MemorySegment.copy(memory, JAVA_BYTE, 0, value, 0, value.length);
      return value;
    } finally {
      scratch.release();
    }
  }

  /** SO_LINGER, {@code struct linger} of two ints (socket(7)): seconds, or −1 for off. */
  public static int getLinger(int fd) throws SyscallException {
    Scratch scratch = Scratch.take();
    try {
      getsockopt(scratch, fd, Linux.SOL_SOCKET, Linux.SO_LINGER, 2 * Integer.BYTES);
      int seconds = scratch.memory.get(JAVA_INT, Scratch.VALUE + Integer.BYTES);
      return scratch.value() != 0 ? seconds : -1;
    } finally {
      scratch.release();
    }
  }

  /** SO_LINGER, in seconds; negative switches it off. */
  public static void setLinger(int fd, int seconds) throws SyscallException {
    Scratch scratch = Scratch.take();
    try {
      scratch.value(seconds >= 0 ? 1 : 0);
      scratch.memory.set(JAVA_INT, Scratch.VALUE + Integer.BYTES, Math.max(seconds, 0));
      setsockopt(scratch, fd, Linux.SOL_SOCKET, Linux.SO_LINGER, 2 * Integer.BYTES);
    } finally {
      scratch.release();
    }
  }

  /** TCP_INFO (tcp(7)). */
  public static RawTcpInfo tcpInfo(int fd) throws SyscallException {
    Scratch scratch = Scratch.take();
    try {
      getsockopt(scratch, fd, Linux.IPPROTO_TCP, Linux.TCP_INFO, Scratch.VALUE_SIZE);
      return TcpInfo.decode(scratch.memory, Scratch.VALUE, scratch.length());
    } finally {
      scratch.release();
    }
  }

  /** ioctl(2) of a request that answers with an {@code int}: {@code SIOCOUTQ}, {@code FIONREAD}. */
  public static int ioctl(int fd, int request) throws SyscallException {
    FirstCalls.ofTheRest();
    Scratch scratch = Scratch.take();
    try {
      MemorySegment value = scratch.memory.asSlice(Scratch.VALUE, Integer.BYTES);
      check("ioctl", Libc.ioctl(scratch, fd, request, value));
      return scratch.value();
    } finally {
      scratch.release();
    }
  }

  private static void getsockopt(Scratch scratch, int fd, int level, int name, int size)
      throws SyscallException {
    scratch.length(size);
    check(
        "getsockopt",
        Libc.getsockopt(
            scratch,
            fd,
            level,
            name,
            scratch.address(Scratch.VALUE),
            scratch.address(Scratch.LENGTH)));
  }

  private static void setsockopt(Scratch scratch, int fd, int level, int name, int size)
      throws SyscallException {
    check(
        "setsockopt",
        Libc.setsockopt(scratch, fd, level, name, scratch.address(Scratch.VALUE), size));
  }

  private static void check(String call, int result) throws SyscallException {
    if (result < 0) {
      throw new SyscallException(call, -result);
    }
  }
}
