package gonet.test.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.Dialer;
import gonet.Listener;
import gonet.netip.Addr;
import gonet.server.Server;
import gonet.test.Callers;
import gonet.test.Crew;
import gonet.test.Job;
import gonet.test.LeakCheck;
import gonet.test.Proves;
import gonet.tls.ClientAuth;
import gonet.tls.Tls;
import gonet.tls.TlsCertificateException;
import gonet.tls.TlsCertificateException.Reason;
import gonet.tls.TlsConfig;
import gonet.tls.TlsConn;
import gonet.tls.TlsException;
import gonet.tls.TlsInfo;
import gonet.tls.TlsVersion;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What a configuration says is what both sides do. */
@LeakCheck
@Proves("tls-config")
class TlsConfigTest {
  private final Crew crew = new Crew(Callers.VIRTUAL);

  @AfterEach
  void end() throws Exception {
    crew.end();
  }

  /** What the server's handshake came to; the client's connection is closed. */
  private Job<TlsInfo> accept(Listener listener) {
    return crew.compute(
        "server",
        () -> {
          try (Conn conn = listener.accept()) {
            TlsInfo info = ((TlsConn) conn).handshake();
            conn.write(new byte[] {1});
            return info;
          }
        });
  }

  /** One connection; what the client's handshake came to. */
  private TlsInfo meet(TlsConfig server, TlsConfig client) throws Exception {
    try (Listener listener = Tls.listen("tcp4", "127.0.0.1:0", server)) {
      Job<TlsInfo> accepted = accept(listener);
      TlsInfo info;
      try (TlsConn conn = Tls.dial("tcp", listener.addr().toString(), client)) {
        info = conn.handshake();
        conn.readFully(new byte[1]);
      }
      var _ = accepted.result();
      return info;
    }
  }

  /** One connection that does not come about; the client's failure. */
  private TlsException refuse(TlsConfig server, TlsConfig client) throws Exception {
    try (Listener listener = Tls.listen("tcp4", "127.0.0.1:0", server)) {
      Job<TlsInfo> accepted = accept(listener);
      TlsException e =
          assertThrows(
              TlsException.class,
              () -> {
                try (Conn conn = Tls.dial("tcp", listener.addr().toString(), client)) {
                  conn.readFully(new byte[1]); // in 1.3 a server refuses a client afterwards
                }
              });
      accepted.failure(IOException.class);
      return e;
    }
  }

  // ---- names -----------------------------------------------------------------------------------

  private static TlsConfig.Builder trusting(TestKeys keys) {
    return TlsConfig.builder().trust(List.of(keys.chain().getLast()));
  }

  private static TlsConfig serving(TestKeys... all) {
    TlsConfig.Builder builder = TlsConfig.builder();
    for (TestKeys keys : all) {
      builder.keyPair(keys.keyPair());
    }
    return builder.build();
  }

  @ParameterizedTest
  @EnumSource(TlsVersion.class)
  void aCertificateForAnotherNameIsRefusedByDefault(TlsVersion version) throws Exception {
    TestKeys keys = TestKeys.selfSigned("other.example");
    TlsConfig.Builder client = trusting(keys).serverName("host.example").versions(version);
    TlsException e = refuse(serving(keys), client.build());
    TlsCertificateException refused = assertThrows(TlsCertificateException.class, () -> raise(e));
    assertEquals(Reason.HOST_NAME, refused.reason());
    assertTrue(e.getMessage().contains("host.example"), e::toString);
    var _ = meet(serving(keys), client.withoutHostNameVerification().build());
  }

  private static void raise(TlsException e) throws TlsException {
    throw e;
  }

  @ParameterizedTest
  @CsvSource({
    "www.example.com, *.example.com, true",
    "WWW.Example.COM, *.example.com, true",
    "a.www.example.com, *.example.com, false",
    "example.com, *.example.com, false",
    "example.com, example.com, true",
    "example.com., example.com, true",
    "127.0.0.1, 127.0.0.1, true",
    "127.0.0.2, 127.0.0.1, false",
    "::1, ::1, true",
  })
  void namesAreComparedAsRfc9525Says(String dialled, String certified, boolean good)
      throws Exception {
    TestKeys keys = TestKeys.selfSigned(certified);
    TlsConfig client = trusting(keys).serverName(dialled).build();
    if (good) {
      var _ = meet(serving(keys), client);
    } else {
      assertTrue(refuse(serving(keys), client) instanceof TlsCertificateException);
    }
  }

