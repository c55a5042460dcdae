package retries

import (
	"encoding/json"
	"go/token"

	"golang.org/x/tools/go/analysis"

	"github.com/retrygen/retrygen/internal/directive"
	"github.com/retrygen/retrygen/internal/retries/chain"
)

// Inventory lists what is retried, not what is wrong: a diagnostic for each function, method and interface method with a
// directive, at the directive, whose message is a [Record] as JSON. It is for tools that read it, such as
//
//	func main() { unitchecker.Main(retries.Inventory) }
//
// It keeps more chains than a check needs, so its facts are not those of [Analyzer]: one driver cannot run both.
var Inventory = &analysis.Analyzer{
	Name: "retryinventory", Doc: "list retry directives, with the retries inside retries that begin there",
	URL:      "https://github.com/retrygen/retrygen",
	Requires: []*analysis.Analyzer{lister}, Run: inventory,
}

// most is the number of chains that are kept for one function: more than anyone reads.
const most = 64

// lister builds graphs with all chains and their positions.
var lister = newAnalyzer("retrychains", depth{limit: most, positions: true})

// Record describes a function with a directive.
type Record struct {
	Package string         `json:"package"` // import path
	Name    string         `json:"name"`    // of the package
	Task    string         `json:"task"`    // "pkg.Func", "pkg.Type.Method"
	Wrapper string         `json:"wrapper"` // the name of what is generated; of an interface's method, "StoreWithRetry.Get"
	Flow    bool           `json:"flow"`
	Policy  string         `json:"policy"` // what is in force, as options
	Chains  [][]chain.Link `json:"chains"` // the worst first, each beginning with the function itself
	Cut     bool           `json:"cut"`    // there are more chains
}

func inventory(pass *analysis.Pass) (any, error) {
	g := pass.ResultOf[lister].(*Graph)
	for _, fn := range g.Found.Funcs {
		list(pass, g.record(fn, fn.Wrapper), fn.Pos)
	}
	for _, d := range g.Found.Decorators {
		for _, fn := range d.Methods {
			list(pass, g.record(fn, d.Wrapper+"."+fn.Wrapper), fn.Pos)
		}
	}
	return nil, nil
}

func list(pass *analysis.Pass, r *Record, pos token.Pos) {
	text, err := json.Marshal(r)
	if err != nil {
		panic(err) // it holds nothing that JSON has no form for
	}
	end := pos + token.Pos(len("//retry:"))
	pass.Report(analysis.Diagnostic{Pos: pos, End: end, Category: pass.Analyzer.Name, Message: string(text)})
}

func (g *Graph) record(fn *directive.Func, wrapper string) *Record {
	r := &Record{
		Package: g.pass.Pkg.Path(), Name: g.pass.Pkg.Name(), Task: fn.Task, Wrapper: wrapper, Flow: fn.Flow,
		Policy: fn.Policy.String(), Chains: [][]chain.Link{},
	}
	// What makes one attempt multiplies nothing; what makes more stands before all that it reaches.
	own, inner := g.LinkOf(fn), g.Chains[fn.Object]
	if own.Attempts == 1 || len(inner.Chains) == 0 {
		return r
	}
	set := g.beforeAll(own, inner)
	for _, links := range set.Chains {
		if len(links) > 1 {
			r.Chains = append(r.Chains, links)
		}
	}
	r.Cut = set.Cut
	return r
}
