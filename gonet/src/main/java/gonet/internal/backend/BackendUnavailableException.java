package gonet.internal.backend;

import org.jspecify.annotations.Nullable;

/**
 * A backend cannot be used in this JVM. Stays inside gonet: whoever chooses a backend turns it into
 * a fallback or into the exception that a user sees.
 */
public final class BackendUnavailableException extends Exception {
  private static final long serialVersionUID = 1;

  private final boolean denied;

  /**
   * @param reason in words
   * @param denied as {@link #denied} says
   */
  public BackendUnavailableException(String reason, boolean denied, @Nullable Throwable cause) {
    super(reason, cause);
    this.denied = denied;
  }

  /**
   * True when the JVM was told to refuse native access, which a flag can change; false when this
   * operating system or processor is not one the backend knows, which no flag can.
   */
  public boolean denied() {
    return denied;
  }
}
