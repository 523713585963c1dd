/** Connections behind a header of the PROXY protocol. */
package gonet.test.proxyproto;
