package cmd

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"holthome.net/scaffold/testdata"
)

// demoService is a made-up bookmark manager: its image exists nowhere, and
// nothing is fetched.
const demoService = "bookmarks"

var demoAnswers = []string{
	"packaging=container",
	"image=registry.example/bookmarks:1.36.0@sha256:" + "2f7c5d1e9a08b64353c1d2e4f6a7980b1c2d3e4f5061728394a5b6c7d8e9fa0b",
	"containerPort=9090",
	"dataDir=/var/bookmarks",
	"workload=sqlite",
	"auth=caddy-security",
	"category=Productivity",
	"description=bookmark manager",
}

func (a *app) demoCommand() *cobra.Command {
	var keep bool
	c := &cobra.Command{
		Use:   "demo",
		Short: "Do the whole job on an example fleet in a temporary folder",
		Args:  cobra.NoArgs,
		RunE:  func(c *cobra.Command, _ []string) error { return a.demo(c.Context(), keep) },
	}
	c.Flags().BoolVar(&keep, "keep", false, "keep the folder, to look at it")
	c.Flags().BoolVar(&a.noBuild, "no-build", false, "do not build the system")
	return c
}

// demo adds a service to a copy of the example, builds it, and takes it back.
func (a *app) demo(ctx context.Context, keep bool) error {
	dir, err := os.MkdirTemp("", "scaffold-demo-")
	if err != nil {
		return fail(ExitUsage, "make folder for the demonstration: %w", err)
	}
	if !keep {
		defer func() { _ = os.RemoveAll(dir) }()
	}
	if err := exampleRepo(ctx, "example", dir); err != nil {
		return fail(ExitUsage, "make example fleet: %w", err)
	}
	a.repo, a.host, a.set, a.yes = dir, "forge", demoAnswers, true
	a.offline = true // the image is made up
	a.ui.say(a.ui.dim("An example fleet of two hosts is in " + dir))
	a.ui.say("$ scaffold " + demoService + " --host forge \\")
	for i, s := range demoAnswers {
		end := " \\"
		if i == len(demoAnswers)-1 {
			end = ""
		}
		a.ui.say("    --set '" + s + "'" + end)
	}
	if err := a.add(ctx, demoService); err != nil {
		return err
	}
	if keep {
		a.ui.say("", "Kept: "+dir)
		return nil
	}
	a.ui.say("", "$ scaffold undo")
	return a.undo(ctx)
}

// exampleRepo writes an embedded fleet to a folder and makes a git repo of it.
func exampleRepo(ctx context.Context, name, dir string) error {
	root, err := fs.Sub(testdata.FS, name)
	if err != nil {
		return err
	}
	if err := os.CopyFS(dir, root); err != nil {
		return err
	}
	// Git has nothing to ask and nobody to name: the folder is thrown away.
	for _, args := range [][]string{
		{"init", "--quiet", "--initial-branch=main"},
		{"add", "--all"},
		{"-c", "user.name=scaffold", "-c", "user.email=scaffold@localhost", "-c", "commit.gpgSign=false", "-c", "core.hooksPath=/dev/null", "commit", "--quiet", "--message=example fleet"},
	} {
		c := exec.CommandContext(ctx, "git", append([]string{"-C", dir}, args...)...)
		c.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+filepath.Join(dir, "none"), "GIT_TERMINAL_PROMPT=0")
		if out, err := c.CombinedOutput(); err != nil {
			return fmt.Errorf("run git %s: %w: %s", args[0], err, strings.TrimSpace(string(out)))
		}
	}
	return nil
}
