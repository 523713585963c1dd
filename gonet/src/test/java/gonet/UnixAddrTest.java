package gonet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.support.Proves;
import java.net.UnixDomainSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UnixAddrTest {

  @Test
  void aPathAnAbstractNameAndNoneAreToldApart() {
    UnixAddr path = UnixAddr.of("unix", "/run/x.sock");
    assertTrue(path.isPath() && !path.isAbstract() && !path.isUnnamed());
    assertEquals("/run/x.sock", path.name());
    assertEquals("unix", path.network());
    assertNull(path.addrPort());
    UnixAddr name = UnixAddr.of("unixpacket", "@x");
    assertTrue(name.isAbstract() && !name.isPath() && !name.isUnnamed());
    assertEquals("unixpacket", name.network());
    assertEquals("@x", name.toString());
    UnixAddr none = UnixAddr.of("unix", "");
    assertTrue(none.isUnnamed() && !none.isPath() && !none.isAbstract());
    assertEquals("", none.name());
    assertEquals("@", none.toString());
    assertTrue(UnixAddr.of("unix", "./@x").isPath());
  }

  @Test
  void addressesAreEqualByNetworkAndName() {
    assertEquals(UnixAddr.of("unix", "/a"), UnixAddr.of("unix", "/a"));
    assertEquals(UnixAddr.of("unix", "/a").hashCode(), UnixAddr.of("unix", "/a").hashCode());
    assertEquals(UnixAddr.of("unix", "/a"), UnixAddr.of(UnixDomainSocketAddress.of("/a")));
    assertNotEquals(UnixAddr.of("unix", "/a"), UnixAddr.of("unixpacket", "/a"));
    assertNotEquals(UnixAddr.of("unix", "/a"), UnixAddr.of("unix", "/b"));
    assertFalse(UnixAddr.of("unix", "/a").equals(new Object()));
  }

  @Test
  @Proves("node-path-length")
  void aNameThatDoesNotFitIsRefusedWithItsLengthInBytes() throws Exception {
    assertEquals(107, UnixAddr.resolve("unix", "/" + "p".repeat(106)).name().length());
    assertEquals(108, UnixAddr.resolve("unix", "@" + "n".repeat(107)).name().length());
    assertRefused("/" + "p".repeat(107), "is 108 bytes long, and at most 107 fit");
    assertRefused("@" + "n".repeat(108), "is 109 bytes long, and at most 108 fit");
    assertRefused("/" + "ä".repeat(54), "is 109 bytes long, and at most 107 fit");
  }

  @Test
  void aNulInAPathIsRefused() {
    NetAddressException e =
        assertThrows(NetAddressException.class, () -> UnixAddr.resolve("unix", "/a\0b"));
    assertEquals("address /a\\0b: has a NUL in its path", e.getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"tcp", "udp", "ip4:icmp"})
  void anotherNetworkIsNotSupportedHere(String network) {
    NetAddressException e =
        assertThrows(NetAddressException.class, () -> UnixAddr.resolve(network, "/a"));
    assertEquals("network " + network + ": not supported", e.getMessage());
  }

  @Test
  void anUnknownNetworkIsRefusedByItsName() {
    assertEquals(
        "unknown network UNIX",
        assertThrows(NetAddressException.class, () -> UnixAddr.resolve("UNIX", "/a")).getMessage());
  }

  private static void assertRefused(String name, String why) {
    NetAddressException e =
        assertThrows(NetAddressException.class, () -> UnixAddr.resolve("unix", name));
    assertEquals(name, e.value());
    assertEquals(why, e.why());
    assertEquals("address " + name + ": " + why, e.getMessage());
    assertThrows(IllegalArgumentException.class, () -> UnixAddr.of("unix", name));
  }
}
