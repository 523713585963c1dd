package gonet.internal.sys;

import java.util.Locale;

/** Whether libc can be called here. */
public final class NativeAccess {
  private NativeAccess() {}

  /**
   * Links one function to find out. Asking {@link Module#isNativeAccessEnabled} instead would say
   * no where the JVM merely warns and then allows it (JEP 472).
   *
   * @throws NativeUnavailableException with a reason in words
   */
  public static void require() throws NativeUnavailableException {
    require(System.getProperty("os.name", ""), System.getProperty("os.arch", ""));
  }

  static void require(String os, String architecture) throws NativeUnavailableException {
    if (!os.toLowerCase(Locale.ROOT).startsWith("linux")) {
      throw new NativeUnavailableException(os + " is not Linux", false, null);
    }
    if (EpollLayout.of(architecture) == null) {
      throw new NativeUnavailableException(
          "no struct layouts for the processor " + architecture, false, null);
    }
    try {
      var unused = Link.plain("close");
    } catch (IllegalCallerException e) {
      throw new NativeUnavailableException("native access is denied", true, e);
    } catch (UnsupportedOperationException | UnsatisfiedLinkError e) {
      throw new NativeUnavailableException("this JVM cannot call native functions", false, e);
    }
  }
}
