package gonet.test.load;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import gonet.Conn;
import gonet.Datagram;
import gonet.Listener;
import gonet.Net;
import gonet.UdpConn;
import gonet.test.tls.TestKeys;
import gonet.tls.Tls;
import gonet.tls.TlsConfig;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.xml.sax.InputSource;
import picocli.CommandLine;

/** The kinds of servers that load can go to, and the page that tells of it. */
@Timeout(180)
class TargetTest {
  private static final TestKeys KEYS = TestKeys.selfSigned("localhost");

  @TempDir private Path folder;

  private final ByteArrayOutputStream output = new ByteArrayOutputStream();
  private final StringWriter errors = new StringWriter();

  private int load(String... args) {
    output.reset();
    List<String> all = new ArrayList<>(List.of(args));
    all.addAll(List.of("--warm-up", "0s"));
    PrintStream out = new PrintStream(output, true, UTF_8);
    CommandLine command = Load.commandLine(out).setErr(new PrintWriter(errors));
    return command.execute(all.toArray(String[]::new));
  }

  private String output() {
    return output.toString(UTF_8) + errors;
  }

  private static Listener echo(Listener listener) {
    Net.go(
        () -> {
          for (; ; ) {
            Conn conn = listener.accept();
            Net.go(
                () -> {
                  try (conn) {
                    byte[] buf = new byte[64 * 1024];
                    for (int n; (n = conn.read(buf)) >= 0; ) {
                      conn.write(buf, 0, n);
                    }
                  }
                });
          }
        });
    return listener;
  }

  /** A first handshake may take longer than a short run. */
  private int loadUntilAnswered(String target, List<String> options) {
    int status = 1;
    for (int millis = 100; status == 1 && millis < 30_000; millis *= 4) {
      List<String> args = new ArrayList<>(List.of(target, "-d", millis + "ms"));
      args.addAll(options);
      status = load(args.toArray(String[]::new));
    }
    return status;
  }

  private void assertAnswered(String target, String mode, String... options) {
    List<String> args = new ArrayList<>(List.of("-m", mode, "-c", "2"));
    args.addAll(List.of(options));
    int status = loadUntilAnswered(target, args);
    assertEquals(0, status, () -> target + " " + mode + ": " + output());
    assertTrue(output().contains("errors     none"), () -> target + " " + mode + ": " + output());
  }

  @Test
  void aUnixSocketIsAnsweredInAllModes() throws Exception {
    String path = folder.resolve("echo").toString();
    try (Listener server = echo(Net.listen("unix", path))) {
      for (Mode mode : Mode.values()) {
        assertAnswered("unix:" + path, mode.name());
      }
      assertEquals(path, server.addr().toString());
    }
  }

  @Test
  void aServerUnderTlsIsAnsweredInAllModesAndMustBeTrusted() throws Exception {
    Path authorities = folder.resolve("ca.pem");
    KEYS.writePem(authorities, folder.resolve("key.pem"));
    TlsConfig config = TlsConfig.builder().keyPair(KEYS.keyPair()).build();
    try (Listener server = echo(Tls.listen("tcp", "localhost:0", config))) {
      String port = server.addr().toString().replaceAll(".*:", "");
      for (Mode mode : Mode.values()) {
        assertAnswered("tls:localhost:" + port, mode.name(), "--ca", authorities.toString());
      }
      String byAddress = "tls:" + server.addr();
      assertAnswered(byAddress, "echo", "--trust-anybody");
      // The name is not that of the certificate, then nobody has signed it.
      assertEquals(1, load(byAddress, "-c", "1", "-d", "1s", "--ca", authorities.toString()));
      assertTrue(output().contains("errors"), this::output);
      assertEquals(1, load("tls:localhost:" + port, "-c", "1", "-d", "1s"));
      assertTrue(output().contains("errors"), this::output);
    }
  }

  @Test
  void datagramsAreAnsweredAndWhatIsLostIsCounted() throws Exception {
    try (UdpConn server = (UdpConn) Net.listenPacket("udp", "127.0.0.1:0")) {
      Net.go(
          () -> {
            Datagram datagram = Datagram.allocate(2048);
            for (boolean answers = false; ; answers = !answers) {
              server.receive(datagram);
              if (answers) {
                server.send(datagram);
              }
            }
          });
      String target = "udp:" + server.localAddr();
      int status = loadUntilAnswered(target, List.of("-c", "1", "--deadline", "20ms"));
      assertEquals(0, status, this::output);
      assertTrue(output().contains("lost × "), this::output);
      assertEquals(2, load(target, "-m", "churn"));
      assertEquals(2, load(target, "-s", "7"));
    }
  }

  @Test
  void nobodyBehindAPortOfUdpEndsTheRun() throws Exception {
    // It hears its peer alone, so the kernel refuses what others send; and nobody else gets the
    // port.
    try (Conn deaf = Net.dial("udp", "127.0.0.1:9")) {
      String target = "udp:" + deaf.localAddr();
      assertEquals(1, load(target, "-c", "2", "-d", "10m"), this::output);
      assertTrue(output().contains("not one datagram came back"), this::output);
    }
  }

