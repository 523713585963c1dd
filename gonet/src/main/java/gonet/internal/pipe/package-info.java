/**
 * What is between the two ends of a pipe: one {@code PipeHalf} for each direction, a meeting point
 * of writers and readers without a buffer. No descriptor, no system call.
 *
 * <p>Failures leave as {@code FDException}, as those of descriptors do.
 *
 * <p>Threads: all methods are safe for any thread; one lock for each half.
 *
 * <p>Read first: {@code PipeHalf}, whose class comment draws the states.
 */
@NullMarked
package gonet.internal.pipe;

import org.jspecify.annotations.NullMarked;
