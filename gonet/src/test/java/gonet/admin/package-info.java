/** What the admin listener writes. */
@NullMarked
package gonet.admin;

import org.jspecify.annotations.NullMarked;
