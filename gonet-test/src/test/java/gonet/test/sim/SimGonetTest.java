package gonet.test.sim;

import static gonet.test.sim.Servers.MILLI;
import static gonet.test.sim.Servers.each;
import static gonet.test.sim.Servers.nap;
import static gonet.test.sim.Servers.one;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.Dialer;
import gonet.Listener;
import gonet.Net;
import gonet.NetFailure;
import gonet.NetInterruptedException;
import gonet.NetTimeoutException;
import gonet.Transfer;
import gonet.Tunnel;
import gonet.frame.FrameReader;
import gonet.frame.FrameWriter;
import gonet.frame.LengthPrefixed;
import gonet.frame.Lines;
import gonet.live.Heartbeat;
import gonet.live.MinRate;
import gonet.live.PeerLostException;
import gonet.live.StalledException;
import gonet.server.Server;
import gonet.server.ShutdownReport;
import gonet.test.Proves;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

/** What gonet promises, whatever order things happen in. */
@NeedsSim
@Proves("sim-gonet")
class SimGonetTest {
  @SimTest(seeds = 500)
  void aServerThatShutsDownAnswersWhatItHasTakenAndLeavesNobody(Sim sim) {
    Host host = sim.host("server");
    AtomicInteger taken = new AtomicInteger();
    AtomicInteger answered = new AtomicInteger();
    host.run(
        () -> {
          Server server =
              Server.builder()
                  .name("echo")
                  .listenOn("tcp", ":80")
                  .handler(
                      conn -> {
                        byte[] request = new byte[4];
                        conn.readFully(request);
                        taken.incrementAndGet();
                        nap(sim, 20);
                        conn.write(request);
                        conn.closeWrite();
                        answered.incrementAndGet();
                      })
                  .start();
          nap(sim, 60);
          ShutdownReport report = server.shutdown(Duration.ofSeconds(10));
          assertEquals(0, report.forced(), report.toString());
          assertEquals(0, report.handlersLeft(), report.toString());
          assertEquals(taken.get(), answered.get());
          assertEquals(0, server.connections());
          assertEquals(0, host.openDescriptors());
        });
    for (int i = 0; i < 4; i++) {
      sim.host("client")
          .run(
              () -> {
                nap(sim, 60);
                try (Conn conn = Net.dial("tcp", host.at(80))) {
                  conn.write(new byte[4]);
                  conn.readFully(new byte[4]);
                } catch (IOException e) {
                  assertTrue(NetFailure.isConnectionEnd(e) || refused(e), e.toString());
                }
              });
    }
  }

  private static boolean refused(IOException e) {
    return e instanceof NetFailure failure && "ECONNREFUSED".equals(failure.errno());
  }

  @SimTest(seeds = 200)
  void aDialOfANameWithADeadAddressReachesTheOtherOneSoon(Sim sim) throws Exception {
    Host server = sim.host("server");
    server.serve(
        () -> {
          Listener listener = Net.listen("tcp6", ":80");
          for (; ; ) {
            listener.accept().close();
          }
        });
    Host dead = sim.host("dead");
    dead.crash();
    Dialer dialer = Dialer.defaults().withResolver(request -> List.of(dead.addr(), server.addr6()));
    sim.sleep(MILLI);
    Duration begin = sim.now();
    try (Conn conn = dialer.dial("tcp", "server:80")) {
      assertEquals("[" + server.addr6() + "]:80", String.valueOf(conn.remoteAddr()));
    }
    Duration took = sim.now().minus(begin);
    assertTrue(took.toMillis() >= 300 && took.toMillis() < 310, took.toString());
    sim.sleep(Duration.ofMinutes(5));
    assertEquals(0, sim.host("test").openDescriptors());
  }

