package directives

// RL111 finds numbers without a unit that look like milliseconds.
var _ = Checks.Add("RL111", advised("RL111", nil)).Over("RL106")
