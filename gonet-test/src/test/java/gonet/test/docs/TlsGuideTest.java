package gonet.test.docs;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import gonet.Conn;
import gonet.Net;
import gonet.Pipe;
import gonet.TimeLimit;
import gonet.server.Server;
import gonet.test.Callers;
import gonet.test.Crew;
import gonet.test.Proves;
import gonet.test.tls.TestKeys;
import gonet.test.tls.TlsPairs;
import gonet.tls.ClientAuth;
import gonet.tls.Cork;
import gonet.tls.Tls;
import gonet.tls.TlsConfig;
import gonet.tls.TlsConn;
import gonet.tls.TlsException;
import gonet.tls.TlsInfo;
import gonet.tls.TlsKeyException;
import gonet.tls.TlsKeyFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The examples of docs/guide.md on TLS. */
@Timeout(180)
@Proves("jvm-tls")
class TlsGuideTest {
  private final Crew crew = new Crew(Callers.VIRTUAL);

  @TempDir Path dir;

  @AfterEach
  void end() throws Exception {
    crew.end();
  }

  // example
  /** Asks a server whose certificate is for the name in the address. */
  static byte[] ask(String address, TlsConfig config, byte[] question) throws IOException {
    try (TlsConn conn = Tls.dial("tcp", address, config)) {
      conn.write(question);
      conn.closeWrite();
      return conn.readAll(1 << 20); // TruncatedException if somebody cut it off
    }
  }

  // end of example

  // example
  /** An echo over TLS. {@code files.reload()} renews its certificate, and no connection ends. */
  static Server secureEcho(String address, TlsKeyFiles files) throws IOException {
    TlsConfig config = TlsConfig.builder().keyFiles(files).build();
    return Server.builder()
        .listenOn("tcp", address, Tls.serverLayer(config))
        .handler(conn -> conn.inputStream().transferTo(conn.outputStream()))
        .start();
  }

  // end of example

  @Test
  void aClientAsksAServerWhoseCertificateIsRenewed() throws Exception {
    TestKeys keys = TestKeys.selfSigned("localhost");
    keys.writePem(dir.resolve("server.pem"), dir.resolve("server.key"));
    TlsKeyFiles files = TlsKeyFiles.pem(dir.resolve("server.pem"), dir.resolve("server.key"));
    TlsConfig client = TlsConfig.builder().trust(keys.chain()).build();
    try (Server server = secureEcho("127.0.0.1:0", files)) {
      String address = server.addr().toString().replace("127.0.0.1", "localhost");
      assertArrayEquals(new byte[] {1, 2}, ask(address, client, new byte[] {1, 2}));

      TestKeys next = TestKeys.selfSigned("localhost");
      next.writePem(dir.resolve("server.pem"), dir.resolve("server.key"));
      files.reload();
      TlsConfig trusting = TlsConfig.builder().trust(next.chain()).build();
      assertArrayEquals(new byte[] {3}, ask(address, trusting, new byte[] {3}));
    }
  }

  // example
  /** Several names, and clients that have to show a certificate of our own authority. */
  static TlsConfig serverConfig(Path dir) throws TlsKeyException {
    return TlsConfig.builder()
        .keyFiles(TlsKeyFiles.pem(dir.resolve("www.pem"), dir.resolve("www.key")))
        .keyFiles(TlsKeyFiles.pem(dir.resolve("api.pem"), dir.resolve("api.key")))
        .trustPem(dir.resolve("clients.pem"))
        .clientAuth(ClientAuth.NEED)
        .alpn("http/1.1")
        .build();
  }

  /** A head and its lines, in as few records and system calls as may be. */
  static void answer(TlsConn conn, byte[] head, List<byte[]> lines) throws IOException {
    try (Cork cork = conn.cork()) {
      cork.write(head);
      for (byte[] line : lines) {
        cork.write(line);
      }
    }
  }

  // end of example

