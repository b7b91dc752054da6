package render

import (
	"strings"
)

// PackagePath is the package below pkgs.
func (v *View) PackagePath() []string { return strings.Split(v.Package, ".") }

// ExecArguments are the program's arguments.
func (v *View) ExecArguments() []string { return v.Model.Arguments }
