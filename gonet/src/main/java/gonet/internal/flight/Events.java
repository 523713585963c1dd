package gonet.internal.flight;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Threshold;
import org.jspecify.annotations.Nullable;

/**
 * The events. Names and fields are a promise to those who read recordings; the recorder reads the
 * fields by reflection.
 *
 * <p>The constants are instances that are only ever asked whether their kind is enabled.
 */
final class Events {
  static final Accept ACCEPT = new Accept();
  static final Dial DIAL = new Dial();
  static final Close CLOSE = new Close();
  static final Drop DROP = new Drop();
  static final Deadline DEADLINE = new Deadline();
  static final ReadWait READ_WAIT = new ReadWait();
  static final WriteWait WRITE_WAIT = new WriteWait();
  static final PollerBatch POLLER_BATCH = new PollerBatch();

  static {
    Flight.loaded();
  }

  private Events() {}

  static Object beginWait(boolean read) {
    Wait event = read ? new ReadWait() : new WriteWait();
    event.begin();
    return event;
  }

  @Name("gonet.Accept")
  @Label("Accept")
  @Category("gonet")
  @Description("A connection was taken from a listener's queue")
  @StackTrace(false)
  static final class Accept extends Event {
    @Label("Descriptor")
    int fd;

    @Label("Listener")
    String listener = "";

    @Label("Remote Address")
    String remote = "";
  }

  @Name("gonet.Dial")
  @Label("Dial")
  @Category("gonet")
  @Description("A connection was made, or could not be made; the time includes the lookup")
  static final class Dial extends Event {
    @Label("Descriptor")
    int fd;

    @Label("Network")
    String network = "";

    @Label("Address Asked For")
    String address = "";

    @Label("Connection")
    @Nullable String connection;

    @Label("Error")
    @Nullable String error;
  }

  @Name("gonet.Close")
  @Label("Close")
  @Category("gonet")
  @Description("A connection was closed on this side")
  static final class Close extends Event {
    @Label("Descriptor")
    int fd;

    @Label("Local Address")
    String local = "";

    @Label("Remote Address")
    String remote = "";

    @Label("Reason")
    @Description("close, abort, graceful, graceful but late")
    String reason = "";

    @Label("Error")
    @Description("What the connection had died of by then")
    @Nullable String error;
  }

  @Name("gonet.Drop")
  @Label("Drop")
  @Category("gonet")
  @Description("A connection or listener was closed because the program forgot to")
  @StackTrace(false)
  static final class Drop extends Event {
    @Label("Descriptor")
    int fd;

    @Label("What")
    String what = "";
  }

  @Name("gonet.Deadline")
  @Label("Deadline")
  @Category("gonet")
  @Description("An operation failed because its time was over")
  static final class Deadline extends Event {
    @Label("Operation")
    String operation = "";

    @Label("Failure")
    String failure = "";

    @Label("Bytes Transferred")
    long bytesTransferred;
  }

  /** Both kinds have the same fields, and thresholds of their own. */
  abstract static class Wait extends Event {
    @Label("Descriptor")
    int fd;

    @Label("Local Address")
    String local = "";

    @Label("Remote Address")
    String remote = "";

    @Label("Outcome")
    @Description("READY, TIMEOUT, INTERRUPTED, CLOSED or SYSCALL")
    String outcome = "";
  }

  @Name("gonet.ReadWait")
  @Label("Read Wait")
  @Category("gonet")
  @Description("A thread waited for something to read")
  @Threshold("20 ms")
  static final class ReadWait extends Wait {}

  @Name("gonet.WriteWait")
  @Label("Write Wait")
  @Category("gonet")
  @Description("A thread waited because the peer does not take what was written")
  @Threshold("20 ms")
  static final class WriteWait extends Wait {}

  @Name("gonet.PollerBatch")
  @Label("Poller Batch")
  @Category("gonet")
  @Description("A poll, by whichever thread, found descriptors ready")
  @Enabled(false) // thousands a second
  @StackTrace(false)
  static final class PollerBatch extends Event {
    @Label("Descriptors")
    int descriptors;
  }
}
