package gonet.proxyproto;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.NetAddr;
import gonet.TcpAddr;
import gonet.UdpAddr;
import gonet.UnixAddr;
import gonet.netip.AddrPort;
import gonet.proxyproto.ProxyProtocolException.Reason;
import gonet.support.Proves;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Version 2, by its specification: each command, family and TLV, and what cannot be. */
@Proves("proxy-v2")
class BinaryHeaderTest {
  private static final byte[] INET = Feed.hex("c0000201 c0000202 dc04 01bb");
  private static final byte[] INET6 =
      Feed.hex("20010db8000000000000000000000001 20010db8000000000000000000000002 dc04 01bb");

  private static NetAddr tcp(String addrPort) {
    return TcpAddr.of(AddrPort.parse(addrPort));
  }

  private static byte[] path(String name) {
    return Arrays.copyOf(name.getBytes(UTF_8), 108);
  }

  private static ProxyProtocolException refusal(byte[] header) {
    return Feed.refusal(header).failure("read", new SilentConn());
  }

  private static void assertRefused(Reason reason, String value, String text, byte[] header) {
    ProxyProtocolException e = refusal(header);
    assertEquals("read silent silent->silent: proxy protocol: " + text, e.getMessage());
    assertEquals(reason, e.reason());
    assertEquals(value, e.value());
  }

  // ---- addresses -------------------------------------------------------------------------------

  @Test
  void theSixFamiliesAreTold() throws Exception {
    ProxyHeader tcp4 = Feed.read(Feed.v2(0x21, 0x11, INET));
    assertEquals(ProxyVersion.V2, tcp4.version());
    assertFalse(tcp4.isLocal());
    assertEquals(tcp("192.0.2.1:56324"), tcp4.source());
    assertEquals(tcp("192.0.2.2:443"), tcp4.destination());

    ProxyHeader udp4 = Feed.read(Feed.v2(0x21, 0x12, INET));
    assertEquals(UdpAddr.of(AddrPort.parse("192.0.2.1:56324")), udp4.source());

    ProxyHeader tcp6 = Feed.read(Feed.v2(0x21, 0x21, INET6));
    assertEquals(tcp("[2001:db8::1]:56324"), tcp6.source());
    assertEquals(tcp("[2001:db8::2]:443"), tcp6.destination());

    ProxyHeader udp6 = Feed.read(Feed.v2(0x21, 0x22, INET6));
    assertEquals(UdpAddr.of(AddrPort.parse("[2001:db8::2]:443")), udp6.destination());

    ProxyHeader unix = Feed.read(Feed.v2(0x21, 0x31, path("/run/client"), path("/run/proxy")));
    assertEquals(UnixAddr.of("unix", "/run/client"), unix.source());
    assertEquals(UnixAddr.of("unix", "/run/proxy"), unix.destination());

    ProxyHeader unixgram = Feed.read(Feed.v2(0x21, 0x32, path("/a"), path("/b")));
    assertEquals(UnixAddr.of("unixgram", "/a"), unixgram.source());
  }

  @Test
  void unixSocketsMayHaveNoNameOrAnAbstractOne() throws Exception {
    ProxyHeader header = Feed.read(Feed.v2(0x21, 0x31, path(""), path("\0abstract\0name")));
    assertEquals(UnixAddr.of("unix", ""), header.source());
    assertEquals(UnixAddr.of("unix", "@abstract\0name"), header.destination());
    assertEquals(header, Feed.read(header.encode()));

    ProxyHeader longest = Feed.read(Feed.v2(0x21, 0x31, path("/" + "x".repeat(106)), path("@x")));
    assertEquals(UnixAddr.of("unix", "/" + "x".repeat(106)), longest.source());
    assertEquals(UnixAddr.of("unix", "./@x"), longest.destination(), "a path, and not abstract");

    byte[] behindNul = path("/a\0rest");
    assertEquals(
        UnixAddr.of("unix", "/a"), Feed.read(Feed.v2(0x21, 0x31, behindNul, path(""))).source());
  }

  @Test
  void aPathThatNobodyCanNameIsRefused() {
    assertRefused(
        Reason.MALFORMED,
        "/\u00ff",
        "source path \"/\\xff\" is not in UTF-8",
        Feed.v2(0x21, 0x31, Arrays.copyOf(Feed.hex("2fff"), 108), path("")));
    byte[] full = path("x".repeat(108));
    assertEquals(Reason.MALFORMED, refusal(Feed.v2(0x21, 0x31, path(""), full)).reason());
  }

