package gonet;

import gonet.internal.backend.Errno;
import gonet.internal.dns.Exchange;
import gonet.netip.AddrPort;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Sockets to name servers. A datagram's socket is connected, so that the kernel drops what comes
 * from elsewhere and tells when nobody listens; its port is the kernel's choice, a random one.
 */
final class DnsTransport implements Exchange {
  /** More than any server sends to whoever asks for 1,232. */
  private static final int MAX_DATAGRAM = 4096;

  private final @Nullable Dialer dialer;

  /**
   * Dials with these settings.
   *
   * @param dialer null for the defaults, which have a resolver that has a transport in turn
   */
  DnsTransport(@Nullable Dialer dialer) {
    this.dialer = dialer;
  }

  @Override
  public Link datagrams(AddrPort server, long until) throws IOException {
    return new Datagrams(dial("udp", server, until));
  }

  @Override
  public Link stream(AddrPort server, long until) throws IOException {
    return new Stream(dial("tcp", server, until));
  }

  private Conn dial(String network, AddrPort server, long until) throws IOException {
    Duration left = TimeLimit.atMoment(until).left();
    Dialer chosen = dialer == null ? Dialer.defaults() : dialer;
    return chosen.localAs(network).withTimeout(left).dial(network, server.toString());
  }

  @Override
  public boolean isShortage(IOException failure) {
    return failure instanceof NetFailure f
        && switch (f.errnoNumber()) {
          case Errno.EMFILE, Errno.ENFILE, Errno.ENOBUFS, Errno.EAGAIN -> true;
          default -> false;
        };
  }

  private record Datagrams(Conn conn) implements Link {
    @Override
    public void send(byte[] message, long until) throws IOException {
      conn.write(message, 0, message.length, TimeLimit.atMoment(until));
    }

    @Override
    public byte[] receive(long until) throws IOException {
      byte[] buf = new byte[MAX_DATAGRAM];
      int n = conn.read(buf, 0, buf.length, TimeLimit.atMoment(until));
      return Arrays.copyOf(buf, Math.max(n, 0));
    }

    @Override
    public void close() {
      conn.close();
    }
  }

  /** RFC 1035, 4.2.2: two octets of length before each message, in one write (RFC 7766, 8). */
  private record Stream(Conn conn) implements Link {
    @Override
    public void send(byte[] message, long until) throws IOException {
      byte[] framed = new byte[2 + message.length];
      framed[0] = (byte) (message.length >> 8);
      framed[1] = (byte) message.length;
      System.arraycopy(message, 0, framed, 2, message.length);
      conn.write(framed, 0, framed.length, TimeLimit.atMoment(until));
    }

    @Override
    public byte[] receive(long until) throws IOException {
      Conn timed = conn.within(TimeLimit.atMoment(until));
      byte[] length = new byte[2];
      timed.readFully(length);
      byte[] message = new byte[(length[0] & 0xff) << 8 | length[1] & 0xff];
      timed.readFully(message);
      return message;
    }

    @Override
    public void close() {
      conn.close();
    }
  }
}
