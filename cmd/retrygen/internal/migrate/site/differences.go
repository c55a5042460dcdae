package site

// Sentences for Differences that several recognizers say.
const (
	// DiffersCut is about retries that a context ends.
	DiffersCut = "when the context ends the retries, the error is a *retry.Error that wraps the last attempt's error and the context's"
	// DiffersContext is about a context that was not looked at before.
	DiffersContext = "a done context ends the retries; before, they did not look at it"
	// DiffersDeadline is about a wait that cannot end in time.
	DiffersDeadline = "a wait that would end after the context's deadline is not begun; before, it was waited for until the deadline"
)
