package gonet.internal.dns;

import java.io.Serial;

/** No answer, or none that helps. Several callers may get the same one. */
public final class LookupFailure extends Exception {
  @Serial private static final long serialVersionUID = 1;

  /** What it means for whoever asked. */
  public enum Kind {
    /** There is no such name, or nothing of this type under it. */
    NOT_FOUND,
    /** Some server has answered, but another try may help. */
    TEMPORARY,
    /** Nobody has answered in time. */
    TIMEOUT,
    /** An answer that no further try makes better. */
    PERMANENT
  }

  public static final String NO_SUCH_HOST = "no such host";
  static final String MISBEHAVING = "server misbehaving";
  static final String TIMED_OUT = "i/o timeout";

  private final Kind kind;
  private final String why;
  private final String server;

  public LookupFailure(Kind kind, String why, String server) {
    super(why, null, false, false);
    this.kind = kind;
    this.why = why;
    this.server = server;
  }

  /** A failure that no server was asked for. */
  public static LookupFailure noSuchHost() {
    return new LookupFailure(Kind.NOT_FOUND, NO_SUCH_HOST, "");
  }

  /** Nobody has answered in time. */
  static LookupFailure timeout(String server) {
    return new LookupFailure(Kind.TIMEOUT, TIMED_OUT, server);
  }

  /** What it means. */
  public Kind kind() {
    return kind;
  }

  /** In Go's words, without name and server. */
  public String why() {
    return why;
  }

  /** Which server was asked last; empty if none was. */
  public String server() {
    return server;
  }
}
