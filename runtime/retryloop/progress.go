package retryloop

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/retrygen/retrygen/runtime/retry"
)

// progress counts the attempts of an outermost flow in a run that keeps the count.
type progress struct {
	keeper retry.ProgressRun
	run    string // the name of the run
	task   string // the flow, as in errors and events
	flow   string // the flow, for the keeper
	kept   retry.Progress
	waited time.Duration // in this call, before its first attempt

	started time.Time // when the call began, for events; may be the zero time
	retries int       // in force
	options *settings // may be nil
}

// errEarlier stands for the error of an attempt that an earlier call of the flow has made.
var errEarlier = errors.New("the attempt was made by an earlier call of the flow, or by a process that died")

// resume continues where an earlier process was: it looks how many attempts have begun, waits for what is left of the
// wait, and begins the next attempt.
func (p *progress) resume(ctx context.Context, retries int) error {
	p.options = private.Settings(ctx, p.task)
	p.retries = retriesIn(p.options, retries)
	if err := p.load(ctx); err != nil {
		return openFailed(p.task, err)
	}
	switch {
	case p.kept.Begun == 0:
	case p.retries >= 0 && p.kept.Begun > p.retries:
		cause := fmt.Errorf("run %q: delete it, or start again with retry.FreshAttempts", p.run)
		return p.giveUp(ctx, retry.ReasonAttempts, cause)
	default:
		if err := p.finishWait(ctx); err != nil {
			return err
		}
	}
	if err := p.begin(ctx); err != nil {
		return openFailed(p.task, err)
	}
	return nil
}

// giveUp returns the error of a call that makes no attempt.
func (p *progress) giveUp(ctx context.Context, reason retry.Reason, cause error) error {
	p.report(ctx, retry.Event{Err: errEarlier, Decision: retry.DecisionGaveUp, Reason: reason})
	e := &retry.Error{Task: p.task, Attempts: p.kept.Begun, Reason: reason, Cause: cause}
	e.Context = endOf(ctx, reason)
	return e
}

// report completes an event and notifies observers.
func (p *progress) report(ctx context.Context, e retry.Event) {
	e.Task, e.Attempt, e.Retries, e.Elapsed = p.task, p.kept.Begun, p.retries, since(p.started)
	private.Report(ctx, p.options, e)
}

// load reads what the run keeps.
func (p *progress) load(ctx context.Context) error {
	if p.options != nil && p.options.FreshAttempts {
		return nil
	}
	kept, err := p.keeper.Progress(ctx, p.flow)
	if err != nil {
		return fmt.Errorf("reading how many attempts have begun: %w", err)
	}
	p.kept = kept
	p.kept.Begun = max(p.kept.Begun, 0)
	return nil
}

// left returns what is left of the wait. It is never longer than the whole wait was, whatever has happened to the clock.
func (p *progress) left() time.Duration {
	if p.kept.Due.IsZero() || p.options != nil && p.options.NoDelay {
		return 0
	}
	return max(min(time.Until(p.kept.Due), p.kept.Wait), 0)
}

// finishWait waits for what is left of a wait. It returns an error if the context ends first.
func (p *progress) finishWait(ctx context.Context) error {
	wait := p.left()
	if deadline, ok := ctx.Deadline(); ok && wait > time.Until(deadline) {
		return p.giveUp(ctx, retry.ReasonDeadline, context.DeadlineExceeded)
	}
	p.report(ctx, retry.Event{Wait: wait, Err: errEarlier, Decision: retry.DecisionRetry})
	start := time.Now()
	loop := Loop{Context: ctx}
	loop.pause(wait)
	if loop.timer != nil {
		loop.timer.Stop()
	}
	p.waited = time.Since(start)
	if ctx.Err() != nil {
		return p.giveUp(ctx, retry.ReasonCanceled, context.Cause(ctx))
	}
	return nil
}

// begin counts an attempt, before it begins.
func (p *progress) begin(ctx context.Context) error {
	next := p.kept
	next.Begun++
	next.Due = time.Time{}
	return p.keep(ctx, next, "counting the attempt")
}

// takeBack uncounts an attempt that has been counted and does not begin. If that cannot be written it is logged: the run
// then has one attempt less.
func (p *progress) takeBack(ctx context.Context) {
	next := p.kept
	next.Begun--
	if err := p.keep(ctx, next, "taking back the count of an attempt"); err != nil {
		slog.Warn("retry: the progress of a run could not be kept", "run", p.run, "error", err)
	}
}

// keep makes the run keep the progress.
func (p *progress) keep(ctx context.Context, next retry.Progress, what string) error {
	if err := p.keeper.SetProgress(context.WithoutCancel(ctx), p.flow, next); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	p.kept = next
	return nil
}

// begun returns how many attempts of the flow have begun, this one included, and how long the latest wait was.
func (f *Flow) begun() (attempts int, waited time.Duration) {
	if f.progress == nil {
		return 1, 0
	}
	return f.progress.kept.Begun, f.progress.kept.Wait
}

// begin counts an attempt after the first one of this process.
func (f *Flow) begin() error {
	if f.progress == nil {
		return nil
	}
	return f.progress.begin(f.outer)
}

// wait keeps when the next attempt is due.
func (f *Flow) wait(planned time.Duration) error {
	if f.progress == nil {
		return nil
	}
	next := f.progress.kept
	next.Due, next.Wait = time.Now().Add(planned), planned
	return f.progress.keep(f.outer, next, "keeping when the next attempt is due")
}

// Attempt describes the first attempt of this call.
func (f *Flow) Attempt() retry.Attempt {
	if f.served != nil {
		return f.served.Attempt()
	}
	a := retry.Attempt{Number: 1}
	if f.progress != nil {
		a.Number, a.Elapsed = f.progress.kept.Begun, f.progress.waited
	}
	if a.Number > 1 {
		a.Err = errEarlier
	}
	return a
}

// Succeed ends a call whose first attempt has succeeded.
func (f *Flow) Succeed() {
	if p := f.progress; p != nil {
		if p.kept.Begun > 1 {
			p.report(f.outer, retry.Event{Decision: retry.DecisionRecovered})
		}
		f.succeed()
	}
}

// succeed ends the count of attempts: if the flow is called again under the same name, it begins anew. If that cannot be
// written it is logged and not returned, since the flow has succeeded.
func (f *Flow) succeed() {
	if f.progress == nil {
		return
	}
	if err := f.progress.keep(f.outer, retry.Progress{}, "ending the count of attempts"); err != nil {
		slog.Warn("retry: the progress of a run could not be kept", "run", f.progress.run, "error", err)
	}
}
