package facts

// Timer is a systemd timer.
type Timer struct {
	Calendar   []string `json:"calendar"`
	Persistent bool     `json:"persistent"`
	// Delay is the random delay, nil for none; Unit is what it starts, nil for
	// the service of its own name.
	Delay    *string  `json:"delay"`
	Unit     *string  `json:"unit"`
	WantedBy []string `json:"wantedBy"`
}

// NodeExporter is Prometheus' exporter for the host itself.
type NodeExporter struct {
	Enabled    bool     `json:"enabled"`
	Collectors []string `json:"collectors"`
	// Textfiles is the folder whose files it reads, nil for none.
	Textfiles *string `json:"textfiles"`
	// Units are the flags that leave units out.
	Units []string `json:"units"`
	User  *string  `json:"user"`
	Group *string  `json:"group"`
}

// WatchesUnits tells whether it knows the state of all systemd units.
func (n NodeExporter) WatchesUnits() bool {
	return n.Enabled && len(n.Units) == 0 && contains(n.Collectors, "systemd")
}

// StaleCheck is what an alert on a check that is no longer made asks: Metrics are
// the metrics in it, each with the units of the service that write it.
type StaleCheck struct {
	Expr    string              `json:"expr"`
	Metrics map[string][]string `json:"metrics"`
}
