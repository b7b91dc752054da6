package nixeval

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// IFD says whether evaluation may build (import from derivation).
type IFD string

// What a request may say of import from derivation.
const (
	IFDDefault IFD = ""      // as nix is configured
	IFDAllow   IFD = "true"  // builds are allowed
	IFDDeny    IFD = "false" // a build is an error of kind ImportFromDerivation
)

// Request is one question to nix.
type Request struct {
	// Flake is a flake reference without a fragment:
	// "git+file:///repo" or "git+file:///repo?rev=<sha>".
	Flake string
	// Attr is the path of an output, one element each:
	// {"nixosConfigurations", "host.example"}. It has at least one element.
	Attr []string
	// Apply is the Nix source of a function from the attribute to the answer;
	// empty means the attribute itself.
	Apply string
	// What names the question in progress and errors: "facts of forge".
	What string
	// Key stands for the whole content of the flake's tree: equal keys promise
	// equal trees. Empty means that the answer is never cached.
	Key string
	// Failures lets Eval remember that there is no answer, and why, where the
	// cause lies in the flake alone. Such an Error has no Trace.
	Failures bool
	// Prepare is called before nix runs for the request, and not when the
	// answer is remembered: it may make what Flake refers to. Its error ends
	// the request, and is returned as it is. Nil is allowed.
	Prepare func(context.Context) error
	// Source is the store path of the flake's tree, if it is known. Without it
	// nix is asked for it when an error has to be located.
	Source string
	// ReadOnly evaluates without writing derivations; what needs them written
	// (import from derivation) then fails.
	ReadOnly bool
	// IFD allows or denies builds during evaluation.
	IFD IFD
	// AllowUnlocked evaluates although flake.lock does not cover all inputs.
	// Nix then decides what they are, anew each time, so that the answer is
	// never cached. The lock file is not written either way.
	AllowUnlocked bool
}

// maxArgument is the longest single argument that Linux passes to a program,
// in bytes (MAX_ARG_STRLEN, 32 pages of 4 KiB, less the final NUL).
const maxArgument = 128<<10 - 1

// args are the arguments for nix, or why there are none.
func (r Request) args(v Version, offline bool) ([]string, error) {
	if err := r.validate(); err != nil {
		return nil, err
	}
	fragment, rest := r.fragment(v)
	args := []string{
		"eval", "--json", "--show-trace",
		"--extra-experimental-features", "nix-command flakes",
		"--no-update-lock-file",
		"--option", "accept-flake-config", "false",
		"--option", "pure-eval", "true",
		// It remembers attributes, never what a function makes of them, and
		// what it remembers of a failure has no trace.
		"--option", "eval-cache", "false",
	}
	if r.AllowUnlocked {
		args = append(args, "--no-write-lock-file")
	}
	if r.ReadOnly {
		args = append(args, "--read-only")
	}
	if r.IFD != IFDDefault {
		args = append(args, "--option", "allow-import-from-derivation", string(r.IFD))
	}
	if offline {
		args = append(args, "--offline")
	}
	if apply := r.function(rest); apply != "" {
		if len(apply) > maxArgument {
			return nil, fmt.Errorf("function has %d bytes, and a program takes %d", len(apply), maxArgument)
		}
		args = append(args, "--apply", apply)
	}
	return append(args, "--", r.Flake+"#"+fragment), nil
}

func (r Request) prepare(ctx context.Context) error {
	if r.Prepare == nil {
		return nil
	}
	return r.Prepare(ctx)
}

func (r Request) validate() error {
	switch {
	case r.Flake == "":
		return fmt.Errorf("flake reference is empty")
	case strings.Contains(r.Flake, "#"):
		return fmt.Errorf("flake reference %q has a fragment; the path belongs in Attr", r.Flake)
	case len(r.Attr) == 0:
		return fmt.Errorf("attribute path is empty")
	case !bare(r.Attr[0]):
		return fmt.Errorf("attribute path begins with %q, which is not a plain name", r.Attr[0])
	case r.IFD != IFDDefault && r.IFD != IFDAllow && r.IFD != IFDDeny:
		return fmt.Errorf("IFD is %q", r.IFD)
	case slices.ContainsFunc(append([]string{r.Flake, r.Apply}, r.Attr...), func(s string) bool { return strings.ContainsRune(s, 0) }):
		return fmt.Errorf("request contains a NUL byte")
	}
	return nil
}

// fragment is the part of the path that every nix reads alike, and what is
// left of the path for Nix code to select: the fragment of a flake reference
// has no escape for a quote, and versions differ in what else they take.
func (r Request) fragment(v Version) (string, []string) {
	n := 0
	var b strings.Builder
	if v.exactPath() {
		b.WriteByte('.')
	}
	for n < len(r.Attr) && plain(r.Attr[n]) {
		if n > 0 {
			b.WriteByte('.')
		}
		if bare(r.Attr[n]) {
			b.WriteString(r.Attr[n])
		} else {
			b.WriteString(`"` + r.Attr[n] + `"`)
		}
		n++
	}
	return b.String(), r.Attr[n:]
}

func (r Request) function(rest []string) string {
	if len(rest) == 0 {
		return r.Apply
	}
	var b strings.Builder
	b.WriteString("scaffoldRoot: ")
	if r.Apply != "" {
		b.WriteString("(" + r.Apply + "\n) ")
	}
	b.WriteString("scaffoldRoot")
	for _, e := range rest {
		b.WriteString("." + Quote(e))
	}
	return b.String()
}

// bare says whether s needs no quotes in an attribute path.
func bare(s string) bool {
	return s != "" && !strings.Contains(s, ".") && plain(s) && (s[0] < '0' || s[0] > '9') && s[0] != '-'
}

// plain says whether s is safe between quotes in a flake reference's fragment.
func plain(s string) bool {
	return s != "" && strings.IndexFunc(s, func(c rune) bool {
		return (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && !strings.ContainsRune("._-", c)
	}) < 0
}

var quoted = strings.NewReplacer(`\`, `\\`, `"`, `\"`, `$`, `\$`, "\n", `\n`, "\r", `\r`, "\t", `\t`)

// Quote is s as a Nix string literal. A NUL byte has no literal; it is left as
// it is, and nix refuses it.
func Quote(s string) string { return `"` + quoted.Replace(s) + `"` }
