package gonet.internal.dns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.support.Proves;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** resolv.conf(5) is read as the C library reads it. */
@Proves("names-records")
class ResolvConfTest {
  @Test
  void aFileWithEverything() {
    ResolvConf conf =
        ResolvConf.parse(
            List.of(
                "# a comment",
                "; another one",
                "domain localdomain",
                "nameserver 8.8.8.8",
                "nameserver 2001:4860:4860::8888",
                "  nameserver fe80::1%lo",
                "nameserver 9.9.9.9",
                "options ndots:5 timeout:10 attempts:3 rotate",
                "options attempts 3"));
    assertEquals(
        "[8.8.8.8:53, [2001:4860:4860::8888]:53, [fe80::1%lo]:53]", conf.servers().toString());
    assertEquals(List.of("localdomain."), conf.search());
    assertEquals(5, conf.ndots());
    assertEquals(Duration.ofSeconds(10).toNanos(), conf.timeoutNanos());
    assertEquals(3, conf.attempts());
    assertTrue(conf.rotate());
    assertFalse(conf.stream());
  }

  @Test
  void withoutAFileTheMachineAsksItself() {
    ResolvConf conf = ResolvConf.parse(List.of());
    assertEquals("[127.0.0.1:53, [::1]:53]", conf.servers().toString());
    assertEquals(1, conf.ndots());
    assertEquals(2, conf.attempts());
    assertEquals(Duration.ofSeconds(5).toNanos(), conf.timeoutNanos());
  }

  @ParameterizedTest
  @CsvSource({
    "domain a, search b c, b. c.",
    "search b c, domain a, a.",
    "search ., '', ''",
    "search a. ., '', a.",
    "search, '', ''"
  })
  void theLastOfDomainAndSearchCounts(String first, String second, String search) {
    ResolvConf conf = ResolvConf.parse(List.of(first, second));
    assertEquals(search, String.join(" ", conf.search()));
  }

  @ParameterizedTest
  @CsvSource({
    "ndots:16, 15, 5, 2",
    "ndots:-1, 0, 5, 2",
    "ndots:invalid, 0, 5, 2",
    "ndots:99999999999999999999, 15, 5, 2",
    "timeout:0, 1, 1, 2",
    "timeout:-7, 1, 1, 2",
    "attempts:0, 1, 5, 1",
    "attempts, 1, 5, 2",
    "nonsense:3, 1, 5, 2"
  })
  void numbersAreBrought(String option, int ndots, int seconds, int attempts) {
    ResolvConf conf = ResolvConf.parse(List.of("options " + option));
    assertEquals(ndots, conf.ndots());
    assertEquals(Duration.ofSeconds(seconds).toNanos(), conf.timeoutNanos());
    assertEquals(attempts, conf.attempts());
  }

  @Test
  void optionsWithoutNumbers() {
    ResolvConf conf =
        ResolvConf.parse(List.of("options single-request-reopen use-vc trust-ad no-reload"));
    assertTrue(conf.oneByOne());
    assertTrue(conf.stream());
    assertTrue(conf.trustAd());
    assertFalse(conf.reloads());
  }

  @Test
  void aServerThatIsNoAddressIsSkipped() {
    ResolvConf conf = ResolvConf.parse(List.of("nameserver dns.example", "nameserver 192.0.2.1"));
    assertEquals("[192.0.2.1:53]", conf.servers().toString());
  }

  @ParameterizedTest
  @CsvSource({
    "host, 1, host.a.test. host.b.test. host.",
    "host., 1, host.",
    "www.host, 1, www.host. www.host.a.test. www.host.b.test.",
    "www.host, 2, www.host.a.test. www.host.b.test. www.host.",
    "host, 0, host. host.a.test. host.b.test.",
    "hidden.onion, 1, ''",
    "hidden.ONION., 1, ''",
    "www.invalid, 1, ''",
    "'', 1, ''"
  })
  void candidatesInTheirOrder(String name, int ndots, String candidates) {
    ResolvConf conf = ResolvConf.parse(List.of("search a.test b.test")).withNdots(ndots);
    assertEquals(candidates, String.join(" ", conf.candidates(name)));
  }

  @Test
  void aCandidateThatIsTooLongIsLeftOut() {
    ResolvConf conf = ResolvConf.parse(List.of("search a.test"));
    String longest = ("a".repeat(63) + ".").repeat(3) + "a".repeat(61);
    assertEquals(List.of(longest + "."), conf.candidates(longest));
    assertEquals(List.of(), conf.candidates(longest + "a"));
    assertEquals(List.of(longest + "."), conf.candidates(longest + "."));
    assertEquals(List.of(), conf.candidates(longest + "a."));
  }
}
