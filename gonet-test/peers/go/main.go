// The benchmarks' peer in Go: plain package net, a goroutine for each connection.
//
//	peer mode=echo|deadline|idle|source|sink|hog|proxy|unix|file [target=HOST:PORT] [path=PATH] [file=PATH]
//	peer mode=datagrams|batches|segments|trains
//
// With cert=FILE key=FILE the first four speak TLS.
//
// Prints "listening PORT", or "listening PATH", and ends at the end of its standard input.
package main

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
	"time"
)

const (
	bufferBytes = 16 * 1024
	blockBytes  = 1 << 20
)

func echo(c net.Conn, buf []byte) {
	for {
		n, err := c.Read(buf)
		if err != nil {
			return
		}
		if _, err = c.Write(buf[:n]); err != nil {
			return
		}
	}
}

func echoWithDeadline(c net.Conn) {
	buf := make([]byte, bufferBytes)
	for {
		c.SetReadDeadline(time.Now().Add(30 * time.Second))
		n, err := c.Read(buf)
		if err != nil {
			return
		}
		if _, err = c.Write(buf[:n]); err != nil {
			return
		}
	}
}

// The least that a connection without any bytes yet can hold.
func echoOnceAwake(c net.Conn) {
	var first [1]byte
	n, err := c.Read(first[:])
	if err != nil {
		return
	}
	if _, err = c.Write(first[:n]); err != nil {
		return
	}
	echo(c, make([]byte, bufferBytes))
}

// Not zeros: memory that nobody has written to is one page for the kernel, and nearly free to copy.
var blockOfX = bytes.Repeat([]byte{'x'}, blockBytes)

func source(c net.Conn) {
	for {
		if _, err := c.Write(blockOfX); err != nil {
			return
		}
	}
}

func sink(c net.Conn) {
	buf := make([]byte, 64*1024)
	for {
		if _, err := c.Read(buf); err != nil {
			return
		}
	}
}

var sum uint64

func spin(d time.Duration) {
	end := time.Now().Add(d)
	x := uint64(1)
	for time.Now().Before(end) {
		for i := 0; i < 10_000; i++ {
			x = x*6364136223846793005 + 1442695040888963407
		}
	}
	sum += x
}

// A system call that blocks, without the runtime's help for sleeping.
func block(d time.Duration) {
	t := syscall.NsecToTimespec(d.Nanoseconds())
	for syscall.Nanosleep(&t, &t) == syscall.EINTR {
	}
}

// Requests that begin with S compute for a second before the echo, those with N block natively.
func hog(c net.Conn) {
	buf := make([]byte, bufferBytes)
	for {
		n, err := c.Read(buf)
		if err != nil {
			return
		}
		switch buf[0] {
		case 'S':
			spin(time.Second)
		case 'N':
			block(time.Second)
		}
		if _, err = c.Write(buf[:n]); err != nil {
			return
		}
	}
}

func proxy(c net.Conn, target string) {
	up, err := net.Dial("tcp", target)
	if err != nil {
		return
	}
	done := make(chan struct{})
	go func() {
		copyHalf(up.(*net.TCPConn), c.(*net.TCPConn))
		close(done)
	}()
	copyHalf(c.(*net.TCPConn), up.(*net.TCPConn))
	<-done
	up.Close()
}

// On Linux io.Copy between two TCP connections splices: the bytes never enter this process.
func copyHalf(to, from *net.TCPConn) {
	io.Copy(to, from)
	to.CloseWrite()
	from.CloseRead()
}

// On Linux io.Copy from a file to a TCP connection is sendfile(2).
func sendFile(c net.Conn, name string) {
	f, err := os.Open(name)
	if err != nil {
		return
	}
	defer f.Close()
	for {
		if _, err = f.Seek(0, io.SeekStart); err != nil {
			return
		}
		if _, err = io.Copy(c, f); err != nil {
			return
		}
	}
}

func endWithInput() {
	io.Copy(io.Discard, os.Stdin)
	os.Exit(0)
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

func main() {
	mode, target, path, file, cert, key := "", "", "", "", "", ""
	for _, arg := range os.Args[1:] {
		name, value, _ := strings.Cut(arg, "=")
		switch name {
		case "mode":
			mode = value
		case "target":
			target = value
		case "path":
			path = value
		case "file":
			file = value
		case "cert":
			cert = value
		case "key":
			key = value
		}
	}
	if serve := datagramModes[mode]; serve != nil {
		serveDatagrams(serve)
	}
	handlers := map[string]func(net.Conn){
		"echo":     func(c net.Conn) { echo(c, make([]byte, bufferBytes)) },
		"deadline": echoWithDeadline,
		"idle":     echoOnceAwake,
		"source":   source,
		"sink":     sink,
		"hog":      hog,
		"proxy":    func(c net.Conn) { proxy(c, target) },
		"unix":     func(c net.Conn) { echo(c, make([]byte, bufferBytes)) },
		"file":     func(c net.Conn) { sendFile(c, file) },
	}
	handle := handlers[mode]
	if handle == nil {
		fmt.Fprintln(os.Stderr, "no mode", mode)
		os.Exit(2)
	}
	network, address := "tcp", "127.0.0.1:0"
	if mode == "unix" {
		network, address = "unix", path
	}
	l, err := net.Listen(network, address)
	if err != nil {
		fail(err)
	}
	if cert != "" {
		pair, err := tls.LoadX509KeyPair(cert, key)
		if err != nil {
			fail(err)
		}
		l = tls.NewListener(l, &tls.Config{Certificates: []tls.Certificate{pair}})
	}
	go endWithInput()
	if mode == "unix" {
		fmt.Println("listening", path)
	} else {
		fmt.Println("listening", l.Addr().(*net.TCPAddr).Port)
	}
	for {
		c, err := l.Accept()
		if err != nil {
			fail(err)
		}
		go func() {
			defer c.Close()
			handle(c)
		}()
	}
}
