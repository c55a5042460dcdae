package library

import (
	"go/types"
	"regexp"
	"strings"
	"time"

	"github.com/retrygen/retrygen/internal/retries/chain"
	"github.com/retrygen/retrygen/internal/syntax"
)

// client is what is known of the clients of one kind: which of their functions retry, how often, and how long they wait for it,
// by default.
type client struct {
	path     string         // of the package, without its major version, or the beginning of it where it ends with a slash
	name     *regexp.Regexp // of the function, with its receiver
	attempts int
	wait     time.Duration
}

// isIn reports whether the client is in a package.
func (c *client) isIn(pkg string) bool {
	path, _ := syntax.Unversioned(pkg)
	return path == c.path || strings.HasSuffix(c.path, "/") && strings.HasPrefix(path+"/", c.path)
}

// google begins the paths of the clients of Google Cloud.
const google = "cloud.google.com/go/"

// clients are the clients that retry by themselves. Those of AWS are known by their signatures.
var clients = []client{
	// RetryMax 4; waits of 1, 2, 4 and 8 s
	{Retryable, regexp.MustCompile(`^(Client\.)?(Do|Get|Head|Post|PostForm)$`), 5, 15 * time.Second},
	// maxRetries 10, where the server says Retry-After
	{Kubernetes + "rest", regexp.MustCompile(`^Request\.(Do|DoRaw|Stream|Watch)$`), 11, 10 * time.Second},
	// policy.RetryOptions: MaxRetries 3; 0.8, 1.6 and 3.2 s
	{"github.com/Azure/azure-sdk-for-go/sdk/", regexp.MustCompile(`Client\.[A-Z]`), 4, 5600 * time.Millisecond},
	// MaxRetry 10; at most 1 s each
	{"github.com/minio/minio-go", regexp.MustCompile(`^Client\.[A-Z]`), 10, 9 * time.Second},
	// MaxRetries 3; at most 0.5 s each
	{"github.com/redis/go-redis", regexp.MustCompile(`^cmdable\.[A-Z]`), 4, 1500 * time.Millisecond},
	{"github.com/go-redis/redis", regexp.MustCompile(`^cmdable\.[A-Z]`), 4, 1500 * time.Millisecond},
	// MaxAttempts 10; at most 1 s each
	{"github.com/segmentio/kafka-go", regexp.MustCompile(`^Writer\.WriteMessages$`), 10, 9 * time.Second},
	// Producer.Retry.Max 3; 0.1 s each
	{"github.com/IBM/sarama", regexp.MustCompile(`^SyncProducer\.SendMessages?$`), 4, 300 * time.Millisecond},
	{"github.com/Shopify/sarama", regexp.MustCompile(`^SyncProducer\.SendMessages?$`), 4, 300 * time.Millisecond},
	// MaxRetries 3, without waits, after 502, 503 and 504
	{"github.com/elastic/go-elasticsearch/", regexp.MustCompile(`^\w+(Request)?\.Do$`), 4, 0},
	// reads, until the context is done; what changes something is tried again only under a condition
	{google + "storage", regexp.MustCompile(`^(ObjectHandle\.(NewReader|NewRangeReader|Attrs)|BucketHandle\.Attrs|\w+Iterator\.Next)$`),
		chain.Unlimited, 0},
	// MaxRetries 2; at most 1.5 s each
	{"github.com/hashicorp/vault/api", regexp.MustCompile(`^(Logical|Sys|KVv1|KVv2|TokenAuth)\.[A-Z]`), 3, 3 * time.Second},
	// MaxRetries 2; from 0.5 s
	{"github.com/openai/openai-go/", regexp.MustCompile(`Service\.(New|Get|List|Update|Delete|Cancel)$`), 3, 1500 * time.Millisecond},
	{"github.com/anthropics/anthropic-sdk-go/", regexp.MustCompile(`Service\.(New|Get|List|Update|Delete|Cancel)$`), 3,
		1500 * time.Millisecond},
}

