package gonet.test.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import gonet.Dialer;
import gonet.TcpConn;
import gonet.test.Proves;
import gonet.test.machine.ChildJvm;
import gonet.test.machine.NeedsNetns;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Small scenarios over the kernel and over the simulator: what a program sees is the same. */
@NeedsSim
@Proves("sim-agrees")
@Timeout(300)
class SimAgreementTest {
  private static final int SEEDS = 5;

  private static void assertAgree(Agreement.Script script) throws Exception {
    List<String> kernel = Agreement.play(script);
    assertFalse(kernel.isEmpty());
    for (long seed = 1; seed <= SEEDS; seed++) {
      List<List<String>> simulated = new ArrayList<>();
      Outcome _ = Sim.run(seed, sim -> simulated.add(Agreement.play(script)));
      assertEquals(List.of(kernel), simulated, "seed " + seed);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aConnectionIsTheSame(ConnScenario scenario) throws Exception {
    assertAgree(scenario.script());
  }

  @ParameterizedTest
  @EnumSource
  void aBeginningIsTheSame(EstablishScenario scenario) throws Exception {
    assertAgree(scenario.script());
  }

  @ParameterizedTest
  @EnumSource
  void aDatagramIsTheSame(UdpScenario scenario) throws Exception {
    assertAgree(scenario.script());
  }

  @ParameterizedTest
  @EnumSource
  void aUnixConnectionIsTheSame(UnixScenario scenario, @TempDir Path folder) throws Exception {
    for (String network : List.of("unix", "unixpacket")) {
      List<String> kernel = scenario.play(new UnixScenario.Place(folder, network));
      assertFalse(kernel.isEmpty());
      for (long seed = 1; seed <= SEEDS; seed++) {
        List<List<String>> simulated = new ArrayList<>();
        Outcome _ =
            Sim.run(
                seed,
                sim -> {
                  Path own = sim.host("test").folder();
                  simulated.add(scenario.play(new UnixScenario.Place(own, network)));
                });
        assertEquals(List.of(kernel), simulated, network + ", seed " + seed);
      }
    }
  }

  /** The kernel's minutes are options' seconds here; it takes a namespace to lose a host. */
  @Test
  @NeedsNetns
  void aLostHostIsTheSame() throws Exception {
    ChildJvm.Result child =
        ChildJvm.runInNetns(
            Duration.ofMinutes(2),
            List.of(
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                KernelFar.class.getName()));
    assertEquals(0, child.exitCode(), child.output());
    List<String> kernel = child.output().lines().toList();
    assertEquals(LostScenario.values().length, kernel.size(), child.output());
    for (long seed = 1; seed <= SEEDS; seed++) {
      List<String> simulated = new ArrayList<>();
      for (LostScenario each : LostScenario.values()) {
        Agreement.Seen seen = new Agreement.Seen();
        Outcome _ = Sim.run(seed, sim -> lose(sim, each, seen));
        simulated.add(each + " " + seen.lines());
      }
      assertEquals(kernel, simulated, "seed " + seed);
    }
  }

  private static void lose(Sim sim, LostScenario scenario, Agreement.Seen seen) throws Exception {
    Host far = sim.host("far");
    Link link = sim.link(far, sim.host("test"));
    far.serve(Servers.each(Servers::echo));
    sim.sleep(Servers.MILLI);
    scenario
        .script()
        .run(
            seen,
            new LostScenario.Far() {
              @Override
              public TcpConn across(Dialer dialer) throws IOException {
                return (TcpConn) dialer.dial("tcp", far.at(80));
              }

              @Override
              public void vanish() {
                link.cut();
              }

              @Override
              public void comeBack() {
                link.mend();
              }
            });
  }
}
