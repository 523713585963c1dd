package gonet.examples;

import gonet.Conn;
import gonet.Dialer;
import gonet.HostPort;
import gonet.Tunnel;
import gonet.UnixAddr;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/**
 * Carries each connection on to a target: bytes both ways, the end of each direction by itself, and
 * a reset as a reset. Go's usual proxy of two {@code io.Copy} turns a reset into a clean end, and
 * the other side takes half an answer for a whole one. A tunnel that is silent for long is reset.
 *
 * <p>Arguments: the {@link Place} to listen on and the target's, which is dialled anew, its name
 * looked up anew, for each connection; with a {@link TlsOption} the proxy ends TLS, and the target
 * hears plain bytes. {@link ProxyOptions} take the client's address from another proxy, and pass it
 * on. Where the target cannot be reached the client is closed.
 *
 * <p>Read next: {@link Tunnel}.
 */
public final class TcpProxy {
  private static final Duration DIAL_TIMEOUT = Duration.ofSeconds(10);

  /** Long enough for a database connection that a pool keeps. */
  private static final Duration IDLE_TIMEOUT = Duration.ofHours(1);

  /** One side has said its last word, and the other one nothing for so long. */
  private static final Duration HALF_CLOSE_TIMEOUT = Duration.ofSeconds(30);

  private TcpProxy() {}

  /** Listens and serves until interrupted from the keyboard. */
  public static void main(String[] args) {
    AdminOption admin = AdminOption.parse(args);
    TlsOption option = TlsOption.parse(admin.others());
    ProxyOptions proxies = ProxyOptions.parse(option.rest());
    List<String> rest = proxies.rest();
    if (rest.size() != 2) {
      Program.fail(
          "usage: TcpProxy LISTEN TARGET "
              + TlsOption.USAGE
              + " "
              + ProxyOptions.USAGE
              + " "
              + AdminOption.USAGE
              + "    (two of "
              + Place.USAGE
              + ")");
    }
    Place target = Place.parse(rest.get(1));
    try {
      check(target); // now, rather than with the first client
    } catch (IOException e) {
      Program.fail("target: " + e.getMessage());
    }
    Dialer dialer = Dialer.defaults().withTimeout(DIAL_TIMEOUT);
    Program.serve(
        "proxy",
        rest.getFirst(),
        admin,
        client -> serve(client, dialer, target, proxies),
        proxies.under(option.layers()));
  }

  private static void check(Place target) throws IOException {
    if (target.isTcp()) {
      var _ = HostPort.split(target.address());
    } else {
      var _ = UnixAddr.resolve(target.network(), target.address());
    }
  }

  private static void serve(Conn client, Dialer dialer, Place place, ProxyOptions proxies)
      throws Exception {
    Conn target;
    try {
      target = dialer.dial(place.network(), place.address());
    } catch (IOException e) {
      System.err.println(client.remoteAddr() + ": " + e.getMessage());
      return; // and whoever called this closes the client
    }
    try (target) {
      proxies.introduce(client, target);
      Tunnel.between(client, target)
          .withIdleTimeout(IDLE_TIMEOUT)
          .withHalfCloseTimeout(HALF_CLOSE_TIMEOUT)
          .run();
    } catch (IOException e) {
      // A reset, a peer that answers no more, silence: both sides have been told.
    }
  }
}
