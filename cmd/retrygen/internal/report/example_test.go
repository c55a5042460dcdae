package report_test

import (
	"context"
	"fmt"
	"os"

	"github.com/retrygen/retrygen/cmd/retrygen/internal/report"
	"github.com/retrygen/retrygen/internal/forecast"
	"github.com/retrygen/retrygen/internal/policy"
)

// A policy that belongs to no function, while no attempt takes any time.
func Example() {
	p, _ := policy.Parse("retries=1 delay=250ms timeout=2s", 0)
	f, err := forecast.New(context.Background(), p, forecast.Scenario{})
	if err != nil {
		fmt.Println(err)
		return
	}
	r := report.New(forecast.Scenario{}, []report.Policy{{Text: p.String(), Forecast: f}}, nil)
	if err := report.Text(os.Stdout, r, report.TextOptions{}); err != nil {
		fmt.Println(err)
	}
	// Output:
	// retries=1 delay=250ms timeout=2s
	//
	// Verdict
	//   At most 2 attempts, 1 of them a retry.
	//   While every attempt fails, a call waits 250ms in all.
	//   A call takes 4.25s at worst: each attempt has a timeout.
	//   Calls survive an outage of 250ms that starts with the call.
	//   If 10 % of attempts fail, 1 % of calls give up, and 25 % if 50 % fail.
	//   Assumed: an attempt takes no time; attempts fail independently of one another;
	//   the caller sets no deadline.
	//
	// Timeline
	//   While every attempt fails: the wait right before each attempt, and when it
	//   begins after the call did.
	//
	//   Wait before the attempt
	//   attempt    min    P50    P99    max
	//         2  250ms  250ms  250ms  250ms  █████████████████████████████████████████
	//
	//   The attempt begins after
	//   attempt    min    P50    P99    max
	//         1     0s     0s     0s     0s  █
	//         2  250ms  250ms  250ms  250ms                                          █
	//
	//   Bars: █ min to P50, ▒ P50 to P99, ░ P99 to max. What has no jitter is a bar
	//   from 0 for a wait, a mark for a beginning.
	//   Assumed: an attempt takes no time, and every attempt fails.
	//
	// When attempts fail
	//   The first column is the share of attempts that fail. Times are those of a
	//   call, whether it succeeds or gives up. The bar is the share of calls that
	//   succeed.
	//
	//              calls  attempts
	//   failing  succeed    a call    P50    P99  P99.9
	//       1 %  99.99 %      1.01     0s     0s  250ms  █████████████████████████████
	//      10 %     99 %       1.1     0s  250ms  250ms  ████████████████████████████▊
	//      30 %     91 %       1.3     0s  250ms  250ms  ██████████████████████████▍
	//      50 %     75 %       1.5     0s  250ms  250ms  █████████████████████▊
	//      90 %     19 %       1.9  250ms  250ms  250ms  █████▌
	//     100 %      0 %         2  250ms  250ms  250ms
	//   Assumed: an attempt takes no time; attempts fail independently of one another.
	//
	// Herd
	//   All clients stay in step: whatever failed together is retried together.
	//   The share of clients whose retry falls into the busiest stretch; the bar is
	//   that of 1 s.
	//
	//            busiest  busiest
	//   wave of   100 ms      1 s
	//   retry 1    100 %    100 %  ███████████████████████████████████████████████████
	//   Assumed: 100,000 clients fail at one instant, and every attempt after it.
}
