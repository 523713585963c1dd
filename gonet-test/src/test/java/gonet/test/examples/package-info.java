/**
 * The example servers: each as a program, in a JVM of its own, for its arguments and its end; and
 * its parts in this JVM, with the JDK's sockets as the clients that nobody here wrote.
 *
 * <p>Threads: JUnit's one, and those of the servers.
 *
 * <p>Read next: {@link gonet.test.examples.ExampleProgram}.
 */
@NullMarked
package gonet.test.examples;

import org.jspecify.annotations.NullMarked;
