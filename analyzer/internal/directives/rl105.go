package directives

// RL105 finds retries without a wait. A guard or a condition that makes attempts wait is one.
var _ = Checks.Add("RL105", advised("RL105", "retries", "delay"))