  @SimTest(seeds = 200)
  void aHeartbeatFindsAPeerThatIsGoneWithinItsTimeAndNoOther(Sim sim) throws Exception {
    Heartbeat heartbeat =
        Heartbeat.of(
            Duration.ofSeconds(10),
            Duration.ofSeconds(2),
            3,
            conn -> conn.write("PING\n".getBytes(US_ASCII)));
    Host client = sim.host("client");
    Listener listener = Net.listen("tcp", ":80");
    client.serve(
        () -> {
          Conn conn = Net.dial("tcp", sim.host("test").at(80));
          FrameReader in = Lines.upTo(100).reader(conn);
          while (in.readString(US_ASCII) != null) {
            nap(sim, 1500);
            conn.write("PONG\n".getBytes(US_ASCII));
          }
        });
    try (Conn conn = heartbeat.over(listener.accept())) {
      boolean[] crashed = {false};
      Duration[] at = {Duration.ZERO};
      sim.host("fate")
          .serve(
              () -> {
                sim.sleep(Duration.ofSeconds(120 + sim.random().nextInt(60)));
                crashed[0] = true;
                at[0] = sim.now();
                client.crash();
              });
      PeerLostException e =
          assertThrows(
              PeerLostException.class,
              () -> {
                byte[] buf = new byte[100];
                for (int n = 1; n > 0; n = conn.read(buf)) {
                  // Whatever came in is a sign of life.
                }
              });
      assertNotNull(e.getMessage());
      assertTrue(crashed[0], "lost while it was there");
      Duration took = sim.now().minus(at[0]);
      assertTrue(took.minus(heartbeat.detectionTime()).toMillis() < 5, took.toString());
    }
    listener.close();
  }

  @SimTest(seeds = 100)
  void aSlowSenderMeetsItsMinimumAndAQuickOneDoesNot(Sim sim) throws Exception {
    Listener listener = Net.listen("tcp", ":80");
    int pause = 1 + sim.random().nextInt(19);
    sim.host("client")
        .run(
            () -> {
              try (Conn conn = Net.dial("tcp", sim.host("test").at(80))) {
                for (int i = 0; i < 200; i++) {
                  sim.sleep(Duration.ofMillis(pause));
                  conn.write(new byte[10]);
                }
              } catch (IOException e) {
                assertTrue(NetFailure.isConnectionEnd(e), e.toString());
              }
            });
    // 10 bytes each pause: a thousand bytes a second is a pause of 10 ms.
    try (Conn accepted = listener.accept()) {
      Conn conn = MinRate.of(1000, Duration.ofSeconds(1)).over(accepted);
      boolean stalled = false;
      try {
        conn.readFully(new byte[2000]);
      } catch (StalledException e) {
        stalled = true;
      }
      if (pause != 10) {
        assertEquals(pause > 10, stalled, "a pause of " + pause + " ms");
      }
    }
    listener.close();
  }

  @SimTest(seeds = 100)
  void aTunnelLosesNothingInEitherDirectionOverABadLink(Sim sim) throws Exception {
    Host back = sim.host("back");
    Host proxy = sim.host("proxy");
    sim.link(back, proxy).loss(0.05);
    sim.link(proxy, sim.host("test")).latency(Duration.ofMillis(20));
    back.run(one(conn -> conn.write(conn.inputStream().readAllBytes())));
    proxy.run(
        one(
            conn -> {
              try (Conn on = Net.dial("tcp", back.at(80))) {
                Tunnel.between(conn, on).run();
              }
            }));
    sim.sleep(MILLI);
    byte[] sent = new byte[100_000];
    new Random(sim.seed()).nextBytes(sent);
    try (Conn conn = Net.dial("tcp", proxy.at(80))) {
      conn.write(sent);
      conn.closeWrite();
      assertArrayEquals(sent, conn.inputStream().readAllBytes());
    }
  }

  @SimTest(seeds = 200)
  void framesAreTheSameHoweverTheStreamIsCut(Sim sim) throws Exception {
    Host server = sim.host("server");
    sim.link(server, sim.host("test")).loss(0.02).bandwidth(100_000);
    server.run(
        one(
            conn -> {
              FrameReader in = Lines.upTo(1000).reader(conn);
              FrameWriter out = Lines.upTo(1000).writer(conn);
              for (String line; (line = in.readString(US_ASCII)) != null; ) {
                out.write(line + line, US_ASCII);
              }
            }));
    sim.sleep(MILLI);
    try (Conn conn = Net.dial("tcp", server.at(80))) {
      FrameWriter out = Lines.upTo(1000).writer(conn);
      FrameReader in = Lines.upTo(1000).reader(conn);
      for (int i = 0; i < 20; i++) {
        String line = "x".repeat(sim.random().nextInt(400)) + i;
        out.write(line, US_ASCII);
        assertEquals(line + line, in.readString(US_ASCII));
      }
    }
  }

