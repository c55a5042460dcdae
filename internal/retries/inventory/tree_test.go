package inventory_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// tree writes the functions of a call tree that fails whatever it tries, from a seed. Its root is the function F0.
type tree struct {
	random *rand.Rand
	prefix string // of all names
	kinds  []kind // of statements
	within bool   // some policies have a limit in time
	made   int    // functions so far
	text   strings.Builder
}

// kind writes a statement that calls what is further down.
type kind func(t *tree, depth int) string

// straight are the kinds that run everything that they hold, one after the other.
var straight = []kind{
	(*tree).call, (*tree).call, (*tree).rounds, (*tree).counted, (*tree).deferred, (*tree).helper, (*tree).literal, (*tree).iterated,
}

// branching are the kinds that run a part, and concurrent those that run their parts at the same time.
var (
	branching  = []kind{(*tree).either, (*tree).cases, (*tree).early}
	concurrent = []kind{(*tree).group, (*tree).spawned, (*tree).groupInLoop, (*tree).queued}
	recursive  = []kind{(*tree).itself, (*tree).plainRecursion}
	open       = []kind{
		(*tree).unknownRounds, (*tree).value, (*tree).passed, (*tree).stored, (*tree).preset, (*tree).listed,
	}
)

// writeTree returns the source of a tree.
func writeTree(seed uint64, kinds []kind) string {
	t := &tree{random: rand.New(rand.NewPCG(seed, 1)), prefix: fmt.Sprintf("T%02d", seed), kinds: kinds, within: seed%3 == 1 && seed > 9}
	t.function(3)
	return t.text.String()
}

func (t *tree) pick(n int) int { return t.random.IntN(n) }

// name returns a new name.
func (t *tree) name() string {
	t.made++
	return fmt.Sprintf("%sF%d", t.prefix, t.made-1)
}

// policy returns options whose waits are always the same.
func (t *tree) policy() string {
	delays := []string{"1", "2", "1,3", "linear(1)", "exponential(1)", "0.5", "fibonacci(2)", "exponential(1) cap=1500ms"}
	text := fmt.Sprintf("retries=%d delay=%s", 1+t.pick(2), delays[t.pick(len(delays))])
	if t.within && t.pick(2) == 0 {
		text += fmt.Sprintf(" within=%d", 1+t.pick(9))
	}
	return text
}

// function writes a function with a directive, and returns a call of its wrapper.
func (t *tree) function(depth int) string {
	name := t.name()
	body := "\tcount.Add(1)\n"
	if depth > 0 {
		body = t.body(depth)
	}
	fmt.Fprintf(&t.text, "\n//retry:task %s\nfunc %s(ctx context.Context) error {\n%s\treturn errDown\n}\n", t.policy(), name, body)
	return name + "WithRetry(ctx)"
}

// body writes one or two statements.
func (t *tree) body(depth int) string {
	text := ""
	for range 1 + t.pick(2) {
		text += t.kinds[t.pick(len(t.kinds))](t, depth-1)
	}
	return text
}

func (t *tree) call(depth int) string { return "\t_ = " + t.function(depth) + "\n" }

func (t *tree) rounds(depth int) string {
	return fmt.Sprintf("\tfor range %d {\n\t%s\t}\n", 1+t.pick(3), t.call(depth))
}

func (t *tree) counted(depth int) string {
	heads := []string{
		"for i := 0; i < 2; i++", "for i := 3; i > 0; i--", "for i := 1; i <= 2; i++",
		"for range [2]int{}", `for range []string{"a", "b", "c"}`, "for i := 0; i < 3 && ctx.Err() == nil; i += 2",
		"for i := 5; i >= 1; i -= 3", "for i := 0; i != 2; i++",
	}
	return fmt.Sprintf("\t%s {\n\t%s\t}\n", heads[t.pick(len(heads))], t.call(depth))
}

func (t *tree) deferred(depth int) string {
	return "\tdefer func() { _ = " + t.function(depth) + " }()\n"
}

// helper writes a function without a directive.
func (t *tree) helper(depth int) string {
	name := t.name()
	body := t.call(depth) + t.call(0)
	fmt.Fprintf(&t.text, "\nfunc %s(ctx context.Context) error {\n%s\treturn errDown\n}\n", name, body)
	return "\t_ = " + name + "(ctx)\n"
}

func (t *tree) literal(depth int) string {
	name := strings.ToLower(t.name())
	return fmt.Sprintf("\t%s := func() error { return %s }\n\t_ = %s()\n", name, t.function(depth), name)
}

func (t *tree) either(depth int) string {
	return fmt.Sprintf("\tif chance() {\n\t%s\t} else {\n\t%s\t}\n", t.call(depth), t.call(0))
}

func (t *tree) cases(depth int) string {
	const text = "\tswitch {\n\tcase chance():\n\t%s\tcase chance():\n\t%s\t\tfallthrough\n\tdefault:\n\t%s\t}\n"
	return fmt.Sprintf(text, t.call(0), t.call(depth), t.call(0))
}

func (t *tree) early(depth int) string {
	return fmt.Sprintf("\tif chance() {\n\t\treturn %s\n\t}\n%s", t.function(0), t.call(depth))
}

