package advice

// endless finds unlimited retries that the policy does not end. Work with reset= is meant to go on until its context ends.
func endless(s Subject) []Remark {
	p := s.Policy
	if !p.Endless() || p.Within.IsSet() || p.Reset.IsSet() || !s.whole() {
		return nil
	}
	return []Remark{remark(p.Retries.Pos, Fix{},
		"%s is retried without an end; set within= to a duration, or retries= to a number", s.call())}
}
