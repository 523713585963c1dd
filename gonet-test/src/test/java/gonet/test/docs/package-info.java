/** The documents, held against the code. */
package gonet.test.docs;
