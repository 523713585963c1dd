package gonet.test.dns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.DnsResolver;
import gonet.Net;
import gonet.internal.dns.DescriptorLimit;
import gonet.netip.Addr;
import gonet.test.LeakCheck;
import gonet.test.Proves;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Very many lookups at once take turns with the descriptors, and none is lost. */
@LeakCheck
@Proves({"names-records", "jvm-lookup"})
@Timeout(180)
class LookupMassTest {
  private static final Duration SLOW = Duration.ofSeconds(1);

  /** Where there are few descriptors there are fewer sockets at a time, and it takes longer. */
  private static final int LOOKUPS = DescriptorLimit.soft() >= 16_000 ? 10_000 : 1_000;

  @Test
  void tenThousandLookupsOfASlowServerAllHaveTheirAnswer() throws Exception {
    Map<String, Integer> wrong = new ConcurrentHashMap<>();
    Map<String, List<Addr>> found = new ConcurrentHashMap<>();
    CountDownLatch left = new CountDownLatch(LOOKUPS);
    int most = 0;
    try (NameServer server =
        NameServer.start(
            "127.0.0.1",
            (q, out) -> out.sendAfter(SLOW, q.reply().addr(address(q.name())).soa(1).bytes()))) {
      DnsResolver resolver =
          DnsResolver.defaults()
              .withServers(List.of(server.addr()))
              .withSearch(List.of())
              .withTries(Duration.ofSeconds(5), 20); // a busy machine takes its time
      for (int i = 0; i < LOOKUPS; i++) {
        String name = "n" + i + ".test";
        Net.go(
            () -> {
              try {
                found.put(name, resolver.lookupHost(name));
              } catch (Throwable t) {
                wrong.merge(String.valueOf(t).replaceAll("n\\d+", "n"), 1, Integer::sum);
                throw t;
              } finally {
                left.countDown();
              }
            });
      }
      while (!left.await(20, TimeUnit.MILLISECONDS)) {
        most = Math.max(most, (int) Net.stats().open());
      }
    }
    assertEquals(Map.of(), wrong);
    for (int i = 0; i < LOOKUPS; i++) {
      String name = "n" + i + ".test";
      assertEquals(List.of(Addr.parse(address(name + "."))), found.get(name), name);
    }
    int sockets = Math.min(4096, DescriptorLimit.soft() / 4);
    assertTrue(most <= sockets + 64, most + " sockets at the same time");
  }

  private static String address(String name) {
    int number = Integer.parseInt(name.substring(1, name.indexOf('.')));
    return "10.0." + number / 256 + "." + number % 256;
  }
}
