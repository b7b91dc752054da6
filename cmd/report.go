package cmd

import (
	"context"
	"io"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"holthome.net/scaffold/nixeval/gitrepo"
	"holthome.net/scaffold/writer/build"
	"holthome.net/scaffold/writer/report"
)

// story is what a run came to, for its report.
type story struct {
	service   string
	proposal  *proposal
	proof     *proof
	written   bool
	takenBack bool
	build     report.Build
}

func (a *app) reportFlag(c *cobra.Command) {
	c.Flags().StringVar(&a.reportFile, "report", "", "write a report of the run to the file: Markdown, or JSON where its name ends in .json (- is standard output, for plan)")
}

// reported does what makes or carries out a plan, and writes the report of it
// whatever comes out: a run that failed needs it most.
func (a *app) reported(ctx context.Context, service string, writes bool, do func() error) error {
	a.story = story{service: service}
	if a.reportFile == "" {
		return do()
	}
	if _, err := a.input(service); err != nil {
		return err
	}
	if a.reportFile == "-" {
		return a.reportOnOutput(writes, do)
	}
	path, err := a.reportPlace(ctx)
	if err != nil {
		return err
	}
	err = do()
	// What was not there may be by now: the plan's own files, say.
	if _, placed := report.Place(path); placed != nil {
		return a.unreported(err, fail(ExitUsage, "%w", placed))
	}
	if saved := report.Make(a.reportInput(err)).Save(path); saved != nil {
		return a.unreported(err, fail(ExitUsage, "%w", saved))
	}
	a.ui.say("Report: " + a.reportFile)
	return err
}

// unreported is the error of a run whose report could not be written. The run's
// own goes first, and the other is said too.
func (a *app) unreported(err, report error) error {
	if err == nil {
		return report
	}
	a.ui.say(a.ui.bad("scaffold: ") + report.Error())
	return err
}

// reportOnOutput prints the report in place of all else.
func (a *app) reportOnOutput(writes bool, do func() error) error {
	switch {
	case writes:
		return fail(ExitUsage, "read --report: standard output is what you decide by here; name a file")
	case a.json:
		return fail(ExitUsage, "read --report: --json has standard output; name a file, which is JSON too where its name ends in .json")
	}
	out := a.ui.out
	a.ui.out = io.Discard
	err := do()
	a.ui.out = out
	if written := report.Make(a.reportInput(err)).Markdown(out); written != nil {
		return a.unreported(err, fail(ExitUsage, "write report: %w", written))
	}
	return err
}

// reportPlace is where the report goes, checked before anything is done. A file
// that the repo tracks would change what was proved.
func (a *app) reportPlace(ctx context.Context) (string, error) {
	path, err := report.Place(a.reportFile)
	if err != nil {
		return "", fail(ExitUsage, "%w", err)
	}
	repo, err := gitrepo.Open(ctx, a.repo)
	if err != nil {
		return path, nil //nolint:nilerr // the run itself says what is wrong with the repo
	}
	root, err := filepath.EvalSymlinks(repo.Root)
	if err != nil {
		return path, nil //nolint:nilerr // as above
	}
	inside, err := filepath.Rel(root, path)
	if err != nil || !filepath.IsLocal(inside) {
		return path, nil //nolint:nilerr // it is outside of the repo
	}
	inside = filepath.ToSlash(inside)
	if first, _, _ := strings.Cut(inside, "/"); strings.EqualFold(first, ".git") {
		return "", fail(ExitUsage, "write report %s: it is in git's own folder; name another file", a.reportFile)
	}
	tracked, err := repo.Index(ctx)
	if err != nil {
		return "", err
	}
	if slices.ContainsFunc(tracked, func(e gitrepo.Entry) bool { return e.Path == inside }) {
		return "", fail(ExitUsage, "write report %s: git tracks it, and to change it would change what is proved; name a file that is not tracked", a.reportFile)
	}
	return path, nil
}

// reportInput is what there is to report of the run as far as it came.
func (a *app) reportInput(err error) report.Input {
	s := a.story
	in := report.Input{Scaffold: Version, Service: s.service, Written: s.written, TakenBack: s.takenBack, Build: s.build, Failure: reportFailure(err)}
	if p := s.proposal; p != nil {
		in.Given, in.Plan, in.Files = p.given(s.service), p.plan, p.files
		if p.target != nil {
			in.Tree, in.Sources = p.target.Tree, p.target.Files
			if in.Build.Command == "" && p.host != "" {
				in.Build.Command = build.Find(p.target.Files, p.host).String()
			}
		}
	}
	switch {
	case in.Build.State != "":
	case !in.Written:
		in.Build.Message = "Nothing was written. This builds the host:"
	case a.noBuild:
		in.Build.Message = "As asked (--no-build). This builds the host:"
	}
	if s.proof != nil {
		in.Evaluated, in.Results = true, s.proof.results
		for _, c := range s.proof.checks {
			in.Failing = append(in.Failing, report.FailingCheck{Name: c.Name, File: c.Err.File, Line: c.Err.Line, Message: c.Err.Message})
		}
	}
	return in
}

// built notes for the report what became of the build.
func (a *app) built(c build.Command, output *tail, err error) {
	a.story.build = report.Build{State: report.Succeeded, Command: c.String()}
	if err != nil {
		a.story.build.State = report.Unbuildable
		a.story.build.Message = strings.TrimSpace(output.String() + "\n" + err.Error())
	}
}

// maxTail is how much of what a build prints is kept, in bytes.
const maxTail = 8 << 10

// tail keeps the end of what is written to it.
type tail struct{ end []byte }

func (t *tail) Write(p []byte) (int, error) {
	t.end = append(t.end, p...)
	if len(t.end) > 2*maxTail {
		t.end = append([]byte(nil), t.end[len(t.end)-maxTail:]...)
	}
	return len(p), nil
}

// escapes are the sequences by which programs paint and move on a terminal.
var escapes = regexp.MustCompile("\x1b(\\[[0-9;?]*[A-Za-z]|\\][^\x07\x1b]*(\x07|\x1b\\\\)|[()][A-Z0-9])")

// String is the end as text, whole lines only.
func (t *tail) String() string {
	s := t.end
	if len(s) > maxTail {
		s = s[len(s)-maxTail:]
		if i := strings.IndexByte(string(s), '\n'); i >= 0 {
			s = s[i+1:]
		}
	}
	return strings.ReplaceAll(escapes.ReplaceAllString(string(s), ""), "\r", "")
}

// summary prints what came out in a few sentences, after all the rest.
func (u *ui) summary(sentences []string) {
	u.print("")
	for _, s := range sentences {
		u.print(s)
	}
}
