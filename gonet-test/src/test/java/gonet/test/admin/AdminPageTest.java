package gonet.test.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import gonet.Conn;
import gonet.Net;
import gonet.admin.Admin;
import gonet.server.Server;
import gonet.test.Proves;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The page as a browser without a window shows it: its parts, and not its pixels. */
@Proves("admin-page")
@Timeout(180)
class AdminPageTest {
  private static final int GUESTS = 5;

  private static String browser() {
    return Stream.of("chromium", "chromium-browser", "google-chrome")
        .flatMap(name -> Stream.of(System.getenv("PATH").split(":")).map(dir -> dir + "/" + name))
        .filter(path -> Files.isExecutable(Path.of(path)))
        .findFirst()
        .orElse("");
  }

  @Test
  void chartsAndConnectionsAreThere(@TempDir Path dir) throws Exception {
    String browser = browser();
    assumeTrue(!browser.isEmpty(), "needs chromium");
    try (Server server =
            Server.builder()
                .name("<b>echo</b>")
                .listenOn("tcp", "127.0.0.1:0")
                .handler(conn -> conn.inputStream().transferTo(conn.outputStream()))
                .start();
        Admin admin = Admin.builder().server(server).start()) {
      List<Conn> guests = new ArrayList<>();
      try {
        for (int i = 0; i < GUESTS; i++) {
          Conn guest = Net.dial("tcp", server.addr().toString());
          guests.add(guest);
          guest.write(new byte[100]);
          guest.readFully(new byte[100]);
        }
        String dom = dom(browser, dir, "http://" + admin.addr() + "/");
        assertEquals(6, count(dom, "<figure>"), dom);
        assertTrue(count(dom, "<polyline[^>]* points=\"\\d") >= 3, dom);
        assertEquals(GUESTS, count(dom, "<button>close</button>"), dom);
        for (Conn guest : guests) {
          assertTrue(dom.contains("<td>" + guest.localAddr() + "</td>"), dom);
        }
        assertTrue(dom.contains(GUESTS + " connections, " + GUESTS + " shown"), dom);
        assertTrue(dom.contains("running at " + server.addr()), dom);
        // A name is text and nothing else.
        assertTrue(dom.contains("&lt;b&gt;echo&lt;/b&gt;"), dom);
        assertFalse(dom.contains("<b>"), dom);
      } finally {
        guests.forEach(Conn::close);
      }
    }
  }

  /** What the page has become after some seconds, virtual ones for its timers. */
  private static String dom(String browser, Path dir, String url) throws Exception {
    Path out = dir.resolve("dom");
    Process process =
        new ProcessBuilder(
                browser,
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--user-data-dir=" + dir.resolve("profile"),
                "--virtual-time-budget=8000",
                "--dump-dom",
                url)
            .redirectOutput(out.toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      assertTrue(process.waitFor(120, TimeUnit.SECONDS), "the browser hangs");
      return Files.readString(out);
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly().waitFor();
    }
  }

  private static int count(String text, String pattern) {
    Matcher matcher = Pattern.compile(pattern).matcher(text);
    int count = 0;
    while (matcher.find()) {
      count++;
    }
    return count;
  }
}
