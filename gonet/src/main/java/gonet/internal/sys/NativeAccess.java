package gonet.internal.sys;

import gonet.internal.backend.BackendUnavailableException;
import java.util.Locale;

/** Whether libc can be called here. */
public final class NativeAccess {
  private NativeAccess() {}

  /**
   * Links one function to find out. Asking {@link Module#isNativeAccessEnabled} instead would say
   * no where the JVM merely warns and then allows it (JEP 472).
   *
   * @throws BackendUnavailableException with a reason in words
   */
  public static void require() throws BackendUnavailableException {
    require(System.getProperty("os.name", ""), System.getProperty("os.arch", ""));
  }

  static void require(String os, String architecture) throws BackendUnavailableException {
    if (!os.toLowerCase(Locale.ROOT).startsWith("linux")) {
      throw new BackendUnavailableException(os + " is not Linux", false, null);
    }
    if (EpollLayout.of(architecture) == null) {
      throw new BackendUnavailableException(
          "no struct layouts for the processor " + architecture, false, null);
    }
    try {
      var _ = Link.plain("close");
    } catch (IllegalCallerException e) {
      throw new BackendUnavailableException("native access is denied", true, e);
    } catch (UnsupportedOperationException | UnsatisfiedLinkError e) {
      throw new BackendUnavailableException("this JVM cannot call native functions", false, e);
    }
  }
}
