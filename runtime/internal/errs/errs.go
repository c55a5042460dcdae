// Package errs looks into trees of errors without the allocation of errors.As. Go has errors.AsType for this since
// version 1.26, which is newer than what the runtime asks for.
package errs

// As finds the first error in err's tree that has type T, and reports whether there is one. It follows the rules of
// [errors.As]: the tree is err and what its Unwrap methods return, depth first, and an error with a method As(any)
// bool may fill in a T.
func As[T error](err error) (T, bool) {
	for err != nil {
		if found, ok := err.(T); ok {
			return found, true
		}
		if found, ok := byMethod[T](err); ok {
			return found, true
		}
		switch wrapper := err.(type) {
		case interface{ Unwrap() error }:
			err = wrapper.Unwrap()
		case interface{ Unwrap() []error }:
			return among[T](wrapper.Unwrap())
		default:
			err = nil
		}
	}
	var none T
	return none, false
}

// among looks into each of several errors.
func among[T error](list []error) (T, bool) {
	for _, err := range list {
		if found, ok := As[T](err); ok {
			return found, true
		}
	}
	var none T
	return none, false
}

// byMethod asks the error's own method As. It is a function of its own so that only errors with that method cost an
// allocation.
func byMethod[T error](err error) (T, bool) {
	if own, ok := err.(interface{ As(any) bool }); ok {
		target := new(T)
		ok := own.As(target)
		return *target, ok
	}
	var none T
	return none, false
}