// ClientLink returns the layer that a call of a client makes which retries by itself, with its default settings. It is nil
// for any other function.
func ClientLink(fn *types.Func) *chain.Link {
	if fn == nil || fn.Pkg() == nil {
		return nil
	}
	link := func(attempts int, wait time.Duration) *chain.Link {
		return &chain.Link{Package: fn.Pkg().Path(), Name: syntax.Qualified(fn), Attempts: attempts, Wait: wait, Client: true}
	}
	if !mayFail(fn) {
		return nil
	}
	switch {
	case isAWS(fn, awsTwo, "Options"):
		return link(3, 3*time.Second) // the standard retryer: 3 attempts, at most 1 and 2 s
	case isAWS(fn, awsOne, ""):
		return link(4, 1200*time.Millisecond) // DefaultRetryer: 3 retries, at most 0.3 s each but for throttling
	case isGoogle(fn):
		return link(chain.Unlimited, 0) // until the deadline of the call
	}
	for _, c := range clients {
		if c.isIn(fn.Pkg().Path()) && c.name.MatchString(syntax.Qualified(fn)) {
			return link(c.attempts, c.wait)
		}
	}
	return nil
}

// mayFail reports whether a function returns an error, or what holds one.
func mayFail(fn *types.Func) bool {
	results := fn.Signature().Results()
	if results.Len() == 0 {
		return false
	}
	last := results.At(results.Len() - 1).Type()
	return syntax.IsError(last) || syntax.HasMethod(last, "Err") || syntax.HasMethod(last, "Error")
}

// isAWS reports whether a method calls a service of AWS: it takes the input and returns the output of an operation of a package
// below a path, and options of a type of that package if they have a name. It may be that of an interface of the program.
func isAWS(fn *types.Func, path, options string) bool {
	sig := fn.Signature()
	if sig.Recv() == nil || sig.Results().Len() != 2 || sig.Params().Len() == 0 {
		return false
	}
	out := declaredIn(sig.Results().At(0).Type())
	if out == nil || !strings.HasSuffix(out.Name(), "Output") || !strings.HasPrefix(out.Pkg().Path(), path) {
		return false
	}
	if options == "" {
		return true
	}
	list, ok := sig.Params().At(sig.Params().Len() - 1).Type().(*types.Slice)
	if !ok || !sig.Variadic() {
		return types.IsInterface(sig.Recv().Type()) && isInputOf(sig, out)
	}
	option, ok := list.Elem().Underlying().(*types.Signature)
	if !ok || option.Params().Len() != 1 {
		return false
	}
	of := declaredIn(option.Params().At(0).Type())
	return of != nil && of.Name() == options && of.Pkg() == out.Pkg()
}

// isInputOf reports whether a function takes the input of the operation of AWS whose output it returns, and no options: a method of
// an interface that a program puts in front of the client.
func isInputOf(sig *types.Signature, out *types.TypeName) bool {
	in := declaredIn(sig.Params().At(sig.Params().Len() - 1).Type())
	return in != nil && in.Pkg() == out.Pkg() && in.Name() == strings.TrimSuffix(out.Name(), "Output")+"Input"
}

// idempotent matches the names of the methods that generated clients of Google Cloud retry.
var idempotent = regexp.MustCompile(`^\w*Client\.(Get|List|BatchGet|Search|Access|Read|Query|Test|Lookup)`)

// isGoogle reports whether a method of a generated client of Google Cloud retries by itself: it takes options of gax. The stub of gRPC
// below the client takes those of gRPC, and does not retry.
func isGoogle(fn *types.Func) bool {
	sig := fn.Signature()
	if !strings.HasPrefix(fn.Pkg().Path(), google) || !sig.Variadic() || !idempotent.MatchString(syntax.Qualified(fn)) {
		return false
	}
	list, ok := sig.Params().At(sig.Params().Len() - 1).Type().(*types.Slice)
	if !ok {
		return false
	}
	of := declaredIn(list.Elem())
	return of != nil && of.Name() == "CallOption" && strings.HasPrefix(of.Pkg().Path(), "github.com/googleapis/gax-go")
}

// declaredIn returns what declares a type, or what it points to, in a package; nil for any other type.
func declaredIn(t types.Type) *types.TypeName {
	if pointer, ok := types.Unalias(t).(*types.Pointer); ok {
		t = pointer.Elem()
	}
	named, ok := types.Unalias(t).(*types.Named)
	if !ok || named.Obj().Pkg() == nil {
		return nil
	}
	return named.Obj()
}
