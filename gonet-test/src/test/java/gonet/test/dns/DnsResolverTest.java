package gonet.test.dns;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.Dialer;
import gonet.DnsException;
import gonet.DnsResolver;
import gonet.Listener;
import gonet.LookupRequest;
import gonet.LookupRequest.Family;
import gonet.Net;
import gonet.NetAddr;
import gonet.TcpAddr;
import gonet.TimeLimit;
import gonet.UdpAddr;
import gonet.netip.Addr;
import gonet.netip.AddrPort;
import gonet.test.LeakCheck;
import gonet.test.Proves;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The resolver against name servers that answer well, badly, late or not at all. */
@LeakCheck
@Proves("names-records")
@Timeout(180)
class DnsResolverTest {
  /** Longer than a test takes: whatever waits for it fails by the test's own limit. */
  private static final Duration LONG = Duration.ofMinutes(5);

  private final List<NameServer> servers = new ArrayList<>();

  @AfterEach
  void close() throws IOException {
    for (NameServer server : servers) {
      server.close();
    }
  }

  private NameServer serve(NameServer.Script script) throws IOException {
    NameServer server = NameServer.start("127.0.0.1", script);
    servers.add(server);
    return server;
  }

  private static DnsResolver asking(NameServer... asked) {
    return DnsResolver.defaults()
        .withServers(List.of(asked).stream().map(NameServer::addr).toList())
        .withSearch(List.of())
        .withTries(LONG, 1);
  }

  private static DnsResolver impatient(NameServer... asked) {
    return asking(asked).withTries(Duration.ofMillis(200), 1);
  }

  private static List<Integer> types(NameServer server) {
    return server.queries().stream().map(DnsQuery::type).sorted().toList();
  }

  private static List<String> names(List<Addr> addrs) {
    return addrs.stream().map(Addr::toString).sorted().toList();
  }

  private static void assertFails(String message, Job lookup) {
    DnsException e = assertThrows(DnsException.class, lookup::run);
    assertEquals(message, e.getMessage());
  }

  private interface Job {
    void run() throws Exception;
  }

  // ---- answers ---------------------------------------------------------------------------------

  @Test
  void bothFamiliesAreAskedForAtOnceByOneSocket() throws Exception {
    NameServer server =
        serve((q, out) -> out.send(q.reply().addr("192.0.2.1").addr("2001:db8::1").bytes()));
    List<Addr> addrs = asking(server).lookupHost("www.test");
    assertEquals(List.of("192.0.2.1", "2001:db8::1"), names(addrs));
    assertEquals(List.of(DnsQuery.A, DnsQuery.AAAA), types(server));
    assertEquals(server.queries().get(0).from(), server.queries().get(1).from());
    assertEquals("www.test.", server.queries().get(0).name());
    assertTrue(server.queries().get(0).edns());
  }

  @Test
  void oneFamilyIsAskedForAlone() throws Exception {
    NameServer server =
        serve((q, out) -> out.send(q.reply().addr("192.0.2.1").addr("2001:db8::1").bytes()));
    DnsResolver resolver = asking(server);
    LookupRequest request = LookupRequest.of("www.test");
    assertEquals(List.of("2001:db8::1"), names(resolver.lookup(request.withFamily(Family.IPV6))));
    assertEquals(List.of("192.0.2.1"), names(resolver.lookup(request.withFamily(Family.IPV4))));
    assertEquals(List.of(DnsQuery.A, DnsQuery.AAAA), types(server));
  }

  @Test
  void ofTwoQueriesNoIdAndNoPortIsTheSame() throws Exception {
    NameServer server = serve((q, out) -> out.send(q.reply().addr("192.0.2.1").soa(1).bytes()));
    DnsResolver resolver = asking(server);
    for (int i = 0; i < 20; i++) {
      resolver.lookupHost("www.test");
    }
    // 40 random numbers of 65,536: that a quarter of them come twice happens once in 10^30 years.
    assertTrue(server.queries().stream().map(DnsQuery::id).distinct().count() > 30);
    assertTrue(server.queries().stream().map(DnsQuery::from).distinct().count() > 10);
  }

