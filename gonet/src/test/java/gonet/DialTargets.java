package gonet;

import gonet.netip.Addr;
import gonet.netip.AddrPort;
import gonet.support.Ipv6;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import java.util.List;

/**
 * Three ports, each on both loopback addresses: {@code live} takes connections, {@code refused}
 * sends a reset, and {@code silent} never answers. Confined to one test; {@link #live} may be used
 * by any thread.
 */
final class DialTargets implements AutoCloseable {
  private static final Addr LOOPBACK4 = Addr.parse("127.0.0.1");

  private final ServerSocket live = new ServerSocket();
  private final SocketChannel refused = SocketChannel.open();
  private final BlackHole silent;

  DialTargets() throws IOException {
    live.bind(new InetSocketAddress(BlackHole.everywhere(), 0), 100);
    // Bound and not listening: nobody else can get the port while a test counts on its reset.
    refused.bind(new InetSocketAddress(BlackHole.everywhere(), 0));
    silent = new BlackHole();
  }

  /** Takes connections. */
  ServerSocket live() {
    return live;
  }

  /** One address by name, such as {@code live6} or {@code silent4}. Skips the test without IPv6. */
  TcpAddr named(String name) throws IOException {
    Ipv6.assumeFor(name);
    int port =
        switch (name.substring(0, name.length() - 1)) {
          case "live" -> live.getLocalPort();
          case "refused" -> ((InetSocketAddress) refused.getLocalAddress()).getPort();
          case "silent" -> silent.port();
          default -> throw new IllegalArgumentException(name);
        };
    return TcpAddr.of(AddrPort.of(name.endsWith("4") ? LOOPBACK4 : Addr.ipv6Loopback(), port));
  }

  /** Addresses by their names, with spaces between. */
  List<TcpAddr> list(String names) throws IOException {
    TcpAddr[] addrs = new TcpAddr[names.isEmpty() ? 0 : names.split(" ", -1).length];
    for (int i = 0; i < addrs.length; i++) {
      addrs[i] = named(names.split(" ", -1)[i]);
    }
    return Arrays.asList(addrs);
  }

  @Override
  public void close() throws IOException {
    live.close();
    refused.close();
    silent.close();
  }
}
