/** The admin listener: its answers, and who gets none. */
@NullMarked
package gonet.test.admin;

import org.jspecify.annotations.NullMarked;
