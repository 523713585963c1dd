package gonet.examples;

import gonet.Conn;
import gonet.ConnLayer;
import gonet.netip.AddrParseException;
import gonet.netip.AddrSet;
import gonet.proxyproto.ProxyHeader;
import gonet.proxyproto.ProxyProtocol;
import gonet.proxyproto.ProxyVersion;
import gonet.tls.TlsConn;
import gonet.tls.TlsInfo;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What {@code --accept-proxy} and {@code --send-proxy} among arguments say: that clients come
 * through another proxy, which tells whose connection it is, and that the target is told.
 *
 * <p>Such words are taken from this machine and from private networks, or from those behind {@code
 * --accept-proxy=}. Everybody else is refused.
 *
 * @param rest the other arguments
 * @param trusted who may say whose connection it is; null for nobody
 * @param sent what the target hears; null for nothing
 */
record ProxyOptions(List<String> rest, @Nullable AddrSet trusted, @Nullable ProxyVersion sent) {
  /** How usages describe it. */
  static final String USAGE = "[--accept-proxy[=ADDRESS,...]] [--send-proxy v1|v2]";

  private static final String ACCEPT = "--accept-proxy";
  private static final String SEND = "--send-proxy";

  private static final AddrSet NEAR =
      AddrSet.of(
          "127.0.0.0/8",
          "10.0.0.0/8",
          "172.16.0.0/12",
          "192.168.0.0/16",
          "::1",
          "fc00::/7",
          "fe80::/10");

  /** Ends the program with a message if an option is of no use. */
  static ProxyOptions parse(List<String> args) {
    List<String> rest = new ArrayList<>();
    AddrSet trusted = null;
    ProxyVersion sent = null;
    for (int i = 0; i < args.size(); i++) {
      String arg = args.get(i);
      if (arg.equals(ACCEPT)) {
        trusted = NEAR;
      } else if (arg.startsWith(ACCEPT + "=")) {
        trusted = addresses(arg.substring(ACCEPT.length() + 1));
      } else if (arg.equals(SEND)) {
        i++;
        sent = version(i < args.size() ? args.get(i) : "");
      } else {
        rest.add(arg);
      }
    }
    return new ProxyOptions(rest, trusted, sent);
  }

  private static @Nullable AddrSet addresses(String list) {
    try {
      return AddrSet.of(list.split(",", -1));
    } catch (AddrParseException e) {
      Program.fail(ACCEPT + ": " + e.getMessage());
      return null; // not reached
    }
  }

  private static @Nullable ProxyVersion version(String word) {
    return switch (word) {
      case "v1" -> ProxyVersion.V1;
      case "v2" -> ProxyVersion.V2;
      default -> {
        Program.fail(SEND + ": \"" + word + "\" is none of v1 and v2");
        yield null; // not reached
      }
    };
  }

  /** What stands over each connection: the PROXY protocol lowest, if it is accepted. */
  ConnLayer[] under(ConnLayer... others) {
    if (trusted == null) {
      return others;
    }
    List<ConnLayer> layers = new ArrayList<>();
    layers.add(ProxyProtocol.from(trusted).withUnaddressed(true));
    layers.addAll(List.of(others));
    return layers.toArray(new ConnLayer[0]);
  }

  /** Tells the target whose connection this is, if it is to be told. */
  void introduce(Conn client, Conn target) throws IOException {
    if (sent == null) {
      return;
    }
    ProxyHeader header = ProxyHeader.of(sent, client);
    TlsConn tls = client.find(TlsConn.class);
    TlsInfo info = tls == null ? null : tls.info();
    if (sent == ProxyVersion.V2 && info != null && !header.isLocal()) {
      header = header.withTls(info).withChecksum(true);
    }
    header.sendTo(target);
  }
}