  @Test
  void localIsLegalAndItsBlockIsDropped() throws Exception {
    ProxyHeader bare = Feed.read(Feed.v2(0x20, 0x00));
    assertTrue(bare.isLocal());
    assertNull(bare.source());
    assertEquals(bare, Feed.read(Feed.v2(0x20, 0x11, INET)));
    assertEquals(bare, Feed.read(Feed.v2(0x20, 0xff, Feed.hex("010203"))));
    assertEquals(ProxyHeader.local(), bare);
    assertArrayEquals(Feed.v2(0x20, 0x00), ProxyHeader.local().encode());
  }

  @Test
  void unspecifiedIsLegalWithTlvsOrWithAddressesThatHaveNoNumber() throws Exception {
    ProxyHeader bare = Feed.read(Feed.v2(0x21, 0x00));
    assertEquals(ProxyHeader.unknown(ProxyVersion.V2), bare);
    assertFalse(bare.isLocal());
    ProxyHeader named = Feed.read(Feed.v2(0x21, 0x00, Feed.tlv(2, "host".getBytes(UTF_8))));
    assertEquals("host", named.authority());
    assertNull(named.source());
    assertEquals(bare, Feed.read(Feed.v2(0x21, 0x00, Feed.hex("ffffff"))));
    assertEquals(
        Reason.CHECKSUM,
        refusal(Feed.v2(0x21, 0x00, Feed.tlv(3, Feed.hex("01020304")))).reason(),
        "a checksum that is there is held");
  }

  @ParameterizedTest
  @ValueSource(
      ints = {0x01, 0x02, 0x10, 0x13, 0x1f, 0x20, 0x23, 0x30, 0x33, 0x40, 0x41, 0xf1, 0xff})
  void otherFamiliesAreRefused(int family) {
    String hex = String.format(Locale.ROOT, "0x%02x", family);
    assertRefused(
        Reason.MALFORMED,
        hex,
        "family \"" + hex + "\" is none that there is",
        Feed.v2(0x21, family, new byte[216]));
  }

  @ParameterizedTest
  @CsvSource({
    "0x01, version, 0, is not 2",
    "0x11, version, 1, is not 2",
    "0x31, version, 3, is not 2",
    "0xf0, version, 15, is not 2",
    "0x22, command, 2, is none of 0 and 1",
    "0x2f, command, 15, is none of 0 and 1",
  })
  void otherVersionsAndCommandsAreRefused(String octet, String what, String value, String why) {
    assertRefused(
        Reason.MALFORMED,
        value,
        what + " \"" + value + "\" " + why,
        Feed.v2(Integer.decode(octet), 0x11, INET));
  }

  @ParameterizedTest
  @CsvSource({"0x11, 12", "0x12, 12", "0x21, 36", "0x22, 36", "0x31, 216", "0x32, 216"})
  void aLengthWithoutRoomForTheAddressesIsRefused(String family, int needed) throws Exception {
    for (int length : new int[] {0, 1, needed - 1}) {
      assertRefused(
          Reason.MALFORMED,
          Integer.toString(length),
          "length \"" + length + "\" has no room for addresses of " + needed,
          Feed.v2(0x21, Integer.decode(family), new byte[length]));
    }
    assertNotNull(Feed.read(Feed.v2(0x21, Integer.decode(family), new byte[needed])).source());
  }

  @Test
  void aHeaderAboveTheLimitIsRefusedBeforeItComes() throws Exception {
    byte[] most = Feed.v2(0x21, 0x11, INET, Feed.tlv(0xe0, new byte[Feed.MAX - 16 - 12 - 3]));
    assertEquals(Feed.MAX, most.length);
    assertEquals(1, Feed.read(most).tlvs().size());
    byte[] head = Arrays.copyOf(Feed.v2(0x21, 0x11, new byte[Feed.MAX - 15]), 16);
    assertRefused(Reason.TOO_LONG, "4097", "header of \"4097\" bytes is above 4096", head);
  }

  @Test
  void theSignatureIsHeldByteForByte() {
    byte[] good = Feed.v2(0x21, 0x11, INET);
    for (int i = 0; i < 12; i++) {
      byte[] bad = good.clone();
      bad[i] ^= 1;
      assertEquals(Reason.ABSENT, refusal(Arrays.copyOf(bad, i + 1)).reason(), "byte " + i);
    }
  }

  // ---- TLVs ------------------------------------------------------------------------------------

