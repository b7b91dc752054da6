package report_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover/catalog"
	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/plan"
	"holthome.net/scaffold/writer/report"
)

// TestStatus: how far each kind of run got, in a word and in a sentence.
func TestStatus(t *testing.T) {
	all := runs(t)
	for name, want := range map[string]struct {
		status report.Status
		says   string
	}{
		"planned":       {report.Planned, "nothing is written yet"},
		"questions":     {report.Questions, "2 questions are left, so nothing was proved."},
		"broken":        {report.Broken, "1 check of the flake fails that did not before; 1 host could not be checked."},
		"failed":        {report.Failed, "The host was not evaluated with the new files."},
		"written":       {report.Written, "written, not built"},
		"built":         {report.Built, "written and built"},
		"build failed":  {report.BuildFailed, "written, and the build failed"},
		"taken back":    {report.TakenBack, "taken back, because the build failed"},
		"nothing known": {report.Failed, "No plan could be made for linkding."},
		"facts alone":   {report.Failed, "No plan could be made for linkding."},
	} {
		t.Run(name, func(t *testing.T) {
			r := report.Make(all[name])
			require.Equal(t, want.status, r.Status)
			require.Equal(t, r.Summary, report.Summary(all[name]))
			require.Contains(t, strings.Join(r.Summary, "\n"), want.says)
			page := markdown(t, r)
			for _, s := range r.Summary {
				require.Contains(t, page, "\n- "+s+"\n")
			}
		})
	}
}

// TestFailureIsFirst: what went wrong is before all that was found out.
func TestFailureIsFirst(t *testing.T) {
	page := markdown(t, report.Make(runs(t)["failed"]))
	require.Less(t, strings.Index(page, "evaluate the system: it throws"), strings.Index(page, "## 1. Package research"))
	require.Contains(t, page, "| `a.b` | `x.nix:3` | throw |")
	require.Equal(t, 1, strings.Count(page, "mend it"), "the message ends with the hint")
	require.Contains(t, page, "so nothing is proved")
	require.NotContains(t, page, "promises are kept")
	page = markdown(t, report.Make(runs(t)["broken"]))
	require.Less(t, strings.Index(page, "### Broken"), strings.Index(page, "### Kept"))
	require.Contains(t, page, "| `there is none` |\n")
	require.Contains(t, page, "  assertion failed\n  badly\n")
	page = markdown(t, report.Make(runs(t)["build failed"]))
	require.Contains(t, page, "```text\nerror: no\nspace\n```")
}

// TestDeliverables: all parts that the convention document asks for, in its
// order, on a run that came to all of them.
func TestDeliverables(t *testing.T) {
	for _, name := range []string{"planned", "native", "unit", "stateless"} {
		page, at := markdown(t, report.Make(runs(t)[name])), 0
		for _, part := range []string{"## 1. Package research", "### Authentication", "## 2. Pattern study", "## 3. Plan", "Complexity: **", "## 4. Files",
			"## 5. Documentation", "### Public access", "## 6. Validation", "### Build", "## 7. Follow-up checklist", "## 8. Rationale"} {
			i := strings.Index(page[at:], "\n"+part)
			require.Positive(t, i, "%s: %s", name, part)
			at += i
		}
	}
}

// TestPatternsAreTaught: every line that is said to teach something is there, in
// that file, with that text.
func TestPatternsAreTaught(t *testing.T) {
	for name, in := range runs(t) {
		r := report.Make(in)
		if in.Plan == nil && in.Given.Conventions == nil {
			require.Empty(t, r.Patterns)
			continue
		}
		require.Greater(t, len(r.Patterns), 15, name)
		lines := 0
		for _, p := range r.Patterns {
			require.NotEmpty(t, p.Finding)
			for _, l := range p.Taught {
				text, ok := in.Sources[l.File]
				require.True(t, ok, "%s: %s is in the repo", p.Name, l.File)
				if l.Number == 0 {
					require.Empty(t, l.Text)
					continue
				}
				lines++
				require.NotEmpty(t, l.Text, "%s: %s:%d", p.Name, l.File, l.Number)
				require.Contains(t, strings.Split(string(text), "\n")[l.Number-1], strings.TrimSuffix(l.Text, " ..."))
			}
			for _, d := range p.Decisions {
				require.True(t, in.Plan != nil && in.Plan.String(d) != "", "%s decides %s", p.Name, d)
			}
		}
		require.Greater(t, lines, 12, name)
	}
}

// TestPatternsOfExemplar: the lines are of the service most like this one, where
// it does so too.
func TestPatternsOfExemplar(t *testing.T) {
	in := runs(t)["planned"]
	exemplar := in.Plan.Model.Exemplar
	require.NotEmpty(t, exemplar)
	r := report.Make(in)
	require.Equal(t, exemplar, r.Complexity.Exemplar)
	for _, name := range []string{"Module file", "Module registration", "Host file", "Host registration"} {
		for _, p := range r.Patterns {
			if p.Name == name {
				require.Contains(t, p.Taught[0].File+p.Taught[0].Text, exemplar, name)
			}
		}
	}
}

