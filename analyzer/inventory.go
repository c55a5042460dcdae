package analyzer

import (
	"encoding/json"
	"go/token"

	"golang.org/x/tools/go/analysis"

	"github.com/retrygen/retrygen/internal/chain"
	"github.com/retrygen/retrygen/internal/directive"
)

// Inventory lists what is retried rather than what is wrong: a diagnostic for each function, method and interface method
// with a directive, at the directive, whose message is a [Record] as JSON. It is for tools that read it, such as
//
//	func main() { unitchecker.Main(analyzer.Inventory) }
//
// It follows retries as the checks do, with the same code, and keeps more of them; so it is a tool of its own, which one
// driver cannot run together with [Analyzers].
var Inventory = &analysis.Analyzer{
	Name: "retryinventory", Doc: "list retry directives, with the retries inside retries that begin there", URL: page,
	Requires: []*analysis.Analyzer{lister}, Run: inventory,
}

// most is the number of chains that are kept for one function: more than anybody reads.
const most = 64

// lister reads what modeler reads, with all chains and their places.
var lister = newModeler("retrychains", depth{limit: most, places: true})

// Record is what [Inventory] says about a function.
type Record struct {
	Package string         `json:"package"` // import path
	Name    string         `json:"name"`    // of the package
	Task    string         `json:"task"`    // "pkg.Func", "pkg.Type.Method"
	Wrapper string         `json:"wrapper"` // what is generated; of an interface's method, the decorator's method
	Flow    bool           `json:"flow"`
	Policy  string         `json:"policy"` // what is in force, as options
	Chains  [][]chain.Link `json:"chains"` // the worst first, each beginning with the function itself
	Cut     bool           `json:"cut"`    // there are more chains
}

func inventory(pass *analysis.Pass) (any, error) {
	m := pass.ResultOf[lister].(*model)
	for _, fn := range m.all() {
		text, err := json.Marshal(m.record(fn))
		if err != nil {
			return nil, err
		}
		pass.Report(analysis.Diagnostic{Pos: fn.Pos, End: fn.Pos + token.Pos(len("//retry:")), Category: pass.Analyzer.Name, Message: string(text)})
	}
	return nil, nil
}

func (m *model) record(fn *directive.Func) *Record {
	r := &Record{
		Package: m.pass.Pkg.Path(), Name: m.pass.Pkg.Name(), Task: fn.Task, Wrapper: fn.Wrapper, Flow: fn.Flow,
		Policy: fn.Policy.String(), Chains: [][]chain.Link{},
	}
	// What makes one attempt multiplies nothing; what makes more stands before all that it reaches.
	own, inner := m.linkOf(fn), m.chains[fn.Object]
	if own.Attempts == 1 || len(inner.Chains) == 0 {
		return r
	}
	set := m.beforeAll(own, inner)
	for _, links := range set.Chains {
		if len(links) > 1 {
			r.Chains = append(r.Chains, links)
		}
	}
	r.Cut = set.Cut
	return r
}
