package plan

import (
	"fmt"
	"slices"
	"strings"

	"holthome.net/scaffold/discover/facts"
)

// Scraping is how Prometheus comes to ask for a service's metrics.
type Scraping string

// The ways.
const (
	// Discovered is by the service's own option, which the repo looks for.
	Discovered Scraping = "option"
	// OwnJob is by a job that is written for it.
	OwnJob Scraping = "job"
)

// scraping: by the repo's own discovery, unless that finds nobody on this host:
// an option that nothing reads would evaluate cleanly and do nothing.
func (m *maker) scraping() error {
	if !m.scrapable() {
		return inputErrorf("leave it out, or enable one", "read metricsPath: host %s has no Prometheus that would ask for it", m.Facts.Host.Name)
	}
	enabled, scraped, unscraped := m.withMetrics()
	d := Decision{Name: "scraping", Rule: "the repo's own discovery where it works on the host",
		Evidence: []Evidence{{Option: m.option("*", "metrics", "enable"), Value: fmt.Sprintf("%d enabled, %d scraped", len(enabled), scraped)}}}
	m.model.Scraping = Discovered
	switch {
	case m.Conventions.Submodules["metrics"] == "":
		m.model.Scraping, d.Reason = OwnJob, "no service of the repo has an option for metrics"
	case len(enabled) == 0:
		d.Reason = "no service of the host has metrics enabled, so nothing speaks against it"
	case 2*scraped > len(enabled): // else those that are have jobs of their own
		d.Reason = "services with the option are scraped"
	case m.Facts.Upstream["prometheus"].Enabled:
		m.model.Scraping = OwnJob
		d.Reason = fmt.Sprintf("most services whose metrics are enabled, such as %s, are not scraped on %s", unscraped, m.Facts.Host.Name)
		d.Rejected = []Rejected{{Value: string(Discovered), Reason: "nothing on the host reads it"}}
	default:
		return inputErrorf("leave it out, or enable one", "read metricsPath: most services whose metrics are enabled, such as %s, are not scraped on %s, which has no Prometheus", unscraped, m.Facts.Host.Name)
	}
	d.Value = string(m.model.Scraping)
	m.decide(d)
	return nil
}

// scrapable tells whether anything could ask for metrics.
func (m *maker) scrapable() bool {
	return m.Conventions.Submodules["metrics"] != "" || m.Facts.Upstream["prometheus"].Enabled
}

// withMetrics are the services of the host whose metrics are enabled, sorted, how
// many of them have a job, and the first that has none.
func (m *maker) withMetrics() (enabled []string, scraped int, unscraped string) {
	has := func(name string) bool {
		return slices.ContainsFunc(m.Facts.Scrapes, func(s facts.Scrape) bool { return s.Job == name || strings.HasSuffix(s.Job, "-"+name) })
	}
	for _, name := range sortedNames(m.Facts.Services) {
		if !m.Facts.Services[name].Metrics {
			continue
		}
		enabled = append(enabled, name)
		if has(name) {
			scraped++
		} else if unscraped == "" {
			unscraped = name
		}
	}
	return enabled, scraped, unscraped
}

// scrapeJob is the job that scrapes the service, empty if it has no metrics. The
// repo's discovery makes it from the service's name, as the jobs of others show.
func (m *maker) scrapeJob() string {
	switch {
	case m.model.MetricsPath == "":
		return ""
	case m.model.Scraping == OwnJob:
		return m.Service
	}
	for _, s := range m.Facts.Scrapes {
		for _, name := range sortedNames(m.Facts.Services) {
			if before, ok := strings.CutSuffix(s.Job, name); ok && before != "" {
				return before + m.Service
			}
		}
	}
	return "service-" + m.Service
}
