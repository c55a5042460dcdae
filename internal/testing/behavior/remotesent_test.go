package behavior

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/retrygen/retrygen/runtime/remote"
	"github.com/retrygen/retrygen/runtime/retry"
)

// TestRemoteTexts sends texts and maps, and one that JSON would change.
func TestRemoteTexts(t *testing.T) {
	ctx := remote.With(t.Context(), newEngine(TextTask()), "")
	for _, parts := range []map[string][]int{nil, {}, {"<a&b>": nil, "c\u2028": {}, "d": {1, 2}}} {
		text, got, err := TextWithRetry(ctx, "<html>\x00", parts)
		if text != "<html>\x00" || !reflect.DeepEqual(got, parts) || err != nil {
			t.Errorf("%q, %#v, %v; want %#v", text, got, err, parts)
		}
	}
	for _, text := range []string{"\xff", "other"} {
		if _, _, err := TextWithRetry(ctx, text, nil); !errors.Is(err, retry.ReasonEngine) || !strings.Contains(err.Error(), "UTF-8") {
			t.Errorf("%q: %v, want an error about UTF-8", text, err)
		}
	}
}

// fixedAnswer is an engine that answers every call alike.
type fixedAnswer struct{ results, failure string }

func (a fixedAnswer) Run(_ context.Context, call *remote.Call) ([]byte, error) {
	if a.failure != "" {
		return nil, call.Rebuild([]byte(a.failure))
	}
	return []byte(a.results), nil
}

// TestRemoteVersions reads what programs of other versions have written.
func TestRemoteVersions(t *testing.T) {
	for results, fits := range map[string]bool{
		`{"Result1":"a","Result2":{"b":[1]}}`: true, ` {"Result2": {"b":[1]}, "Result1": "a"} `: true,
		`{"Result1":"a"}`: false, `{"Result1":"a","Result2":null,"Result3":1}`: false,
		`{"Result1":1,"Result2":null}`: false, `"a"`: false, ``: false,
	} {
		_, _, err := TextWithRetry(remote.With(t.Context(), fixedAnswer{results: results}, ""), "", nil)
		if fits != (err == nil) || !fits && !errors.Is(err, retry.ReasonEngine) {
			t.Errorf("%s: %v", results, err)
		}
	}
	for arguments, fits := range map[string]bool{
		`{"text":"a","parts":null}`: true, `{"text":"a"}`: false, `{"text":"a","parts":null,"more":1}`: false, `[]`: false,
	} {
		outcome := TextTask().Attempt(t.Context(), remote.Attempt{Number: 1, Arguments: []byte(arguments)})
		if fits != (outcome.Err == nil) || outcome.Again {
			t.Errorf("%s: %+v", arguments, outcome)
		}
	}
	_, _, err := TextWithRetry(remote.With(t.Context(), fixedAnswer{failure: "not JSON"}, ""), "", nil)
	if !errors.Is(err, retry.ReasonEngine) {
		t.Errorf("%v", err)
	}
	_, _, err = TextWithRetry(remote.With(t.Context(), fixedAnswer{failure: `{"message":"m","named":[{"name":"gone.Err"}]}`}, ""), "", nil)
	if err == nil || err.Error() != "m" {
		t.Errorf("%v", err)
	}
}
