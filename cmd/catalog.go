package cmd

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"holthome.net/scaffold/discover/catalog"
	"holthome.net/scaffold/nixeval/gitrepo"
)

// catalogResult is what catalog --json prints; an entry has the form of
// docs/catalog.schema.json.
type catalogResult struct {
	Schema  int            `json:"schema"`
	Entries []catalogEntry `json:"entries"`
}

type catalogEntry struct {
	File string `json:"file"`
	// Overrides are the fields that the repo says instead of the embedded entry.
	Overrides []string       `json:"overrides"`
	Entry     *catalog.Entry `json:"entry"`
}

// catalogCheck is what catalog --check --json prints.
type catalogCheck struct {
	Schema   int               `json:"schema"`
	Checked  int               `json:"checked"`
	Problems []catalog.Problem `json:"problems"`
}

func (a *app) catalogCommand() *cobra.Command {
	var check string
	c := &cobra.Command{
		Use:   "catalog [service]",
		Short: "Show what is known of services, and where that is said",
		Long: `catalog lists the services of the catalog, those that the repo keeps under
.scaffold/catalog with them, or shows one with its sources. With --check it
reads the entries of a folder as a plan would, and says what is wrong with them.`,
		Example: `  scaffold catalog
  scaffold catalog linkding --json
  scaffold catalog --check .scaffold/catalog`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 1 || len(args) == 1 && check != "" {
				return fail(ExitUsage, "read arguments: one service at a time, or a folder with --check, not %q", args)
			}
			return nil
		},
		ValidArgsFunction: func(c *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
			return a.catalogNames(c.Context(), func(*catalog.Entry) bool { return true }), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(c *cobra.Command, args []string) error {
			if check != "" {
				return a.checkCatalog(check)
			}
			return a.showCatalog(c.Context(), args)
		},
	}
	c.Flags().StringVar(&check, "check", "", "check the entries in this folder instead")
	return c
}

// catalog is what is known of services, with what the repo keeps of its own, if
// this is a repo.
func (a *app) catalog(ctx context.Context) (*catalog.Catalog, error) {
	repo, err := a.repository(ctx)
	var e *gitrepo.Error
	switch {
	case errors.As(err, &e) && a.repo == "." && (e.Kind == gitrepo.NotARepository || e.Kind == gitrepo.NoFlake || e.Kind == gitrepo.NoGit):
		return catalog.Builtin(), nil
	case err != nil:
		return nil, err
	}
	tree, err := repo.Snapshot(ctx, func(e gitrepo.Entry, size int64) bool {
		return size <= maxEntryFile && strings.HasPrefix(e.Path, catalog.RepoDir+"/") && (e.Mode == gitrepo.Regular || e.Mode == gitrepo.Executable)
	})
	if err != nil {
		return nil, fmt.Errorf("read work tree: %w", err)
	}
	return catalog.Builtin().With(tree.Content)
}

// maxEntryFile is the size in bytes above which a file is not even looked at; an
// entry may have much less.
const maxEntryFile = 4 << 20

// catalogNames are the names of entries, for a shell to complete.
func (a *app) catalogNames(ctx context.Context, fits func(*catalog.Entry) bool) []string {
	c, err := a.catalog(ctx)
	if err != nil {
		return nil
	}
	var names []string
	for _, e := range c.Entries() {
		if fits(e) {
			names = append(names, e.Name+"\t"+e.Description)
		}
	}
	return names
}

// showCatalog shows all entries, or one with all that it says.
func (a *app) showCatalog(ctx context.Context, args []string) error {
	c, err := a.catalog(ctx)
	if err != nil {
		return err
	}
	entries := c.Entries()
	if len(args) == 1 {
		e := c.Find(args[0])
		if e == nil {
			return fail(ExitUsage, "find service: %q is not in the catalog; scaffold catalog lists it, and docs/catalog.md says how to add one", args[0])
		}
		entries = []*catalog.Entry{e}
	}
	if a.json {
		r := catalogResult{Schema: 1, Entries: []catalogEntry{}}
		for _, e := range entries {
			r.Entries = append(r.Entries, catalogEntry{e.File, orEmpty(e.Overridden()), explicit(e)})
		}
		return a.encode(r)
	}
	if len(args) == 1 {
		a.ui.entry(entries[0])
		return nil
	}
	a.ui.entries(entries)
	return nil
}

