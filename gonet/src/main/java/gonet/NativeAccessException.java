package gonet;

import java.io.Serial;
import java.net.SocketException;

/**
 * The JVM does not let gonet have what a property asks for by name. Either {@code
 * -Dgonet.backend=epoll} asks for the backend that calls the C library, and the JVM denies native
 * access to gonet, or the platform has no epoll; or {@code -Dgonet.lane=carrier} asks for carrier
 * threads of gonet's own, and {@code java.lang} is not open to gonet, or the backend is not epoll.
 * The message names the flag that grants it. Without these properties gonet falls back to the
 * portable backend and to the shared lane instead and never throws this.
 *
 * @since 0.1
 */
public final class NativeAccessException extends SocketException implements NetFailure {
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
