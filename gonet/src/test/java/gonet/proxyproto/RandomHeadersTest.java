package gonet.proxyproto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import gonet.NetAddr;
import gonet.TcpAddr;
import gonet.UdpAddr;
import gonet.UnixAddr;
import gonet.netip.Addr;
import gonet.netip.AddrPort;
import gonet.support.Proves;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Headers by chance: written and read back, cut everywhere, and spoilt. */
@Proves({"proxy-v1", "proxy-v2"})
class RandomHeadersTest {
  private static final int HEADERS = 2000;

  private final SplittableRandom random = new SplittableRandom(1);

  private byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  private Addr addr(boolean ipv4) {
    return Addr.fromBytes(bytes(ipv4 ? 4 : 16));
  }

  private AddrPort addrPort(boolean ipv4) {
    return AddrPort.of(addr(ipv4), random.nextInt(1 << 16));
  }

  private NetAddr unix(String network) {
    return UnixAddr.of(
        network,
        switch (random.nextInt(3)) {
          case 0 -> "";
          case 1 -> "@" + "a".repeat(1 + random.nextInt(100));
          default -> "/" + "\u00e4".repeat(random.nextInt(50));
        });
  }

  private ProxyHeader header() {
    boolean ipv4 = random.nextBoolean();
    ProxyHeader header =
        switch (random.nextInt(8)) {
          case 0 -> ProxyHeader.unknown(ProxyVersion.V1);
          case 1, 2 ->
              ProxyHeader.of(
                  ProxyVersion.V1,
                  TcpAddr.of(addrPort(ipv4)),
                  TcpAddr.of(addrPort(random.nextBoolean())));
          case 3 -> ProxyHeader.local();
          case 4 -> ProxyHeader.unknown(ProxyVersion.V2);
          case 5 ->
              ProxyHeader.of(
                  ProxyVersion.V2, UdpAddr.of(addrPort(ipv4)), UdpAddr.of(addrPort(ipv4)));
          case 6 -> {
            String network = random.nextBoolean() ? "unix" : "unixgram";
            yield ProxyHeader.of(ProxyVersion.V2, unix(network), unix(network));
          }
          default ->
              ProxyHeader.of(
                  ProxyVersion.V2,
                  TcpAddr.of(addrPort(ipv4)),
                  TcpAddr.of(addrPort(random.nextBoolean())));
        };
    if (header.version() == ProxyVersion.V1 || header.isLocal()) {
      return header;
    }
    for (int i = random.nextInt(4); i > 0; i--) {
      header =
          switch (random.nextInt(3)) {
            case 0 -> header.withSsl(ssl());
            case 1 -> header.withUniqueId(bytes(random.nextInt(129)));
            default ->
                header.withTlv(ProxyTlv.of(0xe0 + random.nextInt(32), bytes(random.nextInt(99))));
          };
    }
    return header.withChecksum(random.nextBoolean());
  }

  private ProxySsl ssl() {
    List<ProxyTlv> tlvs = new ArrayList<>();
    for (int i = random.nextInt(3); i > 0; i--) {
      tlvs.add(ProxyTlv.of(0x21 + random.nextInt(6), bytes(random.nextInt(40))));
    }
    return ProxySsl.of(random.nextInt(256), random.nextInt(), tlvs);
  }

  @Test
  void whatIsWrittenIsReadBackHoweverItIsCut() throws Exception {
    for (int i = 0; i < HEADERS; i++) {
      ProxyHeader header = header();
      byte[] bytes = header.encode();
      assertEquals(header, Feed.read(bytes, 1 + random.nextInt(bytes.length)));
      assertEquals(header, Feed.read(bytes, 1));
      assertEquals(header, Feed.read(bytes, Integer.MAX_VALUE));
    }
  }

  @Test
  void aHeaderThatIsCutOffIsNone() {
    for (int i = 0; i < 200; i++) {
      byte[] bytes = header().encode();
      for (int length = 0; length < bytes.length; length++) {
        byte[] cut = Arrays.copyOf(bytes, length);
        assertThrows(AssertionError.class, () -> Feed.read(cut, Integer.MAX_VALUE)); // it waits
      }
    }
  }

  @Test
  void whateverComesIsReadOrRefused() {
    for (int i = 0; i < 20 * HEADERS; i++) {
      byte[] input = Feed.join(bytes(1), header().encode(), bytes(random.nextInt(20)));
      for (int spoilt = random.nextInt(4); spoilt > 0; spoilt--) {
        int at = random.nextInt(input.length);
        switch (random.nextInt(3)) {
          case 0 -> input[at] = (byte) random.nextInt();
          case 1 -> input[at] ^= (byte) (1 << random.nextInt(8));
          default -> input = Arrays.copyOf(input, at);
        }
        if (input.length == 0) {
          break;
        }
      }
      ProxyFuzz.fuzzerTestOneInput(input);
    }
  }
}