  @Test
  void aNameInTheSubjectAloneIsNone() throws Exception {
    TestKeys keys = TestKeys.of("host.example").withoutAlternativeNames().make();
    TlsException e = refuse(serving(keys), trusting(keys).serverName("host.example").build());
    assertTrue(e.getMessage().contains("No subject alternative names"), e::toString);
    assertEquals(Reason.HOST_NAME, ((TlsCertificateException) e).reason());
    TlsConfig foreign =
        TlsConfig.builder().sslContext(keys.sslContext()).serverName("host.example").build();
    try (var pair = gonet.test.ConnPairs.dialled("tcp4", "127.0.0.1:0").connect()) {
      TlsConn server = Tls.server(pair.right(), serving(keys));
      crew.extra("server", () -> server.handshake()); // in 1.3 it may be through before
      TlsConn client = Tls.client(pair.left(), foreign);
      assertThrows(TlsCertificateException.class, () -> client.handshake());
    }
  }

  @Test
  void withoutANameToVerifyThereIsNoClient() {
    TlsConfig config = TlsConfig.defaults();
    var e = assertThrows(IllegalArgumentException.class, () -> Tls.dial("unix", "/x", config));
    assertTrue(e.getMessage().contains("serverName"), e::toString);
    assertThrows(IllegalArgumentException.class, () -> TlsConfig.builder().serverName("a..b"));
  }

  /** The server's handshake is over before the client looks at the name. */
  private TlsException refuseAlone(TlsConfig server, TlsConfig client) throws Exception {
    try (Listener listener = Tls.listen("tcp4", "127.0.0.1:0", server)) {
      crew.extra(
          "server",
          () -> {
            try (Conn conn = listener.accept()) {
              var _ = conn.read(new byte[1]);
            }
          });
      return assertThrows(
          TlsException.class, () -> Tls.dial("tcp", listener.addr().toString(), client));
    }
  }

  /** No host's name has one, but many a service's. JSSE knows no SNI with one. */
  @ParameterizedTest
  @EnumSource(TlsVersion.class)
  void aNameWithAnUnderscoreIsVerified(TlsVersion version) throws Exception {
    TestKeys other = TestKeys.selfSigned("other.example");
    TestKeys keys = TestKeys.selfSigned("my_service.example");
    TlsConfig server = serving(keys, other);
    for (String name : List.of("my_service.example", "My_Service.Example.")) {
      TlsInfo info = meet(server, trusting(keys).versions(version).serverName(name).build());
      assertNull(info.serverName());
      assertEquals("CN=my_service.example", served(info));
    }
    TestKeys wild = TestKeys.selfSigned("*.example");
    var _ = meet(serving(wild), trusting(wild).serverName("my_service.example").build());
    for (TestKeys wrong : List.of(other, TestKeys.selfSigned("*.my_service.example"))) {
      TlsException e =
          refuseAlone(
              serving(wrong),
              trusting(wrong).versions(version).serverName("my_service.example").build());
      assertEquals(Reason.HOST_NAME, ((TlsCertificateException) e).reason(), e::toString);
      assertTrue(e.getMessage().contains("my_service.example"), e::toString);
    }
    var _ =
        meet(
            serving(other),
            trusting(other).serverName("my_service.example").withoutHostNameVerification().build());
    TestKeys unnamed = TestKeys.of("my_service.example").withoutAlternativeNames().make();
    TlsException e =
        refuseAlone(serving(unnamed), trusting(unnamed).serverName("my_service.example").build());
    assertTrue(e.getMessage().contains("No subject alternative names"), e::toString);
  }

