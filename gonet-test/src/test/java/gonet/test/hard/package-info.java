/**
 * What makes TCP servers fail in production, one situation per test: storms, lost peers, exhausted
 * resources, unlucky moments. Each class says what the kernel does and what gonet has to make of
 * it.
 *
 * <p>Threads: every test has its own connections and threads; what must not disturb the others runs
 * in a JVM of its own.
 *
 * <p>Read next: {@link gonet.test.machine.ChildJvm}.
 */
@NullMarked
package gonet.test.hard;

import org.jspecify.annotations.NullMarked;
