package gonet;

import java.io.Serial;
import java.net.SocketException;

/**
 * {@code -Dgonet.backend=epoll} asks for the backend that calls the C library, and the JVM denies
 * native access to gonet, or the platform has no epoll. The message names the flag that grants it.
 * Without the property gonet falls back to the portable backend instead and never throws this.
 */
public final class NativeAccessException extends SocketException implements NetException {
  @Serial private static final long serialVersionUID = 1;

  private final OpFailure failure;

  NativeAccessException(OpFailure failure) {
    super(failure.message());
    this.failure = failure;
  }

  @Override
  public OpFailure failure() {
    return failure;
  }
}