  @Test
  void aliasesAreFollowedAndTheLastOneIsTheCname() throws Exception {
    NameServer server =
        serve(
            (q, out) ->
                out.send(
                    q.reply()
                        .addr("c.test.", "192.0.2.3")
                        .cname("b.test.", "c.test.")
                        .cname("a.test.", "b.test.")
                        .addr("evil.test.", "192.0.2.66")
                        .bytes()));
    DnsResolver resolver = asking(server);
    assertEquals(List.of("192.0.2.3"), names(resolver.lookupHost("a.test")));
    assertEquals("c.test.", resolver.lookupCname("A.test"));
    assertEquals("c.test.", resolver.lookupCname("c.test."));
  }

  @Test
  void anAliasWithoutItsTargetIsFollowedByAnotherQuery() throws Exception {
    NameServer server =
        serve(
            (q, out) ->
                out.send(
                    q.name().equals("a.test.")
                        ? q.reply().cname("a.test.", "b.test.").bytes()
                        : q.reply().addr("192.0.2.3").soa(1).bytes()));
    assertEquals(List.of("192.0.2.3"), names(asking(server).lookupHost("a.test")));
    assertEquals("b.test.", asking(server).lookupCname("a.test"));
  }

  @Test
  void aliasesInACircleEnd() throws Exception {
    NameServer inOneAnswer =
        serve(
            (q, out) ->
                out.send(
                    q.reply().cname("a.test.", "b.test.").cname("b.test.", "a.test.").bytes()));
    assertThrows(DnsException.class, () -> asking(inOneAnswer).lookupHost("a.test"));
    NameServer inMany =
        serve(
            (q, out) ->
                out.send(
                    q.reply()
                        .cname(q.name(), q.name().equals("a.test.") ? "b.test." : "a.test.")
                        .bytes()));
    assertThrows(DnsException.class, () -> asking(inMany).lookupHost("a.test"));
    assertTrue(inMany.queries().size() < 30, inMany.queries().size() + " queries");
  }

  @Test
  void anAliasOfNothingHasACnameAndNoAddress() throws Exception {
    NameServer server =
        serve((q, out) -> out.send(q.reply().cname("a.test.", "b.test.").soa(1).bytes()));
    assertEquals("b.test.", asking(server).lookupCname("a.test"));
    assertFails("lookup a.test: no such host", () -> asking(server).lookupHost("a.test"));
  }

  @Test
  void everyTypeThatGoLooksUp() throws Exception {
    NameServer server =
        serve(
            (q, out) -> {
              DnsReply reply = q.reply();
              switch (q.type()) {
                case DnsQuery.MX -> reply.mx(20, "b.test.").mx(10, "a.test.");
                case DnsQuery.NS -> reply.domain("ns1.test.").domain("ns2.test.");
                case DnsQuery.TXT -> reply.txt("v=spf1 ", "-all").txt("grüße").txt();
                case DnsQuery.SRV -> reply.srv(2, 1, 81, "b.test.").srv(1, 1, 80, "a.test.");
                case DnsQuery.PTR -> reply.domain("host.test.");
                default -> reply.soa(1);
              }
              out.send(reply.bytes());
            });
    DnsResolver resolver = asking(server);
    assertEquals(
        List.of(new DnsResolver.Mx("a.test.", 10), new DnsResolver.Mx("b.test.", 20)),
        resolver.lookupMx("test"));
    assertEquals(List.of("ns1.test.", "ns2.test."), resolver.lookupNs("test."));
    assertEquals(List.of("v=spf1 -all", "grüße", ""), resolver.lookupTxt("x.test"));
    assertEquals(
        List.of(new DnsResolver.Srv("a.test.", 80, 1, 1), new DnsResolver.Srv("b.test.", 81, 2, 1)),
        resolver.lookupSrv("http", "tcp", "test"));
    assertEquals("_http._tcp.test.", server.queries().getLast().name());
    assertEquals(2, resolver.lookupSrv("", "", "direct.test").size());
    assertEquals("direct.test.", server.queries().getLast().name());
    assertEquals(List.of("host.test."), resolver.lookupAddr(Addr.parse("192.0.2.7")));
    assertEquals("7.2.0.192.in-addr.arpa.", server.queries().getLast().name());
    assertEquals(List.of("host.test."), resolver.lookupAddr(Addr.parse("::ffff:192.0.2.7")));
    assertEquals("7.2.0.192.in-addr.arpa.", server.queries().getLast().name());
  }