// TestAuthentication: what is known is told with its source, what is not is
// unknown.
func TestAuthentication(t *testing.T) {
	all := runs(t)
	known := report.Make(all["planned"]).Authentication.Abilities
	require.Equal(t, report.Ability{Name: "Native OIDC or OAuth2", Support: "yes", Detail: "callback /oidc/callback/; makes accounts at the first login: yes",
		Source: "https://linkding.link/options/", Seen: "2026-11-23"}, known[0])
	for _, a := range known[1:] {
		require.Equal(t, report.Ability{Name: a.Name, Support: "unknown"}, a)
	}
	require.Len(t, report.Make(all["stateless"]).Authentication.Abilities, 5, "all that is asked is told, with no entry too")
	in := all["planned"]
	in.Given.Entry = &catalog.Entry{Auth: catalog.Auth{None: true}}
	require.Contains(t, report.Make(in).Authentication.Abilities, report.Ability{Name: "It has a login at all", Support: "no"})
	in.Given.Facts.Native = &facts.NativeModule{Authentication: []facts.NativeAuthOption{{Path: "settings.oidc", Kind: facts.AuthOIDC, Type: "str", Description: "d"}}}
	require.Equal(t, []report.AuthOption{{Option: "settings.oidc", Kind: "oidc", Type: "str", Description: "d"}}, report.Make(in).Authentication.Options)
}

// TestPackages: what speaks against a package is said.
func TestPackages(t *testing.T) {
	in := runs(t)["planned"]
	version := "1.0"
	in.Given.Facts.Package = &facts.Package{Attribute: "linkding", Version: &version, Broken: true, Insecure: true, Vulnerabilities: []string{"CVE-1"}, Unfree: true, Unsupported: true, Refused: true, Throws: true}
	p := report.Make(in).Packages
	require.Nil(t, p.Unstable)
	require.Equal(t, []string{"marked broken", "marked insecure for CVE-1", "unfree", "not for the host's platform", "refused by the repo's package set", "cannot be evaluated"}, p.Stable.Problems)
	require.Equal(t, "pkgs.linkding", p.Stable.Attribute)
	in.Given.Facts.Package = nil
	in.Given.Facts.Native = &facts.NativeModule{Name: "linkding", Options: map[string]facts.NativeOption{"enable": {}, "a": {}, "b": {Description: "first"}}}
	native := report.Make(in).Packages.Native
	require.Equal(t, "services.linkding", native.Option)
	require.Equal(t, []report.Option{{Name: "b", Description: "first"}, {Name: "a"}}, native.Options)
}

// TestContradictions: what a source says otherwise is told, what was weighed and
// found worse is not a contradiction.
func TestContradictions(t *testing.T) {
	in := runs(t)["planned"]
	in.Given.Answers = answers("containerPort=9091", "secrets=LD_TOKEN")
	var err error
	in.Plan, err = plan.Make(in.Given)
	require.NoError(t, err)
	r := report.Make(in)
	require.Contains(t, r.Documentation.Contradictions, report.Contradiction{Decision: "containerPort", Value: "9091", Other: "9090", Reason: "the image says so"})
	for _, c := range r.Documentation.Contradictions {
		require.NotContains(t, c.Reason, "taken by")
	}
	require.Contains(t, markdown(t, r), "\n- containerPort is `9091`, not `9090`: The image says so.\n")
}

// TestDeviations: what differs is told, and why.
func TestDeviations(t *testing.T) {
	in := planned(t, "linkding", "", answers("port=8989", "backup=no", "preseed=no"), nil)
	all := strings.Join(report.Make(in).Documentation.Deviations, "\n")
	require.Contains(t, all, "Not 8989, which sonarr has.")
	require.Contains(t, all, "Backup: no")
	require.Contains(t, all, "Said by the user, not decided by a rule: packaging,")
	broken := true
	in.Given.Facts.Package = &facts.Package{Broken: broken}
	require.NotContains(t, strings.Join(report.Make(in).Documentation.Deviations, "\n"), "although nixpkgs has")
	in.Given.Facts.Package.Broken = false
	require.Contains(t, strings.Join(report.Make(in).Documentation.Deviations, "\n"), "although nixpkgs has")
}

// TestSameAgain: the same input gives the same bytes, in both forms.
func TestSameAgain(t *testing.T) {
	for name, in := range runs(t) {
		var one, two bytes.Buffer
		for _, b := range []*bytes.Buffer{&one, &two} {
			r := report.Make(in)
			require.NoError(t, r.Markdown(b))
			require.NoError(t, r.JSON(b))
		}
		require.Equal(t, one.String(), two.String(), name)
	}
}

// TestByTheClock: what runs to its end is told as such, with what is in place of
// what asks a service.
func TestByTheClock(t *testing.T) {
	r := report.Make(runs(t)["by the clock"])
	said := map[string]string{}
	for _, f := range r.Plan {
		said[f.About] = f.Text
	}
	require.Equal(t, "Mon..Fri 03:30, and ends", said["Runs"])
	require.Equal(t, "alert, notification of failures", said["Watched by"], "each once, and no check or tile")
	require.Equal(t, "It listens nowhere: it runs to its end.", r.Documentation.Access)
	var wired []string
	for _, i := range r.Documentation.Integrations {
		wired = append(wired, i.Name)
	}
	require.Subset(t, wired, []string{"Alert", "Timer", "Dataset", "Backup"})
	require.NotContains(t, wired, "Reverse proxy")
	require.True(t, slices.ContainsFunc(r.Rationale, func(c report.Choice) bool { return c.About == "No listener" && c.Choice == "none" }))
	require.True(t, slices.ContainsFunc(r.Patterns, func(p report.Pattern) bool {
		return p.Name == "Alerting rules" && strings.Contains(p.Finding, "mylib.monitoring-helpers has ") && strings.Contains(p.Finding, "mkThresholdAlert (alertname category description expr for name service severity summary)")
	}))
}
