package policy

// Meant returns an error that says what was meant by an option whose value reads as a name, such as delay=expo, if nothing
// has that name. It returns nil if that is not known.
func Meant(option, value string) error {
	o := find(option)
	if o == nil {
		return nil
	}
	s := suggest(o, value)
	if !s.reads(option) {
		return nil
	}
	if p, _ := Parse(s.options(option), 0); len(p.Names())+len(p.Operands()) > 0 {
		return nil
	}
	c := correction{right: s.options(option)}
	c.add(s)
	return c.error(option + "=" + value)
}
