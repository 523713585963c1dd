package gonet.proxyproto;

import gonet.Conn;
import gonet.OpFailure;
import gonet.proxyproto.ProxyProtocolException.Reason;
import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** What is wrong with a header, before anybody knows whose it was. Immutable, without a trace. */
final class BadHeader extends Exception {
  @Serial private static final long serialVersionUID = 1;

  private final Reason reason;
  private final @Nullable String value;
  private final String why;

  private BadHeader(Reason reason, @Nullable String value, String why) {
    super(why, null, false, false);
    this.reason = reason;
    this.value = value;
    this.why = why;
  }

  /** Something that is no value. */
  static BadHeader of(Reason reason, String why) {
    return new BadHeader(reason, null, why);
  }

  /**
   * A value that cannot be.
   *
   * @param what the kind of value, such as {@code port}
   * @param value as it came; {@link Shown} makes it fit for a message
   * @param why behind the value, such as {@code is above 65535}
   */
  static BadHeader of(Reason reason, String what, String value, String why) {
    return new BadHeader(reason, value, what + " " + Shown.quoted(value) + " " + why);
  }

  /** The same, of a header that is no header at all. */
  static BadHeader malformed(String what, String value, String why) {
    return of(Reason.MALFORMED, what, value, why);
  }

  /** As a failure of a call, with that caller's trace. */
  ProxyProtocolException failure(String op, Conn conn) {
    OpFailure failure = OpFailure.of(op, conn, "proxy protocol: ".concat(why));
    return new ProxyProtocolException(
        reason == Reason.LATE ? failure.asTimeout() : failure, reason, value);
  }
}
