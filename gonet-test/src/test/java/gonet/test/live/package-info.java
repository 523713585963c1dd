/** Connections under a heartbeat and under a minimum rate. */
package gonet.test.live;