  @Test
  void aHostThatCanBeNoNameIsNotSaidWhereNothingIsVerified() throws Exception {
    Dialer anywhere = Dialer.defaults().withResolver(request -> List.of(Addr.parse("127.0.0.1")));
    TlsConfig unverified =
        TlsConfig.builder().trust(TlsPairs.keys().chain()).withoutHostNameVerification().build();
    TlsConfig verified = TlsConfig.builder().trust(TlsPairs.keys().chain()).build();
    try (Listener listener = Tls.listen("tcp4", "127.0.0.1:0", TlsPairs.server().build())) {
      int port = Objects.requireNonNull(listener.addr().addrPort()).port();
      for (String host : List.of("", "two..dots", "-", "a".repeat(64))) {
        Job<TlsInfo> accepted = accept(listener);
        try (TlsConn conn = Tls.dial("tcp4", host + ":" + port, unverified, anywhere)) {
          conn.readFully(new byte[1]);
        }
        assertNull(accepted.result().serverName(), host);
      }
      Job<?> closed = crew.start("server", () -> listener.accept().close());
      TlsException e =
          assertThrows(
              TlsException.class, () -> Tls.dial("tcp4", "two..dots:" + port, verified, anywhere));
      assertTrue(e.getMessage().contains("\"two..dots\""), e::toString);
      closed.result();
      var none =
          assertThrows(
              IllegalArgumentException.class,
              () -> Tls.dial("tcp4", ":" + port, verified, anywhere));
      assertTrue(none.getMessage().contains("no server name"), none::toString);
    }
    try (var pair = gonet.test.ConnPairs.pipe().connect()) {
      Tls.client(pair.left(), unverified, "two..dots").abort();
      assertThrows(
          IllegalArgumentException.class, () -> Tls.client(pair.right(), verified, "two..dots"));
    }
  }

  // ---- trust -----------------------------------------------------------------------------------

  @Test
  void whatIsNotTrustedIsRefusedAndBothSidesSayWhy() throws Exception {
    TestKeys keys = TestKeys.selfSigned("localhost");
    TlsConfig client = TlsPairs.client().build();
    try (Listener listener = Tls.listen("tcp4", "127.0.0.1:0", serving(keys))) {
      Job<TlsInfo> accepted = accept(listener);
      TlsCertificateException e =
          assertThrows(
              TlsCertificateException.class,
              () -> Tls.dial("tcp", listener.addr().toString(), client));
      assertEquals(Reason.UNTRUSTED, e.reason());
      TlsException heard = accepted.failure(TlsException.class);
      assertTrue(heard.getMessage().contains("the other side sent the alert"), heard::toString);
      assertEquals(e.alert(), heard.alert());
    }
  }

  @Test
  void anExpiredCertificateIsRefusedAndOneThatIsNotValidYet() throws Exception {
    Instant now = Instant.now();
    TestKeys root = TestKeys.of("root").authority().make();
    TestKeys old =
        TestKeys.of("localhost")
            .issuedBy(root)
            .valid(now.minus(Duration.ofDays(9)), now.minus(Duration.ofDays(1)))
            .make();
    TestKeys young =
        TestKeys.of("localhost")
            .issuedBy(root)
            .valid(now.plus(Duration.ofDays(1)), now.plus(Duration.ofDays(9)))
            .make();
    TlsConfig client = trusting(root).serverName("localhost").build();
    assertEquals(Reason.EXPIRED, ((TlsCertificateException) refuse(serving(old), client)).reason());
    assertEquals(
        Reason.NOT_YET_VALID, ((TlsCertificateException) refuse(serving(young), client)).reason());
  }

  @Test
  void aChainLeadsToItsRootAndIsTold() throws Exception {
    TestKeys root = TestKeys.of("root").authority().make();
    TestKeys middle = TestKeys.of("middle").authority().issuedBy(root).make();
    TestKeys leaf = TestKeys.of("localhost").issuedBy(middle).make();
    TlsInfo info = meet(serving(leaf), trusting(root).serverName("localhost").build());
    assertEquals(leaf.chain().subList(0, 2), info.peerCertificates().subList(0, 2));
  }

  // ---- several key pairs -----------------------------------------------------------------------

