package gonet.test.tls;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import gonet.Conn;
import gonet.Listener;
import gonet.test.Callers;
import gonet.test.Crew;
import gonet.test.Job;
import gonet.test.LeakCheck;
import gonet.test.Proves;
import gonet.tls.Tls;
import gonet.tls.TlsConfig;
import gonet.tls.TlsConn;
import gonet.tls.TlsException;
import gonet.tls.TlsInfo;
import gonet.tls.TlsKeyException;
import gonet.tls.TlsKeyPair;
import gonet.tls.TlsVersion;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** With OpenSSL's own client and server on the other end, where they are installed. */
@LeakCheck
@Proves("tls-peers")
class TlsOpensslTest {
  private final Crew crew = new Crew(Callers.VIRTUAL);
  private final List<Process> processes = new ArrayList<>();

  @TempDir Path dir;

  @BeforeAll
  static void requireOpenssl() {
    boolean there;
    try {
      Process version = new ProcessBuilder("openssl", "version").start();
      there = version.waitFor(90, TimeUnit.SECONDS) && version.exitValue() == 0;
    } catch (IOException e) {
      there = false;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    assumeTrue(there, "openssl is not installed here");
  }

  @BeforeEach
  void writeKeys() throws IOException {
    TlsPairs.keys().writePem(dir.resolve("cert.pem"), dir.resolve("key.pem"));
  }

  @AfterEach
  void end() throws Exception {
    for (Process process : processes) {
      process.destroyForcibly();
      process.waitFor();
    }
    crew.end();
  }

  private Process openssl(String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of("openssl"));
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command).directory(dir.toFile()).redirectErrorStream(true).start();
    processes.add(process);
    return process;
  }

  private Process client(Listener listener, String... more) throws IOException {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "s_client",
                "-connect",
                listener.addr().toString(),
                "-servername",
                "localhost",
                "-verify_return_error",
                "-CAfile",
                "cert.pem"));
    arguments.addAll(List.of(more));
    return openssl(arguments.toArray(new String[0]));
  }

  private static void type(Process process, String text) throws IOException {
    process.outputWriter().write(text);
    process.outputWriter().flush();
  }

  /** Reads until a line contains a text; everything up to there. */
  private static String until(Process process, String text) throws IOException {
    StringBuilder all = new StringBuilder();
    BufferedReader reader = process.inputReader();
    for (String line; (line = reader.readLine()) != null; ) {
      all.append(line).append('\n');
      if (line.contains(text)) {
        return all.toString();
      }
    }
    throw new IOException("no \"" + text + "\" in\n" + all);
  }

  private Job<TlsInfo> echo(Listener listener) {
    return crew.compute(
        "server",
        () -> {
          try (Conn conn = listener.accept()) {
            byte[] buf = new byte[1000];
            for (int n; (n = conn.read(buf)) >= 0; ) {
              conn.write(buf, 0, n);
            }
            return Objects.requireNonNull(((TlsConn) conn).info());
          }
        });
  }

  /** A session of the first client, shown by the second; and an end by close_notify. */
  @ParameterizedTest
  @EnumSource(TlsVersion.class)
  void itsClientIsServedAndItsTicketIsTaken(TlsVersion version) throws Exception {
    String flag = version == TlsVersion.TLS_1_3 ? "-tls1_3" : "-tls1_2";
    try (Listener listener =
        Tls.listen("tcp4", "127.0.0.1:0", TlsPairs.server().alpn("echo").build())) {
      for (int i = 0; i < 2; i++) {
        Job<TlsInfo> server = echo(listener);
        Process client =
            client(listener, flag, "-alpn", "echo", i == 0 ? "-sess_out" : "-sess_in", "session");
        type(client, "one line\n");
        String said = until(client, "one line");
        assertTrue(said.contains("Verification: OK"), said);
        assertEquals(i == 1, said.contains("Reused, "), said);
        type(client, "Q\n");
        assertTrue(client.waitFor(90, TimeUnit.SECONDS));
        TlsInfo info = server.result();
        assertEquals(version, info.version());
        assertEquals(i == 1, info.resumed());
        assertEquals("echo", info.alpn());
        assertEquals("localhost", info.serverName());
        Thread.sleep(5); // sessions tell their age in milliseconds
      }
    }
  }

  @Test
  void itsClientUpdatesKeysAndWantsOursUpdated() throws Exception {
    try (Listener listener = Tls.listen("tcp4", "127.0.0.1:0", TlsPairs.server().build())) {
      Job<TlsInfo> server = echo(listener);
      Process client = client(listener, "-tls1_3");
      type(client, "before\n");
      var _ = until(client, "before");
      for (int i = 0; i < 5; i++) {
        type(client, "K\n");
        var _ = until(client, "KEYUPDATE");
        type(client, "line " + i + "\n");
        var _ = until(client, "line " + i);
      }
      type(client, "Q\n");
      var _ = server.result();
    }
  }

  @Test
  void itsClientMayNotRenegotiate() throws Exception {
    try (Listener listener = Tls.listen("tcp4", "127.0.0.1:0", TlsPairs.server().build())) {
      Job<TlsInfo> server = echo(listener);
      Process client = client(listener, "-tls1_2");
      type(client, "before\n");
      var _ = until(client, "before");
      type(client, "R\n");
      TlsException e = server.failure(TlsException.class);
      assertTrue(e.getMessage().contains("renegotiation is refused"), e::toString);
      var _ = until(client, "alert"); // a fatal one, not close_notify
      assertNotEquals(0, client.waitFor());
    }
  }

  @Test
  void itsOldClientsAreRefused() throws Exception {
    try (Listener listener = Tls.listen("tcp4", "127.0.0.1:0", TlsPairs.server().build())) {
      Job<TlsInfo> server = echo(listener);
      // At security level 0 this OpenSSL offers 1.1 at all.
      Process client = client(listener, "-tls1_1", "-cipher", "ALL:@SECLEVEL=0");
      TlsException e = server.failure(TlsException.class);
      assertTrue(e.alert() != null, e::toString);
      assertTrue(client.waitFor(90, TimeUnit.SECONDS));
      assertFalse(client.exitValue() == 0);
    }
  }

  @ParameterizedTest
  @EnumSource(TlsVersion.class)
  void itsServerIsDialled(TlsVersion version) throws Exception {
    Process server =
        openssl(
            "s_server", "-accept", "127.0.0.1:0", "-cert", "cert.pem", "-key", "key.pem", "-rev");
    String accept = until(server, "ACCEPT");
    String address = accept.substring(accept.indexOf("ACCEPT ") + 7).strip();
    TlsConfig config = TlsPairs.client().versions(version).build();
    for (int i = 0; i < 2; i++) {
      try (TlsConn conn = Tls.dial("tcp", address, config)) {
        conn.write("abc\n".getBytes(StandardCharsets.US_ASCII));
        byte[] got = new byte[4];
        conn.readFully(got);
        assertArrayEquals("cba\n".getBytes(StandardCharsets.US_ASCII), got);
        assertEquals(version, conn.handshake().version());
        assertEquals(i == 1, conn.handshake().resumed());
        conn.closeWrite();
      }
      Thread.sleep(5);
    }
    assertThrows(
        TlsException.class,
        () -> Tls.dial("tcp", address, TlsPairs.client().serverName("example.org").build()));
  }

  /** In the forms that OpenSSL writes by itself: PKCS#8, encrypted, and the two older ones. */
  @Test
  void itsKeysAreRead() throws Exception {
    run(
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-keyout",
        "rsa",
        "-out",
        "rsa.pem",
        "-subj",
        "/CN=rsa");
    run("rsa", "-in", "rsa", "-traditional", "-out", "rsa.pkcs1");
    run("pkcs8", "-topk8", "-in", "rsa", "-passout", "pass:secret", "-out", "rsa.encrypted");
    run(
        "pkcs8",
        "-topk8",
        "-scrypt",
        "-in",
        "rsa",
        "-passout",
        "pass:secret",
        "-out",
        "rsa.scrypt");
    run("ecparam", "-name", "secp384r1", "-genkey", "-out", "ec.sec1");
    run("req", "-x509", "-key", "ec.sec1", "-out", "ec.pem", "-subj", "/CN=ec");
    run(
        "pkcs12",
        "-export",
        "-in",
        "ec.pem",
        "-inkey",
        "ec.sec1",
        "-passout",
        "pass:secret",
        "-out",
        "ec.p12");
    char[] password = "secret".toCharArray();
    TlsKeyPair rsa = TlsKeyPair.ofPem(dir.resolve("rsa.pem"), dir.resolve("rsa"));
    assertEquals(
        rsa.key(), TlsKeyPair.ofPem(dir.resolve("rsa.pem"), dir.resolve("rsa.pkcs1")).key());
    assertEquals(
        rsa.key(),
        TlsKeyPair.ofPem(dir.resolve("rsa.pem"), dir.resolve("rsa.encrypted"), password).key());
    TlsKeyException e =
        assertThrows(
            TlsKeyException.class,
            () -> TlsKeyPair.ofPem(dir.resolve("rsa.pem"), dir.resolve("rsa.scrypt"), password));
    assertTrue(e.getMessage().contains("rsa.scrypt: "), e::toString);
    assertTrue(e.getMessage().contains("scrypt, which the JDK does not have"), e::toString);
    TlsKeyPair ec = TlsKeyPair.ofPem(dir.resolve("ec.pem"), dir.resolve("ec.sec1"));
    assertEquals(ec.chain(), TlsKeyPair.ofPkcs12(dir.resolve("ec.p12"), password).chain());
  }

  private void run(String... arguments) throws Exception {
    Process process = openssl(arguments);
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), said);
  }
}
