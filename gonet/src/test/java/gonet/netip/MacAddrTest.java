package gonet.netip;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import gonet.support.Proves;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Go's {@code mac_test.go}. */
@Proves("addr-hardware")
class MacAddrTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "00:00:5e:00:53:01",
        "02:00:5e:10:00:00:00:01",
        "00:00:00:00:fe:80:00:00:00:00:00:00:02:00:5e:10:00:00:00:01",
      })
  void eachFormInEitherCaseReadsAsTheSameAddress(String colons) {
    MacAddr mac = MacAddr.parse(colons);
    assertEquals(colons, mac.toString());
    String dashes = colons.replace(':', '-');
    String plain = colons.replace(":", "");
    String dots = plain.replaceAll("(.{4})(?=.)", "$1.");
    for (String form : new String[] {colons, dashes, dots}) {
      assertEquals(mac, MacAddr.parse(form));
      assertEquals(mac, MacAddr.parse(form.toUpperCase(Locale.ROOT)));
      assertEquals(mac.hashCode(), MacAddr.parse(form).hashCode());
    }
    assertEquals(mac, MacAddr.of(mac.bytes()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "0",
        "01.02.03.04.05.06",
        "01:02:03:04:05:06:",
        "x1:02:03:04:05:06",
        "01002:03:04:05:06",
        "01:02003:04:05:06",
        "01:02:03004:05:06",
        "01:02:03:04005:06",
        "01:02:03:04:05006",
        "01-02:03:04:05:06",
        "01:02-03-04-05-06",
        "0123:4567:89AF",
        "0123-4567-89AF",
        "0123.4567.89AG",
        "0123.4567:89AF",
        "01:02:03:04:05",
        "01:02:03:04:05:06:07",
        "01:02:03:04:05:０６",
      })
  void anythingElseIsRefusedInGosWords(String text) {
    AddrParseException e = assertThrows(AddrParseException.class, () -> MacAddr.parse(text));
    assertEquals("address " + text + ": invalid MAC address", e.getMessage());
  }

  @Test
  void itIsAValueThatNobodyChanges() {
    byte[] bytes = {0, 0, 0x5e, 0, 0x53, 1};
    MacAddr mac = MacAddr.of(bytes);
    bytes[0] = 1;
    mac.bytes()[1] = 1;
    assertArrayEquals(new byte[] {0, 0, 0x5e, 0, 0x53, 1}, mac.bytes());
    assertNotEquals(mac, MacAddr.of(bytes));
    assertThrows(IllegalArgumentException.class, () -> MacAddr.of(new byte[0]));
  }
}