  private static String served(TlsInfo info) {
    X509Certificate first = info.peerCertificates().getFirst();
    return first.getSubjectX500Principal().getName();
  }

  @Test
  void theNameChoosesExactlyBeforeAWildcardBeforeTheDefault() throws Exception {
    TestKeys first = TestKeys.selfSigned("first.example");
    TestKeys wild = TestKeys.selfSigned("*.example.com");
    TestKeys exact = TestKeys.of("www.example.com").algorithm("RSA").make();
    TlsConfig server = serving(first, wild, exact);
    TlsConfig.Builder client =
        TlsConfig.builder()
            .trust(
                List.of(
                    first.chain().getFirst(), wild.chain().getFirst(), exact.chain().getFirst()))
            .withoutHostNameVerification();
    for (String[] pair :
        new String[][] {
          {"www.example.com", "CN=www.example.com"}, // though clients like P-256 better than RSA
          {"mail.example.com", "CN=*.example.com"},
          {"a.mail.example.com", "CN=first.example"},
          {"unknown.example", "CN=first.example"},
          {"127.0.0.1", "CN=first.example"}, // an address is not asked for
        }) {
      assertEquals(pair[1], served(meet(server, client.serverName(pair[0]).build())), pair[0]);
    }
  }

  @Test
  void aPairServesTheNamesThatItIsGiven() throws Exception {
    TestKeys first = TestKeys.selfSigned("first.example");
    TestKeys second = TestKeys.selfSigned("second.example");
    TlsConfig server =
        TlsConfig.builder()
            .keyPair(first.keyPair())
            .keyPair(second.keyPair(), "Third.Example")
            .build();
    TlsConfig client =
        trusting(second).serverName("third.example").withoutHostNameVerification().build();
    assertEquals("CN=second.example", served(meet(server, client)));
    for (String name : List.of("B\u00fccher.Example", "xn--bcher-kva.example")) {
      TlsConfig international =
          TlsConfig.builder()
              .keyPair(first.keyPair())
              .keyPair(second.keyPair(), name, "*.m\u00fcller.example")
              .build();
      for (String dialled : List.of("b\u00fccher.example", "www.m\u00fcller.example")) {
        assertEquals(
            "CN=second.example",
            served(
                meet(
                    international,
                    trusting(second).serverName(dialled).withoutHostNameVerification().build())));
      }
    }
    for (String nonsense : List.of("", "*.", "a..b", "*.*.example", "a b")) {
      var e =
          assertThrows(
              IllegalArgumentException.class,
              () -> TlsConfig.builder().keyPair(second.keyPair(), nonsense));
      assertTrue(e.getMessage().startsWith("server name \""), e::toString);
    }
  }

  @ParameterizedTest
  @CsvSource({"EC", "RSA", "Ed25519"})
  void keysOfEveryKindServe(String algorithm) throws Exception {
    TestKeys keys = TestKeys.of("localhost").algorithm(algorithm).make();
    TlsInfo info = meet(serving(keys), trusting(keys).serverName("localhost").build());
    assertEquals(TlsVersion.TLS_1_3, info.version());
  }

  // ---- clients' certificates -------------------------------------------------------------------

  @ParameterizedTest
  @EnumSource(TlsVersion.class)
  void aServerWantsOrNeedsItsClientsCertificates(TlsVersion version) throws Exception {
    TestKeys authority = TestKeys.of("clients").authority().make();
    TestKeys good = TestKeys.of("good").issuedBy(authority).make();
    TestKeys stranger = TestKeys.selfSigned("stranger");
    TlsConfig.Builder server = TlsPairs.server().trust(authority.chain()).versions(version);
    TlsConfig wants = server.clientAuth(ClientAuth.WANT).build();
    TlsConfig needs = server.clientAuth(ClientAuth.NEED).build();
    TlsConfig nobody = TlsPairs.client().build();
    TlsConfig known = TlsPairs.client().keyPair(good.keyPair()).build();
    TlsConfig unknown = TlsPairs.client().keyPair(stranger.keyPair()).build();

    assertEquals(List.of(), clientsChain(wants, nobody));
    assertEquals(good.chain().getFirst(), clientsChain(wants, known).getFirst());
    assertEquals(good.chain().getFirst(), clientsChain(needs, known).getFirst());
    TlsException e = refuse(needs, nobody);
    assertTrue(e.alert() != null, e::toString);
    // The server says whose certificates it takes, so the stranger shows none.
    assertEquals(List.of(), clientsChain(wants, unknown));
    assertTrue(refuse(needs, unknown).alert() != null);
  }

