package policy

import (
	"errors"
	"strings"
	"testing"
)

// corrections are mistakes with what is meant.
var corrections = []struct{ written, right string }{
	{"retry=3", "retries=3"},
	{"max-attempts=3", "attempts=3"},
	{"attempt=5", "attempts=5"},
	{"tries=3", "attempts=3"},
	{"stop_after_attempt=3", "attempts=3"},
	{"backoff=exponential(2)", "delay=exponential(2)"},
	{"backoff=exponential", "delay=exponential(1)"},
	{"wait_exponential=2", "delay=exponential(2)"},
	{"retry_delay_seconds=5", "delay=5"},
	{"retry_delay_seconds=[1,2,4]", "delay=[1,2,4]"},
	{"retry_jitter_factor=3", "jitter=3"},
	{"retry_condition_fn=worth", "if=worth"},
	{"timeout_seconds=5", "timeout=5"},
	{"timeout_ms=500", "timeout=500ms"},
	{"maxDelayMillis=500", "cap=500ms"},
	{"multiplier=3", "delay=exponential(1,base=3)"},
	{"initial_interval=500ms", "delay=exponential(500ms)"},
	{"max_interval=1m", "cap=1m"},
	{"max_elapsed_time=5m", "within=5m"},
	{"retryOn=ErrA", "on=ErrA"},
	{"noRetryFor=ErrA", "except=ErrA"},
	{"retryFor=ErrA,ErrB", "on=ErrA,ErrB"},
	{"on_retry=log", "notify=log"},
	{"before_sleep=log", "notify=log"},
	{"randomization_factor=0.5", "jitter=50%"},
	{"useJitter=true", "jitter=full"},
	{"persist_result=true", "checkpoint"},
	{"Retries=3", "retries=3"},
	{"RETRIES=3", "retries=3"},
	{"retries:3", "retries=3"},
	{"retries: 3", "retries=3"},
	{"retries 3", "retries=3"},
	{"retries = 3", "retries=3"},
	{"retries= 3", "retries=3"},
	{"retries =3", "retries=3"},
	{"retries:=3", "retries=3"},
	{"retries==3", "retries=3"},
	{"retries=3,delay=2", "retries=3 delay=2"},
	{"retries=3;delay=2", "retries=3 delay=2"},
	{"delay=exponential(1, base=3)", "delay=exponential(1,base=3)"},
	{"delay=exponential( 2 )", "delay=exponential(2)"},
	{"delay=1, 2, 4", "delay=1,2,4"},
	{"delay=[1, 2, 4]", "delay=[1,2,4]"},
	{"on=ErrA, ErrB", "on=ErrA,ErrB"},
	{"delay=5 s", "delay=5s"},
	{"delay=500 ms", "delay=500ms"},
	{"delay=1m 30s", "delay=1m30s"},
	{"jitter=20 %", "jitter=20%"},
	{"retries=3 times", "retries=3"},
	{`retries="3"`, "retries=3"},
	{"retries='3'", "retries=3"},
	{`"retries=3"`, "retries=3"},
	{"--retries=3", "retries=3"},
	{"-retries=3", "retries=3"},
	{"retries=3.0", "retries=3"},
	{"retries=infinite", "retries=unlimited"},
	{"retries=∞", "retries=unlimited"},
	{"retries=forever", "retries=unlimited"},
	{"retries=three", "retries=3"},
	{"retries=3x", "retries=3"},
	{"retries=false", "retries=none"},
	{"retries=1_000", "retries=1000"},
	{"delay=5sec", "delay=5s"},
	{"delay=5seconds", "delay=5s"},
	{"delay=5min", "delay=5m"},
	{"delay=1d", "delay=24h"},
	{"delay=5S", "delay=5s"},
	{"delay=.5", "delay=0.5"},
	{"delay=+5", "delay=5"},
	{"delay=5*time.Second", "delay=5s"},
	{"delay=time.Second*5", "delay=5s"},
	{"delay=exp(2)", "delay=exponential(2)"},
	{"delay=constant(5)", "delay=5"},
	{"delay=fib(1)", "delay=fibonacci(1)"},
	{"delay=exponential_backoff(backoff_factor=2)", "delay=exponential(2)"},
	{"delay=exponential", "delay=exponential(1)"},
	{"delay=exponential:2", "delay=exponential(2)"},
	{"delay=exponential(2,3)", "delay=exponential(2,base=3)"},
	{"delay=exponential(2,factor=3)", "delay=exponential(2,base=3)"},
	{"delay=exponential(base=3)", "delay=exponential(1,base=3)"},
	{"delay=exponential(2,max=60)", "delay=exponential(2) cap=60"},
	{"delay=exponential(2,cap=60)", "delay=exponential(2) cap=60"},
	{"delay=exponential(multiplier=1,min=4,max=10)", "delay=exponential(4) cap=10"},
	{"delay=exponential(2", "delay=exponential(2)"},
	{"delay=exponential(5sec)", "delay=exponential(5s)"},
	{"delay=exponential(0.5sec,base=1.5)", "delay=exponential(0.5s,base=1.5)"},
	{"delay=random(1,3)", "delay=2s jitter=50%"},
	{"delay=[1,2,", "delay=1,2"},
	{"delay=1,2,", "delay=1,2"},
	{"delay=1;2;4", "delay=1,2,4"},
	{"jitter=10%%", "jitter=10%"},
	{"jitter=20percent", "jitter=20%"},
	{"jitter=±20%", "jitter=20%"},
	{"jitter=true", "jitter=full"},
	{"jitter=random", "jitter=full"},
	{"jitter=Full", "jitter=full"},
	{"jitter=.5", "jitter=0.5"},
	{"jitter=0,2", "jitter=0.2"},
	{"jitter=false", "jitter=none"},
	{"timeout=unlimited", "timeout=none"},
	{"timeout=infinite", "timeout=none"},
	{"timeout=5sec", "timeout=5s"},
	{"timeout=off", "timeout=none"},
	{"within=5minutes", "within=5m"},
	{"cap=10 s", "cap=10s"},
	{"checkpoint=true", "checkpoint"},
	{"checkpoint=false", "checkpoint=none"},
	{"checkpoint=Durable", "checkpoint=durable"},
	{"checkpoint durable", "checkpoint=durable"},
	{"durable", "checkpoint=durable"},
	{"unlimited", "retries=unlimited"},
	{"full", "jitter=full"},
	{"5s", "delay=5s"},
	{"3", "retries=3"},
	{"exponential(2)", "delay=exponential(2)"},
	{"20%", "jitter=20%"},
	{"if=net/http#ErrX", "if=net/http.ErrX"},
	{"if=&x", "if=x"},
	{`if="worth"`, "if=worth"},
	{"on=ErrA|ErrB", "on=ErrA,ErrB"},
	{"on=[ErrA,ErrB]", "on=ErrA,ErrB"},
	{"on=&url.Error{}", "on=*url.Error"},
	{"on=ErrA,", "on=ErrA"},
	{"on=*url.Error{}", "on=*url.Error"},
	{`as="X"`, "as=X"},
	{"as=pkg.X", "as=X"},
	{"as=X()", "as=X"},
	{"as=fetch-price", "as=fetchPrice"},
	{"policy=patient()", "policy=patient"},
	{"maxRetries=unlimited", "retries=unlimited"},
	{"delay=[1 2 4]", "delay=[1,2,4]"},
	{"delay=1 2 4", "delay=1,2,4"},
	{"delay=exponential (2)", "delay=exponential(2)"},
	{"delay=exponential(500 ms, base=2)", "delay=exponential(500ms,base=2)"},
	{"on=ErrA ErrB", "on=ErrA,ErrB"},
	{"within=1h30", "within=1h30m"},
	{"jitter=50 percent", "jitter=50%"},
	{"maxRetries:3,delay:5s", "retries=3 delay=5s"},
	{"delay: exponential(2, base = 3)", "delay=exponential(2,base=3)"},
	{"retries = '3'", "retries=3"},
	{"retries(3)", "retries=3"},
	{"WithMaxRetries(3)", "retries=3"},
	{"delay(5s)", "delay=5s"},
	{"backoff=@Backoff(delay=1000)", "delay=1000ms"},
	{"backoff = @Backoff(delay = 1000, multiplier = 2)", "delay=exponential(1000ms,base=2)"},
	{"maxAttempts = 3,", "attempts=3"},
	{"retries=maxRetries()", "retries=maxRetries"},
	{"cap=.cfg.Cap()", "cap=.cfg.Cap"},
	{"jitter=+-20%", "jitter=20%"},
	{"jitter=ful", "jitter=full"},
	{"'retries=3 delay=1'", "retries=3 delay=1"},
	{"infinite", "retries=unlimited"},
	{"wait=wait_exponential(multiplier=1,min=4,max=10)", "delay=exponential(4) cap=10"},
}

