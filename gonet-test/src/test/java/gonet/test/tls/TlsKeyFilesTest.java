package gonet.test.tls;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.Listener;
import gonet.test.Callers;
import gonet.test.ConnPair;
import gonet.test.ConnPairs;
import gonet.test.Crew;
import gonet.test.Job;
import gonet.test.LeakCheck;
import gonet.test.Proves;
import gonet.tls.Tls;
import gonet.tls.TlsConfig;
import gonet.tls.TlsConn;
import gonet.tls.TlsKeyException;
import gonet.tls.TlsKeyFiles;
import gonet.tls.TlsKeyPair;
import gonet.tls.TlsVersion;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPrivateKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.PBEParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys and certificates in files: every form is read, and what is wrong names its file. */
@LeakCheck
@Proves("tls-keys")
class TlsKeyFilesTest {
  private static final char[] PASSWORD = "secret".toCharArray();

  private final Crew crew = new Crew(Callers.VIRTUAL);

  @TempDir Path dir;

  @AfterEach
  void end() throws Exception {
    crew.end();
  }

  private Path file(String name, String text) throws IOException {
    return Files.writeString(dir.resolve(name), text);
  }

  private static String keyPem(TestKeys keys) {
    return TestKeys.pem("PRIVATE KEY", keys.key().getEncoded());
  }

  private static void assertNames(Path file, String why, Executable reading) {
    TlsKeyException e = assertThrows(TlsKeyException.class, reading);
    assertTrue(String.valueOf(e.getMessage()).startsWith(file + ": "), e::toString);
    assertTrue(String.valueOf(e.getMessage()).contains(why), e::toString);
    assertEquals(file, e.file());
  }

  // ---- forms -----------------------------------------------------------------------------------

  @ParameterizedTest
  @ValueSource(strings = {"EC", "RSA", "Ed25519"})
  void pkcs8IsRead(String algorithm) throws Exception {
    TestKeys keys = TestKeys.of("a.example", "*.b.example").algorithm(algorithm).make();
    keys.writePem(dir.resolve("c"), dir.resolve("k"));
    TlsKeyPair pair = TlsKeyPair.ofPem(dir.resolve("c"), dir.resolve("k"));
    assertEquals(keys.key(), pair.key());
    assertEquals(keys.chain(), pair.chain());
    assertEquals(List.of("a.example", "*.b.example"), pair.names());
    assertFalse(pair.toString().contains(keys.key().toString()));
  }

  /** PKCS#1 is what PKCS#8 has inside. */
  @Test
  void pkcs1IsRead() throws Exception {
    TestKeys keys = TestKeys.of("a.example").algorithm("RSA").make();
    Path certificates = file("c", keys.chainPem());
    Path key = file("k", TestKeys.pem("RSA PRIVATE KEY", innerKey(keys)));
    assertEquals(keys.key(), TlsKeyPair.ofPem(certificates, key).key());
  }

  /** So is SEC1, without its curve, which stands beside it there. */
  @Test
  void sec1IsRead() throws Exception {
    TestKeys keys = TestKeys.selfSigned("a.example");
    byte[] inner = innerKey(keys);
    byte[] curve = DerWriter.element(0xa0, DerWriter.oid("1.2.840.10045.3.1.7")); // P-256
    byte[] content = java.util.Arrays.copyOfRange(inner, 2, inner.length);
    int secretEnd = 3 + 2 + 32; // the version, and the number
    byte[] sec1 =
        DerWriter.sequence(
            java.util.Arrays.copyOf(content, secretEnd),
            curve,
            java.util.Arrays.copyOfRange(content, secretEnd, content.length));
    Path certificates = file("c", keys.chainPem());
    Path key =
        file(
            "k",
            "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n"
                + TestKeys.pem("EC PRIVATE KEY", sec1));
    assertEquals(
        ((ECPrivateKey) keys.key()).getS(),
        ((ECPrivateKey) TlsKeyPair.ofPem(certificates, key).key()).getS());
    Path bare = file("bare", TestKeys.pem("EC PRIVATE KEY", inner));
    assertNames(bare, "does not tell its curve", () -> TlsKeyPair.ofPem(certificates, bare));
  }

