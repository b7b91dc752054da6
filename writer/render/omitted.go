package render

import "strings"

// omitted are sentences on what the service is not wired into, one for each
// reason.
func (v *View) omitted() []string {
	var reasons []string
	what := map[string][]string{}
	for _, o := range v.LeftOut {
		if what[o.Reason] == nil {
			reasons = append(reasons, o.Reason)
		}
		what[o.Reason] = append(what[o.Reason], o.What)
	}
	lines := make([]string, len(reasons))
	for i, r := range reasons {
		list := what[r]
		text := list[len(list)-1]
		if len(list) > 1 {
			text = strings.Join(list[:len(list)-1], ", ") + " or " + text
		}
		lines[i] = "No " + text + ": " + strings.TrimSuffix(r, ".") + "."
	}
	return lines
}
