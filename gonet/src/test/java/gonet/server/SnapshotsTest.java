package gonet.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Net;
import gonet.NetAddr;
import gonet.NetStats;
import gonet.OpFailure;
import gonet.TcpInfo;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What gonet tells of itself may tell more in a later version, and no program breaks. */
class SnapshotsTest {

  private static final NetAddr ADDR = Net.pipe().first().localAddr();

  @ParameterizedTest
  @ValueSource(
      classes = {
        TcpInfo.class,
        NetStats.class,
        ConnDump.class,
        ServerStats.class,
        Drop.class,
        ShutdownReport.class,
        OpFailure.class
      })
  void aSnapshotIsMadeByGonetAlone(Class<?> type) {
    assertTrue(Modifier.isFinal(type.getModifiers()));
    assertFalse(type.isRecord(), "the components of a record are its public constructor");
    assertEquals(0, type.getConstructors().length);
  }

  @Test
  void theTextOfASnapshotNamesEveryValue() throws ReflectiveOperationException {
    Map<Drop.Reason, Long> dropped = new EnumMap<>(Drop.Reason.class);
    for (Drop.Reason reason : Drop.Reason.values()) {
      dropped.put(reason, 1000L + dropped.size());
    }
    for (Object snapshot :
        List.of(
            new ServerStats(
                ServerState.RUNNING,
                101,
                102,
                103,
                dropped,
                104,
                105,
                106,
                107,
                histogram(108),
                histogram(109)),
            new ShutdownReport(
                ShutdownReport.Outcome.FORCED, 201, 202, 203, Duration.ofMillis(2040)),
            Net.stats())) {
      for (Method accessor : accessors(snapshot)) {
        Object value = accessor.invoke(snapshot);
        String text = snapshot.toString();
        assertTrue(text.contains(accessor.getName() + " " + value), text);
      }
    }
  }

  private static LatencyHistogram histogram(int ofOneMicro) {
    Latencies latencies = new Latencies();
    for (int i = 0; i < ofOneMicro; i++) {
      latencies.add(1);
    }
    return latencies.snapshot();
  }

  private static List<Method> accessors(Object snapshot) {
    List<Method> all =
        List.of(snapshot.getClass().getDeclaredMethods()).stream()
            .filter(m -> Modifier.isPublic(m.getModifiers()) && !m.getName().equals("toString"))
            .toList();
    assertFalse(all.isEmpty());
    return all;
  }

  @Test
  void theCountsOfAServerCannotBeChangedFromOutside() {
    Map<Drop.Reason, Long> dropped = new EnumMap<>(Drop.Reason.class);
    dropped.put(Drop.Reason.CLOSED, 1L);
    ServerStats stats =
        new ServerStats(
            ServerState.RUNNING, 0, 0, 0, dropped, 0, 0, 0, 0, histogram(0), histogram(0));
    dropped.put(Drop.Reason.CLOSED, 2L);
    assertEquals(Map.of(Drop.Reason.CLOSED, 1L), stats.dropped());
  }

  @Test
  void theTextOfADropTellsWhoCameWhereAndWhyNot() {
    Drop drop = new Drop(Drop.Reason.FILTERED, ADDR, ADDR);
    assertEquals("Drop[pipe <- pipe, FILTERED]", drop.toString());
  }
}
