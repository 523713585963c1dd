package gonet.test.admin;

import static gonet.test.admin.Asking.get;
import static gonet.test.admin.Asking.post;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.ListenConfig;
import gonet.NetClosedException;
import gonet.TcpAddr;
import gonet.admin.Admin;
import gonet.admin.AdminBuilder;
import gonet.netip.Addr;
import gonet.netip.AddrPort;
import gonet.test.LeakCheck;
import gonet.test.Proves;
import gonet.test.admin.Asking.Answer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Nobody gets in from elsewhere without the token. */
@LeakCheck
@Proves("admin-access")
@Timeout(180)
class AdminAccessTest {
  private static final String TOKEN = "a-token-of-twenty-nine-letters";

  @Test
  void anAddressThatOthersReachNeedsAToken() throws Exception {
    AdminBuilder builder = Admin.builder().listenOn("tcp4", "0.0.0.0:0");
    IllegalArgumentException e = assertThrows(IllegalArgumentException.class, builder::start);
    assertTrue(e.getMessage().startsWith("admin listener at 0.0.0.0:"), e.getMessage());
    var listener = ListenConfig.defaults().listenTcp("tcp4", "0.0.0.0:0");
    AdminBuilder given = Admin.builder().listener(listener);
    assertThrows(IllegalArgumentException.class, given::start);
    assertThrows(NetClosedException.class, listener::accept);
    try (Admin admin = builder.token(TOKEN).start()) {
      TcpAddr local =
          TcpAddr.of(AddrPort.of(Addr.parse("127.0.0.1"), ((TcpAddr) admin.addr()).port()));
      assertEquals(401, get(local, "/health").status());
      assertEquals(200, get(local, "/health", "Authorization: Bearer " + TOKEN).status());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/", "/metrics", "/health", "/ready", "/stats", "/conns", "/threads", "/x"})
  void noPathAnswersWithoutTheToken(String path) throws Exception {
    try (Admin admin = Admin.builder().token(TOKEN).start()) {
      for (String wrong :
          new String[] {
            "X: y",
            "Authorization: Bearer",
            "Authorization: Bearer ",
            "Authorization: Bearer " + TOKEN.substring(1),
            "Authorization: Bearer " + TOKEN + "x",
            "Authorization: " + TOKEN,
            "Authorization: Basic " + TOKEN,
            basic("x:"),
            basic(TOKEN),
            basic(TOKEN + ":x")
          }) {
        Answer answer = get(admin.addr(), path, wrong);
        assertEquals(401, answer.status(), wrong);
        assertTrue(answer.head().contains("WWW-Authenticate: Basic"), answer.head());
        assertEquals("a token is needed\n", answer.text());
      }
      assertEquals(401, post(admin.addr(), "/recording").status());
      int ok = path.equals("/x") ? 404 : 200;
      assertEquals(ok, get(admin.addr(), path, "authorization: bearer " + TOKEN).status());
      assertEquals(ok, get(admin.addr(), path, basic("admin:" + TOKEN)).status());
    }
  }

  private static String basic(String pair) {
    return "Authorization: Basic " + Base64.getEncoder().encodeToString(pair.getBytes(ISO_8859_1));
  }

  @Test
  void withoutATokenTheHostIsThisMachine() throws Exception {
    try (Admin admin = Admin.builder().start()) {
      for (String own :
          new String[] {"127.0.0.1", "127.0.0.1:80", "localhost:80", "LOCALHOST", "[::1]:80"}) {
        assertEquals(200, get(admin.addr(), "/health", "Host: " + own).status(), own);
      }
      for (String other :
          new String[] {
            "example.com",
            "localhost.example.com:80",
            "10.0.0.1",
            "[::2]",
            "[::1].example.com",
            "",
            "[::1"
          }) {
        assertEquals(421, get(admin.addr(), "/health", "Host: " + other).status(), other);
      }
    }
  }

  @Test
  void aPageFromElsewhereChangesNothing() throws Exception {
    try (Admin admin = Admin.builder().start()) {
      String target = "/conns/close?server=x&id=1";
      String host = "Host: 127.0.0.1:80";
      assertEquals(403, post(admin.addr(), target, host, "Origin: http://evil.example").status());
      assertEquals(403, post(admin.addr(), target, host, "Origin: null").status());
      assertEquals(403, post(admin.addr(), target, host, "Sec-Fetch-Site: cross-site").status());
      assertEquals(403, post(admin.addr(), target, "Origin: http://127.0.0.1:80").status());
      assertEquals(404, post(admin.addr(), target, host, "Origin: http://127.0.0.1:80").status());
      assertEquals(404, post(admin.addr(), target, host).status());
    }
  }

  /** It could read none of the answers, but asking alone may cost much. */
  @ParameterizedTest
  @ValueSource(
      strings = {"/metrics", "/health", "/ready", "/stats", "/conns", "/threads", "/recording"})
  void aPageFromElsewhereIsAnsweredNothing(String path) throws Exception {
    try (Admin admin = Admin.builder().start()) {
      String host = "Host: 127.0.0.1:80";
      for (String elsewhere :
          new String[] {
            "Sec-Fetch-Site: cross-site",
            "Sec-Fetch-Site: same-site",
            "Origin: http://evil.example",
            "Origin: null"
          }) {
        for (String method : new String[] {"GET", "HEAD", "PUT"}) {
          Answer answer = Asking.ask(admin.addr(), method, path, host, elsewhere);
          assertEquals(403, answer.status(), method + " " + elsewhere);
        }
        assertEquals(200, get(admin.addr(), "/", host, elsewhere).status(), elsewhere);
        assertEquals(403, post(admin.addr(), "/", host, elsewhere).status(), elsewhere);
      }
      int ok = path.equals("/recording") ? 405 : 200;
      assertEquals(ok, get(admin.addr(), path, host, "Sec-Fetch-Site: none").status());
      assertEquals(ok, get(admin.addr(), path, host, "Sec-Fetch-Site: same-origin").status());
      assertEquals(ok, get(admin.addr(), path, host, "Origin: http://127.0.0.1:80").status());
    }
  }

  @Test
  void aTokenIsLongAndVisible() {
    AdminBuilder builder = Admin.builder();
    for (String wrong :
        new String[] {"", "short", "x".repeat(20) + "\n", "sixteen letters\u00e4"}) {
      IllegalArgumentException e =
          assertThrows(IllegalArgumentException.class, () -> builder.token(wrong));
      assertTrue(wrong.isEmpty() || !e.getMessage().contains(wrong), e.getMessage());
    }
  }

  @Test
  @EnabledIfSystemProperty(
      named = "gonet.backend",
      matches = "epoll",
      disabledReason = "java.nio sets no permissions of a path")
  void aUnixPathIsItsOwnersAlone(@TempDir Path dir) throws Exception {
    Path path = dir.resolve("admin");
    AdminBuilder builder = Admin.builder().listenOn("unix", path.toString());
    try (Admin admin = builder.start()) {
      assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(path)));
      // No browser reaches it, so a name says nothing.
      assertEquals(200, get(admin.addr(), "/health", "Host: example.com").status());
    }
    builder.start().close(); // the path is free again
  }
}
