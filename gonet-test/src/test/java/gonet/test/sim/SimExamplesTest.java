package gonet.test.sim;

import static gonet.test.sim.Servers.nap;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.Net;
import gonet.NetFailure;
import gonet.examples.chat.Lobby;
import gonet.examples.chat.Manners;
import gonet.examples.chat.Member;
import gonet.examples.http.HttpSession;
import gonet.examples.http.Limits;
import gonet.examples.http.Site;
import gonet.examples.resp.Keyspace;
import gonet.examples.resp.RespSession;
import gonet.frame.FrameReader;
import gonet.frame.Lines;
import gonet.server.Server;
import gonet.server.ServerHandler;
import gonet.server.ShutdownReport;
import gonet.test.Proves;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Timeout;

/** The protocols of gonet-examples over networks with faults. */
@NeedsSim
@Proves("sim-examples")
@Timeout(300)
class SimExamplesTest {

  private static Server[] serve(Host host, ServerHandler handler) throws InterruptedException {
    Server[] started = {null};
    host.run(
            () ->
                started[0] =
                    Server.builder().name("x").listenOn("tcp", ":80").handler(handler).start())
        .join();
    return started;
  }

  // ---- RESP ------------------------------------------------------------------------------------

  /** Nobody sees a number twice, and none that was answered is lost. */
  @SimTest(seeds = 60)
  void countsInTheDatabaseAreNeitherLostNorGivenTwice(Sim sim) throws Exception {
    Host host = sim.host("redis");
    Host client = sim.host("client");
    Keyspace keyspace = new Keyspace();
    Server[] server = serve(host, conn -> RespSession.serve(conn, keyspace));
    sim.chaos(Duration.ofSeconds(10), host, client).cuts(2).losses(2).delays(1);
    AtomicInteger asked = new AtomicInteger();
    List<Integer> answers = new ArrayList<>();
    sim.always("no number twice", () -> answers.size() == answers.stream().distinct().count());
    List<Task> clients = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      clients.add(client.run(() -> count(sim, host, asked, answers)));
    }
    for (Task each : clients) {
      each.join();
    }
    try (Conn conn = Net.dial("tcp", host.at(80))) {
      conn.write("GET n\r\n".getBytes(US_ASCII));
      FrameReader in = Lines.upTo(100).reader(conn);
      String length = in.readString(US_ASCII);
      assertTrue(length != null && length.startsWith("$"), length);
      String value = in.readString(US_ASCII);
      assertNotNull(value);
      int count = Integer.parseInt(value);
      assertTrue(answers.stream().allMatch(each -> each <= count), count + ": " + answers);
      assertTrue(answers.size() <= count && count <= asked.get(), count + " of " + asked);
    }
    host.run(() -> server[0].close());
  }

  private static void count(Sim sim, Host host, AtomicInteger asked, List<Integer> answers) {
    for (int i = 0; i < 10; i++) {
      nap(sim, 1500);
      try (Conn conn = Net.dial("tcp", host.at(80), Duration.ofSeconds(2))) {
        conn.setReadTimeout(Duration.ofSeconds(3));
        FrameReader in = Lines.upTo(100).reader(conn);
        for (int k = 0; k < 3; k++) {
          conn.write("INCR n\r\n*2\r\n$4\r\nINCR\r\n$1\r\nn\r\n".getBytes(US_ASCII));
          asked.addAndGet(2);
          for (int n = 0; n < 2; n++) {
            String line = in.readString(US_ASCII);
            if (line == null) {
              throw new IOException("the end");
            }
            answers.add(Integer.parseInt(line.substring(1)));
          }
        }
      } catch (IOException e) {
        sim.log("failed: " + e);
      }
    }
  }

  // ---- HTTP ------------------------------------------------------------------------------------

  /** A response that has begun is whole, also while the server ends. */
  @SimTest(seeds = 60)
  void aWebServerThatEndsLeavesNoResponseInHalf(Sim sim) throws Exception {
    Host host = sim.host("web");
    sim.link(host, sim.host("client")).loss(0.03).bandwidth(1 << 20);
    Site site = Site.withoutFiles();
    Server[] server = serve(host, conn -> HttpSession.serve(conn, site, Limits.defaults()));
    AtomicInteger whole = new AtomicInteger();
    for (int i = 0; i < 3; i++) {
      sim.host("client").run(() -> post(sim, host, whole));
    }
    nap(sim, 2000);
    host.run(
        () -> {
          ShutdownReport report = server[0].shutdown(Duration.ofMinutes(2));
          assertEquals(0, report.forced(), report.toString());
          assertEquals(0, host.openDescriptors());
        });
  }

  private static void post(Sim sim, Host host, AtomicInteger whole) {
    boolean begun = false;
    try (Conn conn = Net.dial("tcp", host.at(80))) {
      FrameReader in = Lines.upTo(50_000).reader(conn);
      for (; ; ) {
        nap(sim, 100);
        String body = "x".repeat(sim.random().nextInt(40_000)) + "\n";
        String head = "POST /echo HTTP/1.1\r\nHost: web\r\nContent-Length: ";
        conn.write((head + body.length() + "\r\n\r\n" + body).getBytes(ISO_8859_1));
        String status = in.readString(ISO_8859_1);
        if (status == null) {
          return; // the server has ended before
        }
        begun = true;
        assertEquals("HTTP/1.1 200 OK", status);
        boolean closes = false;
        int length = -1;
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
          closes |= line.equalsIgnoreCase("Connection: close");
          if (line.toLowerCase(Locale.ROOT).startsWith("content-length: ")) {
            length = Integer.parseInt(line.substring("content-length: ".length()));
          }
        }
        assertEquals(body.length(), length);
        assertEquals(body, line(in) + "\n");
        whole.incrementAndGet();
        begun = false;
        if (closes) {
          return;
        }
      }
    } catch (IOException e) {
      boolean refused = e instanceof NetFailure failure && "ECONNREFUSED".equals(failure.errno());
      assertTrue(refused || (!begun && NetFailure.isConnectionEnd(e)), e.toString());
    }
  }

  private static String line(FrameReader in) throws IOException {
    String line = in.readString(ISO_8859_1);
    if (line == null) {
      throw new IOException("the response ends in its middle");
    }
    return line;
  }

  // ---- chat ------------------------------------------------------------------------------------

  /** Whoever is in a room hears each line of the others once, and all in one order. */
  @SimTest(seeds = 40)
  void everybodyInAChatHearsTheSameInTheSameOrder(Sim sim) throws Exception {
    Host host = sim.host("chat");
    Lobby lobby = new Lobby();
    Server[] server = serve(host, conn -> Member.serve(conn, lobby, Manners.defaults()));
    List<List<String>> heard = new ArrayList<>();
    List<Task> members = new ArrayList<>();
    AtomicInteger ready = new AtomicInteger();
    for (int i = 0; i < 3; i++) {
      Host client = sim.host("client" + i);
      sim.chaos(Duration.ofSeconds(10), host, client).losses(1).delays(1);
      List<String> lines = new ArrayList<>();
      heard.add(lines);
      String name = "m" + i;
      members.add(client.run(() -> chat(sim, host, name, ready, lines)));
    }
    for (Task each : members) {
      each.join();
    }
    for (List<String> one : heard) {
      assertEquals(20, one.size(), one.toString());
      for (List<String> other : heard) {
        assertEquals(common(one, other), common(other, one));
      }
    }
    assertEquals(0, sim.host("client0").openDescriptors());
    host.run(() -> server[0].close());
  }

  private static List<String> common(List<String> one, List<String> other) {
    return one.stream().filter(other::contains).toList();
  }

  private static void chat(Sim sim, Host host, String name, AtomicInteger ready, List<String> heard)
      throws IOException, InterruptedException {
    try (Conn conn = Net.dial("tcp", host.at(80))) {
      FrameReader in = Lines.upTo(1000).reader(conn);
      conn.write(("/name " + name + "\n").getBytes(US_ASCII));
      while (!("* you are now " + name).equals(in.readString(US_ASCII))) {
        // Greetings.
      }
      ready.incrementAndGet();
      while (ready.get() < 3) {
        sim.sleep(Duration.ofMillis(100)); // until everybody hears everybody
      }
      Thread reader =
          Net.go(
              "reader",
              () -> {
                while (heard.size() < 20) {
                  String line = in.readString(US_ASCII);
                  if (line == null) {
                    return;
                  }
                  if (!line.startsWith("*")) {
                    heard.add(line);
                  }
                }
              });
      for (int i = 0; i < 10; i++) {
        nap(sim, 1000);
        conn.write(("line " + i + "\n").getBytes(US_ASCII));
      }
      reader.join();
      conn.write("/quit\n".getBytes(US_ASCII));
      conn.setReadTimeout(Duration.ofMinutes(1));
      while (in.readString(US_ASCII) != null) {
        // Others, who leave.
      }
    }
  }

  /** Who is gone without a word is found by the heartbeat, and the others stay. */
  @SimTest(seeds = 40)
  void aMemberWhoseMachineIsGoneIsMissedInTimeAndNobodyElse(Sim sim) throws Exception {
    Host host = sim.host("chat");
    Lobby lobby = new Lobby();
    Manners manners = new Manners(Duration.ofSeconds(10), 3, 65536, Duration.ofSeconds(20), 1000);
    Server[] server = serve(host, conn -> Member.serve(conn, lobby, manners));
    Map<String, Duration> left = new HashMap<>();
    boolean[] closing = {false};
    for (String name : List.of("one", "two", "lost")) {
      sim.host(name).serve(() -> stay(sim, host, name, left, closing));
    }
    sim.sleep(Duration.ofSeconds(5 + sim.random().nextInt(60)));
    assertEquals(3, server[0].connections());
    Duration begin = sim.now();
    sim.host("lost").crash();
    sim.always("the others stay", () -> closing[0] || server[0].connections() >= 2);
    sim.eventually("it is missed", Duration.ofMinutes(2), () -> left.containsKey("lost"));
    sim.sleep(Duration.ofMinutes(2));
    Duration took = left.getOrDefault("lost", Duration.ofDays(1)).minus(begin);
    assertTrue(took.toSeconds() >= 25 && took.toSeconds() <= 41, took.toString());
    assertEquals(2, server[0].connections());
    closing[0] = true;
    sim.eventually("all have left", Duration.ofMinutes(2), () -> server[0].connections() == 0);
  }

  private static void stay(
      Sim sim, Host host, String name, Map<String, Duration> left, boolean[] closing)
      throws IOException {
    try (Conn conn = Net.dial("tcp", host.at(80))) {
      conn.write(("/name " + name + "\n").getBytes(US_ASCII));
      FrameReader in = Lines.upTo(1000).reader(conn);
      for (String line; !closing[0] && (line = in.readString(US_ASCII)) != null; ) {
        if (line.contains("are you there")) {
          nap(sim, 5000);
          conn.write("/pong\n".getBytes(US_ASCII));
        } else if (line.startsWith("* lost left")) {
          left.putIfAbsent("lost", sim.now());
        }
      }
    }
  }
}
