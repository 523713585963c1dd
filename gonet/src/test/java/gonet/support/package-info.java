/**
 * What all tests of this module share. The test kit has the same for its own tests; it stands above
 * this module, which therefore cannot use it.
 */
package gonet.support;
