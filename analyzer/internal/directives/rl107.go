package directives

// RL107 finds options that contradict each other, or that do nothing.
var _ = Checks.Add("RL107", advised("RL107", nil))
