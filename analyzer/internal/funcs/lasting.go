package funcs

import (
	"go/ast"
	"go/token"
	"go/types"
	"regexp"
	"strings"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/syntax"
)

// lasting knows which functions of a package may take their time, so that a context could end them: they wait, or call what
// talks to others. Functions that only check, convert or build something do not.
type lasting struct {
	*check.Pass
	known map[*types.Func]bool
}

var lastingOf = check.Share(func(p *check.Pass) *lasting { return &lasting{p, map[*types.Func]bool{}} })

// may reports whether a function of the package may take its time. Of a function without a body it is assumed.
func (l *lasting) may(fn *types.Func) bool {
	fn = fn.Origin()
	if known, ok := l.known[fn]; ok {
		return known
	}
	l.known[fn] = false // a function that calls itself takes its time by what else it does
	decl := l.Bodies[fn]
	l.known[fn] = decl == nil || isStub(decl.Body) || l.in(decl.Body)
	return l.known[fn]
}

// isStub reports whether a body is empty, or returns something at once: that of a function which is yet to be written.
func isStub(body *ast.BlockStmt) bool {
	if len(body.List) == 0 {
		return true
	}
	ret, ok := body.List[0].(*ast.ReturnStmt)
	if !ok {
		return false
	}
	for _, e := range ret.Results {
		if call, ok := ast.Unparen(e).(*ast.CallExpr); ok {
			sel, ok := call.Fun.(*ast.SelectorExpr)
			if !ok || syntax.Text(sel) != "errors.New" {
				return false
			}
		}
	}
	return true
}

func (l *lasting) in(body ast.Node) bool {
	found := false
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectStmt, *ast.SendStmt:
			found = true
		case *ast.UnaryExpr:
			found = found || n.Op == token.ARROW
		case *ast.CallExpr:
			found = found || l.call(n)
		}
		return !found
	})
	return found
}

// call reports whether a call may take its time.
func (l *lasting) call(call *ast.CallExpr) bool {
	fn := syntax.Callee(l.TypesInfo, call)
	switch {
	case fn == nil || fn.Pkg() == nil:
		return false
	case fn.Pkg() == l.Pkg && l.Bodies[fn.Origin()] != nil:
		return l.may(fn)
	case syntax.ContextArg(l.TypesInfo, call) != nil && !brief[fn.Pkg().Path()]:
		return true
	case strings.HasSuffix(syntax.FullName(l.TypesInfo, call), ".Sleep"):
		return true
	}
	return syntax.ReturnsError(l.TypesInfo, call) && !isBrief(fn)
}

// brief are the packages of the standard library that compute, or read what somebody else has opened.
var brief = syntax.NameSet("errors", "fmt", "strings", "bytes", "strconv", "time", "context", "math", "math/big", "math/rand", "regexp",
	"sort", "slices", "maps", "unicode", "log", "log/slog", "sync", "reflect", "path", "path/filepath", "net/url", "net/netip", "net/mail",
	"net/textproto", "mime", "mime/multipart", "io", "bufio", "text/template", "html/template", "hash", "compress/gzip")

// briefName matches the names of functions that check, convert or build something.
var briefName = regexp.MustCompile(`(?i)^(new|parse|marshal|unmarshal|encode|decode|valid|check|format|must|compile|as|is|wrap|err|` +
	`convert|from|to|string|add|with|build|make|header|scan|split|join)`)

// sending are the functions and methods of package net/http that send something, or wait for it.
var sending = syntax.NameSet("Do", "Get", "Head", "Post", "PostForm", "RoundTrip", "ListenAndServe", "ListenAndServeTLS",
	"Serve", "ServeTLS", "Shutdown")

// isBrief reports whether a function of another package, or one without a body, only computes something.
func isBrief(fn *types.Func) bool {
	path := fn.Pkg().Path()
	if brief[path] || strings.HasPrefix(path, "encoding/") || strings.HasPrefix(path, "crypto/") && path != "crypto/tls" {
		return true
	}
	if path == "net/http" {
		return !sending[fn.Name()]
	}
	if path == "os" || path == "database/sql" || path == "net" || path == "os/exec" {
		return strings.HasPrefix(fn.Name(), "New") || strings.HasPrefix(fn.Name(), "Parse")
	}
	return briefName.MatchString(fn.Name())
}
