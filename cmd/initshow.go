package cmd

import (
	"fmt"
	"strings"

	"holthome.net/scaffold/writer/wire"
)

// fitted is what init --json prints.
type fitted struct {
	// Status is written, wired (nothing was to be done), refused (nothing could
	// be done) or broken.
	Status string         `json:"status"`
	Host   string         `json:"host"`
	System string         `json:"system"`
	Doors  []wire.Door    `json:"doors"`
	Files  []documentFile `json:"files"`
	Proved []proved       `json:"results"`
	// Locked tells whether flake.lock has the input.
	Locked bool `json:"locked"`
}

// print gives the result as JSON, if that was asked for.
func (f *fitting) print(status string) error {
	if !f.json {
		return nil
	}
	d := fitted{Status: status, Host: f.host, System: f.system, Doors: f.wiring.Doors, Files: []documentFile{}, Proved: f.proved, Locked: !f.standIn}
	if d.Proved == nil {
		d.Proved = []proved{}
	}
	for _, file := range f.files() {
		action := "edit"
		if file.Before == nil {
			action = "create"
		}
		d.Files = append(d.Files, documentFile{file.Path, action, unified(file)})
	}
	return f.encode(d)
}

// titles are what the doors are called.
var titles = map[wire.Name]string{
	wire.Source:   "flake input",
	wire.Outputs:  "app and check",
	wire.Tasks:    "tasks",
	wire.Settings: "settings",
}

// show prints the doors, the diff and the proof.
func (f *fitting) show() {
	u := f.ui
	u.print(u.bold(fmt.Sprintf("Wiring %s on %s", f.host, f.system)), "")
	for _, d := range f.wiring.Doors {
		at := d.File
		if d.Line > 0 {
			at += fmt.Sprintf(":%d", d.Line)
		}
		said := map[wire.State]string{
			wire.Wired: "already wired", wire.Added: "to be added", wire.Refused: u.red("left to you"), wire.Skipped: "skipped",
		}[d.State]
		u.print(strings.TrimRight(fmt.Sprintf("  %-14s %s  %s", titles[d.Name], said, u.dim(at)), " "))
		if d.Reason != "" {
			u.print(u.dim("                 " + d.Reason))
		}
	}
	u.diff(f.files())
	if len(f.proved) == 0 {
		return
	}
	with := ""
	if f.standIn {
		with = ", with a stand-in for scaffold"
	}
	u.print("", u.bold("Evaluated with the changes"+with+":"))
	for _, p := range f.proved {
		mark := u.good("kept  ")
		if !p.Kept {
			mark = u.red("BROKEN")
		}
		u.print(fmt.Sprintf("  %s %s", mark, p.Text), u.dim("           "+p.Saw))
	}
}

// ending says what was done and what is left.
func (f *fitting) ending(status string) {
	u := f.ui
	switch status {
	case "written":
		u.print("", u.good("Written: "+counted(len(f.files()), "file", "files")+". Take it back with: scaffold undo"))
	case "wired":
		u.print("", u.good("Already wired: nothing to do."))
	}
	for _, d := range f.wiring.Refused() {
		at := d.File
		if d.Line > 0 {
			at += fmt.Sprintf(", line %d", d.Line)
		}
		u.print("", u.bold(fmt.Sprintf("Left to you: %s (%s)", titles[d.Name], d.Reason)), "  Put this into "+at+":")
		for line := range strings.Lines(d.Snippet) {
			u.print("    " + strings.TrimRight(line, "\n"))
		}
	}
	switch {
	case f.standIn:
		u.print("", u.bold("Next: nix flake lock"), "  The input scaffold is not in flake.lock, and nothing evaluates before it is. scaffold init does it too.")
	case status == "written":
		u.print("", "Try it: nix run .#scaffold -- --help, nix flake check, task service:check")
	}
}
