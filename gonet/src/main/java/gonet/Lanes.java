package gonet;

import gonet.internal.backend.Backend;
import gonet.internal.backend.SyscallException;
import gonet.internal.carrier.CarrierLane;
import gonet.internal.poll.Poller;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Whether threads run on carriers of gonet's own: {@code -Dgonet.lane=carrier|shared} says so by
 * name. Read once, when the poller is made.
 */
final class Lanes {
  static final String PROPERTY = "gonet.lane";

  private Lanes() {}

  /** Whether the carrier lane is wanted, whether or not it can be had. */
  static boolean carrierWanted() {
    return "carrier".equals(System.getProperty(PROPERTY));
  }

  /**
   * The carrier lane over this backend if it is wanted, otherwise null.
   *
   * @throws NativeAccessException if it was asked for by name and cannot be had
   * @throws IllegalArgumentException when {@code gonet.lane} names no lane
   */
  static @Nullable Poller carrier(Backend backend, Op op) throws IOException, SyscallException {
    String name = System.getProperty(PROPERTY, "");
    return switch (name) {
      case "carrier" -> {
        String missing = CarrierLane.missing();
        if (missing != null) {
          throw OpErrors.noCarrierLane(op, missing);
        }
        Poller lane = CarrierLane.open(backend);
        if (lane == null) {
          throw OpErrors.noCarrierLane(op, "the backend " + backend.name() + " has none");
        }
        yield lane;
      }
      case "", "shared" -> null;
      default ->
          throw new IllegalArgumentException(
              PROPERTY + " is \"" + name + "\", neither \"carrier\" nor \"shared\"");
    };
  }
}
