package gonet.internal.netpoll;

import gonet.internal.backend.Backend;
import gonet.internal.backend.SyscallException;
import gonet.internal.carrier.CarrierLane;
import gonet.internal.poll.Poller;
import org.jspecify.annotations.Nullable;

/**
 * Whether threads run on carriers of gonet's own. {@code -Dgonet.lane=carrier|shared} says so by
 * name; without it they do where the JVM opens {@code java.lang} to gonet and the backend allows
 * it. Decided once, when the poller is made.
 */
final class Lanes {
  static final String PROPERTY = "gonet.lane";

  private Lanes() {}

  /** Whether there may be carriers of gonet's own: false if there are certainly none. */
  static boolean carrierPossible() {
    return !"shared".equals(System.getProperty(PROPERTY)) && CarrierLane.missing() == null;
  }

  /**
   * The carrier lane over this backend, null if it is not wanted or, unless asked for by name,
   * cannot be had.
   *
   * @throws LaneUnavailableException if it was asked for by name and cannot be had
   * @throws IllegalArgumentException when {@code gonet.lane} names no lane
   */
  static @Nullable Poller carrier(Backend backend)
      throws LaneUnavailableException, SyscallException {
    String name = System.getProperty(PROPERTY, "");
    return switch (name) {
      case "carrier" -> {
        String missing = CarrierLane.missing();
        if (missing != null) {
          throw new LaneUnavailableException(missing);
        }
        Poller lane = CarrierLane.open(backend);
        if (lane == null) {
          throw new LaneUnavailableException("the backend " + backend.name() + " has none");
        }
        yield lane;
      }
      case "" -> CarrierLane.missing() == null ? CarrierLane.open(backend) : null;
      case "shared" -> null;
      default ->
          throw new IllegalArgumentException(
              PROPERTY + " is \"" + name + "\", neither \"carrier\" nor \"shared\"");
    };
  }

  /** Why it is this lane and not the other; null where nothing is missing and nothing was asked. */
  static @Nullable String why(String lane, String backend) {
    if (!System.getProperty(PROPERTY, "").isEmpty()) {
      return "-D" + PROPERTY + "=" + lane;
    }
    if (lane.equals("carrier")) {
      return null;
    }
    String missing = CarrierLane.missing();
    return missing != null ? missing : "the backend " + backend + " has no other";
  }
}
