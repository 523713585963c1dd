/** Connections as the JDK's sockets: beside a socket of the JDK, and under libraries. */
package gonet.test.socket;
