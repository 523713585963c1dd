/**
 * Deterministic simulation: programs on gonet, with their threads, their clock and their network,
 * in a seed.
 *
 * <pre>
 *   Sim, Host, HostProcess, Link,
 *   Chaos, Task                      what a test uses
 *   SimTest, SimExtension            seeds as a JUnit test
 *   Outcome, SimFailure, Shrinker    what came of a seed
 *   Scheduler, Carrier, Monitors     one carrier, whose order of threads the seed draws
 *   Time, TimeAgent, RealTime        virtual time, and who asks for it
 *   SimBackend, SimPoller            gonet's contracts
 *   TcpDescriptor, TcpSocket         the kernel's TCP
 *   UdpDescriptor, UdpSocket         its UDP
 *   UnixDescriptor, UnixSocket,
 *   UnixNames, SimFiles              its Unix sockets, and their names
 *   Machine, Network, Segment        what runs beneath
 * </pre>
 *
 * <p>Threads: all of it is confined to the carrier of its simulation, but for what says otherwise.
 *
 * <p>Read next: {@link gonet.test.sim.Sim}.
 */
@NullMarked
package gonet.test.sim;

import org.jspecify.annotations.NullMarked;
