package gonet;

import gonet.internal.backend.BackendUnavailableException;
import gonet.internal.backend.SyscallException;
import gonet.internal.netpoll.LaneUnavailableException;
import gonet.internal.netpoll.Netpoll;
import java.io.IOException;

/** The process' {@link Netpoll}, with failures in words. */
final class Netpolls {
  private Netpolls() {}

  /**
   * Made now if need be.
   *
   * @param op for whom, in the text of a failure
   * @throws NativeAccessException when a backend or a lane was asked for by name and cannot be had
   */
  static Netpoll get(Op op) throws IOException {
    try {
      return Netpoll.get();
    } catch (BackendUnavailableException e) {
      throw OpErrors.nativeAccess(op, e);
    } catch (LaneUnavailableException e) {
      throw OpErrors.noCarrierLane(op, String.valueOf(e.getMessage()));
    } catch (SyscallException e) {
      throw OpErrors.syscall(op, e);
    }
  }
}
