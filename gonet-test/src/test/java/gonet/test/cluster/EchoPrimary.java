package gonet.test.cluster;

import gonet.cluster.Cluster;
import gonet.cluster.PrimaryDeath;
import gonet.cluster.SharePolicy;
import gonet.cluster.Worker;
import gonet.cluster.WorkerStatus;
import java.time.Duration;

/** A primary for a test that kills it; its workers run by its own command. */
final class EchoPrimary {
  private EchoPrimary() {}

  /** Arguments: policy, what happens at its death, workers. Prints the address, and their pids. */
  public static void main(String[] args) throws Exception {
    if (Worker.isWorker()) {
      EchoWorker.serve("127.0.0.1:0");
      return;
    }
    try (Cluster cluster =
        Cluster.builder()
            .workers(Integer.parseInt(args[2]))
            .policy(SharePolicy.valueOf(args[0]))
            .whenPrimaryDies(PrimaryDeath.valueOf(args[1]))
            .listenOn("tcp", "127.0.0.1:0")
            .start()) {
      cluster.awaitReady(Duration.ofSeconds(60));
      System.out.println(cluster.addr());
      for (WorkerStatus each : cluster.workers()) {
        System.out.println(each.pid());
      }
      var _ = cluster.awaitClosed();
    }
  }
}
