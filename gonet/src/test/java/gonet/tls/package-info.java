/** Tests of what no connection shows. */
@NullMarked
package gonet.tls;

import org.jspecify.annotations.NullMarked;
