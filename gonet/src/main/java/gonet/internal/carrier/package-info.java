/**
 * The carrier lane: virtual threads on carrier threads of gonet's own, which poll between tasks. It
 * needs {@code java.base/java.lang} opened to gonet, and is the only package that reaches in there.
 *
 * <pre>
 *   CarrierLane   the lane: where descriptors register, whose threads are whose
 *   Group         the Executor that the virtual threads know: queue for all, processors, wake-ups
 *   Processor     Go's P: a run queue, and the policy of what to do next. The first one polls
 *   OwnerWord     who owns a Processor: the one word that carriers and watcher meet in
 *   Carrier       Go's M: a platform thread. Serves a processor, or is spare
 *   Watcher       Go's sysmon: takes the processor away from a carrier that is stuck in a task
 *   RunQueue      a processor's ring of tasks: its owner pushes, everybody may take
 *   Spares        carriers without a processor
 *   JavaLang      the door
 * </pre>
 *
 * <p>A <em>task</em> here is what the JDK gives to the scheduler: run this virtual thread until it
 * parks, yields or ends. Scheduling code is everything that a carrier does outside of a task.
 *
 * <p>Threads: scheduling code takes no lock that a virtual thread could hold, so it neither logs
 * nor initializes classes; what it has to say, a thread made for that says. Each class tells which
 * fields belong to a processor's owner. {@code docs/concurrency.md} has the protocol as a whole.
 *
 * <p>Read first: {@link gonet.internal.carrier.OwnerWord}, then {@code Processor}.
 */
@NullMarked
package gonet.internal.carrier;

import org.jspecify.annotations.NullMarked;
