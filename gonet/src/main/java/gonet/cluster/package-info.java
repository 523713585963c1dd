/**
 * Several processes that are one service: a new one that takes the listeners of an old one over,
 * and what systemd hands to a process and wants to hear from it.
 *
 * <p>{@link gonet.cluster.HandOver} is a restart that loses no connection: the generations of a
 * program meet at a Unix path. How its parts stand:
 *
 * <pre>
 *   HandOver           which generation this process is: listens, serves, has retired
 *     GatedListener      one that was inherited, until the older process has agreed
 *     Predecessor        what the older process answers, and what comes from it afterwards
 *     Successors         the path where younger processes ask; one hand-over at a time
 *       Retirement         what the program does when it is no longer the one
 *     HandOverLink       the messages, and the descriptors beside them
 * </pre>
 *
 * <p>{@link gonet.cluster.Systemd} stands alone.
 *
 * <p>Threads: any, for all types. Nothing here runs on a thread that serves others.
 *
 * <p>Read next: {@link gonet.cluster.HandOver}, then {@code HandOverLink}.
 */
@NullMarked
package gonet.cluster;

import org.jspecify.annotations.NullMarked;
