package retry

import (
	"time"

	"github.com/retrygen/retrygen/runtime/internal/policytext"
)

// ParseDuration parses a duration as directives, policies and the environment write it. A number alone, such as 5 or
// 2.7182, is seconds and is taken exactly. Anything else, such as 250ms or 1m30s, is a Go duration. The result is never
// negative. Any other text, a duration that is too long, and seconds with more than nine decimals other than 0 are errors.
func ParseDuration(text string) (time.Duration, error) { return policytext.ParseDuration(text) }
