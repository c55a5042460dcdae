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
	fails := results.Len() > 0 && syntax.IsErrorItself(results.At(results.Len()-1).Type())
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

// takesInput takes in that a function of another package is likely to send a struct that holds a body, such as the input of a client:
//
//	client.PutObject(ctx, &s3.PutObjectInput{Bucket: bucket, Key: key, Body: file})
func (s *summary) takesInput(fn *types.Func) {
	sig := fn.Signature()
	if !syntax.MayFail(sig) || !sending.MatchString(fn.Name()) {
		return
	}
	first := 0
	if sig.Recv() != nil {
		first = 1
	}
	for i := range sig.Params().Len() {
		if holdsBody(sig.Params().At(i).Type()) {
			s.used |= bit(first + i)
			s.sent |= bit(first + i)
		}
	}
}

// holdsBody reports whether a type is a struct that other packages fill with a reader for a body.
func holdsBody(t types.Type) bool {
	if pointer, ok := types.Unalias(t).(*types.Pointer); ok {
		t = pointer.Elem()
	}
	s, ok := t.Underlying().(*types.Struct)
	if !ok || IsRequest(types.NewPointer(t)) || answer.MatchString(t.String()) {
		return false
	}
	for field := range s.Fields() {
		if field.Exported() && bodyField.MatchString(field.Name()) && types.IsInterface(field.Type()) && IsReader(field.Type()) {
			return true
		}
	}
	return false
}

// bodyField matches the names of fields that hold what is sent.
var bodyField = regexp.MustCompile(`^(Body|Reader|Content|Data|Payload|Stream|File|Media|InputStream|RequestBody)$`)

// answer matches the names of what is received, rather than sent.
var answer = regexp.MustCompile(`(?i)(response|output|result|reply)$`)

// plainReader reports whether a type is an interface to read from, and for nothing else than to close.
func plainReader(t types.Type) bool {
	return types.IsInterface(t) && syntax.ReadsBytes(t) && !syntax.HasMethod(t, "Write") && !syntax.HasMethod(t, "Seek")
}
