/** What an operator sees of gonet: recordings, counts, beans and dumps. */
package gonet.test.observe;
