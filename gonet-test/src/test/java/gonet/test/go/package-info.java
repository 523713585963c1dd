/**
 * What Go's own tests of package {@code net} hold, asked of gonet. Each class names the Go file
 * whose promises it follows. Where the two libraries differ on purpose the test says gonet's way: a
 * second close is no error, the end of a stream is −1, and an interrupt is what a cancelled context
 * is in Go.
 *
 * <p>Threads: a test runs on one thread of the kind under test and may start more; its fields
 * belong to the first.
 *
 * <p>Read next: docs/testing.md, docs/feature-table.md.
 */
@NullMarked
package gonet.test.go;

import org.jspecify.annotations.NullMarked;
