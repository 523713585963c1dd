/**
 * A test kit for anything that speaks through gonet's connections: the suites that every connection
 * has to pass, and the peers, faults and leak checks that make a test honest.
 *
 * <p>Threads: a helper is confined to the test that made it unless its own comment says more.
 *
 * <p>Read next: docs/testing.md.
 */
@NullMarked
package gonet.test;

import org.jspecify.annotations.NullMarked;
