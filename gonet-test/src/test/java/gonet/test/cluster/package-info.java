/** Generations of a program that hand their listeners over, and what systemd hands to one. */
@NullMarked
package gonet.test.cluster;

import org.jspecify.annotations.NullMarked;