  @Test
  void whatCouldBeNoHostIsNotHandedOn() throws Exception {
    NameServer server =
        serve(
            (q, out) -> {
              DnsReply reply = q.reply();
              switch (q.type()) {
                case DnsQuery.MX -> reply.mx(1, "<script>.test.").mx(2, "good.test.");
                default -> reply.domain("$(reboot).test.");
              }
              out.send(reply.bytes());
            });
    DnsResolver resolver = asking(server);
    assertEquals(List.of(new DnsResolver.Mx("good.test.", 2)), resolver.lookupMx("test"));
    assertFails(
        "lookup 192.0.2.1: DNS response contained records which contain invalid names",
        () -> resolver.lookupAddr(Addr.parse("192.0.2.1")));
  }

  // ---- no answers ------------------------------------------------------------------------------

  @Test
  void aNameThatIsNotThereIsAskedForOnce() throws Exception {
    NameServer server =
        serve((q, out) -> out.send(q.reply().rcode(DnsReply.NXDOMAIN).soa(60).bytes()));
    NameServer second = serve((q, out) -> out.send(q.reply().addr("192.0.2.1").bytes()));
    DnsException e =
        assertThrows(DnsException.class, () -> asking(server, second).lookupHost("no.test"));
    assertEquals("lookup no.test on " + server.addr() + ": no such host", e.getMessage());
    assertTrue(e.isNotFound());
    assertEquals(server.addr(), e.server());
    assertEquals(List.of(DnsQuery.A, DnsQuery.AAAA), types(server));
    assertEquals(List.of(), second.queries());
  }

  @Test
  void aServerInTroubleIsFollowedByTheNext() throws Exception {
    NameServer failing = serve((q, out) -> out.send(q.reply().rcode(DnsReply.SERVFAIL).bytes()));
    NameServer lame = serve((q, out) -> out.send(q.reply().lame().bytes()));
    NameServer good = serve((q, out) -> out.send(q.reply().addr("192.0.2.1").soa(1).bytes()));
    assertEquals(List.of("192.0.2.1"), names(asking(failing, lame, good).lookupHost("www.test")));
    DnsException e =
        assertThrows(DnsException.class, () -> asking(lame, failing).lookupHost("www.test"));
    assertEquals("lookup www.test on " + failing.addr() + ": server misbehaving", e.getMessage());
    assertFalse(e.isNotFound());
    e = assertThrows(DnsException.class, () -> asking(lame).lookupHost("www.test"));
    assertEquals("lookup www.test on " + lame.addr() + ": lame referral", e.getMessage());
  }

  @Test
  void ofAFamilyWhoseServerFailsTheOthersAddressesAreEnough() throws Exception {
    NameServer server =
        serve(
            (q, out) ->
                out.send(
                    q.is(DnsQuery.A)
                        ? q.reply().addr("192.0.2.1").bytes()
                        : q.reply().rcode(DnsReply.SERVFAIL).bytes()));
    assertEquals(List.of("192.0.2.1"), names(asking(server).lookupHost("www.test")));
  }

  @Test
  void thatANameIsNotThereIsSaidOnlyIfItIsSure() throws Exception {
    NameServer server =
        serve(
            (q, out) ->
                out.send(
                    q.reply()
                        .rcode(q.is(DnsQuery.A) ? DnsReply.SERVFAIL : DnsReply.NXDOMAIN)
                        .bytes()));
    DnsException e = assertThrows(DnsException.class, () -> asking(server).lookupHost("a.test"));
    assertFalse(e.isNotFound(), e.getMessage());
  }

