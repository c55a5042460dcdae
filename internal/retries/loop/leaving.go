package loop

import (
	"go/ast"
	"go/types"
	"regexp"
	"strings"

	"github.com/retrygen/retrygen/internal/syntax"
)

// A method of a logger that has a name of lastWords never returns. One whose name begins as leaving says may leave on a condition:
// logger.FatalIfError(err).
var (
	leaving   = regexp.MustCompile(`^(Fatal|Panic|Exit|FailNow)`)
	lastWords = regexp.MustCompile(`^(Fatal|Panic)(f|ln|w|Context|Depth)?$`)
	endsTest  = regexp.MustCompile(`\.(Fatal|Skip|FailNow)`)
)

// exits reports whether a statement ends the process or the test, by whatever logger, perhaps on a condition.
func exits(info *types.Info, n ast.Node) bool {
	stmt, ok := n.(*ast.ExprStmt)
	if !ok {
		return false
	}
	call, ok := stmt.X.(*ast.CallExpr)
	return ok && (!returns(info, call) || leavesBy(call))
}

// leavesBy reports whether a call has a name by which loggers and tests leave.
func leavesBy(call *ast.CallExpr) bool {
	sel, ok := call.Fun.(*ast.SelectorExpr)
	return ok && leaving.MatchString(sel.Sel.Name)
}

// returns reports whether a call may return. A method that has the name of last words and no results does not, whatever its type.
func returns(info *types.Info, call *ast.CallExpr) bool {
	if syntax.IsBuiltin(info, call, "panic") {
		return false
	}
	switch name := syntax.FullName(info, call); {
	case name == "os.Exit", name == "runtime.Goexit", strings.HasPrefix(name, "log.Fatal"), strings.HasPrefix(name, "log.Panic"),
		strings.HasPrefix(name, "testing.") && endsTest.MatchString(name):
		return false
	}
	fn := syntax.Callee(info, call)
	return fn == nil || fn.Signature().Recv() == nil || fn.Signature().Results().Len() > 0 || !lastWords.MatchString(fn.Name())
}