  private List<X509Certificate> clientsChain(TlsConfig server, TlsConfig client) throws Exception {
    try (Listener listener = Tls.listen("tcp4", "127.0.0.1:0", server)) {
      Job<TlsInfo> accepted = accept(listener);
      try (TlsConn conn = Tls.dial("tcp", listener.addr().toString(), client)) {
        conn.readFully(new byte[1]);
      }
      return accepted.result().peerCertificates();
    }
  }

  // ---- agreement -------------------------------------------------------------------------------

  @Test
  void theServersFirstCommonProtocolIsAgreedOn() throws Exception {
    TlsConfig server = TlsPairs.server().alpn("h2", "http/1.1").build();
    assertEquals("h2", meet(server, TlsPairs.client().alpn("http/1.1", "h2").build()).alpn());
    assertNull(meet(server, TlsPairs.client().build()).alpn());
    assertNull(meet(TlsPairs.server().build(), TlsPairs.client().alpn("http/1.1").build()).alpn());
    TlsException e = refuse(server, TlsPairs.client().alpn("spdy/1").build());
    assertEquals("no_application_protocol", e.alert());
    String longest = "p".repeat(255);
    TlsConfig both = TlsPairs.server().alpn(longest).build();
    assertEquals(longest, meet(both, TlsPairs.client().alpn(longest).build()).alpn());
    for (String nonsense : List.of("", longest + "p", "\u20ac")) {
      assertThrows(IllegalArgumentException.class, () -> TlsConfig.builder().alpn(nonsense));
    }
  }

  @Test
  void versionsAndSuitesAreThoseThatBothSidesHave() throws Exception {
    TlsConfig server = TlsPairs.server().build();
    assertEquals(
        TlsVersion.TLS_1_2,
        meet(server, TlsPairs.client().versions(TlsVersion.TLS_1_2).build()).version());
    assertEquals(
        "TLS_CHACHA20_POLY1305_SHA256",
        meet(server, TlsPairs.client().cipherSuites("TLS_CHACHA20_POLY1305_SHA256").build())
            .cipherSuite());
    TlsException e =
        refuse(
            TlsPairs.server().versions(TlsVersion.TLS_1_3).build(),
            TlsPairs.client().versions(TlsVersion.TLS_1_2).build());
    assertEquals("protocol_version", e.alert(), e.toString());
    var unknown =
        assertThrows(
            IllegalArgumentException.class,
            () -> TlsPairs.client().cipherSuites("TLS_NULL").build());
    assertTrue(unknown.getMessage().contains("TLS_NULL"));
    assertThrows(IllegalArgumentException.class, () -> TlsConfig.builder().versions());
  }

  @ParameterizedTest
  @EnumSource(TlsVersion.class)
  void aClientThatComesBackResumesItsSession(TlsVersion version) throws Exception {
    TlsConfig server = TlsPairs.server().build();
    TlsConfig client = TlsPairs.client().versions(version).build();
    try (Listener listener = Tls.listen("tcp4", "127.0.0.1:0", server)) {
      for (int i = 0; i < 3; i++) {
        Job<TlsInfo> accepted = accept(listener);
        try (TlsConn conn = Tls.dial("tcp", listener.addr().toString(), client)) {
          conn.readFully(new byte[1]); // the ticket comes with it
          assertEquals(i > 0, conn.handshake().resumed(), "connection " + i);
          assertEquals(TlsPairs.keys().chain(), conn.handshake().peerCertificates());
        }
        assertEquals(i > 0, accepted.result().resumed(), "connection " + i);
      }
      Job<TlsInfo> accepted = accept(listener);
      TlsConfig another = client.toBuilder().build(); // whose sessions are its own
      try (TlsConn conn = Tls.dial("tcp", listener.addr().toString(), another)) {
        conn.readFully(new byte[1]);
      }
      assertEquals(false, accepted.result().resumed());
    }
  }