  @Test
  void aSilentServerIsAskedLastFromThenOn() throws Exception {
    NameServer silent = serve((q, out) -> {});
    NameServer good = serve((q, out) -> out.send(q.reply().addr("192.0.2.1").soa(1).bytes()));
    DnsResolver resolver = impatient(silent, good);
    assertEquals(List.of("192.0.2.1"), names(resolver.lookupHost("a.test")));
    assertEquals(List.of("192.0.2.1"), names(resolver.lookupHost("b.test")));
    assertTrue(silent.queries().stream().noneMatch(q -> q.name().equals("b.test.")));
  }

  @Test
  void aPortWhereNobodyListensIsSeenAtOnce() throws Exception {
    NameServer gone = serve((q, out) -> {});
    gone.close();
    NameServer good = serve((q, out) -> out.send(q.reply().addr("192.0.2.1").soa(1).bytes()));
    assertEquals(List.of("192.0.2.1"), names(asking(gone, good).lookupHost("a.test")));
    DnsException e = assertThrows(DnsException.class, () -> asking(gone).lookupHost("a.test"));
    assertTrue(e.getMessage().contains("connection refused"), e.getMessage());
  }

  @Test
  void silenceEverywhereIsATimeout() throws Exception {
    NameServer silent = serve((q, out) -> {});
    SocketTimeoutException e =
        assertThrows(SocketTimeoutException.class, () -> impatient(silent).lookupHost("www.test"));
    assertEquals("lookup www.test on " + silent.addr() + ": i/o timeout", e.getMessage());
  }

  @ParameterizedTest
  @ValueSource(ints = {DnsQuery.A, DnsQuery.AAAA})
  void aFamilyThatIsSilentCostsLittle(int answered) throws Exception {
    NameServer server =
        serve(
            (q, out) -> {
              if (q.is(answered)) {
                out.send(q.reply().addr("192.0.2.1").addr("2001:db8::1").bytes());
              }
            });
    NameServer second = serve((q, out) -> {});
    // A try takes longer than the test may: it must not be waited for.
    assertEquals(1, asking(server, second).lookupHost("www.test").size());
    assertEquals(List.of(), second.queries());
  }

