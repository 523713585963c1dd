package gonet.test.examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import gonet.Conn;
import gonet.examples.Echo;
import gonet.examples.HttpServer;
import gonet.examples.TcpProxy;
import gonet.test.Callers;
import gonet.test.Crew;
import gonet.test.Job;
import gonet.test.Proves;
import gonet.test.tls.TestKeys;
import gonet.tls.Tls;
import gonet.tls.TlsConfig;
import gonet.tls.TlsConn;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The option {@code --tls} of the examples, as whole programs. */
@Timeout(300)
@Proves("tls-programs")
class TlsExamplesTest {
  private static final String ANY_PORT = "127.0.0.1:0";

  private final Crew crew = new Crew(Callers.VIRTUAL);

  @TempDir Path dir;

  @AfterEach
  void end() throws Exception {
    crew.end();
  }

  private String[] write(String name, TestKeys keys) throws IOException {
    Path certificates = dir.resolve(name + ".pem");
    Path key = dir.resolve(name + ".key");
    keys.writePem(certificates, key);
    return new String[] {"--tls", certificates.toString(), key.toString()};
  }

  private static TlsConn dial(String address, TestKeys keys, String name) throws IOException {
    TlsConfig config =
        TlsConfig.builder().trust(keys.chain()).serverName(name).alpn("http/1.1").build();
    TlsConn conn = Tls.dial("tcp", address, config);
    conn.setReadTimeout(Duration.ofMinutes(1));
    return conn;
  }

  private void assertEcho(Conn conn) throws Exception {
    byte[] sent = new byte[100_000];
    Job<?> writer =
        crew.start(
            "writer",
            () -> {
              conn.write(sent);
              conn.closeWrite();
            });
    assertArrayEquals(sent, conn.readAll());
    writer.result();
  }

  @Test
  void echoSpeaksTlsAndTellsWhatIsWrongWithItsFiles() throws Exception {
    TestKeys keys = TestKeys.selfSigned("localhost");
    String[] option = write("a", keys);
    try (ExampleProgram server =
        ExampleProgram.start(Echo.class, ANY_PORT, option[0], option[1], option[2])) {
      try (Conn conn = dial(server.address(), keys, "localhost")) {
        assertEcho(conn);
      }
      server.stop();
    }
    Path missing = dir.resolve("missing");
    ExampleProgram.assertFails(
        "tls: " + missing + ": no such file",
        Echo.class,
        ANY_PORT,
        "--tls",
        missing.toString(),
        option[2]);
    ExampleProgram.assertFails(
        "usage: [--tls CERT.pem KEY.pem]...", Echo.class, ANY_PORT, "--tls", option[1]);
  }

  @Test
  void theHttpServerChoosesByNameAndReadsItsKeysAnew() throws Exception {
    TestKeys one = TestKeys.selfSigned("one.example");
    TestKeys two = TestKeys.selfSigned("two.example");
    String[] first = write("one", one);
    String[] second = write("two", two);
    try (ExampleProgram server =
        ExampleProgram.start(
            HttpServer.class,
            ANY_PORT,
            first[0],
            first[1],
            first[2],
            second[0],
            second[1],
            second[2])) {
      String address = server.address();
      try (TlsConn kept = dial(address, one, "one.example");
          TlsConn conn = dial(address, two, "two.example")) {
        assertEquals("http/1.1", conn.handshake().alpn());
        assertHello(conn);

        TestKeys next = TestKeys.selfSigned("two.example");
        write("two", next);
        server.hangUp();
        assertEquals("keys read anew", server.line());
        try (TlsConn renewed = dial(address, next, "two.example")) {
          assertHello(renewed);
        }

        Files.writeString(Path.of(second[1]), "");
        server.hangUp();
        assertEquals("keys as before: " + second[1] + ": the file is empty", server.line());
        try (TlsConn still = dial(address, next, "two.example")) {
          assertHello(still);
        }
        assertHello(kept);
      }
      server.stop();
    }
  }

  private static void assertHello(Conn conn) throws IOException {
    conn.write("GET /plaintext HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    byte[] got = new byte[15];
    conn.readFully(got);
    assertEquals("HTTP/1.1 200 OK", new String(got, StandardCharsets.US_ASCII));
  }

  @Test
  void theProxyEndsTlsAndPassesEveryEndOn() throws Exception {
    TestKeys keys = TestKeys.selfSigned("localhost");
    String[] option = write("a", keys);
    try (ExampleProgram echo = ExampleProgram.start(Echo.class, ANY_PORT);
        ExampleProgram proxy =
            ExampleProgram.start(
                TcpProxy.class, ANY_PORT, echo.address(), option[0], option[1], option[2])) {
      try (Conn conn = dial(proxy.address(), keys, "localhost")) {
        assertEcho(conn);
      }
      proxy.stop();
    }
  }
}
