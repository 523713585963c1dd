package gonet.test.sim;

import static gonet.test.sim.Servers.MILLI;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.Dialer;
import gonet.KeepAlive;
import gonet.ListenConfig;
import gonet.Listener;
import gonet.Net;
import gonet.NetAddressException;
import gonet.NetFailure;
import gonet.TcpConn;
import gonet.internal.backend.Errno;
import gonet.test.Proves;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** What happens to connections that no test on a loopback device can make happen so quickly. */
@NeedsSim
@Proves("sim-tcp")
class SimTcpTest {
  private interface Talk {
    void hold(Sim sim, TcpConn client, TcpConn server) throws Exception;
  }

  /** Runs {@code talk} with a connection from host client to host server. */
  private static Outcome connected(Talk talk) {
    return connected(Dialer.defaults(), talk);
  }

  private static Outcome connected(Dialer dialer, Talk talk) {
    return Sim.run(
        1,
        sim -> {
          Host server = sim.host("server");
          TcpConn[] accepted = {null};
          Task accept =
              server.run(
                  () -> {
                    try (Listener listener = Net.listen("tcp", ":80")) {
                      accepted[0] = (TcpConn) listener.accept();
                    }
                  });
          sim.host("client")
              .run(
                  () -> {
                    sim.sleep(MILLI);
                    TcpConn conn = (TcpConn) dialer.dial("tcp", server.at(80));
                    accept.join();
                    talk.hold(sim, conn, accepted[0]);
                  });
        });
  }

  private static IOException assertFails(String errno, Executable call) {
    IOException e = assertThrows(IOException.class, call);
    assertEquals(errno, ((NetFailure) e).errno());
    return e;
  }

  private static Link link(Sim sim) {
    return sim.link(sim.host("client"), sim.host("server"));
  }

  @Test
  void aPortThatNobodyListensOnRefusesAfterOneRoundTrip() {
    Outcome outcome =
        Sim.run(
            1,
            sim -> {
              String closed = sim.host("server").at(81);
              IOException e = assertFails("ECONNREFUSED", () -> Net.dial("tcp", closed));
              assertTrue(e.getMessage().contains("connection refused"), e.getMessage());
            });
    assertTrue(outcome.virtualTime().toMillis() < 2, outcome.virtualTime().toString());
  }

  @Test
  void aHostThatIsDownLetsADialTimeOutAfterSixRetriesOfTheSyn() {
    Outcome outcome =
        Sim.run(
            1,
            sim -> {
              Host server = sim.host("server");
              server.crash();
              IOException _ = assertFails("ETIMEDOUT", () -> Net.dial("tcp", server.at(80)));
            });
    assertEquals(127, outcome.virtualTime().toSeconds());
  }

  @Test
  void anAddressThatNobodyHasIsUnreachable() {
    Sim.run(
        1,
        sim -> {
          IOException _ = assertFails("EHOSTUNREACH", () -> Net.dial("tcp", "192.0.2.7:80"));
        });
  }

  @Test
  void aFullBacklogDropsSynsUntilThereIsRoom() {
    Outcome outcome =
        Sim.run(
            1,
            sim -> {
              Host server = sim.host("server");
              server.run(
                  () -> {
                    try (Listener listener =
                        ListenConfig.defaults().withBacklog(1).listen("tcp", ":80")) {
                      sim.sleep(Duration.ofMillis(500));
                      for (int i = 0; i < 4; i++) {
                        listener.accept().close();
                      }
                    }
                  });
              for (int i = 1; i <= 4; i++) {
                Duration pause = MILLI.multipliedBy(10L * i);
                sim.host("client")
                    .run(
                        () -> {
                          sim.sleep(pause);
                          Net.dial("tcp", server.at(80)).close();
                        });
              }
            });
    assertTrue(outcome.virtualTime().toMillis() >= 1000, outcome.virtualTime().toString());
  }

  @Test
  void aHalfCloseLetsTheOtherDirectionGoOn() {
    connected(
        (sim, client, server) -> {
          client.write("ask".getBytes(UTF_8));
          client.closeWrite();
          assertArrayEquals("ask".getBytes(UTF_8), server.inputStream().readAllBytes());
          server.write("answer".getBytes(UTF_8));
          server.close();
          assertArrayEquals("answer".getBytes(UTF_8), client.inputStream().readAllBytes());
          client.close();
        });
  }

  @Test
  void aCloseWithUnreadBytesResetsTheOtherSide() {
    connected(
        (sim, client, server) -> {
          client.write(new byte[10]);
          sim.sleep(Duration.ofMillis(5));
          server.close();
          sim.sleep(Duration.ofMillis(5));
          IOException _ = assertFails("ECONNRESET", () -> client.read(new byte[1]));
          client.close();
        });
  }

  @Test
  void aWriterWaitsWhileNobodyReadsAndGoesOnWhenTheWindowOpens() {
    Outcome outcome =
        connected(
            (sim, client, server) -> {
              Thread reader =
                  Net.go(
                      "reader",
                      () -> {
                        Servers.sleep(sim, Duration.ofSeconds(10));
                        assertEquals(1 << 20, server.inputStream().readAllBytes().length);
                        server.close();
                      });
              client.write(new byte[1 << 20]);
              client.close();
              reader.join();
            });
    assertTrue(outcome.virtualTime().toSeconds() >= 10, outcome.virtualTime().toString());
  }

  @Test
  void aPartitionThatHealsDelaysAndLosesNothing() {
    Outcome outcome =
        connected(
            (sim, client, server) -> {
              link(sim).cut();
              client.write("late".getBytes(UTF_8));
              sim.sleep(Duration.ofSeconds(30));
              link(sim).mend();
              byte[] got = new byte[4];
              server.readFully(got);
              assertArrayEquals("late".getBytes(UTF_8), got);
              client.close();
              server.close();
            });
    assertTrue(outcome.virtualTime().toSeconds() < 90, outcome.virtualTime().toString());
  }

