package gonet.internal.poll;

import gonet.internal.backend.Descriptor;
import gonet.internal.backend.SyscallException;
import gonet.internal.flight.Flight;

/**
 * A wait that a flight recording is to show. The addresses are asked of the kernel only for a wait
 * that was long enough, and while the caller still holds the descriptor.
 */
final class RecordedWait {
  private final Object event;

  RecordedWait(boolean read) {
    event = Flight.beginWait(read);
  }

  void end(Descriptor descriptor, String outcome) {
    if (Flight.isLong(event)) {
      Flight.endWait(event, descriptor.number(), local(descriptor), remote(descriptor), outcome);
    }
  }

  private static String local(Descriptor descriptor) {
    try {
      return descriptor.localAddr().toString();
    } catch (SyscallException e) {
      return "";
    }
  }

  private static String remote(Descriptor descriptor) {
    try {
      return descriptor.remoteAddr().toString();
    } catch (SyscallException e) { // reset: the kernel knows it no more
      return "";
    }
  }
}