  @Test
  void aLostDatagramIsSentAgain() throws Exception {
    AtomicInteger seen = new AtomicInteger();
    NameServer server =
        serve(
            (q, out) -> {
              if (seen.incrementAndGet() > 2) {
                out.send(q.reply().addr("192.0.2.1").soa(1).bytes());
              }
            });
    DnsResolver resolver = asking(server).withTries(Duration.ofSeconds(3), 1);
    assertEquals(List.of("192.0.2.1"), names(resolver.lookupHost("www.test")));
    assertEquals(
        server.queries().get(0).id(),
        server.queries().stream()
            .filter(q -> q.type() == server.queries().get(0).type())
            .toList()
            .getLast()
            .id());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a b.test",
        "-a.test",
        "a..test",
        "",
        "hidden.onion",
        "a123456789012345678901234567890123456789012345678901234567890123.test"
      })
  void aNameThatCanBeNoneIsAskedNobody(String name) throws Exception {
    NameServer server = serve((q, out) -> out.send(q.reply().addr("192.0.2.1").bytes()));
    assertFails("lookup " + name + ": no such host", () -> asking(server).lookupHost(name));
    // Another JVM of the suite may still ask the server that had this port before, for n123.test.
    assertEquals(
        List.of(), server.queries().stream().filter(q -> !q.name().startsWith("n")).toList());
  }

  @ParameterizedTest
  @ValueSource(strings = {"localhost", "LocalHost.", "a.localhost", "127.0.0.1", "::1"})
  void whatIsThisMachineNeverLeavesIt(String name) throws Exception {
    NameServer server = serve((q, out) -> out.send(q.reply().addr("192.0.2.1").bytes()));
    for (Addr addr : asking(server).lookupHost(name)) {
      assertTrue(addr.isLoopback(), addr.toString());
    }
    assertFalse(asking(server).lookupAddr(Addr.parse("127.0.0.1")).isEmpty());
    assertEquals(List.of(), server.queries());
  }

  // ---- bad answers -----------------------------------------------------------------------------

  @Test
  void whatDoesNotMatchTheQueryIsNotHeard() throws Exception {
    NameServer server =
        serve(
            (q, out) -> {
              byte[] forged = q.reply().addr("192.0.2.66").addr("2001:db8::66").bytes();
              out.sendFromElsewhere(forged);
              out.send(q.reply().withId(q.id() ^ 1).addr("192.0.2.66").bytes());
              out.send(q.reply().withQuestion("evil.test.", q.type()).addr("192.0.2.66").bytes());
              out.send(q.reply().withQuestion(q.name(), DnsQuery.TXT).addr("192.0.2.66").bytes());
              out.send(q.bytes()); // no response at all
              out.send(new byte[0]);
              out.send(new byte[] {1, 2, 3});
              out.send(
                  q.reply().withQuestion("WWW.test.", q.type()).addr("192.0.2.1").soa(1).bytes());
            });
    assertEquals(List.of("192.0.2.1"), names(asking(server).lookupHost("www.test")));
  }

  @Test
  void anAnswerThatCannotBeReadIsFollowedByTheNextServer() throws Exception {
    NameServer bad =
        serve(
            (q, out) ->
                out.send(q.reply().raw(DnsQuery.CNAME, new byte[] {(byte) 0xc0, 40}).bytes()));
    NameServer good = serve((q, out) -> out.send(q.reply().addr("192.0.2.1").soa(1).bytes()));
    assertEquals(List.of("192.0.2.1"), names(asking(bad, good).lookupHost("www.test")));
    DnsException e = assertThrows(DnsException.class, () -> asking(bad).lookupHost("www.test"));
    assertTrue(e.getMessage().contains("cannot unmarshal DNS message"), e.getMessage());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aServerThatDoesNotKnowEdnsIsAskedWithout(boolean repeatsTheQuestion) throws Exception {
    NameServer server =
        serve(
            (q, out) -> {
              DnsReply refusal = q.reply().rcode(DnsReply.FORMERR);
              out.send(
                  q.edns()
                      ? (repeatsTheQuestion ? refusal : refusal.withoutQuestion()).bytes()
                      : q.reply().addr("192.0.2.1").soa(1).bytes());
            });
    assertEquals(List.of("192.0.2.1"), names(asking(server).lookupHost("www.test")));
  }

  // ---- streams ---------------------------------------------------------------------------------

  private static byte[] twoHundred(DnsQuery q) {
    DnsReply reply = q.reply().soa(1);
    for (int i = 0; i < 200; i++) {
      reply.addr("192.0.2." + i);
    }
    return reply.bytes();
  }

  @Test
  void aTruncatedAnswerIsFetchedByTcp() throws Exception {
    NameServer server =
        serve((q, out) -> out.send(q.stream() ? twoHundred(q) : q.reply().truncated().bytes()));
    assertEquals(200, asking(server).lookupHost("www.test").size());
    assertEquals(2, server.queries().stream().filter(DnsQuery::stream).count());
  }

  /** A truncated answer may turn out to be none, and the other family has the only one then. */
  @Test
  void aSilentFamilyIsAskedAgainWhereTheTruncatedAnswerOfTheOtherHasNoRecords() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    NameServer server =
        serve(
            (q, out) -> {
              if (q.is(DnsQuery.AAAA)) {
                out.send(q.stream() ? q.reply().soa(1).bytes() : q.reply().truncated().bytes());
              } else if (asked.incrementAndGet() > 1) {
                out.send(q.reply().addr("192.0.2.1").bytes());
              }
            });
    DnsResolver resolver = asking(server).withTries(LONG, 2);
    assertEquals(List.of("192.0.2.1"), names(resolver.lookupHost("www.test")));
  }

  /** A family that is silent beside it must not take its time, nor the stream away from it. */
  @Test
  void aTruncatedAnswerIsFetchedWhereTheOtherFamilyIsSilent() throws Exception {
    NameServer server =
        serve(
            (q, out) -> {
              if (q.is(DnsQuery.A)) {
                out.send(q.stream() ? twoHundred(q) : q.reply().truncated().bytes());
              }
            });
    assertEquals(200, asking(server).lookupHost("www.test").size());
  }

  @Test
  void aStreamThatBreaksIsFollowedByTheNextServer() throws Exception {
    NameServer broken =
        serve(
            (q, out) -> {
              if (q.stream()) {
                out.hangUp();
              } else {
                out.send(q.reply().truncated().bytes());
              }
            });
    NameServer truncated = serve((q, out) -> out.send(q.reply().truncated().bytes()));
    NameServer good = serve((q, out) -> out.send(q.reply().addr("192.0.2.1").soa(1).bytes()));
    assertEquals(
        List.of("192.0.2.1"), names(asking(broken, truncated, good).lookupHost("www.test")));
    DnsException e =
        assertThrows(DnsException.class, () -> asking(truncated).lookupHost("www.test"));
    assertTrue(e.getMessage().contains("invalid DNS response"), e.getMessage());
  }

  @Test
  void anAnswerInAStreamThatIsFollowedByItsEndIsRead() throws Exception {
    NameServer server =
        serve(
            (q, out) -> {
              out.send(q.stream() ? twoHundred(q) : q.reply().truncated().bytes());
              out.hangUp();
            });
    assertEquals(200, asking(server).lookupHost("www.test").size());
  }

  // ---- search lists ----------------------------------------------------------------------------

  private static NameServer.Script only(String name) {
    return (q, out) ->
        out.send(
            q.name().equals(name)
                ? q.reply().addr("192.0.2.1").soa(1).bytes()
                : q.reply().rcode(DnsReply.NXDOMAIN).bytes());
  }

  @Test
  void suffixesAreTriedInTheirOrder() throws Exception {
    NameServer server = serve(only("www.b.test."));
    DnsResolver resolver = asking(server).withSearch(List.of("a.test", "b.test"));
    assertEquals(List.of("192.0.2.1"), names(resolver.lookupHost("www")));
    assertEquals(
        List.of("www.a.test.", "www.b.test."),
        server.queries().stream().map(DnsQuery::name).distinct().toList());
    assertFails(
        "lookup www. on " + server.addr() + ": no such host", () -> resolver.lookupHost("www."));
  }

  @Test
  void manyDotsComeAsTheyAreFirst() throws Exception {
    NameServer server = serve(only("a.b.c."));
    asking(server).withSearch(List.of("test")).withNdots(2).lookupHost("a.b.c");
    assertEquals("a.b.c.", server.queries().getFirst().name());
    NameServer other = serve(only("a.b.c.test."));
    asking(other).withSearch(List.of("test")).withNdots(3).lookupHost("a.b.c");
    assertEquals("a.b.c.test.", other.queries().getFirst().name());
  }

  @Test
  void aSuffixWhoseServerFailsDoesNotEndTheSearch() throws Exception {
    NameServer server =
        serve(
            (q, out) ->
                out.send(
                    switch (q.name()) {
                      case "www.a.test." -> q.reply().rcode(DnsReply.SERVFAIL).bytes();
                      case "www.b.test." -> q.reply().addr("192.0.2.1").soa(1).bytes();
                      default -> q.reply().rcode(DnsReply.NXDOMAIN).bytes();
                    }));
    DnsResolver resolver = asking(server).withSearch(List.of("a.test", "b.test"));
    assertEquals(List.of("192.0.2.1"), names(resolver.lookupHost("www")));
    DnsResolver unlucky = asking(server).withSearch(List.of("a.test", "c.test"));
    DnsException e = assertThrows(DnsException.class, () -> unlucky.lookupHost("www"));
    assertFalse(e.isNotFound(), e.getMessage());
    assertEquals("www", e.name());
  }

  // ---- callers ---------------------------------------------------------------------------------

  @Test
  void callersWithTheSameQuestionShareTheQueries() throws Exception {
    NameServer server =
        serve(
            (q, out) ->
                out.sendAfter(Duration.ofSeconds(1), q.reply().addr("192.0.2.1").soa(1).bytes()));
    DnsResolver resolver = asking(server);
    List<CompletableFuture<List<Addr>>> callers = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      String name = i % 2 == 0 ? "www.test" : "WWW.test";
      callers.add(later(() -> resolver.lookupHost(name)));
    }
    for (CompletableFuture<List<Addr>> caller : callers) {
      assertEquals(List.of("192.0.2.1"), names(caller.get(60, TimeUnit.SECONDS)));
    }
    assertEquals(2, server.queries().size());
  }

  private interface Lookup<T> {
    T get() throws Exception;
  }

  private static <T> CompletableFuture<T> later(Lookup<T> lookup) {
    CompletableFuture<T> result = new CompletableFuture<>();
    Net.go(
        () -> {
          try {
            result.complete(lookup.get());
          } catch (Throwable t) {
            result.completeExceptionally(t);
          }
        });
    return result;
  }

  @Test
  void anInterruptEndsALookupAndStays() throws Exception {
    NameServer silent = serve((q, out) -> {});
    DnsResolver resolver = asking(silent);
    CompletableFuture<Boolean> ended = new CompletableFuture<>();
    Thread caller =
        Net.go(
            () -> {
              assertThrows(InterruptedIOException.class, () -> resolver.lookupHost("www.test"));
              ended.complete(Thread.currentThread().isInterrupted());
            });
    await().until(() -> !silent.queries().isEmpty());
    caller.interrupt();
    assertTrue(ended.get(60, TimeUnit.SECONDS));
  }

  @Test
  void aLimitEndsALookupAndWithItItsSocket() throws Exception {
    NameServer silent = serve((q, out) -> {});
    TimeLimit limit = TimeLimit.after(Duration.ofMillis(300));
    assertThrows(SocketTimeoutException.class, () -> asking(silent).lookupHost("www.test", limit));
    assertTrue(limit.isOver());
    assertThrows(SocketTimeoutException.class, () -> asking(silent).lookupMx("www.test", limit));
  }

  @Test
  void aLimitIsSharedByAllServers() throws Exception {
    NameServer silent = serve((q, out) -> {});
    NameServer good = serve((q, out) -> out.send(q.reply().addr("192.0.2.1").soa(1).bytes()));
    // A try would take longer than the limit, and the second server would never be asked.
    DnsResolver resolver = asking(silent, good);
    TimeLimit limit = TimeLimit.after(Duration.ofSeconds(10));
    assertEquals(List.of("192.0.2.1"), names(resolver.lookupHost("www.test", limit)));
  }

  @Test
  void aDialResolvesItsNameByIt() throws Exception {
    NameServer server = serve((q, out) -> out.send(q.reply().addr("127.0.0.1").soa(1).bytes()));
    try (Listener l = Net.listen("tcp", "127.0.0.1:0")) {
      String port = l.addr().toString().replaceFirst(".*:", "");
      Dialer dialer = Dialer.defaults().withResolver(asking(server));
      try (Conn client = dialer.dial("tcp", "www.test:" + port);
          Conn accepted = l.accept()) {
        assertEquals(client.localAddr().toString(), accepted.remoteAddr().toString());
      }
    }
    assertEquals("www.test.", server.queries().getFirst().name());
  }

  /** By UDP and, where an answer is truncated, by TCP: a local address of either will do. */
  @ParameterizedTest
  @ValueSource(strings = {"udp", "tcp"})
  @DisabledOnOs(value = OS.MAC, disabledReason = "has one loopback address of IPv4")
  void serversAreReachedAsItsDialerSays(String network) throws Exception {
    NameServer server =
        serve((q, out) -> out.send(q.stream() ? twoHundred(q) : q.reply().truncated().bytes()));
    AddrPort local = AddrPort.parse("127.0.0.3:0");
    NetAddr of = network.equals("udp") ? UdpAddr.of(local) : TcpAddr.of(local);
    DnsResolver resolver = asking(server).withDialer(Dialer.defaults().withLocalAddr(of));
    assertEquals(200, resolver.lookupHost("www.test").size());
    assertEquals(4, server.queries().size());
    for (DnsQuery query : server.queries()) {
      assertEquals("127.0.0.3", query.from().getAddress().getHostAddress());
    }
  }

  @Test
  void aDialerThatReachesNoServerIsAFailureThatSaysWhy() throws Exception {
    NameServer server = serve((q, out) -> out.send(q.reply().addr("192.0.2.1").soa(1).bytes()));
    DnsResolver walled = asking(server).withDialer(Dialer.defaults().withAddrFilter(_ -> false));
    DnsException e = assertThrows(DnsException.class, () -> walled.lookupHost("www.test"));
    assertTrue(e.getMessage().startsWith("lookup www.test on " + server.addr()), e.getMessage());
    assertFalse(e.isNotFound());
    assertEquals(List.of(), server.queries());
  }

  // ---- memory ----------------------------------------------------------------------------------

  @Test
  void aCacheKeepsAnswersAndThatThereIsNone() throws Exception {
    NameServer server =
        serve(
            (q, out) ->
                out.send(
                    switch (q.name().toLowerCase(Locale.ROOT)) {
                      case "yes.test." -> q.reply().addr("192.0.2.1").soa(60).bytes();
                      case "no.test." -> q.reply().rcode(DnsReply.NXDOMAIN).soa(60).bytes();
                      case "unsure.test." -> q.reply().rcode(DnsReply.NXDOMAIN).bytes();
                      default -> q.reply().rcode(DnsReply.SERVFAIL).bytes();
                    }));
    DnsResolver resolver = asking(server).withCache(100);
    for (int i = 0; i < 3; i++) {
      assertEquals(List.of("192.0.2.1"), names(resolver.lookupHost("yes.test")));
      assertThrows(DnsException.class, () -> resolver.lookupHost("No.test"));
    }
    assertEquals(4, server.queries().size());
    for (int i = 0; i < 3; i++) {
      assertThrows(DnsException.class, () -> resolver.lookupHost("unsure.test"));
      assertThrows(DnsException.class, () -> resolver.lookupHost("trouble.test"));
    }
    assertEquals(4 + 12, server.queries().size());
  }

  @Test
  void withoutACacheNothingIsKept() throws Exception {
    NameServer server = serve((q, out) -> out.send(q.reply().addr("192.0.2.1").soa(60).bytes()));
    DnsResolver resolver = asking(server);
    resolver.lookupHost("www.test");
    resolver.lookupHost("www.test");
    assertEquals(4, server.queries().size());
  }

  // ---- bad input -------------------------------------------------------------------------------

  @Test
  void badSettingsAreNamed() {
    DnsResolver resolver = DnsResolver.defaults();
    assertNames("dns.test", () -> resolver.withServers(List.of("dns.test")));
    assertNames("1.2.3.4:0", () -> resolver.withServers(List.of("1.2.3.4:0")));
    assertNames("no servers", () -> resolver.withServers(List.of()));
    assertNames("a b", () -> resolver.withSearch(List.of("a b")));
    assertNames("16", () -> resolver.withNdots(16));
    assertNames("PT0S", () -> resolver.withTries(Duration.ZERO, 1));
    assertNames("-1", () -> resolver.withTries(Duration.ofSeconds(1), -1));
    assertNames("-5", () -> resolver.withCache(-5));
  }

  private static void assertNames(String value, Job job) {
    IllegalArgumentException e = assertThrows(IllegalArgumentException.class, job::run);
    assertTrue(String.valueOf(e.getMessage()).contains(value), e.getMessage());
  }
}
