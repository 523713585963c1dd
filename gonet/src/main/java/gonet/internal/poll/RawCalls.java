package gonet.internal.poll;

import gonet.internal.poll.FDException.Kind;
import java.io.IOException;

/**
 * System calls of somebody else's on a descriptor, in the shape that all operations of {@link FD}
 * have. The call comes first, whatever is known of the kernel: only its caller knows what it looks
 * for.
 */
public final class RawCalls {

  /** A system call that does not wait. */
  @FunctionalInterface
  public interface Attempt {
    /**
     * Makes it.
     *
     * @return false if there was nothing, as after EAGAIN
     */
    boolean run(int number) throws IOException;
  }

  private RawCalls() {}

  /** Repeats {@code attempt} until it is done, with waits between for what {@code read} says. */
  public static void run(FD fd, boolean read, Attempt attempt, long limit)
      throws FDException, IOException {
    fd.lock(read, limit);
    boolean held = true;
    try {
      try {
        ParkSlot slot = read ? fd.desc.read : fd.desc.write(); // made before the first attempt
        for (boolean expired = false; ; ) {
          FD.stopIf(expired ? fd.desc.closed() : slot.check(limit), slot, limit, 0);
          if (read) {
            slot.beginTry();
          } else {
            fd.beginSend(slot);
          }
          if (attempt.run(fd.descriptor.number())) {
            return;
          }
          if (slot.sawEmpty()) {
            FD.stopIf(expired ? Kind.TIMEOUT : null, slot, limit, 0);
            expired = fd.awaitTraffic(slot, read, limit, 0);
          }
        }
      } finally {
        fd.unlock(read);
        held = false;
      }
    } catch (Error e) {
      if (held && read) {
        fd.mutex.readOwed = true;
      } else if (held) {
        fd.mutex.writeOwed = true;
      }
      throw e;
    }
  }
}
