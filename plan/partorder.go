package plan

import "slices"

// partOrder: what a part starts after. A server of its own starts before the
// service, and what works for the service starts after both.
func (m *maker) partOrder() error {
	byName := map[string]*Part{}
	var servers []string
	for i := range m.model.Parts {
		p := &m.model.Parts[i]
		byName[p.Name] = p
		if p.Kind == "sidecar" {
			servers = append(servers, p.Name)
		}
	}
	waits := map[string][]string{}
	for name, p := range byName {
		said, ok := m.partAnswer(name, "after")
		switch {
		case ok:
			for _, other := range commas(said) {
				if other == name || other != mainPart && byName[other] == nil {
					return inputErrorf("name other parts, or "+mainPart, "read %s%s.after: %q is no other part of the service", partsPrefix, name, other)
				}
				waits[name] = append(waits[name], other)
			}
		case p.Kind != "sidecar":
			waits[name] = append(slices.Clone(servers), mainPart)
		}
	}
	for _, s := range servers {
		if !slices.Contains(waits[s], mainPart) {
			waits[mainPart] = append(waits[mainPart], s)
		}
	}
	names, err := sequence(waits, append(sortedNames(byName), mainPart))
	if err != nil {
		return err
	}
	full := func(list []string) []string {
		var all []string
		for _, n := range list {
			if n == mainPart {
				all = append(all, m.Service)
			} else {
				all = append(all, byName[n].Full)
			}
		}
		return all
	}
	var ordered []Part
	for _, n := range names {
		if n == mainPart {
			m.model.After = full(waits[n])
			continue
		}
		p := byName[n]
		p.After = full(waits[n])
		ordered = append(ordered, *p)
	}
	m.model.Parts = ordered
	return nil
}

// sequence is an order in which each comes after what it waits for, the first by
// name where it does not matter.
func sequence(waits map[string][]string, names []string) ([]string, error) {
	var done []string
	for len(done) < len(names) {
		next := ""
		for _, n := range names {
			ready := !slices.Contains(done, n) && !slices.ContainsFunc(waits[n], func(w string) bool { return !slices.Contains(done, w) })
			if ready && next == "" {
				next = n
			}
		}
		if next == "" {
			return nil, inputErrorf("change after of one of them", "order the parts: some wait for each other")
		}
		done = append(done, next)
	}
	return done, nil
}
