package gonet.test.live;

import gonet.live.Heartbeat;
import gonet.live.MinRate;
import gonet.test.Callers;
import gonet.test.ConnContract;
import gonet.test.ConnPair;
import gonet.test.ConnPairs;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** A connection under a heartbeat and a minimum rate is a connection still. */
@ParameterizedClass
@EnumSource(Callers.class)
class LiveContractTest extends ConnContract {
  private static final Heartbeat HEARTBEAT =
      Heartbeat.of(Duration.ofHours(1), Duration.ofHours(1), 1, c -> {});

  /** So low that nobody is too slow. */
  private static final MinRate RATE = MinRate.of(1, Duration.ofDays(1));

  LiveContractTest(Callers callers) {
    super(
        () -> {
          ConnPair pair = ConnPairs.dialled("tcp4", "127.0.0.1:0").connect();
          return new ConnPair(
              HEARTBEAT.over(RATE.over(pair.left())), HEARTBEAT.over(RATE.over(pair.right())));
        },
        callers);
  }
}
