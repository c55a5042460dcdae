package directives

// RL107 finds options that contradict each other, or that do nothing.
var _ = Checks.Add("RL107", advised("RL107", everyNumber...))

// everyNumber are the options that a policy value may say.
var everyNumber = []string{"retries", "delay", "jitter", "cap", "timeout", "within", "reset"}
