package gonet.test.sim;

import static gonet.test.sim.Servers.MILLI;
import static gonet.test.sim.Servers.nap;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.Net;
import gonet.NetFailure;
import gonet.frame.FrameReader;
import gonet.frame.FrameWriter;
import gonet.frame.Lines;
import gonet.server.Server;
import gonet.server.ServerBuilder;
import gonet.server.ServerConn;
import gonet.server.ShutdownReport;
import gonet.server.WhenFull;
import gonet.test.Proves;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Timeout;

/** What a server promises, to the millisecond where it names a time, in whatever order. */
@NeedsSim
@Proves("sim-gonet")
@Timeout(300)
class SimServerTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  private static ServerBuilder server() {
    return Server.builder().name("server").listenOn("tcp", ":80");
  }

  private static void assertEnds(IOException e) {
    boolean refused = e instanceof NetFailure failure && "ECONNREFUSED".equals(failure.errno());
    assertTrue(refused || NetFailure.isConnectionEnd(e), e.toString());
  }

  /** Within an eighth of the time after it is over, and never before. */
  @SimTest(seeds = 100)
  void anIdleConnectionEndsInItsTime(Sim sim) throws Exception {
    Host host = sim.host("server");
    Duration limit = Duration.ofSeconds(8);
    Duration[] active = {Duration.ZERO};
    Server[] started = {null};
    host.run(
            () ->
                started[0] =
                    server()
                        .idleTimeout(limit)
                        .handler(
                            conn -> {
                              byte[] buf = new byte[1];
                              do {
                                active[0] = sim.now();
                              } while (conn.read(buf) > 0);
                            })
                        .start())
        .join();
    try (Conn conn = Net.dial("tcp", host.at(80))) {
      for (int i = sim.random().nextInt(5); i > 0; i--) {
        nap(sim, 7900);
        conn.write(new byte[1]);
      }
      assertEquals(-1, conn.read(new byte[1]));
      Duration took = sim.now().minus(active[0]);
      assertTrue(took.compareTo(limit) >= 0, took.toString());
      assertTrue(took.compareTo(limit.plus(SECOND).plus(MILLI)) <= 0, took.toString());
    }
    host.run(() -> started[0].close());
  }

  /** A grace is bounded by a second, whatever handlers and clients do. */
  @SimTest(seeds = 100)
  void aShutdownEndsInItsTimeWhateverHandlersDo(Sim sim) throws Exception {
    Host host = sim.host("server");
    boolean[] over = {false};
    AtomicInteger stubborn = new AtomicInteger();
    for (int i = 0; i < 3; i++) {
      sim.host("client")
          .run(
              () -> {
                nap(sim, 20);
                try (Conn conn = Net.dial("tcp", host.at(80))) {
                  conn.read(new byte[1]); // and not the rest
                  while (!over[0]) {
                    sim.sleep(SECOND);
                  }
                } catch (IOException e) {
                  assertEnds(e);
                }
              });
    }
    host.run(
        () -> {
          Server server =
              server()
                  .handler(
                      conn -> {
                        if (sim.random().nextBoolean()) {
                          conn.write(new byte[1 << 20]); // nobody reads it
                        } else {
                          stubborn.incrementAndGet();
                          stay(sim, over);
                          stubborn.decrementAndGet();
                        }
                      })
                  .gracefulCloseTime(Duration.ofSeconds(30))
                  .start();
          nap(sim, 30);
          Duration grace = Duration.ofMillis(sim.random().nextInt(3000));
          Duration begin = sim.now();
          ShutdownReport report = server.shutdown(grace);
          Duration took = sim.now().minus(begin);
          assertTrue(took.compareTo(grace.plus(SECOND).plusMillis(50)) < 0, grace + ": " + took);
          assertEquals(stubborn.get(), report.handlersLeft(), report.toString());
          assertEquals(0, server.connections());
          assertEquals(0, host.openDescriptors());
          over[0] = true;
        });
  }

  private static void stay(Sim sim, boolean[] over) {
    while (!over[0]) {
      try {
        sim.sleep(SECOND);
      } catch (InterruptedException e) {
        // It does not care.
      }
    }
  }

  /** What a reader holds is a request that is there. */
  @SimTest(seeds = 150)
  void pipelinedRequestsAreAnsweredWholeOrNotAtAllByAServerThatEnds(Sim sim) throws Exception {
    Host host = sim.host("server");
    sim.link(host, sim.host("test")).loss(0.05);
    AtomicInteger taken = new AtomicInteger();
    AtomicInteger held = new AtomicInteger();
    host.run(
        () -> {
          Server server =
              server()
                  .handler(
                      conn -> {
                        FrameReader in = Lines.upTo(100).reader(conn);
                        FrameWriter out = Lines.upTo(100).writer(conn);
                        while (conn.awaitRequest(in)) {
                          String line = in.readString(US_ASCII);
                          if (line == null) {
                            return;
                          }
                          nap(sim, 2);
                          out.write(line, US_ASCII);
                          taken.incrementAndGet();
                        }
                        held.addAndGet(in.bufferedBytes());
                      })
                  .gracefulCloseTime(Duration.ofSeconds(20))
                  .start();
          nap(sim, 30);
          ShutdownReport report = server.shutdown(Duration.ofSeconds(30));
          assertEquals(0, report.forced(), report.toString());
        });
    sim.sleep(Duration.ofMillis(sim.random().nextInt(20)));
    int answered = 0;
    try (Conn conn = Net.dial("tcp", host.at(80))) {
      StringBuilder all = new StringBuilder();
      for (int i = 0; i < 10; i++) {
        all.append("request ").append(i).append('\n');
      }
      conn.write(all.toString().getBytes(US_ASCII));
      FrameReader in = Lines.upTo(100).reader(conn);
      for (String line; (line = in.readString(US_ASCII)) != null; answered++) {
        assertEquals("request " + answered, line);
      }
      assertEquals(taken.get(), answered);
      assertEquals(0, held.get());
    } catch (IOException e) {
      assertEnds(e);
      assertEquals(0, answered, e.toString());
    }
  }

  /**
   * A client that was accepted and not served has 5 s from then, or half of the grace, for its
   * first request. Who sends it in that time gets an answer; who does not ends in order, and no
   * sooner or later.
   */
  @SimTest(seeds = 200)
  void aFirstRequestHasItsTimeInAShutdown(Sim sim) throws Exception {
    Host host = sim.host("server");
    Duration grace = Duration.ofMillis(1000 + sim.random().nextInt(20_000));
    Duration half = grace.dividedBy(2);
    ServerBuilder builder =
        sim.random().nextBoolean()
            ? server().requestHandler(SimServerTest::oneByte)
            : server()
                .handler(
                    conn -> {
                      while (conn.awaitRequest() && !conn.isClosed()) {
                        oneByte(conn);
                      }
                    });
    Server[] started = {null};
    host.run(() -> started[0] = builder.start()).join();
    try (Conn conn = Net.dial("tcp", host.at(80))) {
      sim.sleep(Duration.ofMillis(50 + sim.random().nextInt(6000)));
      ServerConn accepted = started[0].conns().getFirst();
      Duration begun = sim.now();
      Duration most = Duration.ofSeconds(5).minus(accepted.age());
      Duration left = most.isNegative() ? Duration.ZERO : most.compareTo(half) < 0 ? most : half;
      started[0].beginShutdown(grace);
      boolean sends = left.toMillis() > 100 && sim.random().nextBoolean();
      if (sends) {
        sim.sleep(Duration.ofMillis(sim.random().nextInt((int) left.toMillis() - 60)));
        conn.write(new byte[1]);
        assertEquals(1, conn.read(new byte[1]), left + " of " + grace);
      }
      assertEquals(-1, conn.read(new byte[1]));
      Duration took = sim.now().minus(begun);
      if (!sends) {
        assertTrue(took.compareTo(left) >= 0, took + " of " + left);
      }
      assertTrue(took.compareTo(left.plusMillis(200)) < 0, took + " of " + left);
    }
    ShutdownReport[] report = {null};
    host.run(() -> report[0] = started[0].awaitClosed()).join();
    assertEquals(ShutdownReport.Outcome.GRACEFUL, report[0].outcome());
  }

  private static void oneByte(ServerConn conn) throws IOException {
    byte[] one = new byte[1];
    if (conn.read(one) > 0) {
      conn.write(one);
    } else {
      conn.close();
    }
  }

  /** A thread for each request: none is lost, doubled or given to another. */
  @SimTest(seeds = 100)
  void requestsWithoutThreadsAreAllAnswered(Sim sim) throws Exception {
    Host host = sim.host("server");
    sim.link(host, sim.host("client")).loss(0.02);
    Server[] started = {null};
    host.run(
            () ->
                started[0] =
                    server()
                        .onConnect(conn -> conn.attach(Lines.upTo(100).reader(conn)))
                        .requestHandler(SimServerTest::answerOne)
                        .start())
        .join();
    for (int i = 0; i < 3; i++) {
      int id = i;
      sim.host("client").run(() -> askTen(sim, host, id));
    }
    sim.eventually(
        "all connections are gone", Duration.ofMinutes(5), () -> started[0].connections() == 0);
  }

  private static void answerOne(ServerConn conn) throws IOException {
    FrameReader in = (FrameReader) conn.attachment();
    if (in == null) {
      throw new IllegalStateException("no reader");
    }
    String line = in.readString(US_ASCII);
    if (line != null) {
      Lines.upTo(100).writer(conn).write(line, US_ASCII);
    }
  }

  private static void askTen(Sim sim, Host host, int id) throws IOException {
    try (Conn conn = Net.dial("tcp", host.at(80))) {
      FrameReader in = Lines.upTo(100).reader(conn);
      FrameWriter out = Lines.upTo(100).writer(conn);
      for (int i = 0; i < 10; i += 2) {
        nap(sim, 10);
        out.write(id + "/" + i, US_ASCII);
        out.write(id + "/" + (i + 1), US_ASCII);
        assertEquals(id + "/" + i, in.readString(US_ASCII));
        assertEquals(id + "/" + (i + 1), in.readString(US_ASCII));
      }
      conn.closeWrite();
      assertNull(in.readString(US_ASCII));
    }
  }

  @SimTest(seeds = 100)
  void aFullServerHasOthersWaitAndServesAll(Sim sim) throws Exception {
    Host host = sim.host("server");
    AtomicInteger served = new AtomicInteger();
    Server[] started = {null};
    host.run(
            () ->
                started[0] =
                    server()
                        .maxConns(2)
                        .whenFull(WhenFull.WAIT)
                        .handler(
                            conn -> {
                              conn.readFully(new byte[1]);
                              nap(sim, 10);
                              conn.write(new byte[1]);
                              served.incrementAndGet();
                            })
                        .start())
        .join();
    sim.always("two at most", () -> started[0].connections() <= 2);
    for (int i = 0; i < 8; i++) {
      sim.host("client")
          .run(
              () -> {
                nap(sim, 10);
                try (Conn conn = Net.dial("tcp", host.at(80))) {
                  conn.write(new byte[1]);
                  conn.readFully(new byte[1]);
                }
              });
    }
    sim.eventually("all are served", Duration.ofMinutes(1), () -> served.get() == 8);
  }

  /** Clients end in every way and at every moment; a server that ends leaves nothing behind. */
  @SimTest(seeds = 150)
  void clientsThatEndInAnyWayLeaveNothingBehind(Sim sim) throws Exception {
    Host host = sim.host("server");
    Host client = sim.host("client");
    boolean threads = sim.random().nextBoolean();
    host.run(
        () -> {
          ServerBuilder builder = server().gracefulCloseTime(SECOND);
          Server server =
              (threads
                      ? builder.handler(Servers::echo)
                      : builder.requestHandler(
                          conn -> {
                            byte[] buf = new byte[100];
                            int n = conn.read(buf);
                            conn.write(buf, 0, Math.max(n, 0));
                          }))
                  .start();
          nap(sim, 100);
          ShutdownReport report = server.shutdown(Duration.ofSeconds(5));
          assertEquals(0, report.handlersLeft(), report.toString());
          assertEquals(0, server.connections());
          assertEquals(0, host.openDescriptors());
        });
    for (int i = 0; i < 6; i++) {
      client.run(
          () -> {
            nap(sim, 80);
            try (Conn conn = Net.dial("tcp", host.at(80))) {
              conn.write(new byte[1 + sim.random().nextInt(3000)]);
              switch (sim.random().nextInt(5)) {
                case 0 -> conn.abort();
                case 1 -> conn.closeWrite();
                case 2 -> conn.readFully(new byte[1]);
                case 3 -> nap(sim, 50);
                default -> {
                  conn.closeWrite();
                  conn.inputStream().readAllBytes();
                }
              }
            } catch (IOException e) {
              assertEnds(e);
            }
          });
    }
  }
}
