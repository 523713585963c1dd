/** How gonet starts: which backend it takes, which threads it makes, what a connection costs. */
package gonet.test.start;
