package specification_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// row is one row, pattern or rule of the specification, in one direction. Its
// name is how docs/specification.md calls it.
type row struct {
	name string
	test func(*testing.T)
}

// rows are all of them, in the order of the specification.
var rows = slices.Concat(packageRows, typeRows, matrixRows, loginRows, profileRows, accountRows, baselineRows,
	patternRows, accessRows, alertRows, hardwareRows, serverRows, dashboardRows, keptRows, libraryRows, questionRows, refusalRows, deliverableRows)

// TestSpecification shows each row.
func TestSpecification(t *testing.T) {
	for _, r := range rows {
		t.Run(r.name, r.test)
	}
}

// documentFile says of each row which rule implements it.
var documentFile = filepath.Join("..", "specification.md")

// TestDocument: the document names every test that there is, and no other.
func TestDocument(t *testing.T) {
	data, err := os.ReadFile(documentFile)
	require.NoError(t, err)
	var names, told []string
	for _, r := range rows {
		require.NotContains(t, names, r.name, "two rows have one name")
		require.Regexp(t, `^[a-z]+/[^/|]+: [^/|]+$`, r.name, "section/row: case")
		names = append(names, r.name)
	}
	sections := map[string]bool{}
	for _, name := range names {
		sections[regexp.MustCompile(`^[a-z]+/`).FindString(name)] = true
	}
	for _, m := range regexp.MustCompile("`([a-z]+/[^`/]+: [^`]+)`").FindAllStringSubmatch(string(data), -1) {
		if sections[regexp.MustCompile(`^[a-z]+/`).FindString(m[1])] {
			told = append(told, m[1])
		}
	}
	for _, name := range names {
		require.Contains(t, told, name, "%s tells of every test", documentFile)
	}
	for _, name := range told {
		require.Contains(t, names, name, "%s names tests that are there", documentFile)
	}
}

// TestDocumentNames: the other tests and the files that the document names are
// there.
func TestDocumentNames(t *testing.T) {
	data, err := os.ReadFile(documentFile)
	require.NoError(t, err)
	sources, err := filepath.Glob("*_test.go")
	require.NoError(t, err)
	var code strings.Builder
	for _, name := range sources {
		source, err := os.ReadFile(name)
		require.NoError(t, err)
		code.Write(source)
	}
	for _, m := range regexp.MustCompile("`(Test[A-Za-z]+)`").FindAllStringSubmatch(string(data), -1) {
		require.Contains(t, code.String(), "func "+m[1]+"(", "%s names it", documentFile)
	}
	all := regexp.MustCompile("`([a-z]+/[a-zA-Z/._-]+\\.(?:go|tmpl|nix|md|txtar))`").FindAllStringSubmatch(string(data), -1)
	require.NotEmpty(t, all)
	for _, m := range all {
		_, err := os.Stat(filepath.Join("..", "..", filepath.FromSlash(m[1])))
		require.NoError(t, err, "%s names it", documentFile)
	}
}
