/**
 * The parts of {@code gonet.examples.RespServer}: the Redis protocol, version 2, and a handful of
 * its commands over data in memory, which may expire.
 *
 * <p>Threads: one for each connection. Everything but {@link gonet.examples.resp.Keyspace} is
 * confined to the thread of its connection, or guarded by the keyspace's lock.
 *
 * <p>Read next: {@link gonet.examples.resp.RespSession}, then {@link
 * gonet.examples.resp.RequestReader} for the way in, {@link gonet.examples.resp.Replies} for the
 * way out, and {@link gonet.examples.resp.CommandTable} for what is in between.
 */
@NullMarked
package gonet.examples.resp;

import org.jspecify.annotations.NullMarked;
