package library

import (
	"fmt"
	"testing"
)

func TestName(t *testing.T) {
	for path, want := range map[string]string{
		"github.com/cenkalti/backoff": "backoff 1", "github.com/cenkalti/backoff/v5": "backoff 5", "github.com/avast/retry-go/v4": "avast 4",
		"github.com/sethvargo/go-retry": "sethvargo 1", "github.com/googleapis/gax-go/v2": "gax 2", "k8s.io/client-go/util/retry": "kubernetes 1",
		"gopkg.in/cenkalti/backoff.v1":       "backoff 1",
		"github.com/cenkalti/backoff/v4/sub": " 0", "example.com/backoff": " 0", "time": " 0",
		"github.com/failsafe-go/failsafe-go/retrypolicy": "failsafe 1", "github.com/failsafe-go/failsafe-gopher": " 0",
	} {
		if name, major := Name(path); fmt.Sprint(name, " ", major) != want {
			t.Errorf("%s is %q, version %d, want %s", path, name, major, want)
		}
	}
}

func TestRetries(t *testing.T) {
	for path, want := range map[string]bool{
		"github.com/cenkalti/backoff/v5": true, "github.com/hashicorp/go-retryablehttp": true, "k8s.io/client-go/rest": true,
		"github.com/aws/aws-sdk-go/service/sqs": true, "github.com/aws/aws-sdk-go-v2/service/s3": true,
		"github.com/aws/aws-sdk-go-v2/config": false, "k8s.io/client-gopher": false, "net/http": false,
	} {
		if got := Retries(path); got != want {
			t.Errorf("%s: %t, want %t", path, got, want)
		}
	}
}