  @Test
  void aServerOfHttpIsAnsweredInItsModes() throws Exception {
    HttpServer server = HttpServer.create(localhost(), 0);
    serve(server, 200);
    try {
      String url = "http://localhost:" + server.getAddress().getPort();
      for (String mode : List.of("echo", "pingpong", "pipelined", "churn")) {
        assertAnswered(url + "/a", mode);
      }
      assertAnswered(url + "/a", "echo", "--size", "1000");
      assertEquals(0, loadUntilAnswered(url + "/nowhere", List.of("-c", "1")), this::output);
      assertTrue(output().contains("HTTP 404 × "), this::output);
      assertEquals(2, load(url, "-m", "bulk"));
    } finally {
      server.stop(0);
    }
  }

  @Test
  void aServerOfHttpUnderTlsIsAnswered() throws Exception {
    HttpsServer server = HttpsServer.create(localhost(), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(KEYS.sslContext()));
    serve(server, 200);
    try {
      String url = "https://localhost:" + server.getAddress().getPort() + "/a";
      assertAnswered(url, "echo", "--trust-anybody");
      assertAnswered(url, "churn", "--trust-anybody");
    } finally {
      server.stop(0);
    }
  }

  private static InetSocketAddress localhost() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }

  private static void serve(HttpServer server, int status) {
    server.createContext(
        "/a",
        exchange -> {
          exchange.getRequestBody().readAllBytes();
          exchange.sendResponseHeaders(status, 0); // in chunks
          exchange.getResponseBody().write("hello".getBytes(UTF_8));
          exchange.close();
        });
    server.setExecutor(Thread::startVirtualThread);
    server.start();
  }

  @Test
  void targetsThatMeanNothingAreNamed() {
    for (String bad :
        List.of(
            "nowhere",
            "unix:",
            "udp:1",
            "tls:",
            "http:localhost",
            "http://a b/",
            "tcp:x",
            "http://",
            "127.0.0.1:99999",
            "127.0.0.1:0")) {
      errors.getBuffer().setLength(0);
      assertEquals(2, load(bad), bad);
      String named = bad.replaceFirst("^(tcp|udp|tls):", "");
      assertTrue(errors.toString().contains(named), () -> bad + ": " + errors);
    }
    errors.getBuffer().setLength(0);
    assertEquals(2, load());
    assertTrue(errors.toString().contains("want one of"), errors::toString);
    assertEquals(2, load("--compare", "only-one"));
    String nowhere = folder.resolve("nowhere/run.html").toString();
    assertEquals(2, load("127.0.0.1:1", "-d", "10m", "--html", nowhere));
    assertTrue(errors.toString().contains(nowhere), errors::toString);
    assertEquals(2, load("127.0.0.1:1", "-d", "10m", "--rate", "0"));
    assertEquals(2, load("--merge", folder.resolve("missing.hlog").toString()));
    assertTrue(errors.toString().contains("missing.hlog"), errors::toString);
  }

  @Test
  void thePageIsWholeByItselfAndHasItsParts() throws Exception {
    Path html = folder.resolve("run.html");
    Path first = folder.resolve("first.hlog");
    Path second = folder.resolve("second.hlog");
    try (Listener server = echo(Net.listen("tcp", "127.0.0.1:0"))) {
      String target = server.addr().toString();
      for (Path log : List.of(first, second)) {
        assertEquals(
            0, load(target, "-c", "2", "-d", "2100ms", "--html", "" + html, "--hlog", "" + log));
      }
    }
    Document run = page(html);
    assertEquals(
        List.of("figures", "rate", "latency", "open", "percentiles", "errors"), sections(run));
    assertEquals(1, lines(run, "rate"));
    assertEquals(4, lines(run, "latency"), "p50, p99, p99.9, the longest");
    assertEquals(1, lines(run, "open"));

    Path all = folder.resolve("all.hlog");
    assertEquals(
        0, load("--merge", "" + first, "" + second, "--html", "" + html, "--hlog", "" + all));
    assertEquals(List.of("figures", "rate", "latency", "percentiles"), sections(page(html)));
    assertEquals(
        LoggedRun.read(List.of(first, second)).total().getTotalCount(),
        LoggedRun.read(List.of(all)).total().getTotalCount());

    assertEquals(0, load("--compare", "" + first, "" + second, "--html", "" + html));
    assertTrue(output().contains("95 % interval") && output().contains("too few"), this::output);
    assertEquals(List.of("comparison", "percentiles"), sections(page(html)));
    assertEquals(2, lines(page(html), "percentiles"));
  }

  /** The page, which loads nothing from elsewhere. */
  private static Document page(Path file) throws Exception {
    String text = Files.readString(file);
    assertFalse(text.contains("<script") || text.contains("src=") || text.contains("href="), text);
    DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
    return factory
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(text.replace("<!doctype html>", ""))));
  }

  private static List<String> sections(Document page) {
    List<String> sections = new ArrayList<>();
    var all = page.getElementsByTagName("section");
    for (int i = 0; i < all.getLength(); i++) {
      sections.add(((Element) all.item(i)).getAttribute("id"));
    }
    return sections;
  }

  private static int lines(Document page, String section) throws IOException {
    var all = page.getElementsByTagName("section");
    for (int i = 0; i < all.getLength(); i++) {
      Element each = (Element) all.item(i);
      if (each.getAttribute("id").equals(section)) {
        return each.getElementsByTagName("polyline").getLength();
      }
    }
    throw new IOException("no section " + section);
  }
}
