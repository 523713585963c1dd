package gonet;

import gonet.internal.backend.Errno;
import gonet.internal.backend.ErrnoText;
import gonet.internal.time.NoThreadError;
import java.io.Serial;
import java.io.Serializable;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What failed, and how: the fields that every {@link NetFailure} shares. Immutable and safe for any
 * thread.
 *
 * <p>Serialized with its text, without its addresses: {@link #source} and {@link #addr} are null in
 * a copy.
 *
 * <p>Go: the fields of {@code net.OpError}.
 *
 * @since 0.1
 */
public final class OpFailure implements Serializable {
  @Serial private static final long serialVersionUID = 1;

  private final String op;
  private final String network;
  private final transient @Nullable NetAddr source;
  private final transient @Nullable NetAddr addr;
  private final @Nullable String syscall;
  private final int errnoNumber;
  private final boolean timeout;
  private final boolean temporary;
  private final long bytesTransferred;
  private final String message;

  private OpFailure(
      Op op,
      String message,
      @Nullable String syscall,
      int errnoNumber,
      boolean timeout,
      boolean temporary,
      long bytesTransferred) {
    this.op = op.name();
    this.network = op.network();
    this.source = op.source();
    this.addr = op.addr();
    this.syscall = syscall;
    this.errnoNumber = errnoNumber;
    this.timeout = timeout;
    this.temporary = temporary;
    this.bytesTransferred = bytesTransferred;
    this.message = message;
  }

  /**
   * A failure of a connection's operation that no system call tells, with the addresses that Go
   * shows for it.
   *
   * @param op {@code read}, {@code write}, {@code close}, {@code set} …
   * @param why the text behind the operation's: {@code read tcp A->B: WHY}
   */
  public static OpFailure of(String op, Conn conn, String why) {
    return of(Op.of(op, conn), Objects.requireNonNull(why, "why"), false, 0);
  }

  /** The same of a listener's operation. */
  public static OpFailure of(String op, Listener listener, String why) {
    return of(Op.of(op, listener), Objects.requireNonNull(why, "why"), false, 0);
  }

  /** The same failure as one for want of time: {@link #timeout} and {@link #temporary}. */
  public OpFailure asTimeout() {
    return new OpFailure(opAgain(), message, syscall, errnoNumber, true, true, bytesTransferred);
  }

  /**
   * The same failure of an operation that had moved so many bytes.
   *
   * @throws IllegalArgumentException if {@code bytes} is negative
   */
  public OpFailure withBytesTransferred(long bytes) {
    if (bytes < 0) {
      throw new IllegalArgumentException("bytes transferred are " + bytes + ", below 0");
    }
    return new OpFailure(opAgain(), message, syscall, errnoNumber, timeout, temporary, bytes);
  }

  private Op opAgain() {
    return new Op(op, network, source, addr);
  }

  /** Something else failed that tells only its text; {@code timeout} implies {@code temporary}. */
  static OpFailure ofCause(Op op, String inner, boolean timeout, boolean temporary) {
    return new OpFailure(op, op.text(inner), null, 0, timeout, temporary, 0);
  }

  /** A system call failed. {@code errno} is positive. */
  static OpFailure ofSyscall(Op op, String call, int errno, long bytesTransferred) {
    boolean noThread = call.startsWith(NoThreadError.CALL);
    String what =
        noThread ? "cannot start thread " + call.substring(NoThreadError.CALL.length()) : call;
    return new OpFailure(
        op,
        op.text(what + ": " + ErrnoText.of(errno)),
        noThread ? NoThreadError.CALL.strip() : call,
        errno,
        isTimeout(errno),
        isTemporary(op, errno),
        bytesTransferred);
  }

  /**
   * No system call failed, but this positive errno is what one would say; the text is {@code
   * inner}.
   */
  static OpFailure ofErrno(Op op, String inner, int errno) {
    return new OpFailure(op, op.text(inner), null, errno, false, false, 0);
  }

  /** No system call failed; the text is {@code inner} behind the operation's. */
  static OpFailure of(Op op, String inner, boolean timeout, long bytesTransferred) {
    return new OpFailure(op, op.text(inner), null, 0, timeout, timeout, bytesTransferred);
  }

  /** The text stands alone: Go returns this error without an OpError around it. */
  static OpFailure bare(Op op, String text, long bytesTransferred) {
    return new OpFailure(op, text, null, 0, false, false, bytesTransferred);
  }

  /** The operation {@code op} failed because of {@code inner}, whose facts it takes over. */
  static OpFailure around(Op op, OpFailure inner) {
    return new OpFailure(
        op,
        op.text(inner.message),
        inner.syscall,
        inner.errnoNumber,
        inner.timeout,
        inner.temporary,
        inner.bytesTransferred);
  }

  /** {@link NetFailure#op}. */
  public String op() {
    return op;
  }

  /** {@link NetFailure#network}. */
  public String network() {
    return network;
  }

  /** {@link NetFailure#source}. */
  public @Nullable NetAddr source() {
    return source;
  }

  /** {@link NetFailure#addr}. */
  public @Nullable NetAddr addr() {
    return addr;
  }

  /** {@link NetFailure#syscall}. */
  public @Nullable String syscall() {
    return syscall;
  }

  /** {@link NetFailure#errno}. */
  public @Nullable String errno() {
    return errnoNumber == 0 ? null : Errno.name(errnoNumber);
  }

  /** {@link NetFailure#errnoNumber}. */
  public int errnoNumber() {
    return errnoNumber;
  }

  /** {@link NetFailure#timeout}. */
  public boolean timeout() {
    return timeout;
  }

  /** {@link NetFailure#temporary}. */
  public boolean temporary() {
    return temporary;
  }

  /** {@link NetFailure#bytesTransferred}. */
  public long bytesTransferred() {
    return bytesTransferred;
  }

  /** {@link #bytesTransferred} for {@code InterruptedIOException}'s field, which is an int. */
  int bytesTransferredInt() {
    return (int) Math.min(bytesTransferred, Integer.MAX_VALUE);
  }

  /** The exception's message. */
  public String message() {
    return message;
  }

  /** The {@link #message}. */
  @Override
  public String toString() {
    return message;
  }

  private static boolean isTimeout(int errno) {
    return errno == Errno.EAGAIN || errno == Errno.ETIMEDOUT;
  }

  private static boolean isTemporary(Op op, int errno) {
    return switch (errno) {
      case Errno.EINTR, Errno.EMFILE, Errno.ENFILE -> true;
      // The peer gave up while it stood in the accept queue; the listener is none the worse.
      case Errno.ECONNRESET, Errno.ECONNABORTED -> op.name().equals(Op.ACCEPT);
      default -> isTimeout(errno);
    };
  }
}