  @Test
  void aCutOfOneDirectionLetsTheOtherOneThrough() {
    connected(
        (sim, client, server) -> {
          link(sim).cut(sim.host("server"));
          client.write("there".getBytes(UTF_8));
          byte[] got = new byte[5];
          server.readFully(got);
          server.write("back".getBytes(UTF_8));
          client.setReadTimeout(Duration.ofSeconds(20));
          assertThrows(IOException.class, () -> client.readFully(new byte[4]));
          link(sim).mend();
          client.close();
          server.close();
        });
  }

  @Test
  void unacknowledgedDataEndsAConnectionAfterFifteenRetries() {
    Outcome outcome =
        connected(
            (sim, client, server) -> {
              link(sim).cut();
              client.write(new byte[1]);
              IOException _ = assertFails("ETIMEDOUT", () -> client.read(new byte[1]));
              server.abort();
              client.close();
            });
    long seconds = outcome.virtualTime().toSeconds();
    assertTrue(seconds > 800 && seconds < 1000, outcome.virtualTime().toString());
  }

  @Test
  void theUserTimeoutEndsItSooner() {
    Outcome outcome =
        connected(
            Dialer.defaults().withUserTimeout(Duration.ofSeconds(5)),
            (sim, client, server) -> {
              link(sim).cut();
              client.write(new byte[1]);
              IOException _ = assertFails("ETIMEDOUT", () -> client.read(new byte[1]));
              server.abort();
              client.close();
            });
    assertEquals(5, outcome.virtualTime().toSeconds());
  }

  @Test
  void keepaliveFindsThatAnIdlePeerHasVanished() {
    Outcome outcome =
        connected(
            Dialer.defaults()
                .withKeepAlive(KeepAlive.of(Duration.ofSeconds(30), Duration.ofSeconds(10), 3)),
            (sim, client, server) -> {
              sim.host("server").crash();
              IOException _ = assertFails("ETIMEDOUT", () -> client.read(new byte[1]));
              client.close();
            });
    assertEquals(60, outcome.virtualTime().toSeconds());
  }

  @Test
  void aHostThatStartsAgainAnswersAnOldConnectionWithAReset() {
    connected(
        (sim, client, server) -> {
          Host host = sim.host("server");
          host.crash();
          client.write(new byte[1]);
          sim.sleep(Duration.ofSeconds(1));
          host.restart();
          IOException _ = assertFails("ECONNRESET", () -> client.read(new byte[1]));
          client.close();
        });
  }

  @Test
  void aBusyPortCannotBeListenedOnTwiceAndIsFreeBehindACrash() {
    Sim.run(
        1,
        sim -> {
          Host server = sim.host("server");
          server
              .run(
                  () -> {
                    Listener _ = Net.listen("tcp", ":80");
                    IOException _ = assertFails("EADDRINUSE", () -> Net.listen("tcp", ":80"));
                    IOException _ =
                        assertFails("EADDRNOTAVAIL", () -> Net.listen("tcp", "192.0.2.1:80"));
                  })
              .join();
          server.crash();
          server.restart();
          server.run(() -> Net.listen("tcp", ":80").close());
        });
  }

  @Test
  void aProcessOutOfDescriptorsGetsEmfileAndItsListenerPauses() {
    Outcome outcome =
        Sim.run(
            1,
            sim -> {
              Host server = sim.host("server").limitDescriptors(2);
              server.run(
                  () -> {
                    try (Listener listener = Net.listen("tcp", ":80")) {
                      Conn first = listener.accept();
                      IOException _ = assertFails("EMFILE", () -> Net.dial("tcp", server.at(80)));
                      Thread late =
                          Net.go(
                              "closer",
                              () -> {
                                Servers.sleep(sim, Duration.ofSeconds(3));
                                first.close();
                              });
                      listener.accept().close();
                      late.join();
                    }
                  });
              for (int i = 0; i < 2; i++) {
                sim.host("client")
                    .run(
                        () -> {
                          sim.sleep(MILLI);
                          Conn conn = Net.dial("tcp", server.at(80));
                          assertEquals(-1, conn.read(new byte[1]));
                          conn.close();
                        });
              }
            });
    assertTrue(outcome.virtualTime().toSeconds() >= 3, outcome.virtualTime().toString());
  }

  @Test
  void acceptsFailAsTheyAreTold() {
    Sim.run(
        1,
        sim -> {
          Host server = sim.host("server").failAccepts(3, Errno.ECONNABORTED);
          server.run(
              () -> {
                try (Listener listener = Net.listen("tcp", ":80")) {
                  listener.accept().close();
                }
              });
          sim.sleep(MILLI);
          Net.dial("tcp", server.at(80)).close();
        });
  }

  @Test
  void namesOfHostsAreDialledOverTheSimulationsResolverInEitherFamily() {
    Sim.run(
        1,
        sim -> {
          Host server = sim.host("server");
          server.run(
              () -> {
                try (Listener listener = Net.listen("tcp", ":80")) {
                  listener.accept().close();
                  listener.accept().close();
                }
              });
          sim.sleep(MILLI);
          Dialer dialer = Dialer.defaults().withResolver(sim.resolver());
          dialer.dial("tcp", "server:80").close();
          Net.dial("tcp", "[" + server.addr6() + "]:80").close();
          assertThrows(IOException.class, () -> dialer.dial("tcp", "nobody:80"));
          assertThrows(NetAddressException.class, () -> dialer.dial("tcp", "server"));
        });
  }
}