// TestCorrections checks what is suggested for a mistake, that it can be read, and that the mistake is one problem, at its
// own position, wherever it stands.
func TestCorrections(t *testing.T) {
	for _, test := range corrections {
		t.Run(test.written, func(t *testing.T) {
			if _, problems := Parse(test.right, 0); len(problems) > 0 {
				t.Errorf("%s does not read: %v", test.right, problems)
			}
			before, after := "budget=B ", " discard=F"
			p, problems := Parse(before+test.written+after, 100)
			problems = append(problems, unresolved(&p)...)
			if len(problems) != 1 || problems[0].Pos != 100+len(before) {
				t.Fatalf("problems %v, want one", problems)
			}
			if !strings.Contains(problems[0].Message, test.right) {
				t.Errorf("%s, want %s", problems[0].Message, test.right)
			}
			if m := problems[0].Misspelling; m != (Misspelling{}) && m != (Misspelling{test.written, test.right}) {
				t.Errorf("a tool would replace %s by %s", m.Written, m.Right)
			}
			if !p.Discard.IsSet() {
				t.Error("the option behind it was not read")
			}
		})
	}
}

// unresolved returns the problems of the names in a policy if nothing has these names.
func unresolved(p *Policy) []Problem {
	var list []Problem
	for _, o := range p.Operands() {
		if misspelled, ok := errors.AsType[*MisspelledError](Meant(o.Entry.Name, o.Text)); ok {
			list = append(list, Problem{Pos: o.Pos, Message: misspelled.Message, Misspelling: misspelled.Misspelling})
		}
	}
	return list
}
