package directive

import (
	"fmt"
	"go/token"
	"go/types"

	"github.com/retrygen/retrygen/internal/policy"
)

// matches resolves the entries of on= or except=.
func (s *fitter) matches(option string, setting policy.Setting[[]policy.ErrorName]) []Match {
	var list []Match
	for _, entry := range setting.Value {
		match, err := s.asMatch(entry, s.scope(setting.Origin))
		if err != nil {
			s.problem(token.Pos(setting.Pos), "%s=%s: %v", option, entry, err)
			continue
		}
		s.alike(option, entry.String(), &match.Ref, token.Pos(setting.Pos))
		list = append(list, *match)
	}
	return list
}

var errorInterface = errorType.Underlying().(*types.Interface)

// asMatch resolves one entry: a value of an error type, or an error type.
func (f *finder) asMatch(entry policy.ErrorName, where scope) (*Match, error) {
	ref, err := f.resolve(entry.Name, where)
	if err != nil {
		return nil, err
	}
	if ref.isType() {
		return typeMatch(entry, ref)
	}
	switch ref.Object.(type) {
	case *types.Var, *types.Const:
	default:
		return nil, fmt.Errorf("%s is neither an error value nor an error type", entry.Name)
	}
	if entry.Pointer {
		return nil, fmt.Errorf("%s is a value; write it without the star", entry.Name)
	}
	if !types.Implements(ref.Type, errorInterface) {
		return nil, fmt.Errorf("%s is %s, which is not an error", entry.Name, f.describe(ref))
	}
	return &Match{Ref: *ref}, nil
}

// typeMatch makes a match of an error type.
func typeMatch(entry policy.ErrorName, ref *Ref) (*Match, error) {
	t := ref.Object.Type()
	if named, ok := types.Unalias(t).(*types.Named); ok && named.TypeParams().Len() > 0 && named.TypeArgs().Len() == 0 {
		return nil, fmt.Errorf("%s is a generic type; declare an alias of the instance that is meant, and name that", entry.Name)
	}
	pointer := types.NewPointer(t)
	ofPointer := !types.IsInterface(t) && types.Implements(pointer, errorInterface)
	switch {
	case entry.Pointer && ofPointer:
		ref.Type = pointer
	case entry.Pointer:
		return nil, fmt.Errorf("*%s is not an error: it has no method Error() string", entry.Name)
	case types.Implements(t, errorInterface):
	case ofPointer:
		return nil, fmt.Errorf("%s is not an error, but *%s is; write *%s", entry.Name, entry.Name, entry.Name)
	default:
		return nil, fmt.Errorf("%s is not an error: it has no method Error() string", entry.Name)
	}
	return &Match{Ref: *ref, IsType: true}, nil
}
