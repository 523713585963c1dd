package gonet.cluster;

import static gonet.cluster.Rehearsal.line;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import gonet.Conn;
import gonet.ForwardingListener;
import gonet.Listener;
import gonet.Net;
import gonet.NetClosedException;
import gonet.OpFailure;
import gonet.support.Proves;
import gonet.support.Refusing;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

/** Neither strangers nor a failure that lasts fill the log. */
@Timeout(180)
@Proves("cluster-limits")
@SuppressWarnings("try") // each closes in its own order
class LimitedLogTest {

  /** Three minutes' worth of lines, and far less than a minute's work. */
  private static final int MANY = 3 * LimitedLog.LINES;

  private final Logger logger = (Logger) LoggerFactory.getLogger("gonet.cluster");
  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final AppenderBase<ILoggingEvent> appender =
      new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
          lines.add(event.getLevel() + " " + event.getFormattedMessage());
        }
      };

  @BeforeEach
  void capture() {
    appender.setContext(logger.getLoggerContext());
    appender.start();
    logger.addAppender(appender);
  }

  @AfterEach
  void stop() {
    logger.detachAppender(appender);
  }

  private void assertFew(String start) {
    long told = lines.stream().filter(line -> line.startsWith("WARN " + start)).count();
    assertTrue(told >= 1 && told < MANY, () -> told + " lines: " + lines);
  }

  @Test
  void strangersAtTheAddressOfWorkersDoNotFillTheLog() throws Exception {
    Rehearsal rehearsal = new Rehearsal();
    try (Cluster _ = rehearsal.builder(1).start()) {
      String address = rehearsal.variable().replaceAll(" .*", "");
      for (int i = 0; i < MANY; i++) {
        try (PacketLink link = Rehearsal.dial(address + " x")) {
          link.send("HELLO 1 guessed");
          assertEquals("REFUSED not a worker of this cluster", line(link));
        }
      }
    }
    assertFew("process " + ProcessHandle.current().pid() + " is no worker of this cluster");
  }

  /** Fails so many times, and is closed then. */
  private static final class Failing extends ForwardingListener {
    final CountDownLatch failures = new CountDownLatch(MANY);
    private final boolean byError;

    Failing(Listener listener, boolean byError) {
      super(listener);
      this.byError = byError;
    }

    @Override
    public Conn accept() throws IOException {
      if (failures.getCount() == 0) {
        throw new NetClosedException(OpFailure.of("accept", this, "closed"));
      }
      failures.countDown();
      if (byError) {
        throw Refusing.error();
      }
      throw new IOException("for the test");
    }
  }

  @Test
  void aFailureThatLastsDoesNotFillTheLog() throws Exception {
    try (Failing listener = new Failing(Net.listen("tcp", "127.0.0.1:0"), false)) {
      Callers.hear(listener, "caller", "callers", conn -> {});
      assertEquals(0, listener.failures.getCount());
    }
    assertFew("callers are not heard for now");
  }

  @Test
  void anAcceptForWorkersThatFailsAndFailsDoesNotFillTheLog() throws Exception {
    Rehearsal rehearsal = new Rehearsal();
    try (Failing listener = new Failing(Net.listen("tcp", "127.0.0.1:0"), true);
        Cluster cluster = rehearsal.builder(1).start();
        PacketLink link = rehearsal.link()) {
      WorkerLink asks =
          new WorkerLink(
              link,
              new WorkerSlot(cluster, rehearsal.builder(1), 1),
              "token",
              cluster.ports(),
              false);
      RoundRobin roundRobin = new RoundRobin(listener);
      roundRobin.start();
      roundRobin.want(asks, 1);
      listener.failures.await();
      roundRobin.drain(() -> Long.MAX_VALUE, () -> false);
      roundRobin.close();
    }
    assertFew("accepting for workers");
  }
}
