package load

import (
	"errors"
	"fmt"
	"go/token"
	"go/types"
	"os"

	"golang.org/x/tools/go/gcexportdata"
	"golang.org/x/tools/go/packages"
)

// ReadExport returns the types of a package that the go command was asked to build. It adds them, and those that they are
// made of, to known, by import path; fset gets their positions.
func ReadExport(pkg *packages.Package, fset *token.FileSet, known map[string]*types.Package) (*types.Package, error) {
	if pkg.ExportFile == "" {
		if len(pkg.Errors) > 0 {
			return nil, errors.New(pkg.Errors[0].Msg)
		}
		return nil, fmt.Errorf("%s does not build", pkg.PkgPath)
	}
	file, err := os.Open(pkg.ExportFile)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	//lint:ignore SA1019 Go 1.26 still writes archives; NewReader reads them as well as what comes after.
	data, err := gcexportdata.NewReader(file)
	if err != nil {
		return nil, fmt.Errorf("reading export data of %s: %w", pkg.PkgPath, err)
	}
	return gcexportdata.Read(data, fset, known, pkg.PkgPath)
}
