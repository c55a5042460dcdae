// Package migratetest tries "retrygen migrate" on code that uses the libraries which it knows. It is a module of its own, so
// that the others need not require these libraries.
package migratetest

import (
	_ "github.com/avast/retry-go"
	_ "github.com/avast/retry-go/v4"
	_ "github.com/avast/retry-go/v5"
	_ "github.com/cenkalti/backoff"
	_ "github.com/cenkalti/backoff/v3"
	_ "github.com/cenkalti/backoff/v4"
	_ "github.com/cenkalti/backoff/v5"
	_ "github.com/cenkalti/backoff/v6"
	_ "github.com/cenkalti/backoff/v7"
	_ "github.com/sethvargo/go-retry"
	_ "k8s.io/apimachinery/pkg/util/wait"
	_ "k8s.io/client-go/util/retry"

	_ "github.com/retrygen/retrygen/runtime/retry"
	_ "github.com/retrygen/retrygen/runtime/retryloop"
)
