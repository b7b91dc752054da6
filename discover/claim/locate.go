package claim

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"
)

// Locate finds the lines of claims whose file is known and whose line is not:
// the only line of the file that sets the option, or that sets it to the value.
// Where several could be meant, the line stays unknown. The claims are changed
// in place.
func Locate(claims []Claim, files map[string][]byte) {
	patterns := map[string]*regexp.Regexp{}
	lines := map[string][][]byte{}
	for i := range claims {
		c := &claims[i]
		data, ok := files[c.File]
		if !ok || c.Line != 0 {
			continue
		}
		if lines[c.File] == nil {
			lines[c.File] = bytes.Split(data, []byte("\n"))
		}
		name := lastElement(c.Option)
		if patterns[name] == nil {
			patterns[name] = regexp.MustCompile(`(^|[\s.{;])"?` + regexp.QuoteMeta(name) + `"?\s*=`)
		}
		c.Line = lineOf(lines[c.File], patterns[name], c.literal(), c.Owner)
	}
}

// literal is the value as it may stand in the text.
func (c Claim) literal() string {
	if c.Text != "" {
		return c.Text
	}
	return strconv.FormatInt(c.Value, 10)
}

func lineOf(lines [][]byte, name *regexp.Regexp, literal, owner string) int {
	var all, exact, named []int
	value := regexp.MustCompile(`(^|[^0-9A-Za-z])` + regexp.QuoteMeta(literal) + `($|[^0-9A-Za-z])`)
	for i, line := range lines {
		if code, _, _ := bytes.Cut(line, []byte("#")); name.Match(code) {
			all = append(all, i+1)
			if value.Match(code) {
				exact = append(exact, i+1)
				if bytes.Contains(code, []byte(owner)) {
					named = append(named, i+1)
				}
			}
		}
	}
	for _, found := range [][]int{exact, named, all} {
		if len(found) == 1 {
			return found[0]
		}
	}
	return 0
}

// lastElement is the last element of an attribute path, without quotes.
func lastElement(option string) string {
	if strings.HasSuffix(option, `"`) {
		if i := strings.LastIndex(option[:len(option)-1], `"`); i >= 0 {
			return option[i+1 : len(option)-1]
		}
	}
	return option[strings.LastIndexByte(option, '.')+1:]
}
