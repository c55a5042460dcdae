package spent

import (
	"go/types"
	"regexp"

	"github.com/retrygen/retrygen/internal/syntax"
)

// sending matches the names of functions that take a reader in order to read it to its end.
var sending = regexp.MustCompile(`(?i)^(put|upload|send|post|write|store|save|import|load|copy|` +
	`create|publish|push|ingest|apply|restore|stream)`)

// guess says what a function without a body is likely to use up, by its signature: a request for which it returns a
// response, and a reader if it is named like something that sends. First is the number of operands before the parameters.
func guess(name string, sig *types.Signature, first int) summary {
	var s summary
	results := sig.Results()
	responds := results.Len() == 2 && syntax.IsNamed(results.At(0).Type(), "net/http", "*Response")
	fails := results.Len() > 0 && types.Identical(results.At(results.Len()-1).Type(), syntax.ErrorType)
	for i := range sig.Params().Len() {
		t := sig.Params().At(i).Type()
		switch {
		case responds && IsRequest(t):
			s.used |= bit(first + i)
			s.sent |= bit(first + i)
		case fails && sending.MatchString(name) && plainReader(t):
			s.used |= bit(first + i)
		}
	}
	return s
}

// plainReader reports whether a type is an interface to read from, and for nothing else than to close.
func plainReader(t types.Type) bool {
	return types.IsInterface(t) && syntax.ReadsBytes(t) && !syntax.HasMethod(t, "Write") && !syntax.HasMethod(t, "Seek")
}
