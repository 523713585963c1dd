/**
 * White-box tests of the netpoller, without a kernel: {@code FakeDescriptor} answers system calls
 * from a script, {@code FakeReadiness} reports an edge when the test says so.
 *
 * <p>Threads: a test drives the fakes from its own thread; calls that wait run in a {@code Call}.
 *
 * <p>Read first: {@code ParkSlotTest}, then {@code FDReadTest}.
 */
@NullMarked
package gonet.internal.poll;

import org.jspecify.annotations.NullMarked;
