/** What systemd says by variables, and hears. */
@NullMarked
package gonet.cluster;

import org.jspecify.annotations.NullMarked;
