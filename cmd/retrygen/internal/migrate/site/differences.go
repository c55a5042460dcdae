package site

// Sentences for Differences that several recognizers say.
const (
	// DiffersCut is about retries that a context ends.
	DiffersCut = "when the context ends the retries, the error is a *retry.Error that wraps the last attempt's error and the context's"
	// DiffersContext is about a context that was not looked at before.
	DiffersContext = "the context ends the retries, with a *retry.Error, when it is done or its deadline comes before the next retry; " +
		"before, they did not look at it"
	// DiffersFirst is about a context that is done before the first attempt.
	DiffersFirst = "the first attempt is made even if the context is done already; before, none was"
	// DiffersNone is the opposite: the wrapper looks at a context that the work does not take.
	DiffersNone = "no attempt is made if the context is done already; before, one was"
	// DiffersDeadline is about a wait that cannot end in time.
	DiffersDeadline = "a wait that would end after the context's deadline is not begun; before, it was waited for until the deadline"
	// DiffersWithin is about retries that the time ends.
	DiffersWithin = "when the time for all retries is over, the error is a *retry.Error that wraps the last attempt's error; " +
		"before, it was that error itself"
)
