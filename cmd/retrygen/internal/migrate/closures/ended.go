package closures

// ended returns the field of a *retry.Error that is what the library returns when a context has ended the retries: what its Err
// returned, or its cause. It returns "" where the library wraps that, or may return something else, as before version 4.1.1 of
// cenkalti/backoff the error of an attempt that ended after the context.
func (c *closure) ended() string {
	switch {
	case c.library == "backoff" && (c.major >= 6 || c.older("v4.1.1")), c.library == "avast" && !c.plainEnd:
		return ""
	case c.library == "backoff" && c.major == 5, c.library == "avast" && c.major >= 4 && !c.older("v4.7.0"),
		c.library == "sethvargo" && !c.older("v0.4.0"):
		return "Cause"
	}
	return "Context"
}

// endsLast reports whether the library returns the error of the last attempt when a context has ended the retries, as error=last
// does.
func (c *closure) endsLast() bool { return c.library == "backoff" && c.older("v3.2.0") }