// explicit is an entry in which unknown is said.
func explicit(e *catalog.Entry) *catalog.Entry {
	said := *e
	for _, ability := range []*catalog.Ability{&said.Auth.OIDC, &said.Auth.TrustedHeader, &said.Auth.Disable, &said.Auth.APIKey, &said.Auth.MultiUser} {
		if !ability.Known() {
			ability.Support = catalog.Unknown
		}
	}
	said.Sources = orEmpty(said.Sources)
	return &said
}

// checkCatalog checks the entries of a folder over the embedded ones.
func (a *app) checkCatalog(dir string) error {
	names, err := filepath.Glob(filepath.Join(dir, "*.y*ml"))
	if err == nil && len(names) == 0 {
		_, err = os.Stat(dir)
		if err == nil {
			err = errors.New("it has no file that ends in .yaml")
		}
	}
	if err != nil {
		return fail(ExitUsage, "check catalog %s: %w", dir, err)
	}
	r := catalogCheck{Schema: 1, Checked: len(names), Problems: []catalog.Problem{}}
	files := map[string][]byte{}
	for _, name := range names {
		switch info, err := os.Stat(name); {
		case err != nil:
			return fail(ExitUsage, "check catalog: %w", err)
		case !info.Mode().IsRegular():
			r.Problems = append(r.Problems, catalog.Problem{File: name, What: "it is no file"})
			continue
		case filepath.Ext(name) != ".yaml":
			r.Problems = append(r.Problems, catalog.Problem{File: name, What: "an entry's file ends in .yaml"})
			continue
		case info.Size() > maxEntryFile:
			r.Problems = append(r.Problems, catalog.Problem{File: name, What: fmt.Sprintf("it has %d bytes", info.Size())})
			continue
		}
		if files[name], err = os.ReadFile(name); err != nil {
			return fail(ExitUsage, "check catalog: %w", err)
		}
	}
	_, err = catalog.Builtin().Extend(files)
	var wrong *catalog.Error
	if errors.As(err, &wrong) {
		r.Problems = append(r.Problems, wrong.Problems...)
	}
	if a.json {
		if err := a.encode(r); err != nil {
			return err
		}
	} else {
		for _, p := range r.Problems {
			a.ui.print(shown(p.String()))
		}
		a.ui.print(fmt.Sprintf("%s, %s", counted(r.Checked, "entry", "entries"), counted(len(r.Problems), "problem", "problems")))
	}
	if len(r.Problems) > 0 {
		return &exitError{ExitFound, errSilent}
	}
	return nil
}

// logins are an entry's ways to log in, in the order in which they are
// preferred.
func logins(e *catalog.Entry) []string {
	var list []string
	for _, w := range []struct {
		name    string
		ability catalog.Ability
	}{{"OIDC", e.Auth.OIDC}, {"trusted header", e.Auth.TrustedHeader}, {"own login can be off", e.Auth.Disable}, {"API key", e.Auth.APIKey}} {
		if w.ability.Support == catalog.Yes {
			list = append(list, w.name)
		}
	}
	if e.Auth.None {
		return []string{"no login"}
	}
	return list
}

func (u *ui) entries(entries []*catalog.Entry) {
	width, kinds := 0, map[string][]*catalog.Entry{}
	for _, e := range entries {
		width = max(width, len(e.Name))
		kinds[e.Category] = append(kinds[e.Category], e)
	}
	for _, kind := range slices.Sorted(maps.Keys(kinds)) {
		u.print(u.bold(kind) + u.dim("  "+catalog.Categories[kind]))
		for _, e := range kinds[kind] {
			own := ""
			if !strings.HasPrefix(e.File, "catalog/") {
				own = "  " + e.File
			}
			u.print(fmt.Sprintf("  %-*s  %s", width, e.Name, e.Description) + u.dim("  "+strings.Join(logins(e), ", ")+own))
		}
	}
	u.print("", counted(len(entries), "service", "services"))
}
