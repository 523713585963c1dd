/**
 * What a layer of gonet's own may ask of the socket beneath it, beyond the public API. Whoever
 * writes a layer outside gonet needs none of this.
 *
 * <p>A layer asks by {@code Conn.find} or {@code Listener.find}, with one of these types, and does
 * without where the answer is null:
 *
 * <pre>
 *   conn.find(FD.class)               the descriptor of the socket at the bottom
 *   conn.find(Passage.class)          a layer that bytes pass unchanged, and that counts them
 *   listener.find(AcceptQueue.class)  the kernel's queue of a listener
 *   conn.find(Adoption.class)         of a Unix connection: sockets of passed descriptors, as they are
 *   conn.find(Processes.class)        of the same: processes of this machine
 *   conn.find(LateRead.class)         a read whose buffer is borrowed when there is something to read
 *   conn.find(ThreadlessWait.class)  a layer that has to know of waits in which no thread is
 *   listener.find(CloseHook.class)    of a listener of the system's: whoever has to hear of its close
 *   listener.find(SharedPath.class)  of a Unix listener: its path, while another process may have it
 *   find(PromptClose.class)           of either: a close that does not wait; of the socket at the
 *                                     bottom alone, so no layer above has a word
 * </pre>
 *
 * <p>A late read is asked of the connection at the bottom by the layer right above it: one in
 * between would not see the bytes. A passage is asked for its layer, because one further down would
 * be no way past this one; and a listener is asked for its queue only if nothing is beneath it.
 *
 * <p>The types know nothing of the API, so that both sides may use them.
 *
 * <p>Threads: each type tells.
 *
 * <p>Read next: {@code gonet.server}, which asks for all of them.
 */
@NullMarked
package gonet.internal.layer;

import org.jspecify.annotations.NullMarked;
