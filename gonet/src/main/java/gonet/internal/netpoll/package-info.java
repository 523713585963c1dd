/**
 * The netpoll of this process: which backend and which lane run, chosen once and kept.
 *
 * <pre>
 *   Netpoll      backend, poller and pipes of the process; its virtual threads
 *   Lanes        whether threads run on carriers of gonet's own
 *   Start        makes all there that calls need: on a stack with room, once, or again
 *   Initializers what is initialized then
 *   ClassFiles   reads classes while they can be read
 * </pre>
 *
 * <p>The only package that knows every backend and every lane. What it cannot have it says by
 * exceptions of its own, without the wording that users see.
 *
 * <p>Threads: all methods are safe for any thread.
 *
 * <p>Read next: {@code gonet.internal.poll}, which it puts together with a backend.
 */
@NullMarked
package gonet.internal.netpoll;

import org.jspecify.annotations.NullMarked;
