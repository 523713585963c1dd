package gonet.test.sim;

import static gonet.test.sim.Servers.MILLI;
import static gonet.test.sim.Servers.nap;

import gonet.Conn;
import gonet.ListenConfig;
import gonet.Listener;
import gonet.Net;
import gonet.NetClosedException;
import gonet.cluster.HandOver;
import gonet.server.Server;
import gonet.test.Proves;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Restarts that lose clients, each in a way of its own; those that lose none stand all seeds. */
@NeedsSim
@Proves("sim-finds")
@Timeout(300)
class PlantedHandOverTest {
  private static final Duration GRACE = Duration.ofMinutes(1);

  @SuppressWarnings("ImmutableEnumChecker") // functions without a state
  enum Planted {
    /** Says that it is ready, and only then gets ready: the old one has retired by then. */
    READY_TOO_EARLY((sim, mended) -> restart(sim, handOver(!mended, false))),

    /** The old one goes as soon as the new one serves, in the middle of what it has. */
    ENDS_AT_ONCE((sim, mended) -> restart(sim, handOver(false, !mended))),

    /** Each generation has a socket of its own at the port, and the old one closes its queue. */
    QUEUE_OF_ITS_OWN(
        (sim, mended) -> restart(sim, mended ? handOver(false, false) : new SharedPort()));

    private final PlantedFaultsTest.Program program;

    Planted(PlantedFaultsTest.Program program) {
      this.program = program;
    }
  }

  @ParameterizedTest
  @EnumSource
  void itIsFoundAndTheMendedProgramStands(Planted planted) {
    PlantedFaultsTest.findAndStand(planted.name(), planted.program);
  }

  /** A generation of a program, in a process of its own. */
  private interface Program {
    void run(Sim sim, HostProcess process, Runnable serves) throws Exception;
  }

  /** Starts the program twice, under clients that want an answer soon. */
  private static void restart(Sim sim, Program program) throws InterruptedException {
    Host host = sim.host("server");
    boolean[] serves = {false};
    start(sim, host, program, () -> serves[0] = true);
    while (!serves[0]) {
      sim.sleep(MILLI);
    }
    for (int i = 0; i < 3; i++) {
      sim.host("client")
          .run(
              () -> {
                for (int k = 0; k < 30; k++) {
                  call(sim, host);
                }
              });
    }
    nap(sim, 20);
    start(sim, host, program, () -> {});
  }

  private static void start(Sim sim, Host host, Program program, Runnable serves) {
    HostProcess process = host.process("generation");
    Task _ = process.serve(() -> program.run(sim, process, serves));
  }

  private static void call(Sim sim, Host host) throws IOException {
    try (Conn conn = Net.dial("tcp", host.at(80))) {
      conn.setReadTimeout(Duration.ofMillis(40));
      conn.write(new byte[1]);
      conn.readFully(new byte[1]);
      nap(sim, 2);
    }
  }

  private static void answer(Sim sim, Conn conn) throws IOException {
    conn.readFully(new byte[1]);
    nap(sim, 3);
    conn.write(new byte[1]);
  }

  private static Program handOver(boolean readyTooEarly, boolean endsAtOnce) {
    return (sim, process, serves) -> {
      Path path = sim.host("server").folder().resolve("handover");
      Server[] server = {null};
      try (HandOver handOver = HandOver.at(path)) {
        Listener listener = handOver.listen("tcp", ":80");
        if (readyTooEarly) {
          ready(handOver, server, null);
        }
        nap(sim, 60); // it gets ready
        server[0] = Server.builder().listener(listener).handler(conn -> answer(sim, conn)).start();
        if (!readyTooEarly) {
          ready(handOver, server, endsAtOnce ? process : null);
        }
        serves.run();
        server[0].awaitClosed();
      }
      process.kill(); // its end
    };
  }

  private static void ready(
      HandOver handOver, @Nullable Server[] server, @Nullable HostProcess ending)
      throws IOException {
    handOver.ready(
        retirement -> {
          Server serving = server[0];
          if (ending != null) {
            ending.kill();
          } else if (serving != null) {
            serving.beginShutdown(GRACE);
          }
        });
  }

  /** SO_REUSEPORT: whoever comes is given to one of the sockets, and goes with it. */
  private static final class SharedPort implements Program {
    private @Nullable Listener old;

    @Override
    public void run(Sim sim, HostProcess process, Runnable serves) throws Exception {
      Listener listener = ListenConfig.defaults().withReusePort(true).listen("tcp", ":80");
      Listener before = old;
      if (before != null) {
        before.close();
      }
      old = listener;
      serves.run();
      for (; ; ) {
        Conn conn;
        try {
          conn = listener.accept();
        } catch (NetClosedException e) {
          return;
        }
        Net.go(
            "handler",
            () -> {
              try (conn) {
                answer(sim, conn);
              }
            });
      }
    }
  }
}
