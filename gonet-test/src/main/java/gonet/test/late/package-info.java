/**
 * Calls that return late: an agent for the JVM of tests, which finds those that look at one
 * thread's state as soon as another one has seen what it did.
 *
 * <p>Threads: all that call gonet. Read next: {@link gonet.test.late.LateCalls}.
 */
@NullMarked
package gonet.test.late;

import org.jspecify.annotations.NullMarked;
