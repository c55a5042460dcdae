package advice

// tooMany finds more retries than a limit.
func tooMany(s Subject) []Remark {
	if n, ok := s.Policy.MaxRetries(); ok && n > s.MaxRetries {
		return []Remark{remark(s.Policy.Retries.Pos, Fix{}, "%d retries are more than %d", n, s.MaxRetries)}
	}
	return nil
}
