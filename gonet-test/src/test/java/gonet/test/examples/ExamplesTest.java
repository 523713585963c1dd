package gonet.test.examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.Datagram;
import gonet.ListenConfig;
import gonet.Net;
import gonet.UdpConn;
import gonet.examples.Chat;
import gonet.examples.Echo;
import gonet.examples.HttpServer;
import gonet.examples.Receive;
import gonet.examples.RespServer;
import gonet.examples.TcpProxy;
import gonet.examples.UdpEcho;
import gonet.netip.Addr;
import gonet.netip.AddrPort;
import gonet.test.Effect;
import gonet.test.LeakCheck;
import gonet.test.Proves;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** The example servers as programs: what they print, their arguments and their end. */
@LeakCheck
@Timeout(300)
class ExamplesTest {

  private static final int SIGTERM = 15;
  private static final String ANY_PORT = "127.0.0.1:0";

  @Test
  void echoSendsBackWhatItGetsAndStopsWhenToldTo() throws Exception {
    try (ExampleProgram server = ExampleProgram.start(Echo.class, ANY_PORT)) {
      byte[] sent = new Effect.Garbage(1 << 15, 3).bytes();
      try (Conn conn = Net.dial("tcp", server.address())) {
        conn.setReadTimeout(Duration.ofMinutes(1));
        conn.write(sent);
        byte[] echoed = new byte[sent.length];
        conn.readFully(echoed);
        assertArrayEquals(sent, echoed);
      }
      server.stop();
    }
  }

  @Test
  void withoutASocketOfSystemdsAServerSaysSo() throws Exception {
    ExampleProgram.assertFails(
        "systemd has passed no socket to this process", Echo.class, "systemd");
  }

  /** Killed, and not told to stop: what it leaves is taken over, by one that answers it is not. */
  @Test
  void echoServesByPathAndTakesOverWhatAKilledOneHasLeft() throws Exception {
    Path dir = Files.createTempDirectory("gonet");
    String path = dir.resolve("s").toString();
    String place = "unix:" + path;
    try {
      try (ExampleProgram killed = ExampleProgram.start(Echo.class, place)) {
        assertEquals("echo listens on " + path, killed.line());
        echoOnce(path);
        ExampleProgram.assertFails(
            "listen unix " + path + ": bind: address already in use", Echo.class, place);
        killed.kill();
      }
      assertTrue(Files.exists(Path.of(path)));
      try (ExampleProgram next = ExampleProgram.start(Echo.class, place)) {
        assertEquals("echo listens on " + path, next.line());
        echoOnce(path);
        next.stop();
      }
    } finally {
      Files.delete(dir); // the path is gone, or this fails
    }
  }

  private static void echoOnce(String path) throws IOException {
    try (Conn conn = Net.dial("unix", path)) {
      conn.setReadTimeout(Duration.ofMinutes(1));
      conn.write(new byte[] {9});
      assertEquals(1, conn.read(new byte[5]));
    }
  }

  @Test
  @Proves("udp")
  void udpEchoSendsEveryDatagramBackEmptyAndLongestOnesToo() throws Exception {
    try (ExampleProgram server = ExampleProgram.start(UdpEcho.class, "udp4:" + ANY_PORT);
        UdpConn client = ListenConfig.defaults().listenUdp("udp", "127.0.0.1:0")) {
      client.setReadTimeout(Duration.ofMinutes(1));
      AddrPort to = AddrPort.parse(server.address());
      Datagram in = Datagram.allocate(66_000);
      for (int length : new int[] {1, 0, 1200, 65_507, 0, 9000}) {
        byte[] sent = new Effect.Garbage(length, 5).bytes();
        client.send(ByteBuffer.wrap(sent), to);
        client.receive(in);
        byte[] back = new byte[in.data().remaining()];
        in.data().get(back);
        assertArrayEquals(sent, back);
        assertEquals(to, in.addrPort());
      }
      for (int i = 0; i < 100; i++) {
        client.send(ByteBuffer.wrap(new byte[] {(byte) i}), to);
      }
      for (int i = 0; i < 100; i++) {
        client.receive(in);
        assertEquals(i, in.data().get(0));
      }
      ExampleProgram.assertFails(
          "listen udp4 " + to + ": bind: address already in use", UdpEcho.class, "udp4:" + to);
      server.stop();
    }
  }

