// Package check is what the checks of the linter are made with.
//
// A check is a file, named by its identifier, that registers a function with the list of its package. Its page, which
// documents it, is the file of the same name that ends in .txtar; its cases are in testdata. A whole check:
//
//	// Package sleeps checks how code sleeps.
//	package sleeps
//
//	//go:embed *.txtar
//	var pages embed.FS
//
//	var Checks = check.NewList(pages)
//
// and, in rl999.go:
//
//	var _ = Checks.Add("RL999", check.EachDecl(rl999))
//
//	// rl999 finds functions that sleep for a day or more.
//	func rl999(p *check.Pass, decl *ast.FuncDecl) {
//		syntax.InspectCalls(p.TypesInfo, decl, nil, func(call *ast.CallExpr, _ *types.Func) {
//			if syntax.FullName(p.TypesInfo, call) != "time.Sleep" {
//				return
//			}
//			if d, ok := syntax.ConstantDuration(p.TypesInfo, call.Args[0]); ok && d >= 24*time.Hour {
//				p.Reportf(call, "%s sleeps for %s", decl.Name.Name, d)
//			}
//		})
//	}
//
// A [Suite] makes analyzers of the lists. A check reports through its own [Pass], which knows its identifier: there is
// no way to report under an identifier without a page.
//
// # How checks meet
//
// Checks do not call each other. There are three ways in which one depends on another, and each is declared where the
// check is added:
//
//   - [Check.Over]: of two checks that find something in the same subject, such as a call, one alone reports it.
//   - [Check.Last]: a check that looks at what the others have silenced runs when they have finished.
//   - [Shared]: what several checks ask of a package is computed once.
package check
