/**
 * Several processes that are one service: workers that share the ports of a primary, a new process
 * that takes the listeners of an old one over, and what systemd hands to a process and wants to
 * hear from it.
 *
 * <p>{@link gonet.cluster.Cluster} is a primary. How its parts stand:
 *
 * <pre>
 *   Cluster            the primary: starts, tells, ends; ClusterBuilder says how it is to be
 *     WorkerSlot         one worker, through the lives of its processes; BackOff between two
 *       WorkerLink         a process that has come: what it says, and what goes to it
 *     Ports, SharedPort  the sockets that workers share, held by the primary
 *       RoundRobin         accepts for workers and gives them connections
 *   Worker             the other side
 *     HandedListener     a port whose connections the primary gives
 *   ClusterLink        what the two say to each other
 * </pre>
 *
 * <p>{@link gonet.cluster.HandOver} is a restart that loses no connection: the generations of a
 * program meet at a Unix path. How its parts stand:
 *
 * <pre>
 *   HandOver           which generation this process is: listens, serves, has retired
 *     GatedListener      one that generations share: accepts while this one serves
 *     Predecessor        what the older process answers, and what comes from it afterwards
 *     Successors         the path where younger processes ask; one hand-over at a time
 *       Retirement         what the program does when it is no longer the one
 *   HandOverLink       what the two say to each other
 * </pre>
 *
 * <p>Both talk over a {@code PacketLink}: messages, and descriptors beside them. {@link
 * gonet.cluster.Systemd} stands alone.
 *
 * <p>Threads: any, for all types. Nothing here runs on a thread that serves others.
 *
 * <p>Read next: {@link gonet.cluster.Cluster}, then {@code ClusterLink}; {@link
 * gonet.cluster.HandOver}, then {@code HandOverLink}.
 */
@NullMarked
package gonet.cluster;

import org.jspecify.annotations.NullMarked;
