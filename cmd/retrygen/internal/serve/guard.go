package serve

import (
	"net"
	"net/http"
	"slices"

	"github.com/retrygen/retrygen/cmd/retrygen/internal/report"
)

// guard answers what a browser asks for this server's own page, and nothing else. Another site can name this server by a host
// of its own (DNS rebinding), so that the Host header has to be one of the server's names. It can also point at the server from
// its own pages; then the browser says so.
func guard(addr string, next http.Handler) http.Handler {
	names := namesOf(addr)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		head := w.Header()
		head.Set("Content-Security-Policy", report.LivePolicy())
		head.Set("X-Content-Type-Options", "nosniff")
		head.Set("X-Frame-Options", "DENY")
		head.Set("Referrer-Policy", "no-referrer")
		head.Set("Cross-Origin-Resource-Policy", "same-origin")
		head.Set("Cross-Origin-Opener-Policy", "same-origin")
		head.Set("Cache-Control", "no-store")
		switch {
		case !slices.Contains(names, r.Host):
			http.Error(w, "this server answers as "+names[0]+" only", http.StatusForbidden)
		case fromElsewhere(r, names):
			http.Error(w, "this server answers its own page only", http.StatusForbidden)
		case r.Method != http.MethodGet && r.Method != http.MethodHead:
			head.Set("Allow", "GET, HEAD")
			http.Error(w, "this server is only asked", http.StatusMethodNotAllowed)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// namesOf returns what a Host header may say of a server at an address.
func namesOf(addr string) []string {
	_, port, err := net.SplitHostPort(addr)
	if err != nil {
		return []string{addr}
	}
	names := []string{addr}
	for _, host := range []string{"127.0.0.1", "localhost", "::1"} {
		names = append(names, net.JoinHostPort(host, port))
	}
	return names
}

// fromElsewhere reports whether another site asks. A link on another site may lead to the page: then the browser goes there.
func fromElsewhere(r *http.Request, names []string) bool {
	origin := r.Header.Get("Origin")
	if origin != "" && !slices.ContainsFunc(names, func(name string) bool { return origin == "http://"+name }) {
		return true
	}
	switch r.Header.Get("Sec-Fetch-Site") {
	case "", "same-origin", "none":
		return false
	}
	return r.Header.Get("Sec-Fetch-Mode") != "navigate" || r.Header.Get("Sec-Fetch-Dest") != "document"
}