  /** Reads and writes that time out now and then lose nothing and double nothing. */
  @SimTest(seeds = 100)
  void aTransferGoesOnBehindEachTimeoutAndLosesNothing(Sim sim) throws Exception {
    Host end = sim.host("end");
    Host relay = sim.host("relay");
    sim.link(end, relay).loss(0.05).bandwidth(200_000);
    byte[] sent = new byte[100_000];
    new Random(sim.seed()).nextBytes(sent);
    AtomicInteger timeouts = new AtomicInteger();
    Task task =
        end.run(
            one(
                conn -> {
                  nap(sim, 2000); // and the writes to here time out
                  assertArrayEquals(sent, conn.inputStream().readAllBytes());
                }));
    relay.run(
        one(
            conn -> {
              try (Conn on = Net.dial("tcp", end.at(80))) {
                conn.setReadTimeout(Duration.ofMillis(30));
                on.setWriteTimeout(Duration.ofMillis(30));
                Transfer transfer = Transfer.between(conn, on);
                for (boolean over = false; !over; ) {
                  try {
                    assertEquals(sent.length, transfer.run());
                    over = true;
                  } catch (NetTimeoutException e) {
                    timeouts.incrementAndGet();
                  }
                }
                on.closeWrite();
              }
            }));
    sim.sleep(MILLI);
    try (Conn conn = Net.dial("tcp", relay.at(80))) {
      for (int off = 0; off < sent.length; ) {
        int n = Math.min(1 + sim.random().nextInt(20_000), sent.length - off);
        conn.write(sent, off, n);
        off += n;
        nap(sim, 60);
      }
      conn.closeWrite();
      task.join();
    }
    assertTrue(timeouts.get() > 0);
  }

  /** Nothing that has come is lost by deadlines and interrupts, wherever they fall. */
  @SimTest(seeds = 200)
  void framesSurviveDeadlinesAndInterrupts(Sim sim) throws Exception {
    Host server = sim.host("server");
    List<String> got = new ArrayList<>();
    AtomicInteger disturbed = new AtomicInteger();
    Task task =
        server.run(
            one(
                conn -> {
                  Thread reader = Thread.currentThread();
                  boolean[] over = {false};
                  Thread _ =
                      Net.go(
                          "interrupter",
                          () -> {
                            while (!over[0]) {
                              nap(sim, 20);
                              reader.interrupt();
                            }
                          });
                  FrameReader in = LengthPrefixed.ofBytes(2, 10_000).reader(conn);
                  for (boolean end = false; !end; ) {
                    conn.setReadDeadline(Instant.now().plusMillis(sim.random().nextInt(5)));
                    try {
                      String frame = in.readString(US_ASCII);
                      end = frame == null;
                      if (frame != null) {
                        got.add(frame);
                      }
                    } catch (NetTimeoutException | NetInterruptedException e) {
                      disturbed.incrementAndGet();
                    }
                    boolean _ = Thread.interrupted();
                  }
                  over[0] = true;
                }));
    sim.sleep(MILLI);
    List<String> sent = new ArrayList<>();
    try (Conn conn = Net.dial("tcp", server.at(80))) {
      FrameWriter out = LengthPrefixed.ofBytes(2, 10_000).writer(conn);
      for (int i = 0; i < 20; i++) {
        nap(sim, 6);
        String frame = "x".repeat(sim.random().nextInt(3000)) + i;
        out.write(frame, US_ASCII);
        sent.add(frame);
      }
      conn.closeWrite();
      task.join();
    }
    assertEquals(sent, got);
    assertTrue(disturbed.get() > 0);
  }

  /** The limit of a dial falls before, behind and into each step of the handshake. */
  @SimTest(seeds = 300)
  void aDialWhoseTimeIsOverLeavesNothingBehind(Sim sim) throws Exception {
    Host server = sim.host("server");
    server.serve(each(Servers::echo));
    sim.link(server, sim.host("test")).loss(0.2);
    Host dead = sim.host("dead");
    dead.crash();
    sim.sleep(MILLI);
    Dialer dialer = Dialer.defaults().withResolver(_ -> List.of(dead.addr6(), server.addr()));
    for (int i = 0; i < 5; i++) {
      long limit = 1L + sim.random().nextInt(sim.random().nextBoolean() ? 1_000 : 400_000);
      try (Conn conn =
          dialer.withTimeout(Duration.ofNanos(1000 * limit)).dial("tcp", "server:80")) {
        conn.write(new byte[1]);
        conn.readFully(new byte[1]);
      } catch (NetTimeoutException e) {
        sim.log("over after " + limit + " us");
      }
      sim.sleep(Duration.ofSeconds(10));
      assertEquals(0, sim.host("test").openDescriptors());
    }
  }
}
