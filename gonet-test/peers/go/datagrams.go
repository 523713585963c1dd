package main

import (
	"fmt"
	"net"
	"net/netip"
)

const (
	sockets      = 64
	datagramRoom = 2048
	train        = 48
	carBytes     = 1200
)

// Package net has neither batches nor segmentation: what C and gonet do in one call, this does in many.
var datagramModes = map[string]func(*net.UDPConn){
	"datagrams": echoDatagrams,
	"batches":   echoDatagrams,
	"segments":  echoDatagrams,
	"trains":    sendTrains,
}

func echoDatagrams(c *net.UDPConn) {
	buf := make([]byte, datagramRoom)
	for {
		n, from, err := c.ReadFromUDPAddrPort(buf)
		if err != nil {
			fail(err)
		}
		if _, err = c.WriteToUDPAddrPort(buf[:n], from); err != nil {
			fail(err)
		}
	}
}

// Each datagram is answered by many.
func sendTrains(c *net.UDPConn) {
	buf := make([]byte, datagramRoom)
	for {
		_, from, err := c.ReadFromUDPAddrPort(buf)
		if err != nil {
			fail(err)
		}
		for i := 0; i < train; i++ {
			if _, err = c.WriteToUDPAddrPort(blockOfX[:carBytes], from); err != nil {
				fail(err)
			}
		}
	}
}

// One port on many addresses, from 127.0.0.1 on; a goroutine for each.
func serveDatagrams(serve func(*net.UDPConn)) {
	port := uint16(0)
	for i := 0; i < sockets; i++ {
		at := netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, byte(1 + i)}), port)
		c, err := net.ListenUDP("udp4", net.UDPAddrFromAddrPort(at))
		if err != nil {
			fail(err)
		}
		port = c.LocalAddr().(*net.UDPAddr).AddrPort().Port()
		go serve(c)
	}
	fmt.Println("listening", port)
	endWithInput()
}
