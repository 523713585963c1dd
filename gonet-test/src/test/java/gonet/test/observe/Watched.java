package gonet.test.observe;

import gonet.Dialer;
import gonet.ListenConfig;
import gonet.Net;
import gonet.NetConnectException;
import gonet.NetTimeoutException;
import gonet.TcpConn;
import gonet.TcpListener;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import jdk.jfr.Recording;
import jdk.jfr.ValueDescriptor;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;

/** Does one of everything, so that all there is to see of it can be checked from outside. */
final class Watched {
  /** Above the threshold of the recorded waits. */
  private static final Duration LONG = Duration.ofMillis(60);

  private Watched() {}

  /** Under a recording, whose events it prints, one in a line. */
  static final class Recorded {
    private Recorded() {}

    public static void main(String[] args) throws Exception {
      oneOfEverything(); // classes that were in use before the recorder began are recorded, too
      Path file = Files.createTempFile("watched", ".jfr");
      try (Recording recording = new Recording()) {
        recording.enable("gonet.PollerBatch");
        recording.start();
        oneOfEverything();
        recording.stop();
        recording.dump(file);
        for (RecordedEvent event : RecordingFile.readAllEvents(file)) {
          if (event.getEventType().getName().startsWith("gonet.")) {
            System.out.println(text(event));
          }
        }
      } finally {
        Files.delete(file);
      }
    }

    private static String text(RecordedEvent event) {
      StringBuilder text = new StringBuilder(event.getEventType().getName());
      for (ValueDescriptor field : event.getFields()) {
        Object value = event.getValue(field.getName());
        if (value instanceof String || value instanceof Number || value == null) {
          text.append(' ').append(field.getName()).append('=').append(value).append(';');
        }
      }
      return text.append(" millis=").append(event.getDuration().toMillis()).toString();
    }
  }

  /** Prints the counts, as statistics and as a bean shows them. */
  static final class Counted {
    private Counted() {}

    public static void main(String[] args) throws Exception {
      oneOfEverything();
      System.out.println(Net.stats());
      System.out.println("open " + Net.stats().open());
      Net.registerMXBean();
      Net.registerMXBean(); // no effect
      MBeanServer server = ManagementFactory.getPlatformMBeanServer();
      ObjectName name = new ObjectName(gonet.NetMXBean.NAME);
      for (MBeanAttributeInfo attribute : server.getMBeanInfo(name).getAttributes()) {
        Object value = server.getAttribute(name, attribute.getName());
        System.out.println("bean " + attribute.getName() + " " + value);
      }
    }
  }

  /** In a runtime without the modules that show things. */
  static final class Bare {
    private Bare() {}

    public static void main(String[] args) throws Exception {
      System.out.println("recorder " + ModuleLayer.boot().findModule("jdk.jfr").isPresent());
      oneOfEverything();
      System.out.println("accepted " + Net.stats().accepted());
      try {
        Net.registerMXBean();
      } catch (UnsupportedOperationException e) {
        System.out.println(e.getMessage());
      }
    }
  }

  /** Three connections of two ends each, a failed dial, two deadlines and a forgotten end. */
  private static void oneOfEverything() throws Exception {
    try (TcpListener listener = ListenConfig.defaults().listenTcp("tcp", "127.0.0.1:0")) {
      try (TcpConn client = Dialer.defaults().dialTcp("tcp", listener.addr());
          TcpConn server = listener.accept()) {
        waitToRead(client, server);
        waitToWrite(client);
      }
      TcpConn aborted = Dialer.defaults().dialTcp("tcp", listener.addr());
      TcpConn reset = listener.accept();
      aborted.abort();
      try {
        reset.read(new byte[1]);
      } catch (IOException expected) {
        reset.close();
      }
      forget(listener);
      long before = Net.stats().dropped();
      try (TcpConn server = listener.accept()) {
        while (Net.stats().dropped() == before) {
          System.gc();
          server.awaitReadable(); // its end comes with the close by the cleaner
        }
        server.closeGracefully(Duration.ofSeconds(10));
      }
    }
    try {
      Net.dial("tcp", "127.0.0.1:1").close();
    } catch (NetConnectException expected) {
      // Nobody listens there.
    }
  }

  private static void waitToRead(TcpConn client, TcpConn server) throws Exception {
    Thread writer =
        Net.go(
            () -> {
              Thread.sleep(LONG);
              server.write(new byte[1]);
            });
    if (client.read(new byte[10]) != 1) {
      throw new IOException("not the byte");
    }
    writer.join();
    client.setReadTimeout(LONG);
    try {
      client.awaitReadable();
    } catch (NetTimeoutException expected) {
      client.setReadTimeout(null);
    }
  }

  private static void waitToWrite(TcpConn client) throws IOException {
    client.setWriteTimeout(LONG.multipliedBy(8)); // the kernel's buffers have to be full before
    try {
      client.write(new byte[64 << 20]); // nobody reads
    } catch (NetTimeoutException expected) {
      client.setWriteTimeout(null);
    }
  }

  private static void forget(TcpListener listener) throws IOException {
    var _ = Dialer.defaults().dialTcp("tcp", listener.addr());
  }
}
