package retryhttp_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

// TestTLS is about connections that cannot be made secure.
func TestTLS(t *testing.T) {
	expired := certificate(t, time.Now().Add(-time.Hour))
	for _, f := range []failure{
		{"unknown authority", never, "unknown authority", secure(nil, func(client *tls.Config) { client.RootCAs = x509.NewCertPool() })},
		{"other name", never, "not other.example", secure(nil, func(client *tls.Config) { client.ServerName = "other.example" })},
		{"expired", never, "expired", secure(
			func(server *tls.Config) { server.Certificates = []tls.Certificate{expired} },
			func(client *tls.Config) {
				client.RootCAs = x509.NewCertPool()
				client.RootCAs.AddCert(expired.Leaf)
			})},
		{"client's certificate is missing", never, "certificate required",
			secure(func(server *tls.Config) { server.ClientAuth = tls.RequireAnyClientCert }, nil)},
		{"client's certificate is refused", never, "expired certificate", secure(
			func(server *tls.Config) { server.ClientAuth = tls.RequireAndVerifyClientCert },
			func(client *tls.Config) { client.Certificates = []tls.Certificate{expired} })},
		{"server's version is newer", never, "protocol version", secure(
			func(server *tls.Config) { server.MinVersion = tls.VersionTLS13 },
			func(client *tls.Config) { client.MaxVersion = tls.VersionTLS12 })},
		{"no common cipher suite", never, "handshake failure", secure(
			func(server *tls.Config) {
				server.MaxVersion, server.CipherSuites = tls.VersionTLS12, []uint16{tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256}
			},
			func(client *tls.Config) { client.CipherSuites = []uint16{tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384} })},
		{"no common protocol", never, "no application protocol", secure(
			func(server *tls.Config) { server.NextProtos = []string{"acme"} },
			func(client *tls.Config) { client.NextProtos = []string{"carrier"} })},
		{"client's versions exclude each other", never, "no supported versions", secure(nil,
			func(client *tls.Config) { client.MinVersion, client.MaxVersion = tls.VersionTLS13, tls.VersionTLS12 })},
		{"server in trouble", repeat, "internal error", secure(func(server *tls.Config) {
			server.GetConfigForClient = func(*tls.ClientHelloInfo) (*tls.Config, error) { return nil, errors.New("no configuration") }
		}, nil)},
		{"no TLS", never, "does not look like a TLS handshake", handshake("SSH-2.0-OpenSSH_9.7\r\n")},
		{"closed in the handshake", repeat, "EOF", handshake("")},
		{"no answer to the handshake", always, "TLS handshake timeout", func(t *testing.T, method string) (*http.Response, error) {
			release := make(chan struct{})
			address := listen(t, func(net.Conn) { <-release })
			defer close(release)
			transport := transport(t)
			transport.TLSHandshakeTimeout = 50 * time.Millisecond
			return (&http.Client{Transport: transport}).Do(newRequest(t, method, "https://"+address))
		}},
	} {
		f.test(t)
	}
}

// secure returns a failure's do over TLS, with the configurations of server and client changed.
func secure(server, client func(*tls.Config)) func(t *testing.T, method string) (*http.Response, error) {
	return func(t *testing.T, method string) (*http.Response, error) {
		s := httptest.NewUnstartedServer(http.NotFoundHandler())
		s.Config.ErrorLog = log.New(io.Discard, "", 0) // the server logs the handshake that is to fail
		s.TLS = &tls.Config{}
		if server != nil {
			server(s.TLS)
		}
		s.StartTLS()
		defer s.Close()
		transport := s.Client().Transport.(*http.Transport)
		if client != nil {
			client(transport.TLSClientConfig)
		}
		return (&http.Client{Transport: transport}).Do(newRequest(t, method, s.URL))
	}
}

// handshake returns a failure's do whose server answers the handshake with a text.
func handshake(answer string) func(t *testing.T, method string) (*http.Response, error) {
	return func(t *testing.T, method string) (*http.Response, error) {
		address := listen(t, func(conn net.Conn) {
			_, _ = conn.Read(make([]byte, 4096))
			_, _ = io.WriteString(conn, answer)
		})
		return (&http.Client{Transport: transport(t)}).Do(newRequest(t, method, "https://"+address))
	}
}

// certificate returns a certificate for 127.0.0.1 that signs itself.
func certificate(t *testing.T, until time.Time) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "prices"}, NotBefore: until.Add(-time.Hour), NotAfter: until,
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}
}