  /** The last octet string of a PKCS#8 key. */
  private static byte[] innerKey(TestKeys keys) throws IOException {
    byte[] pkcs8 = keys.key().getEncoded();
    for (int at = 0; at < pkcs8.length; at++) {
      if (pkcs8[at] == 0x04) {
        int length = pkcs8[at + 1] & 0xff;
        int header = length < 0x80 ? 2 : 2 + (length & 0x7f);
        int size =
            length < 0x80
                ? length
                : header == 3
                    ? pkcs8[at + 2] & 0xff
                    : (pkcs8[at + 2] & 0xff) << 8 | (pkcs8[at + 3] & 0xff);
        if (at + header + size == pkcs8.length) {
          return java.util.Arrays.copyOfRange(pkcs8, at + header, pkcs8.length);
        }
      }
    }
    throw new IOException("no key inside");
  }

  @Test
  void encryptedPkcs8IsReadWithItsPassword() throws Exception {
    TestKeys keys = TestKeys.selfSigned("a.example");
    Path certificates = file("c", keys.chainPem());
    Path key = file("k", TestKeys.pem("ENCRYPTED PRIVATE KEY", encrypt(keys)));
    assertEquals(keys.key(), TlsKeyPair.ofPem(certificates, key, PASSWORD).key());
    assertNames(
        key, "wrong password", () -> TlsKeyPair.ofPem(certificates, key, "wrong".toCharArray()));
    assertNames(key, "no password", () -> TlsKeyPair.ofPem(certificates, key));
  }

  private static byte[] encrypt(TestKeys keys) throws GeneralSecurityException, IOException {
    String algorithm = "PBEWithHmacSHA256AndAES_256";
    byte[] salt = new byte[16];
    byte[] iv = new byte[16];
    new SecureRandom().nextBytes(salt);
    Cipher cipher = Cipher.getInstance(algorithm);
    cipher.init(
        Cipher.ENCRYPT_MODE,
        SecretKeyFactory.getInstance(algorithm).generateSecret(new PBEKeySpec(PASSWORD)),
        new PBEParameterSpec(salt, 2048, new javax.crypto.spec.IvParameterSpec(iv)));
    AlgorithmParameters parameters = AlgorithmParameters.getInstance("PBES2");
    parameters.init(cipher.getParameters().getEncoded());
    return new EncryptedPrivateKeyInfo(parameters, cipher.doFinal(keys.key().getEncoded()))
        .getEncoded();
  }

  @Test
  void oneFileMayHaveBothAndTextAroundThem() throws Exception {
    TestKeys root = TestKeys.of("root").authority().make();
    TestKeys keys = TestKeys.of("a.example").issuedBy(root).make();
    Path both =
        file("b", "subject: a\r\n" + (keyPem(keys) + keys.chainPem()).replace("\n", "\r\n"));
    TlsKeyPair pair = TlsKeyPair.ofPem(both, both);
    assertEquals(keys.key(), pair.key());
    assertEquals(2, pair.chain().size());
  }

  @Test
  void pkcs12IsRead() throws Exception {
    TestKeys keys = TestKeys.selfSigned("a.example");
    Path file = pkcs12("s.p12", keys);
    assertEquals(keys.key(), TlsKeyPair.ofPkcs12(file, PASSWORD).key());
    assertNames(file, "wrong password", () -> TlsKeyPair.ofPkcs12(file, "wrong".toCharArray()));
    Path none = pkcs12("none.p12");
    assertNames(none, "no private key", () -> TlsKeyPair.ofPkcs12(none, PASSWORD));
    Path text = file("text", "this is no store");
    assertNames(text, "no PKCS#12", () -> TlsKeyPair.ofPkcs12(text, PASSWORD));
  }

  @Test
  void aPkcs12FileWithOneHalfAloneIsRefused() throws Exception {
    KeyStore bare = emptyStore();
    bare.setKeyEntry("k", encrypt(TestKeys.selfSigned("a.example")), null);
    Path key = pkcs12("key.p12", bare);
    assertNames(key, "no certificate", () -> TlsKeyPair.ofPkcs12(key, PASSWORD));
    KeyStore symmetric = emptyStore();
    symmetric.setEntry(
        "s",
        new KeyStore.SecretKeyEntry(new SecretKeySpec(new byte[16], "AES")),
        new KeyStore.PasswordProtection(PASSWORD));
    Path secret = pkcs12("secret.p12", symmetric);
    assertNames(secret, "no private key", () -> TlsKeyPair.ofPkcs12(secret, PASSWORD));
  }

