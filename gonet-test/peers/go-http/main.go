// The greeting of gonet.examples.HttpServer by Go's net/http:
//
//	http
//
// Prints "listening PORT" and serves until it is killed.
package main

import (
	"fmt"
	"net"
	"net/http"
	"os"
)

var greeting = []byte("Hello, World!")

func greet(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain")
	w.Write(greeting)
}

func main() {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println("listening", l.Addr().(*net.TCPAddr).Port)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /plaintext", greet)
	fmt.Fprintln(os.Stderr, http.Serve(l, mux))
	os.Exit(1)
}