  @Test
  void allTlvsOfTheSpecificationAreTold() throws Exception {
    byte[] ssl =
        Feed.join(
            Feed.hex("07 00000000"),
            Feed.tlv(0x21, "TLSv1.3".getBytes(US_ASCII)),
            Feed.tlv(0x22, "J\u00fcrgen".getBytes(UTF_8)),
            Feed.tlv(0x23, "TLS_AES_128_GCM_SHA256".getBytes(US_ASCII)),
            Feed.tlv(0x24, "SHA256".getBytes(US_ASCII)),
            Feed.tlv(0x25, "RSA2048".getBytes(US_ASCII)));
    ProxyHeader header =
        Feed.read(
            Feed.v2(
                0x21,
                0x11,
                INET,
                Feed.tlv(0x01, "h2".getBytes(US_ASCII)),
                Feed.tlv(0x02, "b\u00fccher.example".getBytes(UTF_8)),
                Feed.tlv(0x04, new byte[5]),
                Feed.tlv(0x05, Feed.hex("0102ff")),
                Feed.tlv(0x20, ssl),
                Feed.tlv(0x30, "blue".getBytes(US_ASCII)),
                Feed.tlv(0xea, Feed.hex("ff"))));
    assertEquals("h2", header.alpn());
    assertEquals("b\u00fccher.example", header.authority());
    assertArrayEquals(Feed.hex("0102ff"), header.uniqueId());
    assertEquals("blue", header.netns());
    assertEquals(ProxyTlv.of(0xea, Feed.hex("ff")), header.tlv(0xea));
    assertEquals(7, header.tlvs().size());
    assertNull(header.tlv(0xeb));
    ProxySsl told = header.ssl();
    assertNotNull(told);
    assertTrue(told.isOverTls());
    assertTrue(told.hasCertificateOfConnection());
    assertTrue(told.hasCertificateOfSession());
    assertTrue(told.isVerified());
    assertEquals("TLSv1.3", told.version());
    assertEquals("J\u00fcrgen", told.commonName());
    assertEquals("TLS_AES_128_GCM_SHA256", told.cipher());
    assertEquals("SHA256", told.signatureAlgorithm());
    assertEquals("RSA2048", told.keyAlgorithm());
    assertEquals(header, Feed.read(header.encode()));
  }

  @Test
  void withoutTlvsNothingIsTold() throws Exception {
    ProxyHeader header = Feed.read(Feed.v2(0x21, 0x11, INET));
    assertNull(header.alpn());
    assertNull(header.authority());
    assertNull(header.uniqueId());
    assertNull(header.netns());
    assertNull(header.ssl());
    assertFalse(header.hasChecksum());
    assertEquals(List.of(), header.tlvs());
  }

  @Test
  void aCertificateThatWasNotVerifiedIsNoneThatWas() {
    assertFalse(ProxySsl.of(1, 0, List.of()).isVerified(), "none was shown");
    assertFalse(ProxySsl.of(5, 19, List.of()).isVerified());
    assertTrue(ProxySsl.of(5, 0, List.of()).isVerified());
    assertEquals(19, ProxySsl.of(5, 19, List.of()).verify());
  }

