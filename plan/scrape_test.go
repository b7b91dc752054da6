package plan_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/plan"
)

// TestScraping: the repo's discovery is used where it is seen to work, or where
// nothing speaks against it; where it finds nobody, a job is written.
func TestScraping(t *testing.T) {
	prometheus := func(in plan.Input) { in.Facts.Upstream["prometheus"] = facts.Upstream{Enabled: true} }
	measured := func(name string) func(plan.Input) {
		return func(in plan.Input) {
			s := service("modules/"+name+".nix", true, nil)
			s.Metrics = true
			in.Facts.Services[name] = s
		}
	}
	job := func(name string) func(plan.Input) {
		return func(in plan.Input) { in.Facts.Scrapes = append(in.Facts.Scrapes, facts.Scrape{Job: name}) }
	}
	noOption := func(in plan.Input) { delete(in.Conventions.Submodules, "metrics") }
	for name, c := range map[string]struct {
		change []func(plan.Input)
		want   plan.Scraping
		reason string
	}{
		"nobody has metrics":      {nil, plan.Discovered, "nothing speaks against it"},
		"discovered":              {[]func(plan.Input){measured("aaa"), measured("bbb"), measured("ccc"), job("service-bbb"), job("service-ccc")}, plan.Discovered, "are scraped"},
		"job of the plain name":   {[]func(plan.Input){measured("aaa"), job("aaa")}, plan.Discovered, "are scraped"},
		"nobody is found":         {[]func(plan.Input){measured("aaa"), job("node"), prometheus}, plan.OwnJob, "such as aaa, are not scraped on forge"},
		"two have their own jobs": {[]func(plan.Input){measured("aaa"), measured("bbb"), job("aaa"), prometheus}, plan.OwnJob, "such as bbb"},
		"no option for metrics":   {[]func(plan.Input){noOption, prometheus}, plan.OwnJob, "no service of the repo has an option"},
		"option off, job by hand": {[]func(plan.Input){job("service-aaa")}, plan.Discovered, "nothing speaks against it"},
	} {
		t.Run(name, func(t *testing.T) {
			in := with(repo(), "metricsPath=/metrics")
			for _, change := range c.change {
				change(in)
			}
			p := made(t, in)
			require.Equal(t, c.want, p.Model.Scraping)
			d := decision(t, p, "scraping")
			require.Equal(t, string(c.want), d.Value)
			require.Contains(t, d.Reason, c.reason)
			require.Len(t, promises(p, plan.PromiseMetrics), 1, "however it is done")
		})
	}
	in := with(repo(), "metricsPath=/metrics")
	measured("aaa")(in)
	refused(t, in, "such as aaa, are not scraped on forge, which has no Prometheus")
	noOption(in)
	refused(t, in, "has no Prometheus that would ask for it")
	require.Empty(t, made(t, repo()).Model.Scraping)
}

// TestScrapeJobInRules: a rule asks for the job that there will be.
func TestScrapeJobInRules(t *testing.T) {
	in := watched("alerts.m=high-memory", "metricsPath=/metrics")
	require.Equal(t, "scrape-linkding", arguments(made(t, in).Model.Alerts[0])["job"])
	s := service("modules/aaa.nix", true, nil)
	s.Metrics = true
	in.Facts.Services["aaa"] = s
	in.Facts.Upstream["prometheus"] = facts.Upstream{Enabled: true}
	p := made(t, in)
	require.Equal(t, plan.OwnJob, p.Model.Scraping)
	require.Equal(t, "linkding", arguments(p.Model.Alerts[0])["job"])
}
