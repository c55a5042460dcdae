package directives

// RL111 finds numbers without a unit that look like milliseconds, wherever they are written.
var _ = Checks.Add("RL111", advised("RL111")).Over("RL106")