  /** Also of segments, which come as one where the kernel can. */
  @Test
  @EnabledIfSystemProperty(
      named = "gonet.backend",
      matches = "epoll",
      disabledReason = "java.nio does not tell to which address a datagram was sent")
  @Proves("udp")
  void udpEchoAnswersOnAWildcardFromTheVeryAddressThatWasAsked() throws Exception {
    try (ExampleProgram server = ExampleProgram.start(UdpEcho.class, "0.0.0.0:0");
        UdpConn client = ListenConfig.defaults().listenUdp("udp4", "127.0.0.1:0")) {
      client.setReadTimeout(Duration.ofMinutes(1));
      String line = server.line();
      int port = Integer.parseInt(line.substring(line.lastIndexOf(':') + 1));
      Datagram segments = Datagram.allocate(5000).setSegmentSize(1000);
      Datagram in = Datagram.allocate(2000);
      for (String asked : List.of("127.0.0.1", "127.0.0.2", "127.200.0.9")) {
        AddrPort to = AddrPort.of(Addr.parse(asked), port);
        client.send(segments.setAddrPort(to));
        for (int i = 0; i < 5; i++) {
          client.receive(in);
          assertEquals(to, in.addrPort());
          assertEquals(1000, in.data().remaining());
        }
      }
      server.stop();
    }
  }

  @Test
  void aClientThatStaysIsClosedInTheEndAndTheStatusTells() throws Exception {
    try (ExampleProgram server = ExampleProgram.start(Echo.class, ANY_PORT)) {
      try (Conn conn = Net.dial("tcp", server.address())) {
        conn.setReadTimeout(Duration.ofMinutes(1));
        conn.write(new byte[1]);
        conn.readFully(new byte[1]);
        server.stop(128 + SIGTERM);
        assertThrows(
            IOException.class,
            () -> {
              while (conn.read(new byte[1]) < 0) {
                conn.write(new byte[1]); // an end or a reset: nobody is there
              }
            });
      }
    }
  }

  @Test
  @Proves("D1")
  void receivePrintsWhoConnectsAndAllThatTheySend() throws Exception {
    try (ExampleProgram server = ExampleProgram.start(Receive.class, ANY_PORT)) {
      String address = server.address();
      for (String text : List.of("hello", "")) {
        String client;
        try (Conn conn = Net.dial("tcp", address)) {
          client = conn.localAddr().toString();
          assertEquals(client + " connected", server.line());
          conn.write(text.getBytes(StandardCharsets.UTF_8));
        }
        assertEquals(client + " sent " + text.length() + " bytes: " + text, server.line());
      }
      server.stop();
    }
  }

  @Test
  void theProxyCarriesOnClosesTheClientOfADeadTargetAndStopsWhenToldTo() throws Exception {
    try (ExampleProgram echo = ExampleProgram.start(Echo.class, ANY_PORT)) {
      String target = echo.address();
      try (ExampleProgram proxy = ExampleProgram.start(TcpProxy.class, ANY_PORT, target)) {
        String address = proxy.address();
        try (Conn conn = Net.dial("tcp", address)) {
          conn.write(new byte[] {1, 2, 3});
          conn.closeWrite();
          assertArrayEquals(new byte[] {1, 2, 3}, conn.readAll());
        }
        echo.stop();
        try (Conn conn = Net.dial("tcp", address)) {
          String client = conn.localAddr().toString();
          assertEquals(-1, conn.read(new byte[1]));
          assertEquals(
              client + ": dial tcp " + target + ": connect: connection refused", proxy.line());
        }
        proxy.stop();
      }
    }
  }

