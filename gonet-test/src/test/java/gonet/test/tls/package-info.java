/** TLS over everything, with peers of gonet's own and of others. */
package gonet.test.tls;
