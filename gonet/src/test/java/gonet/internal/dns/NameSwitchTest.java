package gonet.internal.dns;

import static org.junit.jupiter.api.Assertions.assertEquals;

import gonet.support.Proves;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** nsswitch.conf(5) says where hosts are looked for, and for which of them that is not here. */
@Proves("names-records")
class NameSwitchTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "passwd: files                                   | FILES, DNS | false | false | false",
        "hosts: files dns                                | FILES, DNS | false | false | false",
        "hosts: dns files # as we like it                | DNS, FILES | false | false | false",
        "hosts: files                                    | FILES      | false | false | false",
        "hosts:files mdns4_minimal [NOTFOUND=return] dns | FILES, DNS | false | true  | false",
        "hosts: mymachines resolve [!UNAVAIL=return] files dns | FILES, DNS | true | true | true",
        "hosts: files dns myhostname                     | FILES, DNS | false | false | true",
        "hosts: files [NOTFOUND=return] dns              | FILES, DNS | true  | true  | true",
        "hosts: files [success=return notfound=continue] dns | FILES, DNS | false | false | false",
        "hosts: files wins dns                           | FILES, DNS | true  | true  | true",
        "hosts: db files [                               | FILES      | true  | true  | true"
      })
  void sources(String line, String order, boolean any, boolean local, boolean own) {
    NameSwitch nameSwitch = NameSwitch.parse(List.of("# comment", line));
    String sources = nameSwitch.order().toString();
    assertEquals(order, sources.substring(1, sources.length() - 1).replace(", [", ""));
    assertEquals(any, nameSwitch.needsSystem("www.example", () -> "me"));
    assertEquals(local, nameSwitch.needsSystem("Printer.Local.", () -> "me"));
    assertEquals(own, nameSwitch.needsSystem("ME", () -> "me"));
  }
}
