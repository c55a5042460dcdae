package retry_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"

	"github.com/retrygen/retrygen/runtime/retry"
)

func ExampleParsePolicy() {
	p, err := retry.ParsePolicy("attempts=5 delay=exponential(0.5) jitter=+20% cap=30s")
	fmt.Println(p, err)

	_, err = retry.ParsePolicy("attempts=5 dealy=1")
	fmt.Println(err)
	// Output:
	// retries=4 delay=exponential(500ms) jitter=+20% cap=30s <nil>
	// retry policy "attempts=5 dealy=1", column 12: unknown option "dealy": did you mean "delay"?
}

// A flag has a default, and is parsed as the command line is.
func ExamplePolicy_flag() {
	flags := flag.NewFlagSet("shop", flag.ContinueOnError)
	var policy retry.Policy
	flags.TextVar(&policy, "retry", retry.MustParsePolicy("retries=2 delay=1"), "how the shop's prices are fetched")

	_ = flags.Parse([]string{"-retry", "retries=8 delay=250ms"})
	fmt.Println(policy)
	// Output: retries=8 delay=250ms
}

func ExamplePolicy_environment() {
	os.Setenv("SHOP_RETRY", "retries=8 delay=250ms")

	var policy retry.Policy
	if err := policy.UnmarshalText([]byte(os.Getenv("SHOP_RETRY"))); err != nil {
		fmt.Println("SHOP_RETRY:", err)
	}
	fmt.Println(policy)
	// Output: retries=8 delay=250ms
}

func ExamplePolicy_json() {
	var config struct {
		URL   string
		Retry retry.Policy `json:"retry"`
	}
	err := json.Unmarshal([]byte(`{"url": "https://shop.example", "retry": "retries=4 delay=exponential(1) timeout=5"}`), &config)
	fmt.Println(config.Retry, err)

	text, err := json.Marshal(config)
	fmt.Println(string(text), err)
	// Output:
	// retries=4 delay=exponential(1s) timeout=5s <nil>
	// {"URL":"https://shop.example","retry":"retries=4 delay=exponential(1s) timeout=5s"} <nil>
}
