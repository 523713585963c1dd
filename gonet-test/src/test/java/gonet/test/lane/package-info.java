/**
 * The lanes: which one a JVM gets, and what the carrier lane adds to what all of them promise.
 *
 * <p>Threads: programs that need flags of their own run in JVMs of their own.
 */
@NullMarked
package gonet.test.lane;

import org.jspecify.annotations.NullMarked;