  @Test
  void anAnswerUnderACorkArrivesWhole() throws Exception {
    try (Pipe pipe = Net.pipe()) {
      TlsConn left = Tls.client(pipe.first(), TlsPairs.client().build());
      TlsConn right = Tls.server(pipe.second(), TlsPairs.server().build());
      TlsPairs.shakeHands(left, right);
      Thread writer =
          Net.go(
              "writer",
              () ->
                  answer(
                      right,
                      "head\n".getBytes(US_ASCII),
                      List.of("a\n".getBytes(US_ASCII), "b\n".getBytes(US_ASCII))));
      byte[] got = new byte[9];
      left.readFully(got);
      assertEquals("head\na\nb\n", new String(got, US_ASCII));
      writer.join();
    }
  }

  @Test
  void theNameChoosesAndClientsAreKnown() throws Exception {
    TestKeys authority = TestKeys.of("clients").authority().make();
    TestKeys known = TestKeys.of("known").issuedBy(authority).make();
    TestKeys www = TestKeys.selfSigned("www.example");
    TestKeys api = TestKeys.selfSigned("api.example");
    www.writePem(dir.resolve("www.pem"), dir.resolve("www.key"));
    api.writePem(dir.resolve("api.pem"), dir.resolve("api.key"));
    authority.writePem(dir.resolve("clients.pem"), dir.resolve("unused"));
    TlsConfig server = serverConfig(dir);
    TlsConfig client =
        TlsConfig.builder()
            .trust(api.chain())
            .keyPair(known.keyPair())
            .serverName("api.example")
            .alpn("http/1.1")
            .build();
    try (Pipe pipe = Net.pipe()) {
      TlsConn left = Tls.client(pipe.first(), client);
      TlsConn right = Tls.server(pipe.second(), server);
      TlsPairs.shakeHands(left, right);
      TlsInfo info = left.handshake();
      assertEquals("http/1.1", info.alpn());
      assertEquals(api.chain(), info.peerCertificates());
      assertEquals(known.chain().getFirst(), right.handshake().peerCertificates().getFirst());
    }
  }

  // example
  /** Plain first, then TLS over the same connection, as SMTP and PostgreSQL do. */
  static TlsConn startTls(Conn conn, TlsConfig config, String serverName) throws IOException {
    conn.write("STARTTLS\r\n".getBytes(US_ASCII));
    byte[] ready = new byte[4]; // no more: what follows belongs to TLS
    conn.readFully(ready);
    if (!new String(ready, US_ASCII).equals("OK\r\n")) {
      throw new IOException("no TLS there");
    }
    TlsConn secure = Tls.client(conn, config, serverName);
    secure.handshake(TimeLimit.after(Duration.ofSeconds(5)));
    return secure;
  }

  // end of example

  @Test
  void aPlainConnectionGoesOnUnderTls() throws Exception {
    try (Pipe pipe = Net.pipe()) {
      crew.start(
          "server",
          () -> {
            Conn conn = pipe.second();
            conn.readFully(new byte["STARTTLS\r\n".length()]);
            conn.write("OK\r\n".getBytes(US_ASCII));
            Tls.server(conn, TlsPairs.server().build()).write(new byte[] {9});
          });
      TlsConn secure = startTls(pipe.first(), TlsPairs.client().build(), "localhost");
      byte[] got = new byte[1];
      secure.readFully(got);
      assertEquals(9, got[0]);
      assertNotNull(secure.info());
    }
    try (Pipe pipe = Net.pipe()) {
      crew.start(
          "another server",
          () -> {
            pipe.second().readFully(new byte["STARTTLS\r\n".length()]);
            pipe.second().write("NO\r\n".getBytes(US_ASCII));
          });
      IOException e =
          assertThrows(
              IOException.class,
              () -> startTls(pipe.first(), TlsPairs.client().build(), "localhost"));
      assertEquals(false, e instanceof TlsException);
    }
  }

  @Test
  void theGuideShowsTheseExamples() throws IOException {
    GuideExamples.assertShown(TlsGuideTest.class, 4);
  }
}
