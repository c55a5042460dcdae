package directives

// RL108 finds waits that grow for all callers alike, or so nearly alike that the waves of callers never merge.
var _ = Checks.Add("RL108", advised("RL108", "retries", "delay", "jitter"))
