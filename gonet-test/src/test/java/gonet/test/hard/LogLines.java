package gonet.test.hard;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.LoggerFactory;

/** What gonet says in the log, at INFO and above, while this is open. Safe for any thread. */
public final class LogLines implements AutoCloseable {
  private final Logger logger = (Logger) LoggerFactory.getLogger("gonet");
  private final List<ILoggingEvent> events = new CopyOnWriteArrayList<>();
  private final AppenderBase<ILoggingEvent> appender =
      new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
          if (event.getLevel().isGreaterOrEqual(Level.INFO)) {
            events.add(event);
          }
        }
      };

  /** Listens from now on, and keeps the lines from the console: they are expected. */
  public static LogLines capture() {
    LogLines log = new LogLines();
    log.appender.setContext(log.logger.getLoggerContext());
    log.appender.start();
    log.logger.addAppender(log.appender);
    log.logger.setAdditive(false);
    return log;
  }

  /** The lines so far. */
  public List<String> lines() {
    return events.stream().map(e -> e.getLevel() + " " + e.getFormattedMessage()).toList();
  }

  /** The same as events, with what was thrown. */
  public List<ILoggingEvent> events() {
    return List.copyOf(events);
  }

  @Override
  public void close() {
    logger.detachAppender(appender);
    logger.setAdditive(true);
  }
}
