package gonet;

import gonet.internal.backend.BackendUnavailableException;
import gonet.internal.backend.Errno;
import gonet.internal.backend.SyscallException;
import gonet.internal.backend.WrongSocketException;
import gonet.internal.flight.Trace;
import gonet.internal.netpoll.Netpoll;
import gonet.internal.poll.FDException;
import gonet.internal.time.Clock;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import org.jspecify.annotations.Nullable;

/**
 * Makes the exception for an operation that failed: chooses its class and writes its text. The one
 * place that does. Stateless; any thread.
 */
final class OpErrors {

  /** A promise of Go's: people search for these words. */
  static final String CLOSED = "use of closed network connection";

  static final String TIMEOUT = "i/o timeout";
  static final String CANCELED = "operation was canceled";
  static final String CLOSED_PIPE = "io: read/write on closed pipe";

  /** How to open {@code java.lang} to gonet, in both forms. */
  private static final String OPEN =
      "start java with --add-opens java.base/java.lang=ALL-UNNAMED (gonet on the class path)"
          + " or --add-opens java.base/java.lang=gonet (on the module path)";

  private static final String CHOOSE_SHARED = "choose the other lane with -Dgonet.lane=shared";

  private static final String CHOOSE_NIO = "choose another backend with -Dgonet.backend=nio";

  private OpErrors() {}

  /** A deadline passed; {@code transferred} bytes had been written by then. */
  static NetTimeoutException timeout(Op op, long transferred) {
    OpFailure failure = OpFailure.of(op, TIMEOUT, true, transferred);
    Trace.deadline(op.name(), failure.message(), transferred);
    return new NetTimeoutException(failure);
  }

  /** A limit of the caller's was over, and no deadline or timeout of the connection. */
  static NetTimeoutException timeout(Op op, long transferred, @Nullable TimeLimit limit) {
    OpFailure failure = OpFailure.of(op, TIMEOUT, true, transferred);
    Trace.deadline(op.name(), failure.message(), transferred);
    return new NetTimeoutException(failure, limit);
  }

  /** The thread was interrupted. The caller leaves its interrupt status set. */
  static NetInterruptedException canceled(Op op, long transferred) {
    return new NetInterruptedException(OpFailure.of(op, CANCELED, false, transferred));
  }

  /** Closed on this side. */
  static NetClosedException closed(Op op, long transferred) {
    return new NetClosedException(OpFailure.of(op, CLOSED, false, transferred));
  }

  /** One of a pipe's ends is closed; {@code transferred} bytes had been written by then. */
  static NetClosedException closedPipe(Op op, long transferred) {
    return new NetClosedException(OpFailure.bare(op, CLOSED_PIPE, transferred));
  }

  /** A system call failed with a positive errno. */
  static IOException syscall(Op op, SyscallException failure) {
    return syscall(op, failure.call(), failure.errno(), 0);
  }

  /** A system call failed with a positive errno after {@code transferred} bytes were written. */
  static IOException syscall(Op op, String call, int errno, long transferred) {
    OpFailure failure = OpFailure.ofSyscall(op, call, errno, transferred);
    if (errno == Errno.EHOSTUNREACH || errno == Errno.ENETUNREACH) {
      return new NetNoRouteException(failure);
    }
    return switch (call) {
      case "connect" -> new NetConnectException(failure);
      case "bind" -> new NetBindException(failure);
      case "listen" ->
          errno == Errno.EADDRINUSE || errno == Errno.EADDRNOTAVAIL || errno == Errno.EACCES
              ? new NetBindException(failure)
              : new NetSocketException(failure);
      default -> new NetSocketException(failure);
    };
  }

  /** An operation on a descriptor failed. */
  static IOException of(Op op, FDException e) {
    return switch (e.kind()) {
      case CLOSED -> closed(op, e.transferred());
      case TIMEOUT -> timeout(op, e.transferred());
      case INTERRUPTED -> canceled(op, e.transferred());
      case SYSCALL -> syscall(op, e.call(), e.errno(), e.transferred());
    };
  }

