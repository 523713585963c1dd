package gonet.proxyproto;

import gonet.Conn;
import gonet.ForwardingConn;
import gonet.NetAddr;
import gonet.internal.layer.Passage;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A connection behind a header: {@link ProxyProtocol} makes them. Promises what {@link Conn}
 * promises; bytes pass as they are, and a transfer stays within the kernel.
 *
 * <p>{@link #remoteAddr} and {@link #localAddr} tell what the header says: the client's address,
 * and the one that the client has connected to. {@link #peerAddr} is the proxy's. Where the header
 * says nothing, as for health checks, and where there is none, the addresses are those of the
 * connection beneath. Failures of that connection have its addresses.
 *
 * <p>The header may still have to come ({@link ProxyProtocol#server}). Then the first read or write
 * waits for it, with the limits of that call, under both deadlines, and for as long as {@link
 * ProxyProtocol#withTimeout} says. A call that ends before leaves what has come to the next one.
 *
 * @since 0.1
 */
public final class ProxyConn extends ForwardingConn {

  /** Null if {@link #header} was known from the start. */
  private final @Nullable HeaderConn reading;

  private final @Nullable ProxyHeader header;

  /** With what is known; null for no header. */
  ProxyConn(Conn conn, @Nullable ProxyHeader header) {
    super(conn);
    this.reading = null;
    this.header = header;
  }

  /** With one that may still have to come. */
  ProxyConn(HeaderConn conn) {
    super(conn);
    this.reading = conn;
    this.header = null;
  }

  /**
   * What the connection began with. Waits for it as a read does.
   *
   * @return null for a connection that came from no proxy, and was taken as it is
   * @throws ProxyProtocolException if there is no good header
   */
  public @Nullable ProxyHeader header() throws IOException {
    return reading == null ? header : reading.awaitHeader();
  }

  /** The address that the connection really comes from: the proxy's. */
  public NetAddr peerAddr() {
    return beneath().remoteAddr();
  }

  /**
   * The client's address, as the header tells it. Waits for the header where that has still to
   * come, and no interrupt ends this wait. If there is none at last, because of a read deadline for
   * instance, this is {@link #peerAddr}, and every other call fails from then on: so nobody is
   * taken for the proxy by mistake.
   */
  @Override
  public NetAddr remoteAddr() {
    ProxyHeader told = told();
    NetAddr source = told == null ? null : told.source();
    return source == null ? peerAddr() : source;
  }

  /** The address that the client has connected to; otherwise as {@link #remoteAddr}. */
  @Override
  public NetAddr localAddr() {
    ProxyHeader told = told();
    NetAddr destination = told == null ? null : told.destination();
    return destination == null ? beneath().localAddr() : destination;
  }

  /** The header, waited for as {@link #remoteAddr} does; null if there is none. */
  @Nullable ProxyHeader told() {
    return reading == null ? header : reading.headerForAddress();
  }

  @Override
  public <T> @Nullable T find(Class<T> type) {
    return type == Passage.class
        ? type.cast(new Unchanged(this, null)) // the one beneath knows
        : super.find(type);
  }

  /** The connection beneath, and behind "for" the client's address, if that is known by now. */
  @Override
  public String toString() {
    ProxyHeader known = reading == null ? header : reading.knownHeader();
    return known == null || known.source() == null
        ? beneath().toString()
        : beneath() + " for " + known.source();
  }
}