func (t *tree) group(depth int) string {
	name := strings.ToLower(t.name())
	start := func(call string) string { return fmt.Sprintf("\t%s.Go(func() { _ = %s })\n", name, call) }
	starts := start(t.function(depth)) + start(t.function(0)) + start(t.function(0))
	return fmt.Sprintf("\tvar %s sync.WaitGroup\n%s\t%[1]s.Wait()\n", name, starts)
}

// spawned waits between the goroutines that it starts.
func (t *tree) spawned(depth int) string {
	name := strings.ToLower(t.name())
	one := func(call string) string { return fmt.Sprintf("\tgo func() { %s <- %s }()\n\t<-%[1]s\n", name, call) }
	return fmt.Sprintf("\t%s := make(chan error)\n", name) + one(t.function(depth)) + one(t.function(0))
}

func (t *tree) groupInLoop(depth int) string {
	name := strings.ToLower(t.name())
	const text = "\tvar %s sync.WaitGroup\n\tfor range 3 {\n\t\t%[1]s.Add(1)\n\t\tgo func() {\n\t\t\tdefer %[1]s.Done()\n" +
		"\t\t%s\t\t}()\n\t}\n\t%[1]s.Wait()\n"
	return fmt.Sprintf(text, name, t.call(depth))
}

// itself calls itself through its retries, as often as is left.
func (t *tree) itself(int) string {
	name := t.name()
	const text = "\n//retry:task %s\nfunc %s(ctx context.Context, left int) error {\n\tcount.Add(1)\n\tif left > 0 {\n" +
		"\t\treturn %[2]sWithRetry(ctx, left-1)\n\t}\n\treturn errDown\n}\n"
	fmt.Fprintf(&t.text, text, t.policy(), name)
	return fmt.Sprintf("\t_ = %sWithRetry(ctx, 2)\n", name)
}

func (t *tree) plainRecursion(depth int) string {
	name := t.name()
	call := t.call(depth)
	fmt.Fprintf(&t.text, "\nfunc %s(ctx context.Context, left int) {\n%s\tif left > 0 {\n\t\t%[1]s(ctx, left-1)\n\t}\n}\n", name, call)
	return fmt.Sprintf("\t%s(ctx, 2)\n", name)
}

func (t *tree) unknownRounds(depth int) string {
	return fmt.Sprintf("\tfor range rounds() {\n\t%s\t}\n", t.call(depth))
}

// value calls what a variable of the package holds.
func (t *tree) value(depth int) string {
	name := strings.ToLower(t.name())
	const text = "\nvar %s = func(ctx context.Context) error { return nil }\n\n" +
		"func init() { %[1]s = func(ctx context.Context) error { return %s } }\n"
	call := t.function(depth)
	fmt.Fprintf(&t.text, text, name, call)
	return fmt.Sprintf("\t_ = %s(ctx)\n", name)
}

// passed passes a function on.
func (t *tree) passed(depth int) string {
	return fmt.Sprintf("\ttwice(func() { _ = %s })\n", t.function(depth))
}

// iterated runs what an iterator calls.
func (t *tree) iterated(depth int) string {
	name := strings.ToLower(t.name())
	const text = "\tvar %s iter.Seq[int] = func(yield func(int) bool) { _ = %s; yield(1) }\n\tfor range %[1]s {\n\t}\n"
	return fmt.Sprintf(text, name, t.function(depth))
}

// queued starts goroutines of which one runs after the other: a package that has nothing to do with retries sees to it.
func (t *tree) queued(depth int) string {
	name := strings.ToLower(t.name())
	const text = "\tvar %s sync.WaitGroup\n\t%[1]sQueue := queue.New()\n\tfor range 3 {\n\t\t%[1]s.Go(func() {\n" +
		"\t\t\t%[1]sQueue.Enter()\n\t\t\tdefer %[1]sQueue.Leave()\n\t\t\t_ = %s\n\t\t})\n\t}\n\t%[1]s.Wait()\n"
	return fmt.Sprintf(text, name, t.function(depth))
}

// stored calls a function that is stored in a struct of another package.
func (t *tree) stored(depth int) string {
	return fmt.Sprintf("\t_ = queue.Job{Do: func() error { return %s }}.Run()\n", t.function(depth))
}

// preset calls a parameter that is replaced if it is nil.
func (t *tree) preset(depth int) string {
	name := t.name()
	const text = "\nfunc %s(ctx context.Context, f func() error) {\n\tif f == nil {\n\t\tf = func() error { return nil }\n\t}\n\t_ = f()\n}\n"
	fmt.Fprintf(&t.text, text, name)
	return fmt.Sprintf("\t%s(ctx, func() error { return %s })\n", name, t.function(depth))
}

// listed goes through a parameter that is replaced if it is empty.
func (t *tree) listed(depth int) string {
	name := t.name()
	const text = "\nfunc %s(ctx context.Context, list []string) {\n\tif len(list) == 0 {\n\t\tlist = []string{\"\"}\n\t}\n" +
		"\tfor range list {\n\t%s\t}\n}\n"
	fmt.Fprintf(&t.text, text, name, t.call(depth))
	return fmt.Sprintf("\t%s(ctx, []string{\"a\", \"b\"})\n", name)
}