  /**
   * The same, of a call that had a limit beside the connection's own; tells whose was over.
   *
   * @param own the earlier of the connection's deadline and the call's timeout
   */
  static IOException of(Op op, FDException e, @Nullable TimeLimit limit, long own) {
    boolean limits =
        limit != null
            && e.kind() == FDException.Kind.TIMEOUT
            && limit.isOver()
            && (own == Clock.NONE || own > Clock.now());
    return limits ? timeout(op, e.transferred(), limit) : of(op, e);
  }

  /** Go's {@code ErrWriteToConnected}: a datagram to an address, where there is a peer. */
  static NetSocketException writeToConnected(Op op) {
    return new NetSocketException(
        OpFailure.ofErrno(op, "use of WriteTo with pre-connected connection", Errno.EISCONN));
  }

  /** The same failure with another number of bytes, thrown from here on. */
  static IOException withBytes(IOException e, long bytes) {
    if (!(e instanceof NetFailure net) || net.bytesTransferred() == bytes) {
      return e;
    }
    OpFailure failure = net.failure().withBytesTransferred(bytes);
    IOException same = sameKind(e, failure);
    same.initCause(e);
    return same;
  }

  // No switches over types: they are linked as lambdas are, and stay broken if that fails.

  private static IOException sameKind(IOException e, OpFailure failure) {
    if (e instanceof NetTimeoutException t) {
      return new NetTimeoutException(failure, t.limit());
    }
    if (e instanceof NetInterruptedException) {
      return new NetInterruptedException(failure);
    }
    if (e instanceof NetClosedException) {
      return new NetClosedException(failure);
    }
    if (e instanceof NetNoRouteException) {
      return new NetNoRouteException(failure);
    }
    return e instanceof NetEofException eof
        ? new NetEofException(failure, eof.wantedBytes())
        : new NetSocketException(failure);
  }

  /** A descriptor that was to be adopted is a socket of another kind; says of which. */
  static NetSocketException wrongSocket(Op op, WrongSocketException e) {
    String inner =
        switch (e.trait()) {
          case DOMAIN -> "not a TCP socket: " + named(e.found(), "address family", "1 Unix");
          case TYPE ->
              "not a TCP socket: " + named(e.found(), "type", "2 datagram, 3 raw, 5 seqpacket");
          case PACKET_TYPE ->
              "not a socket for datagrams: "
                  + named(e.found(), "type", "1 stream, 3 raw, 5 seqpacket");
          case PACKET_PROTOCOL -> "not a UDP socket: " + named(e.found(), "protocol", "1 ICMP");
          case PROTOCOL ->
              "not a TCP socket: " + named(e.found(), "protocol", "132 SCTP, 262 MPTCP");
          case LISTENING ->
              e.found() != 0 ? "a listening socket, not a connection" : "not a listening socket";
        };
    return new NetSocketException(OpFailure.ofErrno(op, inner, e.trait().errno()));
  }

  /** A number and, if the table has it, its name: {@code type 2 (datagram)}. */
  private static String named(int number, String what, String table) {
    for (String entry : table.split(", ")) {
      int space = entry.indexOf(' ');
      if (entry.substring(0, space).equals(Integer.toString(number))) {
        return what + " " + number + " (" + entry.substring(space + 1) + ")";
      }
    }
    return what + " " + number;
  }

  /** The backend asked for by name cannot be had; names the flag if a flag would help. */
  static NativeAccessException nativeAccess(Op op, BackendUnavailableException cause) {
    String inner =
        text(cause) + "; " + (cause.denied() ? Netpoll.GRANT + ", or " : "") + CHOOSE_NIO;
    NativeAccessException e = new NativeAccessException(OpFailure.of(op, inner, false, 0));
    e.initCause(cause);
    return e;
  }

  /** The carrier lane was asked for by name and cannot be had. */
  static NativeAccessException noCarrierLane(Op op, String why) {
    return new NativeAccessException(
        OpFailure.of(
            op, "no carrier lane: " + why + "; " + OPEN + ", or " + CHOOSE_SHARED, false, 0));
  }

