package gonet.internal.dns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import gonet.netip.Addr;
import gonet.support.Proves;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** hosts(5) is read as the C library reads it. */
@Proves("names-records")
class HostsFileTest {
  private static final HostsFile FILE =
      HostsFile.parse(
          List.of(
              "255.255.255.255\tbroadcasthost",
              "127.0.0.1 odin odin.Test. # and so on",
              "127.0.0.2\todin",
              "::2             odin",
              "fe80::1%lo      link",
              "127.1 notanaddress",
              "500.1.1.1 notone",
              "192.0.2.9",
              "# 192.0.2.10 comment",
              "   192.0.2.11  indented  INDENTED",
              "192.0.2.12 odin.test"));

  private static String host(String name) {
    HostsFile.Host host = FILE.host(name);
    return Objects.requireNonNull(host, name).canonical() + " " + host.addrs();
  }

  @Test
  void aNameHasTheAddressesOfAllItsLines() {
    assertEquals("odin [127.0.0.1, 127.0.0.2, ::2]", host("odin"));
    assertEquals("odin [127.0.0.1, 127.0.0.2, ::2]", host("ODIN."));
    assertEquals("odin [127.0.0.1, 192.0.2.12]", host("odin.test"));
    assertEquals("link [fe80::1%lo]", host("link"));
    assertEquals("indented [192.0.2.11]", host("Indented"));
  }

  @Test
  void whatIsNoLineNamesNobody() {
    assertNull(FILE.host("notanaddress"));
    assertNull(FILE.host("notone"));
    assertNull(FILE.host("comment"));
    assertNull(FILE.host(""));
  }

  @Test
  void anAddressHasItsNamesInTheirOrder() {
    assertEquals(List.of("odin", "odin.Test."), FILE.names(Addr.parse("127.0.0.1")));
    assertEquals(List.of("link"), FILE.names(Addr.parse("fe80::1%lo")));
    assertEquals(List.of(), FILE.names(Addr.parse("192.0.2.9")));
  }
}
