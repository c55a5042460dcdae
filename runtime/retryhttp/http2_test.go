package retryhttp_test

import (
	"crypto/tls"
	"encoding/binary"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// The frames and codes of HTTP/2 that the tests need (RFC 9113, sections 6 and 7).
const (
	frameHeaders, frameReset, frameSettings, frameGoAway = 1, 3, 4, 7

	codeNone, codeProtocol, codeInternal, codeRefused, codeCancel = 0, 1, 2, 7, 8
	codeCalm, codeInadequate, codeHTTP11                          = 11, 12, 13
)

// TestHTTP2 is about streams and connections that a server ends.
func TestHTTP2(t *testing.T) {
	for _, f := range []failure{
		{"stream, internal error", repeat, "INTERNAL_ERROR", resets(codeInternal)},
		{"stream, cancelled by the server", repeat, "CANCEL", resets(codeCancel)},
		{"stream, too many", repeat, "ENHANCE_YOUR_CALM", resets(codeCalm)},
		{"stream, protocol error", repeat, "PROTOCOL_ERROR", resets(codeProtocol)},
		{"stream, refused", always, "REFUSED_STREAM", resets(codeRefused)},
		{"stream, HTTP/1.1 required", never, "HTTP_1_1_REQUIRED", resets(codeHTTP11)},
		{"stream, inadequate security", never, "INADEQUATE_SECURITY", resets(codeInadequate)},
		{"goes away before the stream", always, "graceful shutdown GOAWAY", goesAway(0, codeNone)},
		{"goes away before the stream, in trouble", always, "received GOAWAY from server ErrCode:INTERNAL_ERROR", goesAway(0, codeInternal)},
		{"goes away before the stream, for HTTP/1.1", never, "ErrCode:HTTP_1_1_REQUIRED", goesAway(0, codeHTTP11)},
		{"goes away in the stream", repeat, "ErrCode=NO_ERROR", goesAway(1, codeNone)},
		{"goes away in the stream, in trouble", repeat, "ErrCode=INTERNAL_ERROR", goesAway(1, codeInternal)},
		{"goes away in the stream, for HTTP/1.1", never, "ErrCode=HTTP_1_1_REQUIRED", goesAway(1, codeHTTP11)},
		{"connection lost", repeat, "EOF", frames(func(net.Conn) {})},
		{"handler that aborts", repeat, "INTERNAL_ERROR", handler(func(http.ResponseWriter) { panic(http.ErrAbortHandler) })},
		{"handler that aborts in the body", repeat, "INTERNAL_ERROR", handler(func(w http.ResponseWriter) {
			_, _ = io.WriteString(w, "half")
			w.(http.Flusher).Flush()
			panic(http.ErrAbortHandler)
		})},
	} {
		f.test(t)
	}
}

// handler returns a failure's do whose server is net/http's.
func handler(serve func(http.ResponseWriter)) func(t *testing.T, method string) (*http.Response, error) {
	return func(t *testing.T, method string) (*http.Response, error) {
		server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { serve(w) }))
		server.EnableHTTP2 = true
		server.StartTLS()
		defer server.Close()
		return read(server.Client().Do(newRequest(t, method, server.URL)))
	}
}

func resets(code uint32) func(t *testing.T, method string) (*http.Response, error) {
	return frames(func(conn net.Conn) {
		writeFrame(conn, frameReset, 1, binary.BigEndian.AppendUint32(nil, code))
	})
}

func goesAway(last, code uint32) func(t *testing.T, method string) (*http.Response, error) {
	return frames(func(conn net.Conn) {
		payload := binary.BigEndian.AppendUint32(nil, last)
		writeFrame(conn, frameGoAway, 0, binary.BigEndian.AppendUint32(payload, code))
	})
}

// frames returns a failure's do whose server answers the first request's headers by a function. The request has a body
// that cannot be sent again, so that net/http itself does not.
func frames(answer func(conn net.Conn)) func(t *testing.T, method string) (*http.Response, error) {
	return func(t *testing.T, method string) (*http.Response, error) {
		keys := httptest.NewUnstartedServer(nil)
		keys.EnableHTTP2 = true
		keys.StartTLS() // for its certificate and a client that trusts it
		defer keys.Close()
		address := listen(t, func(conn net.Conn) {
			secured := tls.Server(conn, keys.TLS)
			defer secured.Close()
			if readHeaders(secured) {
				answer(secured)
				// To close while the client still writes would reset the connection, and what was written be lost.
				_ = secured.CloseWrite()
				_, _ = io.Copy(io.Discard, secured)
			}
		})
		transport := keys.Client().Transport.(*http.Transport)
		defer transport.CloseIdleConnections()
		req := newRequest(t, method, "https://"+address)
		req.Body = io.NopCloser(strings.NewReader("once"))
		return read((&http.Client{Transport: transport}).Do(req))
	}
}

// readHeaders greets a client and reads its frames up to the first request's headers.
func readHeaders(conn net.Conn) bool {
	const preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
	if _, err := io.ReadFull(conn, make([]byte, len(preface))); err != nil {
		return false
	}
	writeFrame(conn, frameSettings, 0, nil)
	for head := make([]byte, 9); ; {
		if _, err := io.ReadFull(conn, head); err != nil {
			return false
		}
		length := int64(head[0])<<16 | int64(head[1])<<8 | int64(head[2])
		if _, err := io.CopyN(io.Discard, conn, length); err != nil {
			return false
		}
		if head[3] == frameHeaders {
			return true
		}
	}
}

// writeFrame writes a frame without flags (RFC 9113, section 4.1).
func writeFrame(conn net.Conn, kind byte, stream uint32, payload []byte) {
	frame := []byte{0, 0, byte(len(payload)), kind, 0}
	frame = binary.BigEndian.AppendUint32(frame, stream)
	_, _ = conn.Write(append(frame, payload...))
}
