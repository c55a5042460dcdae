package retry

import (
	"fmt"
	"unique"

	"github.com/retrygen/retrygen/runtime/internal/policytext"
)

// Policy is a retry policy as a value, for programs that read theirs from a configuration. It holds the options of a
// directive that need no Go name: retries or attempts, delay, jitter, cap, timeout, within and reset. A directive names a
// value of this type, such as a field:
//
//	//retry:task retries=2 policy=.cfg.Retry
//	func (c *Client) Fetch(ctx context.Context) error
//
// The zero Policy says nothing. For each option these count, in this order: what the directive itself says, what the Policy
// says, and what would hold without it. A Policy is small. It can be copied, compared with == and used as the key of a map,
// and it never changes: policies are equal if they say the same. A variable of this type that is written while calls run
// needs a lock, like any other.
//
// Policy implements [encoding.TextUnmarshaler] and [encoding.TextMarshaler]. So YAML, JSON, TOML, command lines (see
// [flag.TextVar]) and environment variables hold policies in the language of directives:
//
//	retry: retries=4 delay=exponential(500ms) jitter=full cap=30s
type Policy struct {
	values unique.Handle[policytext.Values] // the zero Handle for a Policy that says nothing
	early  policytext.Options               // what is said of the options that calls need when they begin
}

// ParsePolicy parses options as a directive has them, separated by spaces or line breaks. "option=none" says that there is
// none, whatever would hold otherwise. An empty text is the zero Policy. There are no comments.
//
// The error is a [*PolicyError] with the position of the first mistake.
func ParsePolicy(text string) (Policy, error) {
	values, mistake := policytext.Parse(text)
	if mistake != nil {
		return Policy{}, &PolicyError{Text: text, Offset: mistake.Offset, Message: mistake.Message}
	}
	return policyOf(values), nil
}

// MustParsePolicy is [ParsePolicy] for texts that the program itself holds. It panics if a text cannot be parsed.
func MustParsePolicy(text string) Policy {
	p, err := ParsePolicy(text)
	if err != nil {
		panic(err)
	}
	return p
}

func policyOf(values policytext.Values) Policy {
	if values == (policytext.Values{}) {
		return Policy{}
	}
	return Policy{unique.Make(values), values.Says() & policytext.Early}
}

// earlyOf returns what a policy says of the options that calls need when they begin.
func earlyOf(p Policy) policytext.Options { return p.early }

// valuesOf returns what a policy says.
func valuesOf(p Policy) policytext.Values {
	if p.IsZero() {
		return policytext.Values{}
	}
	return p.values.Value()
}

// IsZero reports whether the policy says nothing.
func (p Policy) IsZero() bool { return p.values == unique.Handle[policytext.Values]{} }

// String returns the text of the policy: its options in a fixed order, spelled in one way, so that equal policies have
// equal texts. Attempts are printed as retries.
func (p Policy) String() string { return policytext.Print(valuesOf(p)) }

// MarshalText returns the text of the policy. The error is always nil.
func (p Policy) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText replaces the policy by the one that [ParsePolicy] returns. In case of an error the policy stays as it is.
func (p *Policy) UnmarshalText(text []byte) error {
	parsed, err := ParsePolicy(string(text))
	if err == nil {
		*p = parsed
	}
	return err
}

// PolicyError is the error of a text that is not a policy.
type PolicyError struct {
	Text    string // that was parsed
	Offset  int    // in it, of the option that has to change; in bytes
	Message string // what is wrong, and what would be right
}

// Error returns the text, the position and the message.
func (e *PolicyError) Error() string {
	return fmt.Sprintf("retry policy %s, %s: %s", policytext.Quoted(e.Text), policytext.Position(e.Text, e.Offset), e.Message)
}

// Position returns the line and the column of the mistake in the text. Both count from 1, columns in bytes.
func (e *PolicyError) Position() (line, column int) { return policytext.LineColumn(e.Text, e.Offset) }