  @Test
  void theChecksumIsHeldOverTheWholeHeader() throws Exception {
    byte[] zeroed =
        Feed.v2(0x21, 0x11, INET, Feed.tlv(3, new byte[4]), Feed.tlv(1, "h2".getBytes(US_ASCII)));
    byte[] good = zeroed.clone();
    System.arraycopy(Feed.crc(zeroed), 0, good, 16 + 12 + 3, 4);
    ProxyHeader header = Feed.read(good);
    assertTrue(header.hasChecksum());
    assertEquals(1, header.tlvs().size(), "the checksum is none of what is said");

    for (int i = 16; i < good.length; i++) { // before are signature, version and length
      if (i == 16 + 12) {
        continue; // with another type it is no checksum
      }
      byte[] bad = good.clone();
      bad[i] ^= 0x40;
      Reason reason = refusal(bad).reason();
      assertTrue(reason == Reason.CHECKSUM || reason == Reason.MALFORMED, "byte " + i);
    }
    byte[] bad = good.clone();
    bad[16] ^= 1;
    assertTrue(refusal(bad).getMessage().contains("proxy protocol: checksum \""));
    assertEquals(header, Feed.read(header.encode()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "01 0001 | 1 | length of TLV 0x01 \"1\" is above the 0 bytes that are left",
        "02 ffff 41 | 65535 | length of TLV 0x02 \"65535\" is above the 1 bytes that are left",
        "01 | 1 | rest of \"1\" bytes is shorter than a TLV",
        "01 00 | 2 | rest of \"2\" bytes is shorter than a TLV",
        "01 0000 05 | 1 | rest of \"1\" bytes is shorter than a TLV",
        "03 0003 000000 | 3 | length of the checksum \"3\" is not 4",
        "03 0005 0000000000 | 5 | length of the checksum \"5\" is not 4",
        "20 0004 01000000 | 4 | length of the SSL TLV \"4\" is below 5",
        "20 0007 0100000000 2100 | 2 | rest of \"2\" bytes is shorter than a TLV",
        "20 0008 0100000000 210001 | 1 |"
            + " length of TLV 0x21 \"1\" is above the 0 bytes that are left",
      })
  void tlvsWhoseLengthCannotBeAreRefused(String tlvs, String value, String text) {
    assertRefused(Reason.MALFORMED, value, text, Feed.v2(0x21, 0x11, INET, Feed.hex(tlvs)));
  }

  @Test
  void aUniqueIdHasAtMost128Bytes() throws Exception {
    byte[] most = new byte[128];
    assertArrayEquals(most, Feed.read(Feed.v2(0x21, 0x11, INET, Feed.tlv(5, most))).uniqueId());
    assertRefused(
        Reason.MALFORMED,
        "129",
        "length of the unique id \"129\" is above 128",
        Feed.v2(0x21, 0x11, INET, Feed.tlv(5, new byte[129])));
    assertThrows(
        IllegalArgumentException.class,
        () -> ProxyHeader.unknown(ProxyVersion.V2).withUniqueId(new byte[129]));
  }

  @Test
  void twoChecksumsAreNone() {
    byte[] twice = Feed.v2(0x21, 0x11, INET, Feed.tlv(3, new byte[4]), Feed.tlv(3, new byte[4]));
    byte[] zeroed = twice.clone();
    System.arraycopy(Feed.crc(zeroed), 0, twice, 16 + 12 + 3, 4);
    assertEquals(Reason.MALFORMED, refusal(twice).reason());
  }

  // ---- writing ---------------------------------------------------------------------------------

  @Test
  void whatIsWrittenIsWhatTheSpecificationShows() {
    ProxyHeader header =
        ProxyHeader.of(ProxyVersion.V2, tcp("192.0.2.1:56324"), tcp("192.0.2.2:443"));
    assertArrayEquals(Feed.v2(0x21, 0x11, INET), header.encode());
    assertArrayEquals(
        Feed.v2(0x21, 0x11, INET, Feed.tlv(1, "h2".getBytes(US_ASCII))),
        header.withAlpn("h2").encode());
    assertArrayEquals(Feed.v2(0x21, 0x00), ProxyHeader.unknown(ProxyVersion.V2).encode());
    assertArrayEquals(
        Feed.v2(
            0x21,
            0x21,
            Feed.hex(
                "00000000000000000000ffffc0000201 20010db8000000000000000000000002 0001 0002")),
        ProxyHeader.of(ProxyVersion.V2, tcp("192.0.2.1:1"), tcp("[2001:db8::2]:2")).encode());
    assertArrayEquals(
        Feed.v2(0x21, 0x31, path("/a"), path("\0b")),
        ProxyHeader.of(ProxyVersion.V2, UnixAddr.of("unix", "/a"), UnixAddr.of("unix", "@b"))
            .encode());
  }

  @Test
  void whatCannotBeWrittenIsRefusedByName() {
    ProxyHeader header = ProxyHeader.unknown(ProxyVersion.V2);
    assertProblem("TLV type is 256, not within 0 to 255", () -> ProxyTlv.of(256, new byte[0]));
    assertProblem("TLV value has 65536 bytes, above 65535", () -> ProxyTlv.of(1, new byte[65536]));
    assertProblem(
        "the checksum is computed: withChecksum",
        () -> header.withTlv(ProxyTlv.of(3, new byte[4])));
    assertProblem(
        "length of the SSL TLV \"1\" is below 5",
        () -> header.withTlv(ProxyTlv.of(0x20, new byte[1])));
    assertProblem(
        "a LOCAL header has no TLVs that anybody reads", () -> ProxyHeader.local().withAlpn("h2"));
    assertProblem(
        "header has 65538 bytes, above 65535",
        () -> header.withTlv(ProxyTlv.of(0xe0, new byte[65535])));
    NetAddr packet = UnixAddr.of("unixpacket", "/x");
    assertProblem(
        "no header of version V2 tells unixpacket",
        () -> ProxyHeader.of(ProxyVersion.V2, packet, packet));
    assertProblem("flags are 256, not within 0 to 255", () -> ProxySsl.of(256, 0, List.of()));
  }

  private static void assertProblem(String text, Runnable call) {
    assertEquals(text, assertThrows(IllegalArgumentException.class, call::run).getMessage());
  }

  @Test
  void aCommonNameIsFoundInASubject() {
    assertEquals("a", CommonName.of("CN=a"));
    assertEquals("a, b", CommonName.of("OU=x,CN=a\\, b,O=y"));
    assertEquals("a", CommonName.of("OU=x\\,CN=no+CN=a,O=y"));
    assertEquals("a,b", CommonName.of("CN=\"a,b\",O=y"));
    assertNull(CommonName.of("O=y"));
    assertNull(CommonName.of(""));
    assertNull(CommonName.of("CN=#0c0161"));
  }
}