  /** Go's {@code AddrError}: an address, or a part of one, that means nothing. */
  static NetAddressException badAddress(String value, String why) {
    return beforeAnyOperation(value, why, value.isEmpty() ? why : "address " + value + ": " + why);
  }

  /** Go's {@code UnknownNetworkError}. */
  static NetAddressException unknownNetwork(String network) {
    String why = "unknown network";
    return beforeAnyOperation(network, why, why + " " + network);
  }

  /** A network of which a part means nothing. */
  static NetAddressException badNetwork(String network, String why) {
    return beforeAnyOperation(network, why, "network " + network + ": " + why);
  }

  /** A network that has a meaning, though none here. */
  static NetAddressException unsupportedNetwork(String network) {
    return unsupportedNetwork(network, "not supported");
  }

  /** The same with a reason. */
  static NetAddressException unsupportedNetwork(String network, String why) {
    return beforeAnyOperation(network, why, "network " + network + ": " + why);
  }

  /** A dial or a listen with an address of the JDK of a class that is not known here; not null. */
  static IOException unsupportedAddress(String op, SocketAddress address) {
    String why = "addresses of class " + address.getClass().getName() + " are not supported";
    return wrap(new Op(op, "", null, null), badAddress(String.valueOf(address), why));
  }

  private static NetAddressException beforeAnyOperation(String value, String why, String text) {
    return new NetAddressException(OpFailure.bare(new Op("", "", null, null), text, 0), value, why);
  }

  /**
   * An operation failed because of another failure: a lookup, an address, or a second operation
   * nested in this one. The class follows the cause's, so that a catch clause works at both depths.
   */
  static IOException wrap(Op op, IOException cause) {
    IOException e = of(op, cause);
    e.initCause(cause);
    return e;
  }

  private static IOException of(Op op, IOException cause) {
    OpFailure failure =
        cause instanceof NetFailure inner
            ? OpFailure.around(op, inner.failure())
            : ofStranger(op, cause);
    if (cause instanceof SocketTimeoutException) {
      return new NetTimeoutException(failure);
    }
    if (cause instanceof InterruptedIOException) {
      return new NetInterruptedException(failure);
    }
    if (cause instanceof ClosedChannelException) {
      return new NetClosedException(failure);
    }
    if (cause instanceof BindException) {
      return new NetBindException(failure);
    }
    if (cause instanceof ConnectException) {
      return new NetConnectException(failure);
    }
    if (cause instanceof NoRouteToHostException) {
      return new NetNoRouteException(failure);
    }
    if (cause instanceof UnknownHostException) {
      return new NetUnknownHostException(failure);
    }
    if (cause instanceof NativeAccessException) {
      return new NativeAccessException(failure);
    }
    if (cause instanceof NetAddressException bad) {
      return new NetAddressException(failure, bad.value(), bad.why());
    }
    return new NetSocketException(failure);
  }

  /** A name service that did not answer may do so next time; one that said no will say it again. */
  private static OpFailure ofStranger(Op op, IOException cause) {
    boolean timeout = cause instanceof SocketTimeoutException;
    boolean temporary = timeout || (cause instanceof DnsException e && !e.isNotFound());
    return OpFailure.ofCause(op, text(cause), timeout, temporary);
  }

  private static String text(Exception cause) {
    String message = cause.getMessage();
    return message != null ? message : cause.getClass().getName();
  }

  /**
   * Loads every class and table that an error path may need. Called when a listener or poller is
   * made: a class that is first used while the process is out of descriptors cannot be read from
   * its file, and stays broken for good (JVMS 5.5).
   */
  static void initialize() {
    Op op = new Op(Op.ACCEPT, "", null, null);
    wrap(op, new NetTimeoutException(OpFailure.of(op, TIMEOUT, true, 0)));
    wrap(op, canceled(op, 0));
    wrap(op, closed(op, 0));
    for (String call : new String[] {"connect", "bind", "accept4"}) {
      wrap(op, syscall(op, call, Errno.EMFILE, 0));
    }
    NetFailure.isConnectionGone(syscall(op, "connect", Errno.ENETUNREACH, 0));
  }
}
