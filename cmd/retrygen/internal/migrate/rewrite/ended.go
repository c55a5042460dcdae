package rewrite

import (
	"fmt"
	"go/ast"
	"go/token"
	"strings"

	"github.com/retrygen/retrygen/cmd/retrygen/internal/migrate/site"
	"github.com/retrygen/retrygen/internal/syntax"
)

// keepEnded has the call of a library go on returning the error of an ended context, where other code compares that:
//
//	err := fetchWithRetry(ctx)
//	if cut, ok := errors.AsType[*retry.Error](err); ok && cut.Context != nil {
//		err = cut.Context
//	}
//
// It returns why it cannot, "" if it can.
func (d *draft) keepEnded() string {
	if d.site.Ended == "" {
		return ""
	}
	path := d.Path(d.site.Call)
	stmt := d.statement()
	around := path[len(path)-2]
	for i, n := range path {
		if n == ast.Node(stmt) {
			around = path[i-1]
		}
	}
	switch s := stmt.(type) {
	case *ast.ExprStmt:
		if s.X == d.site.Call {
			return "" // the error is dropped
		}
	case *ast.ReturnStmt:
		if len(s.Results) == 1 && ast.Unparen(s.Results[0]) == d.site.Call {
			d.returnEnded(s)
			return ""
		}
	case *ast.AssignStmt:
		id, ok := s.Lhs[len(s.Lhs)-1].(*ast.Ident)
		if !ok || ast.Unparen(s.Rhs[0]) != d.site.Call {
			break
		}
		if id.Name == "_" {
			return ""
		}
		return d.assignEnded(s, around, id)
	}
	return d.whyEnded()
}

func (d *draft) whyEnded() string {
	return d.ComparesContext + " compares the error of an ended context, which would be another one here; " +
		"use errors.Is there, or assign the error to a variable first"
}

// returnEnded has a function return the error of an ended context.
func (d *draft) returnEnded(ret *ast.ReturnStmt) {
	var names []string
	for i := range len(d.results) - 1 {
		name := "result"
		if len(d.results) > 2 {
			name = fmt.Sprint(name, i+1)
		}
		names = append(names, d.free(name))
	}
	err := d.free("err")
	values := strings.Join(append(names, err), ", ")
	d.replace(ret.Pos(), d.site.Call.Pos(), values+" := ")
	ends := strings.Join(append(names, cutName+"."+d.site.Ended), ", ")
	d.replace(ret.End(), ret.End(), "\n"+d.ifEnded(err, "return "+ends)+"\nreturn "+values)
}

// assignEnded makes a variable the error of an ended context, behind the statement that assigns it, or first in the block of the if
// statement whose init statement that is.
func (d *draft) assignEnded(s *ast.AssignStmt, around ast.Node, err *ast.Ident) string {
	text := d.ifEnded(err.Name, err.Name+" = "+cutName+"."+d.site.Ended)
	switch around := around.(type) {
	case *ast.BlockStmt, *ast.CaseClause, *ast.CommClause:
		d.replace(s.End(), s.End(), "\n"+text)
		return ""
	case *ast.IfStmt:
		tested, _ := syntax.ErrorTest(d.Info, around.Cond, token.NEQ).(*ast.Ident)
		if around.Init == ast.Stmt(s) && tested != nil && d.Info.ObjectOf(tested) == d.Info.ObjectOf(err) {
			d.replace(around.Body.Lbrace+1, around.Body.Lbrace+1, "\n"+text)
			return ""
		}
	}
	return d.whyEnded()
}

// cutName is the name of the *retry.Error.
const cutName = "cut"

// ifEnded writes an if statement that does something when a context has ended the retries.
func (d *draft) ifEnded(err, does string) string {
	errs := d.pkg("errors", "errors")
	if d.Since(26) {
		return fmt.Sprintf("if %s, ok := %s.AsType[*%s.Error](%s); ok && %[1]s.Context != nil {\n%[5]s\n}", cutName, errs, site.Retry, err, does)
	}
	return fmt.Sprintf("if %s := (*%s.Error)(nil); %s.As(%s, &%[1]s) && %[1]s.Context != nil {\n%[5]s\n}",
		cutName, site.Retry, errs, err, does)
}

// free returns a name that nothing in the function around has.
func (d *draft) free(name string) string {
	taken := false
	ast.Inspect(d.decl, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		taken = taken || ok && id.Name == name
		return !taken
	})
	if taken && name != "err" {
		return d.free(name + "2")
	}
	if taken && d.scopeBefore(d.site.Call.Pos()).Lookup(name) != nil {
		return d.free("endErr")
	}
	return name
}
