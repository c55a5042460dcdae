package config

import (
	"bytes"
	"encoding/json"
	"errors"
)

// readJSON walks through one JSON value.
func readJSON(w *walk) error {
	if err := wellFormed(w.source); err != nil {
		return err
	}
	r := &jsonReader{walk: w, decoder: json.NewDecoder(bytes.NewReader(w.text))}
	r.value(nil)
	return nil
}

// wellFormed returns the error of a text that is not JSON, with its position.
func wellFormed(s *source) error {
	var any json.RawMessage
	err := json.Unmarshal(s.text, &any)
	if err == nil {
		return nil
	}
	at, message := len(s.text), err.Error()
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok && message != "unexpected end of JSON input" {
		at = int(syntax.Offset) - 1
	}
	return &Error{s.position(at), message}
}

// jsonReader reads a text that is known to be JSON.
type jsonReader struct {
	*walk
	decoder *json.Decoder
}

// next returns the next token, and where it begins.
func (r *jsonReader) next() (token json.Token, begin int) {
	begin = int(r.decoder.InputOffset())
	for begin < len(r.text) && bytes.IndexByte([]byte(" \t\r\n,:"), r.text[begin]) >= 0 {
		begin++
	}
	token, _ = r.decoder.Token()
	return token, begin
}

func (r *jsonReader) value(at *path) {
	token, begin := r.next()
	switch token := token.(type) {
	case json.Delim:
		if token == '{' {
			r.object(at, begin)
		} else {
			r.array(at)
		}
	case string:
		r.leaf(at, scalar{text: token, begin: begin + 1, decode: escaped})
	case bool:
		r.leaf(at, scalar{what: "a boolean", begin: begin})
	case nil:
		r.leaf(at, scalar{what: "nothing", begin: begin})
	default:
		r.leaf(at, scalar{what: "a number", begin: begin})
	}
}

func (r *jsonReader) object(at *path, begin int) {
	r.branch(at, "an object", begin)
	for r.decoder.More() {
		name, _ := r.next()
		text, _ := name.(string)
		r.value(at.to(key(text)))
	}
	r.next()
}

func (r *jsonReader) array(at *path) {
	for i := 0; r.decoder.More(); i++ {
		r.value(at.to(index(i)))
	}
	r.next()
}
