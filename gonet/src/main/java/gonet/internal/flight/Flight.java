package gonet.internal.flight;

import gonet.internal.time.Clock;
import gonet.internal.time.OwnStack;
import jdk.jfr.FlightRecorder;
import org.jspecify.annotations.Nullable;

/**
 * Reports to JDK Flight Recorder. Each kind of event has a question, to be asked before anything is
 * prepared for it, and a report. The questions allocate nothing; without a recorder they read one
 * field. Names, fields and defaults of the events are in {@link Events}.
 *
 * <p>Linking this class must load no event class, because their superclass may not be there. So no
 * method here treats one as an instance of another, which the verifier would have to look at.
 */
public final class Flight {
  private static final boolean AVAILABLE = isModuleHere();

  /** The event classes are initialized. Written once, by whoever did it. */
  private static volatile boolean loaded;

  /** They cannot be. Written as above. */
  private static volatile boolean refused;

  /** When initialization that met the end of the heap is tried again. Races try twice. */
  private static volatile long tryAgainAt = Long.MIN_VALUE;

  private static final long PAUSE_NANOS = 1_000_000_000L;

  private Flight() {}

  /** Called at the end of the event classes' initialization. */
  static void loaded() {
    loaded = true;
  }

  /** Readable as well: {@code requires static} makes gonet read the module if it is there. */
  private static boolean isModuleHere() {
    Module recorder = ModuleLayer.boot().findModule("jdk.jfr").orElse(null);
    return recorder != null && Flight.class.getModule().canRead(recorder);
  }

  private static boolean runs() {
    return AVAILABLE && FlightRecorder.isInitialized() && (loaded || load());
  }

  /**
   * On a stack of its own: this may be the first call since a recording began. Where the heap is
   * full nothing is recorded, and the operation goes on; the first one behind a pause tries again.
   */
  private static boolean load() {
    if (!refused && Clock.now() >= tryAgainAt) {
      try {
        OwnStack.initialize(Flight.class, "gonet.internal.flight.Events");
        refused = !loaded;
      } catch (OutOfMemoryError e) {
        tryAgainAt = Clock.after(PAUSE_NANOS);
      }
    }
    return loaded;
  }

  // ---- connections -----------------------------------------------------------------------------

  /** Whether {@link #accept} is recorded. */
  public static boolean accepts() {
    return runs() && Events.ACCEPT.isEnabled();
  }

  /** A connection was taken from a listener's queue. */
  public static void accept(int fd, String listener, String remote) {
    Events.Accept event = new Events.Accept();
    event.fd = fd;
    event.listener = listener;
    event.remote = remote;
    event.commit();
  }

  /** Whether {@link #endDial} is recorded. */
  public static boolean dials() {
    return runs() && Events.DIAL.isEnabled();
  }

  /** A dial begins; the result goes to {@link #endDial}, from the same thread. */
  public static Object beginDial() {
    Events.Dial event = new Events.Dial();
    event.begin();
    return event;
  }

  /**
   * A dial is over.
   *
   * @param connection both addresses, null after a failure
   * @param error null after success
   */
  public static void endDial(
      Object dial,
      int fd,
      String network,
      String address,
      @Nullable String connection,
      @Nullable String error) {
    Events.Dial event = (Events.Dial) dial;
    event.end();
    event.fd = fd;
    event.network = network;
    event.address = address;
    event.connection = connection;
    event.error = error;
    event.commit();
  }

  /** Whether {@link #close} is recorded. */
  public static boolean closes() {
    return runs() && Events.CLOSE.isEnabled();
  }

  /**
   * A connection was closed on this side.
   *
   * @param fd the number it had
   * @param reason which call did it
   * @param error what it had died of by then, null if nothing was known
   */
  public static void close(
      int fd, String local, String remote, String reason, @Nullable String error) {
    Events.Close event = new Events.Close();
    event.fd = fd;
    event.local = local;
    event.remote = remote;
    event.reason = reason;
    event.error = error;
    event.commit();
  }

  /** Whether {@link #drop} is recorded. */
  public static boolean drops() {
    return runs() && Events.DROP.isEnabled();
  }

  /** Something was closed because nobody referred to it any more. */
  public static void drop(int fd, String what) {
    Events.Drop event = new Events.Drop();
    event.fd = fd;
    event.what = what;
    event.commit();
  }

  /** Whether {@link #deadline} is recorded. */
  public static boolean deadlines() {
    return runs() && Events.DEADLINE.isEnabled();
  }

  /** An operation failed because its time was over. */
  public static void deadline(String operation, String failure, long bytesTransferred) {
    Events.Deadline event = new Events.Deadline();
    event.operation = operation;
    event.failure = failure;
    event.bytesTransferred = bytesTransferred;
    event.commit();
  }

  // ---- waits -----------------------------------------------------------------------------------

  /** Whether waits of this direction are recorded. */
  public static boolean waits(boolean read) {
    return runs() && (read ? Events.READ_WAIT.isEnabled() : Events.WRITE_WAIT.isEnabled());
  }

  /** A wait begins; the result goes to {@link #isLong} and {@link #endWait}. */
  public static Object beginWait(boolean read) {
    return Events.beginWait(read);
  }

  /** The wait is over: whether it took as long as the threshold of the recording. */
  public static boolean isLong(Object wait) {
    Events.Wait event = (Events.Wait) wait;
    event.end();
    return event.shouldCommit();
  }

  /** Records a wait that {@link #isLong}. */
  public static void endWait(Object wait, int fd, String local, String remote, String outcome) {
    Events.Wait event = (Events.Wait) wait;
    event.fd = fd;
    event.local = local;
    event.remote = remote;
    event.outcome = outcome;
    event.commit();
  }

  // ---- the poller ------------------------------------------------------------------------------

  /**
   * Whether {@link #batch} is recorded, which no recording does by default. False until some other
   * event was asked for: initializing the classes takes long and takes locks, and a poller must not
   * wait for either.
   */
  public static boolean batches() {
    return loaded && runs() && Events.POLLER_BATCH.isEnabled();
  }

  /** A poll reported so many descriptors at once. */
  public static void batch(int descriptors) {
    Events.PollerBatch event = new Events.PollerBatch();
    event.descriptors = descriptors;
    event.commit();
  }
}
