package gonet.internal.sys;

import org.jspecify.annotations.Nullable;

/**
 * libc cannot be called from this JVM. Stays inside gonet: whoever chooses a backend turns it into
 * a fallback or into the exception that a user sees.
 */
public final class NativeUnavailableException extends Exception {
  private static final long serialVersionUID = 1;

  private final boolean denied;

  NativeUnavailableException(String reason, boolean denied, @Nullable Throwable cause) {
    super(reason, cause);
    this.denied = denied;
  }

  /**
   * True when the JVM was told to refuse native access, which a flag can change; false when this
   * operating system or processor is not one gonet knows, which no flag can.
   */
  public boolean denied() {
    return denied;
  }
}
