package gonet.server;

/**
 * What a {@link Server} does with a connection.
 *
 * @since 0.1
 */
@FunctionalInterface
public interface ServerHandler {

  /**
   * Serves the connection, which is closed when this returns or throws. Runs on a virtual thread of
   * its own; may block, and may start threads of its own that share the connection until then.
   *
   * @throws Exception whatever ends this connection. It ends no other one: see {@link
   *     ServerBuilder#onError}
   */
  void serve(ServerConn conn) throws Exception;
}
