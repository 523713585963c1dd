package gonet.internal.dns;

import gonet.netip.AddrPort;
import java.io.IOException;
import java.net.SocketTimeoutException;

/** Opens ways to a server. gonet's own are sockets; a test's may be anything. */
public interface Exchange {
  /** A way that datagrams take, from a port of its own that nobody could guess (RFC 5452, 9.2). */
  Link datagrams(AddrPort server, long until) throws IOException;

  /** A way that keeps messages apart and in order, RFC 7766. */
  Link stream(AddrPort server, long until) throws IOException;

  /** Whether there was no way because the process, or the system, has too many already. */
  boolean isShortage(IOException failure);

  /**
   * One way, for one thread. An interrupt ends each call with an {@link
   * java.io.InterruptedIOException}, {@link SocketTimeoutException} aside.
   */
  interface Link extends AutoCloseable {
    /** Sends a message. */
    void send(byte[] message, long until) throws IOException;

    /**
     * Waits for a message from that server.
     *
     * @param until a moment of {@link gonet.internal.time.Clock}
     * @throws SocketTimeoutException when it is over
     * @throws IOException also when nobody listens there, and at the end of a stream
     */
    byte[] receive(long until) throws IOException;

    @Override
    void close();
  }
}