  private static KeyStore emptyStore() throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }

  private Path pkcs12(String name, TestKeys... all) throws Exception {
    KeyStore store = emptyStore();
    for (TestKeys keys : all) {
      store.setKeyEntry("k", keys.key(), PASSWORD, keys.chain().toArray(new X509Certificate[0]));
    }
    return pkcs12(name, store);
  }

  private Path pkcs12(String name, KeyStore store) throws Exception {
    Path file = dir.resolve(name);
    try (OutputStream out = Files.newOutputStream(file)) {
      store.store(out, PASSWORD);
    }
    return file;
  }

  // ---- what is wrong ---------------------------------------------------------------------------

  @Test
  void whatIsWrongNamesItsFile() throws Exception {
    TestKeys keys = TestKeys.selfSigned("a.example");
    Path good = file("good.pem", keys.chainPem());
    Path goodKey = file("good.key", keyPem(keys));
    Path missing = dir.resolve("missing");
    Path empty = file("empty", "");
    Path text = file("text", "hello");
    Path cut = file("cut", keys.chainPem().substring(0, 100));
    Path spoilt = file("spoilt", TestKeys.pem("CERTIFICATE", new byte[] {1, 2, 3}));
    Path spoiltKey = file("spoilt.key", TestKeys.pem("PRIVATE KEY", new byte[] {0x30, 2, 1}));
    Path two = file("two.key", keyPem(keys) + keyPem(keys));
    Path dsa = file("dsa.key", TestKeys.pem("DSA PRIVATE KEY", new byte[] {1}));
    Path old =
        file(
            "old.key",
            """
            -----BEGIN RSA PRIVATE KEY-----
            Proc-Type: 4,ENCRYPTED
            DEK-Info: AES-128-CBC,00

            AAAA
            -----END RSA PRIVATE KEY-----
            """);

    assertNames(missing, "no such file", () -> TlsKeyPair.ofPem(missing, goodKey));
    assertNames(missing, "no such file", () -> TlsKeyPair.ofPem(good, missing));
    assertNames(empty, "is empty", () -> TlsKeyPair.ofPem(empty, goodKey));
    assertNames(empty, "is empty", () -> TlsKeyPair.ofPem(good, empty));
    assertNames(text, "no PEM", () -> TlsKeyPair.ofPem(text, goodKey));
    assertNames(cut, "no end of CERTIFICATE", () -> TlsKeyPair.ofPem(cut, goodKey));
    assertNames(spoilt, "cannot be read", () -> TlsKeyPair.ofPem(spoilt, goodKey));
    assertNames(spoiltKey, "DER", () -> TlsKeyPair.ofPem(good, spoiltKey));
    assertNames(goodKey, "no certificate", () -> TlsKeyPair.ofPem(goodKey, goodKey));
    assertNames(good, "no private key", () -> TlsKeyPair.ofPem(good, good));
    assertNames(two, "2 private keys", () -> TlsKeyPair.ofPem(good, two));
    assertNames(dsa, "DSA PRIVATE KEY is not supported", () -> TlsKeyPair.ofPem(good, dsa));
    assertNames(old, "openssl pkcs8", () -> TlsKeyPair.ofPem(good, old));
    assertNames(missing, "no such file", () -> TlsConfig.builder().trustPem(missing));
    assertNames(dir, "cannot be read", () -> TlsConfig.builder().trustPem(dir));
  }

  @ParameterizedTest
  @ValueSource(strings = {"EC", "RSA", "Ed25519"})
  void aKeyOfAnotherCertificateIsRefused(String algorithm) throws Exception {
    TestKeys one = TestKeys.of("a.example").algorithm(algorithm).make();
    Path certificates = file("c", one.chainPem());
    for (String other : new String[] {"EC", "RSA", "Ed25519"}) {
      TestKeys another = TestKeys.of("a.example").algorithm(other).make();
      Path key = file("k-" + other, keyPem(another));
      assertNames(
          certificates,
          "the certificate of CN=a.example is for another key",
          () -> TlsKeyPair.ofPem(certificates, key));
    }
  }

  @Test
  void aChainThatIsNotValidTodayIsRefused() throws Exception {
    Instant now = Instant.now();
    TestKeys expired =
        TestKeys.of("a.example")
            .valid(now.minus(Duration.ofDays(2)), now.minus(Duration.ofDays(1)))
            .make();
    expired.writePem(dir.resolve("c"), dir.resolve("k"));
    assertNames(
        dir.resolve("c"),
        "the certificate of CN=a.example expired at ",
        () -> TlsKeyPair.ofPem(dir.resolve("c"), dir.resolve("k")));
    TestKeys root =
        TestKeys.of("root")
            .authority()
            .valid(now.plus(Duration.ofDays(1)), now.plus(Duration.ofDays(2)))
            .make();
    TestKeys.of("b.example").issuedBy(root).make().writePem(dir.resolve("d"), dir.resolve("l"));
    assertNames(
        dir.resolve("d"),
        "the certificate of CN=root is not valid before ",
        () -> TlsKeyPair.ofPem(dir.resolve("d"), dir.resolve("l")));
  }

  // ---- rotation --------------------------------------------------------------------------------

  @Test
  void newFilesServeNewHandshakesAndNoConnectionEnds() throws Exception {
    TestKeys first = TestKeys.selfSigned("localhost");
    TestKeys second = TestKeys.of("localhost").algorithm("RSA").make();
    Path certificates = dir.resolve("c");
    Path key = dir.resolve("k");
    first.writePem(certificates, key);
    TlsKeyFiles files = TlsKeyFiles.pem(certificates, key);
    TlsConfig server = TlsConfig.builder().keyFiles(files).build();
    TlsConfig client =
        TlsConfig.builder()
            .trust(List.of(first.chain().getFirst(), second.chain().getFirst()))
            .serverName("localhost")
            .build();
    try (Listener listener = Tls.listen("tcp4", "127.0.0.1:0", server)) {
      crew.extra(
          "server",
          () -> {
            for (; ; ) {
              Conn conn = listener.accept();
              crew.extra(
                  "echo",
                  () -> {
                    try (conn) {
                      byte[] one = new byte[1];
                      while (conn.read(one) > 0) {
                        conn.write(one);
                      }
                    }
                  });
            }
          });
      try (TlsConn old = dial(listener, client)) {
        assertEquals(first.chain(), old.handshake().peerCertificates());

        Files.writeString(certificates, "");
        TlsKeyPair kept = files.keyPair();
        assertNames(certificates, "is empty", server::reload);
        assertSame(kept, files.keyPair());
        try (TlsConn conn = dial(listener, client.toBuilder().build())) {
          assertEquals(first.chain(), conn.handshake().peerCertificates());
        }

        second.writePem(certificates, key);
        server.reload();
        try (TlsConn conn = dial(listener, client.toBuilder().build())) {
          assertEquals(second.chain(), conn.handshake().peerCertificates());
        }
        assertEcho(old);
      }
    }
  }

  /** Before the key is chosen, and behind it; twice, so that the chosen one is long gone. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aHandshakeUnderWayOutlivesReloads(boolean chosen) throws Exception {
    Path certificates = dir.resolve("cert.pem");
    Path key = dir.resolve("key.pem");
    TestKeys first = TestKeys.selfSigned("localhost");
    TestKeys last = TestKeys.selfSigned("localhost");
    first.writePem(certificates, key);
    TlsConfig config = TlsConfig.builder().keyFiles(TlsKeyFiles.pem(certificates, key)).build();
    try (ConnPair raw = ConnPairs.dialled("tcp4", "127.0.0.1:0").connect()) {
      TlsConn server = Tls.server(raw.right(), config);
      EnginePeer client =
          new EnginePeer(
              raw.left(), (chosen ? first : last).sslContext(), TlsVersion.TLS_1_3, true);
      Job<?> handshake = crew.start("server", () -> server.handshake());
      client.engine().beginHandshake();
      byte[] hello = client.wrap(new byte[0]);
      int sent = chosen ? hello.length : hello.length / 2;
      client.send(Arrays.copyOf(hello, sent));
      if (chosen) {
        raw.left().awaitReadable(); // the server's flight
      }
      for (TestKeys keys : List.of(TestKeys.selfSigned("localhost"), last)) {
        keys.writePem(certificates, key);
        config.reload();
      }
      client.send(Arrays.copyOfRange(hello, sent, hello.length));
      client.handshake();
      handshake.result();
      assertEquals(
          (chosen ? first : last).chain().getFirst(),
          client.engine().getSession().getPeerCertificates()[0]);
    }
  }

  @Test
  void noHandshakeIsDroppedWhileFilesAreReadAgainAndAgain() throws Exception {
    Path certificates = dir.resolve("cert.pem");
    Path key = dir.resolve("key.pem");
    TestKeys keys = TestKeys.selfSigned("localhost");
    keys.writePem(certificates, key);
    TlsConfig server = TlsConfig.builder().keyFiles(TlsKeyFiles.pem(certificates, key)).build();
    TlsConfig client = TlsConfig.builder().trust(keys.chain()).serverName("localhost").build();
    try (Listener listener = Tls.listen("tcp4", "127.0.0.1:0", server)) {
      crew.extra(
          "server",
          () -> {
            for (; ; ) {
              Conn conn = listener.accept();
              crew.extra(
                  "echo",
                  () -> {
                    try (conn) {
                      byte[] one = new byte[1];
                      conn.readFully(one);
                      conn.write(one);
                    }
                  });
            }
          });
      AtomicBoolean done = new AtomicBoolean();
      // Of the system's own: beside a thread that never waits a lone carrier hears nobody.
      Job<?> reloader =
          new Crew(Callers.PLATFORM)
              .start(
                  "reloader",
                  () -> {
                    while (!done.get()) {
                      server.reload(); // the same key, of another number each time
                    }
                  });
      try {
        long enough = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        for (int i = 0; i < 10 || i < 40 && System.nanoTime() < enough; i++) {
          try (TlsConn conn = dial(listener, client.toBuilder().build())) {
            assertEquals(keys.chain(), conn.handshake().peerCertificates());
          }
        }
      } finally {
        done.set(true);
      }
      reloader.result();
    }
  }

  private static TlsConn dial(Listener listener, TlsConfig config) throws IOException {
    TlsConn conn = Tls.dial("tcp", listener.addr().toString(), config);
    assertEcho(conn);
    return conn;
  }

  private static void assertEcho(Conn conn) throws IOException {
    byte[] sent = "x".getBytes(StandardCharsets.US_ASCII);
    byte[] got = new byte[1];
    conn.write(sent);
    conn.readFully(got);
    assertArrayEquals(sent, got);
  }

  @Test
  void oneBadFileKeepsNoOtherFromBeingRead() throws Exception {
    TestKeys.selfSigned("a.example").writePem(dir.resolve("c1"), dir.resolve("k1"));
    TestKeys.selfSigned("b.example").writePem(dir.resolve("c2"), dir.resolve("k2"));
    TlsKeyFiles one = TlsKeyFiles.pem(dir.resolve("c1"), dir.resolve("k1"));
    TlsKeyFiles two = TlsKeyFiles.pem(dir.resolve("c2"), dir.resolve("k2"));
    TlsConfig config = TlsConfig.builder().keyFiles(one).keyFiles(two).build();
    Files.delete(dir.resolve("c1"));
    TestKeys next = TestKeys.selfSigned("b.example");
    next.writePem(dir.resolve("c2"), dir.resolve("k2"));
    assertNames(dir.resolve("c1"), "no such file", config::reload);
    assertEquals(next.key(), two.keyPair().key());
    assertEquals(List.of("a.example"), one.keyPair().names());
  }

  @Test
  void keysFromElsewhereAreCheckedToo() {
    TestKeys one = TestKeys.selfSigned("a.example");
    TestKeys two = TestKeys.selfSigned("b.example");
    assertThrows(IllegalArgumentException.class, () -> TlsKeyPair.of(one.key(), two.chain()));
    assertThrows(IllegalArgumentException.class, () -> TlsKeyPair.of(one.key(), List.of()));
  }
}
