/**
 * The file that stands for a Unix socket: who made it, who may connect, when it goes. unix(7),
 * "Pathname socket ownership and permissions".
 *
 * <p>{@link gonet.internal.unix.SocketFile} is one such file as it was when it was looked at;
 * {@link gonet.internal.unix.Takeover} removes one that a dead process has left.
 */
@NullMarked
package gonet.internal.unix;

import org.jspecify.annotations.NullMarked;
