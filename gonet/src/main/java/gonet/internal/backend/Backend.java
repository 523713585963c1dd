package gonet.internal.backend;

/** One way to reach the operating system's sockets: how to open them and how to wait for them. */
public interface Backend {

  /** The name as it is spelled in {@code -Dgonet.backend}. */
  String name();

  /** Opens sockets; safe for any thread. */
  Sockets sockets();

  /**
   * Makes the object that waits for this backend's sockets. Called once for each poller.
   *
   * @throws SyscallException when the kernel refuses, for instance for want of descriptors
   */
  Readiness openReadiness() throws SyscallException;

  /**
   * Does once what connections will do, so that no class, method handle or call site is left to be
   * initialized by a thread at the end of its stack. Opens nothing and waits for nothing. Called
   * when the process makes its backend.
   */
  default void walkThrough() {}
}