  @Test
  void theRedisServerKeepsWhatItIsToldBetweenTwoClientsAndStopsWhenToldTo() throws Exception {
    try (ExampleProgram server = ExampleProgram.start(RespServer.class, ANY_PORT)) {
      String address = server.address();
      assertEquals("+OK\r\n", ask(address, "SET k v\r\n"));
      assertEquals("$1\r\nv\r\n", ask(address, "GET k\r\n"));
      server.stop();
    }
    ExampleProgram.assertFails(
        "usage: RespServer LISTEN [--admin ADDRESS]    (HOST:PORT or NETWORK:ADDRESS, such as unix:/run/x.sock)",
        RespServer.class);
  }

  @Test
  void theHttpServerServesADirectoryAndStopsWhenToldTo(@TempDir Path dir) throws Exception {
    Files.writeString(dir.resolve("a.txt"), "text");
    try (ExampleProgram server = ExampleProgram.start(HttpServer.class, ANY_PORT, dir.toString())) {
      String answer = ask(server.address(), "GET /files/a.txt HTTP/1.0\r\n\r\n");
      assertTrue(answer.startsWith("HTTP/1.1 200 OK\r\n") && answer.endsWith("text"), answer);
      server.stop();
    }
    Path none = dir.resolve("none");
    ExampleProgram.assertFails(
        "no directory: " + none, HttpServer.class, ANY_PORT, none.toString());
    ExampleProgram.assertFails(
        "usage: HttpServer LISTEN [DIR] [--tls CERT.pem KEY.pem]... [--admin ADDRESS]    (HOST:PORT or NETWORK:ADDRESS, such as unix:/run/x.sock; and a directory)",
        HttpServer.class);
  }

  @Test
  void theChatServesAndStopsWhenToldTo() throws Exception {
    try (ExampleProgram server = ExampleProgram.start(Chat.class, ANY_PORT)) {
      String answer = ask(server.address(), "/who\n/quit\n");
      assertTrue(answer.endsWith("* in lobby: guest1\n* goodbye\n"), answer);
      server.stop();
    }
    ExampleProgram.assertFails(
        "usage: Chat LISTEN [--admin ADDRESS]    (HOST:PORT or NETWORK:ADDRESS, such as unix:/run/x.sock)",
        Chat.class);
  }

  private static String ask(String address, String request) throws IOException {
    try (Conn conn = Net.dial("tcp", address)) {
      conn.setReadTimeout(Duration.ofMinutes(1));
      conn.write(request.getBytes(StandardCharsets.ISO_8859_1));
      conn.closeWrite();
      return new String(conn.readAll(1_000_000), StandardCharsets.ISO_8859_1);
    }
  }

  @Test
  void anAddressThatCannotBeListenedOnEndsWithOneLine() throws Exception {
    ExampleProgram.assertFails(
        "listen tcp: address 65536: invalid port", Echo.class, "127.0.0.1:65536");
  }

  @Test
  void aNetworkThatAProgramHasNotIsNamed() throws Exception {
    ExampleProgram.assertFails(
        "listen udp: network udp: not supported", Echo.class, "udp:127.0.0.1:0");
    ExampleProgram.assertFails(
        "listen unix: network unix: not supported", UdpEcho.class, "unix:/run/x.sock");
  }

  @Test
  void theProxyTellsWhatIsWrongWithItsArguments() throws Exception {
    ExampleProgram.assertFails(
        "usage: TcpProxy LISTEN TARGET [--tls CERT.pem KEY.pem]... [--accept-proxy[=ADDRESS,...]] [--send-proxy v1|v2] [--admin ADDRESS]    (two of HOST:PORT or NETWORK:ADDRESS, such as unix:/run/x.sock)",
        TcpProxy.class,
        ANY_PORT);
    ExampleProgram.assertFails(
        "target: address localhost: missing port in address",
        TcpProxy.class,
        ANY_PORT,
        "localhost");
  }
}
