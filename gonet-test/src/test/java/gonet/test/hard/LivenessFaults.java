package gonet.test.hard;

import gonet.Dialer;
import gonet.NetFailure;
import gonet.NetTimeoutException;
import gonet.TcpConn;
import gonet.live.PeerLoss;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The programs of {@link LivenessTest}, each alone in a network namespace. */
final class LivenessFaults {
  private static final PeerLoss LOSS = PeerLoss.within(Duration.ofSeconds(4));

  private LivenessFaults() {}

  public static void main(String[] args) throws Exception {
    NetworkFaults.makeVeth();
    try (TcpPair pair = NetworkFaults.across(LOSS.on(Dialer.defaults()))) {
      TcpConn client = pair.client();
      PeerLoss asKernelHasIt = PeerLoss.of(client);
      switch (args[0]) {
        case "idle" -> {
          NetworkFaults.vanish();
          awaitLoss(client, asKernelHasIt.idle());
        }
        case "in flight" -> {
          NetworkFaults.vanish();
          client.write(new byte[100]);
          awaitLoss(client, asKernelHasIt.inFlight());
        }
        case "zero window" -> {
          fill(client);
          awaitLoss(client, asKernelHasIt.zeroWindow());
        }
        case "rebooted" -> {
          NetworkFaults.vanish();
          pair.server().abort(); // its reset finds no way, as if it had never been sent
          NetworkFaults.comeBack();
          awaitLoss(client, asKernelHasIt.rebooted());
        }
        default -> throw new IllegalArgumentException(args[0]);
      }
    }
    Runtime.getRuntime().halt(0);
  }

  /** Writes until the peer, which reads nothing, takes no more. */
  private static void fill(TcpConn client) throws IOException {
    client.setWriteTimeout(Duration.ofMillis(300));
    try {
      client.write(new byte[64 << 20]);
      throw new IllegalStateException("the peer takes everything");
    } catch (NetTimeoutException e) {
      client.setWriteTimeout(null);
    }
  }

  private static void awaitLoss(TcpConn client, @Nullable Duration computed) {
    Child.tell(Objects.requireNonNull(computed).toMillis());
    long start = System.nanoTime();
    try {
      throw new IllegalStateException("read " + client.read(new byte[1]));
    } catch (IOException e) {
      long millis = (System.nanoTime() - start) / 1_000_000;
      Child.tell(((NetFailure) e).errno());
      Child.tell(millis);
    }
  }
}
