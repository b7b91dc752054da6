// Package specification has no code: its tests show, row by row, that what the
// owner's specification of a service asks for is what scaffold does. The table
// of rows, with the rule that implements each and where it differs, is
// specification.md beside this folder.
package specification
