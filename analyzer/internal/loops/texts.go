package loops

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"regexp"
	"strings"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/syntax"
)

// typedText matches texts of errors that have a type or a value: those of networks, files, contexts and databases, and of the
// states of protocols.
var typedText = regexp.MustCompile(`(?i)refused|reset|broken|clos(ed|ing)|time(d)?[ -_]?out|deadline exceeded|context canceled|` +
	`\bEOF\b|no such|unreachable|no route|in use|busy|invalid argument|not permitted|no space|too many open|not empty|` +
	`input/output|exit status|allocate memory|interrupted|not exist|not be found|not[ -_]?found|already exists|file exists|denied|forbidden|` +
	`unauthori|too many requests|unavailable|gateway|internal server error|rate ?limit|throttl|conflict|temporar|try again|` +
	`no rows|bad connection|not connected|unexpected end`)

// codeText matches texts that hold a code for programs, rather than only a sentence for people: a word, a name, a number.
var codeText = regexp.MustCompile(`^\S+$|\b[A-Z][a-z]+[A-Z]\w+|\b[A-Z]+_[A-Z_]+\b|\b\d{3,}\b`)

// mostWords is the number of words of a text that may be a code, rather than a sentence with a name in it.
const mostWords = 4

// isCode reports whether a text is for programs.
func isCode(text string) bool {
	return codeText.MatchString(text) && len(strings.Fields(text)) <= mostWords
}

// othersText matches texts that a lower layer hands over without a type, though their words are those of typed ones.
var othersText = regexp.MustCompile(`(?i)^x509|is locked$|handshake`)

// isTyped reports whether something other than a text could tell what a test looks for. Where nothing but words for people tells one
// failure of a lower layer from others, the text is all there is. A text that the test takes from elsewhere is not known.
func (d *deciding) isTyped(test ast.Expr) bool {
	list := d.soughtIn(test)
	for _, text := range list {
		if !othersText.MatchString(text) && (typedText.MatchString(text) || isCode(text) || ownTexts.Of(d.Pass)[text]) {
			return true
		}
	}
	return len(list) == 0
}

// soughtIn returns the constant texts that a test looks for.
func (d *deciding) soughtIn(test ast.Expr) []string {
	var list []string
	add := func(e ast.Expr) {
		if value := d.TypesInfo.Types[e].Value; value != nil && value.Kind() == constant.String {
			list = append(list, constant.StringVal(value))
		}
	}
	switch test := test.(type) {
	case *ast.CallExpr:
		for _, arg := range test.Args {
			add(arg)
		}
	case *ast.BinaryExpr:
		add(test.X)
		add(test.Y)
	}
	return list
}

// makesError matches the full names of functions that make errors of texts, in the standard library and elsewhere.
var makesError = regexp.MustCompile(`(?i)err|status\.New|trace\.`)

// ownTexts holds the texts of the errors that a package makes: it can know them by their values.
var ownTexts = check.Share(func(p *check.Pass) map[string]bool {
	texts := map[string]bool{}
	for cursor := range p.Inspector().Root().Preorder((*ast.CallExpr)(nil)) {
		call := cursor.Node().(*ast.CallExpr)
		if !makesError.MatchString(syntax.FullName(p.TypesInfo, call)) || !syntax.IsError(p.TypesInfo.TypeOf(call)) {
			continue
		}
		for _, arg := range call.Args {
			value := p.TypesInfo.Types[arg].Value
			if value == nil || value.Kind() != constant.String {
				continue
			}
			for rest := constant.StringVal(value); rest != ""; { // with what is before a verb or a colon, which is what tests look for
				texts[rest] = true
				rest = rest[:max(0, strings.LastIndexAny(rest, ":%"))]
			}
		}
	}
	return texts
})

// decides reports whether a block leaves, or sets something other than a text that is kept.
func (d *deciding) decides(block *ast.BlockStmt) bool {
	for _, stmt := range block.List {
		switch stmt := stmt.(type) {
		case *ast.ReturnStmt, *ast.BranchStmt, *ast.IncDecStmt, *ast.SendStmt:
			return true
		case *ast.AssignStmt:
			if stmt.Tok != token.DEFINE && !d.keepsText(stmt) {
				return true
			}
		case *ast.ExprStmt:
			if call, ok := stmt.X.(*ast.CallExpr); ok && !reporting.MatchString(syntax.Identifiers(call.Fun)) {
				return true
			}
		case *ast.SelectStmt, *ast.ForStmt, *ast.SwitchStmt:
			return true
		}
	}
	return false
}

// keepsText reports whether a statement assigns texts alone, such as the last message that has been logged.
func (d *deciding) keepsText(assign *ast.AssignStmt) bool {
	for _, left := range assign.Lhs {
		t := d.TypesInfo.TypeOf(left)
		if t == nil {
			return false
		}
		if basic, ok := t.Underlying().(*types.Basic); !ok || basic.Info()&types.IsString == 0 {
			return false
		}
	}
	return true
}