  @Test
  void aContextThatWasMadeElsewhereIsTaken() throws Exception {
    SSLContext context = TlsPairs.sslContext();
    TlsInfo info =
        meet(
            TlsConfig.builder().sslContext(context).build(),
            TlsConfig.builder().sslContext(context).serverName("localhost").build());
    assertEquals(TlsPairs.keys().chain(), info.peerCertificates());
    assertThrows(
        IllegalArgumentException.class, () -> TlsPairs.server().sslContext(context).build());
  }

  /** Key managers and trust managers may wait: a virtual thread is there to do so. */
  @ParameterizedTest
  @EnumSource(TlsVersion.class)
  void whatAHandshakeDelegatesRunsOnTheCallersThread(TlsVersion version) throws Exception {
    Set<Thread> clients = ConcurrentHashMap.newKeySet();
    Set<Thread> servers = ConcurrentHashMap.newKeySet();
    SSLContext context = ThreadNotingContext.make(TlsPairs.keys(), servers, clients);
    TlsConfig server = TlsConfig.builder().sslContext(context).versions(version).build();
    TlsConfig client =
        TlsConfig.builder().sslContext(context).versions(version).serverName("localhost").build();
    try (var pair = gonet.test.ConnPairs.dialled("tcp4", "127.0.0.1:0").connect()) {
      TlsConn accepted = Tls.server(pair.right(), server);
      TlsConn dialled = Tls.client(pair.left(), client);
      Job<?> accepting = crew.start("server", () -> accepted.handshake());
      Job<?> dialling = crew.start("client", () -> dialled.handshake());
      accepting.result();
      dialling.result();
      assertEquals(Set.of(accepting.thread()), servers);
      assertEquals(Set.of(dialling.thread()), clients);
    }
  }

  @Test
  void aServerWithoutAKeyIsNone() {
    var e =
        assertThrows(
            IllegalArgumentException.class,
            () -> Tls.listen("tcp4", "127.0.0.1:0", TlsConfig.defaults()));
    assertTrue(e.getMessage().contains("keyPair"), e::toString);
    assertThrows(IllegalArgumentException.class, () -> Tls.serverLayer(TlsConfig.defaults()));
    assertThrows(
        IllegalArgumentException.class, () -> TlsConfig.builder().handshakeTimeout(Duration.ZERO));
  }

  // ---- as a layer of a server ------------------------------------------------------------------

  @Test
  void aServerPutsItOverTheConnectionsOfOneAddress() throws Exception {
    try (Server server =
        Server.builder()
            .listenOn("tcp4", "127.0.0.1:0", Tls.serverLayer(TlsPairs.server().build()))
            .handler(
                conn -> {
                  TlsConn tls = Objects.requireNonNull(conn.find(TlsConn.class));
                  assertEquals(TlsVersion.TLS_1_3, Objects.requireNonNull(tls.info()).version());
                  conn.write(conn.readAll());
                })
            .start()) {
      try (TlsConn conn = Tls.dial("tcp", server.addr().toString(), TlsPairs.client().build())) {
        conn.write(new byte[] {1, 2, 3});
        conn.closeWrite();
        assertEquals(3, conn.readAll().length);
      }
    }
  }

  /** TLS in TLS, as through a proxy that ends the outer one. */
  @Test
  void itStandsOverItself() throws Exception {
    var pair =
        TlsPairs.over(
                TlsPairs.over(
                    gonet.test.ConnPairs.dialled("tcp4", "127.0.0.1:0"), TlsVersion.TLS_1_2, false),
                TlsVersion.TLS_1_3,
                true)
            .connect();
    try (pair) {
      pair.left().write(new byte[100_000]);
      pair.right().readFully(new byte[100_000]);
      pair.left().closeWrite();
      assertEquals(-1, pair.right().read(new byte[1]));
    }
  }
}
