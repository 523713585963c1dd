package gonet.test.docs;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.Listener;
import gonet.Net;
import gonet.frame.FrameReader;
import gonet.frame.FrameWriter;
import gonet.frame.Lines;
import gonet.test.Proves;
import gonet.test.sim.Chaos;
import gonet.test.sim.Host;
import gonet.test.sim.NeedsSim;
import gonet.test.sim.Outcome;
import gonet.test.sim.Sim;
import gonet.test.sim.SimFailure;
import gonet.test.sim.SimTest;
import gonet.test.sim.Task;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The examples of docs/guide.md on simulation. */
@NeedsSim
@Proves("sim-example")
class SimulationGuideTest {
  private static final int MOST_SEEDS = 200;

  // example
  /** A counter on several nodes. Clients ask any of them: "add" and a name, or "count". */
  static final class Counter {
    private final Set<String> counted = new TreeSet<>();
    private final List<String> peers;
    private final int copies;

    /**
     * @param copies how many nodes, this one included, must have answered before a client is
     */
    Counter(List<String> peers, int copies) {
      this.peers = peers;
      this.copies = copies;
    }

    void serve(Listener listener) throws IOException {
      while (true) {
        Conn conn = listener.accept();
        Thread _ = Net.go("client", () -> answer(conn));
      }
    }

    private void answer(Conn conn) throws IOException {
      try (conn) {
        FrameReader in = Lines.upTo(10_000).reader(conn);
        FrameWriter out = Lines.upTo(10_000).writer(conn);
        for (String line; (line = in.readString(US_ASCII)) != null; ) {
          out.write(reply(line), US_ASCII);
        }
      }
    }

    private String reply(String line) {
      if (line.equals("list")) {
        return list();
      }
      if (line.equals("count")) {
        List<String> lists = ask("list");
        lists.forEach(this::keep);
        return lists.size() + 1 < copies ? "failed" : "" + list().split(" ").length;
      }
      keep(line.substring("add ".length()));
      if (line.endsWith(" copy")) {
        return "ok";
      }
      return ask(line + " copy").size() + 1 < copies ? "failed" : "ok";
    }

    private synchronized void keep(String names) {
      counted.addAll(List.of(names.replace(" copy", "").split(" ")));
    }

    private synchronized String list() {
      return String.join(" ", counted);
    }

    /** The answers of the peers that can be reached. */
    private List<String> ask(String line) {
      List<String> answers = new ArrayList<>();
      for (String peer : peers) {
        try {
          answers.add(call(peer, line));
        } catch (IOException e) {
          // As if it were not there.
        }
      }
      return answers;
    }
  }

  static String call(String address, String line) throws IOException {
    try (Conn conn = Net.dial("tcp", address, Duration.ofSeconds(1))) {
      conn.setReadTimeout(Duration.ofSeconds(5));
      Lines.upTo(10_000).writer(conn).write(line, US_ASCII);
      String answer = Lines.upTo(10_000).reader(conn).readString(US_ASCII);
      if (answer == null) {
        throw new IOException("no answer from " + address);
      }
      return answer;
    }
  }

  // end of example

  // example
  /** Counts on nodes that lose each other now and then; what was answered must be there. */
  static void count(Sim sim, int copies) throws Exception {
    List<Host> nodes = List.of(sim.host("a"), sim.host("b"), sim.host("c"));
    for (Host node : nodes) {
      List<String> peers =
          nodes.stream().filter(peer -> peer != node).map(peer -> peer.at(80)).toList();
      Counter counter = new Counter(peers, copies);
      Task _ = node.boot(() -> counter.serve(Net.listen("tcp", ":80")));
    }
    Chaos _ = sim.chaos(Duration.ofSeconds(30), nodes.toArray(Host[]::new)).isolations(2).cuts(2);
    int added = 0;
    for (int i = 0; i < 20; i++) {
      sim.sleep(Duration.ofSeconds(1));
      if (call(nodes.get(sim.random().nextInt(3)).at(80), "add n" + i).equals("ok")) {
        added++;
      }
      String count = call(nodes.get(sim.random().nextInt(3)).at(80), "count");
      if (!count.equals("failed")) {
        assertTrue(Integer.parseInt(count) >= added, added + " were added, counted " + count);
      }
    }
  }

  @SimTest(seeds = 50)
  void whatMostNodesHaveIsNeverForgotten(Sim sim) throws Exception {
    count(sim, 2);
  }

  // end of example

  @Test
  void aCounterThatAnswersAloneIsFoundOut() {
    for (long seed = 1; seed <= MOST_SEEDS; seed++) {
      Outcome outcome = Sim.attempt(seed, sim -> count(sim, 1), false);
      if (outcome.failure() != null) {
        long found = seed;
        SimFailure told =
            assertThrows(SimFailure.class, () -> Sim.run(found, sim -> count(sim, 1)));
        assertEquals(1, told.outcome().faults().size(), told.getMessage());
        assertTrue(told.getMessage().contains("were added, counted"), told.getMessage());
        System.out.println(told.getMessage().lines().limit(4).toList());
        return;
      }
    }
    throw new AssertionError("no seed of " + MOST_SEEDS);
  }

  @Test
  void theGuideShowsThisCode() throws IOException {
    GuideExamples.assertShown(SimulationGuideTest.class, 2);
  }
}
