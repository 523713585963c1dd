/** Calls that return late. */
@NullMarked
package gonet.test.late;

import org.jspecify.annotations.NullMarked;
