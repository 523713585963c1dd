package gonet.test.lane;

import static org.junit.jupiter.api.Assertions.assertEquals;

import gonet.Net;
import gonet.NetMXBean;
import gonet.NetStats;
import gonet.test.Proves;
import gonet.test.machine.ChildJvm;
import java.io.File;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import java.util.logging.LogManager;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Statistics and the bean tell what the carrier lane does about handlers that do not let go. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "epoll is Linux' own")
@Timeout(300)
class LaneStatsTest {

  @Test
  @Proves("jvm-metrics")
  void stuckHandlersShowAsHandOversThenAsRefusalsAndAtLastAsSpares() throws Exception {
    assertEquals(
        """
        calm: 0 hand-overs, 0 refused
        stuck: handed over
        more stuck than spares: refused
        free again: 2 spares
        the bean says the same
        """,
        run("-Dgonet.lane=carrier", "-Dgonet.carriers=1", "-Dgonet.carriers.spare=2"));
  }

  @Test
  void inTheSharedLaneThereIsNothingToTell() throws Exception {
    assertEquals("calm: 0 hand-overs, 0 refused\nno carriers\n", run("-Dgonet.lane=shared"));
  }

  private static String run(String... flags) throws Exception {
    List<String> arguments = new ArrayList<>(List.of(flags));
    arguments.addAll(
        List.of(
            "--add-opens=java.base/java.lang=ALL-UNNAMED",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            ChildJvm.locationOf(Net.class)
                + File.pathSeparator
                + ChildJvm.locationOf(Program.class),
            Program.class.getName()));
    return ChildJvm.run(Duration.ofMinutes(2), arguments).output();
  }

  /** Three handlers compute, of which one carrier and two spares can do without two. */
  static final class Program {
    private static final AtomicBoolean over = new AtomicBoolean();

    private Program() {}

    public static void main(String[] args) throws Exception {
      LogManager.getLogManager().reset(); // the log tells of refusals as well
      Net.listen("tcp", "127.0.0.1:0").close();
      NetStats calm = Net.stats();
      System.out.println(
          "calm: " + calm.handOvers() + " hand-overs, " + calm.refusedHandOvers() + " refused");
      if (!calm.lane().equals("carrier")) {
        System.out.println("no carriers" + (calm.spareCarriers() == 0 ? "" : " but spares"));
        return;
      }
      List<Thread> handlers = new ArrayList<>();
      handlers.add(Net.go(Program::compute));
      await(s -> s.handOvers() > 0);
      System.out.println("stuck: handed over");
      handlers.add(Net.go(Program::compute));
      handlers.add(Net.go(Program::compute));
      await(s -> s.refusedHandOvers() > 0);
      System.out.println("more stuck than spares: refused");
      over.set(true);
      for (Thread handler : handlers) {
        handler.join();
      }
      await(s -> s.spareCarriers() == 2);
      System.out.println("free again: 2 spares");
      System.out.println("the bean says " + (beanAgrees() ? "the same" : "otherwise"));
    }

    private static void compute() {
      while (!over.get()) {
        Thread.onSpinWait();
      }
    }

    private static void await(Predicate<NetStats> wanted) {
      while (!wanted.test(Net.stats())) {
        Thread.onSpinWait();
      }
    }

    /** Looks between two statistics that are the same: the watcher may be at its last count. */
    private static boolean beanAgrees() throws Exception {
      Net.registerMXBean();
      boolean agrees;
      NetStats before;
      do {
        before = Net.stats();
        agrees = beanSays(before);
      } while (!before.toString().equals(Net.stats().toString()));
      return agrees;
    }

    private static boolean beanSays(NetStats stats) throws Exception {
      MBeanServer server = ManagementFactory.getPlatformMBeanServer();
      ObjectName name = new ObjectName(NetMXBean.NAME);
      return server.getAttribute(name, "SpareCarriers").equals(stats.spareCarriers())
          && server.getAttribute(name, "HandOvers").equals(stats.handOvers())
          && server.getAttribute(name, "RefusedHandOvers").equals(stats.refusedHandOvers());
    }
  }
}
