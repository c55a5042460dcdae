// Package serve shows what policies do on a page whose numbers can be changed: "retrygen explain -serve".
//
//	s, err := serve.Listen(serve.Options{Values: url.Values{"policy": {"retries=4 delay=1"}}})
//	if err != nil {
//		return err // the port is taken
//	}
//	fmt.Println(s.URL())
//	return s.Run(ctx) // until ctx is done
//
// The page asks its server, which computes as the command does. The server is for the person in front of the machine: it
// listens on a loopback address alone, answers no other site, and changes nothing. Every answer takes two seconds at most.
package serve

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"runtime/debug"
	"time"
)

// Options say what to serve.
type Options struct {
	Addr   string     // host:port, on a loopback address; "" for a port of the page's own, or a free one if that is taken
	Values url.Values // of the form, when the page is opened without any
	Home   []byte     // a page with the policies of packages; nil for none
}

// port is the page's own, so that a link still leads to it when the server has been started again.
const port = "7497"

// Server serves the page.
type Server struct {
	listener net.Listener
	handler  http.Handler
	values   url.Values
}

// Listen begins to listen. It returns an error for an address that is not a loopback address, or that is taken.
func Listen(o Options) (*Server, error) {
	listener, err := listen(o.Addr)
	if err != nil {
		return nil, err
	}
	p := &pages{values: o.Values, home: o.Home, turns: make(chan struct{}, atOnce), limit: longest}
	return &Server{listener, guard(listener.Addr().String(), p.mux()), o.Values}, nil
}

func listen(addr string) (net.Listener, error) {
	if addr == "" {
		listener, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", port))
		if err != nil {
			return net.Listen("tcp", "127.0.0.1:0")
		}
		return listener, nil
	}
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, fmt.Errorf("-addr %s: want a host and a port, such as 127.0.0.1:%s", addr, port)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil, fmt.Errorf("-addr %s: want a loopback address, such as 127.0.0.1:%s: the page is for this machine alone", addr, port)
	}
	return net.Listen("tcp", addr)
}

// URL returns the address of the page.
func (s *Server) URL() string {
	address := url.URL{Scheme: "http", Host: s.listener.Addr().String(), Path: "/", RawQuery: s.values.Encode()}
	return address.String()
}

// Home returns the address of the page of packages.
func (s *Server) Home() string {
	return (&url.URL{Scheme: "http", Host: s.listener.Addr().String(), Path: "/packages"}).String()
}

// memory is what the process may use before it collects garbage more often.
const memory = 160 << 20

// Run answers until ctx is done.
func (s *Server) Run(ctx context.Context) error {
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(memory))
	server := &http.Server{
		Handler: s.handler, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: 30 * time.Second,
		IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 16 << 10,
		BaseContext: func(net.Listener) context.Context { return ctx },
	}
	stop := context.AfterFunc(ctx, func() { server.Close() })
	defer stop()
	if err := server.Serve(s.listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
