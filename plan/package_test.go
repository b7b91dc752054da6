package plan_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover/catalog"
	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/plan"
)

// TestPackage: the release's, else that of the second package set; one that
// cannot be built is as good as none.
func TestPackage(t *testing.T) {
	pkg := func(version string) *facts.Package {
		return &facts.Package{Attribute: "ld", Version: &version, MainProgram: ptr("x")}
	}
	marked := func(version string, mark func(*facts.Package)) *facts.Package {
		p := pkg(version)
		mark(p)
		return p
	}
	broken := marked("0", func(p *facts.Package) { p.Broken = true })
	removed := &facts.Package{Attribute: "ld", Throws: true}
	insecure := marked("0", func(p *facts.Package) {
		p.Insecure, p.Refused, p.Vulnerabilities = true, true, []string{"CVE-1", "CVE-2", "3", "4", "5", "6", "7"}
	})
	unfree := marked("0", func(p *facts.Package) { p.Unfree, p.Refused, p.Licenses = true, true, []string{"BSL-1.1"} })
	const allowed = "the repo's configuration of nixpkgs does not allow it"
	for _, c := range []struct {
		name             string
		stable, unstable *facts.Package
		said             string
		want, evidence   string // empty if refused
		rejected         string
	}{
		{"stable", pkg("1"), pkg("2"), "", "ld", "pkgs.ld.version", "the release's goes first; there it is version 2"},
		{"only unstable", nil, pkg("2"), "", "unstable.ld", "pkgs.unstable.ld.version", "there is none of that name"},
		{"stable is broken", broken, pkg("2"), "", "unstable.ld", "pkgs.unstable.ld.version", "nixpkgs marks it broken"},
		{"stable was removed", removed, pkg("2"), "", "unstable.ld", "pkgs.unstable.ld.version", "to look at it already fails, as where it was removed"},
		{"stable is insecure", insecure, pkg("2"), "", "unstable.ld", "pkgs.unstable.ld.version", "nixpkgs marks it insecure (CVE-1, CVE-2, 3, 4, 5, and 2 more), " + allowed},
		{"stable is unfree", unfree, pkg("2"), "", "unstable.ld", "pkgs.unstable.ld.version", "it is unfree (BSL-1.1), " + allowed},
		{"no unstable", pkg("1"), nil, "", "ld", "pkgs.ld.version", ""},
		{"unstable is broken", pkg("1"), broken, "", "ld", "pkgs.ld.version", "nixpkgs marks it broken"},
		{"both are broken", broken, broken, "", "", "(pkgs.ld 0: nixpkgs marks it broken; pkgs.unstable.ld 0: nixpkgs marks it broken)", ""},
		{"broken and no other", broken, nil, "", "", "(pkgs.ld 0: nixpkgs marks it broken)", ""},
		{"none", nil, nil, "", "", "use package linkding: the host's package set has none that works; name another", ""},
		{"said", pkg("1"), pkg("2"), "ld", "ld", "pkgs.ld.version", "the release's goes first; there it is version 2"},
		{"unstable said", pkg("1"), pkg("2"), "unstable.ld", "unstable.ld", "pkgs.unstable.ld.version", ""},
		{"unstable said and not there", pkg("1"), nil, "unstable.ld", "", "the host's package set has no such package", ""},
		{"unstable said and broken", pkg("1"), broken, "unstable.ld", "", "none that works", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := unitRepo()
			in.Facts.Package, in.Facts.Unstable = c.stable, c.unstable
			if c.said != "" {
				in = with(in, "package="+c.said)
			}
			if c.want == "" {
				refused(t, in, c.evidence)
				return
			}
			p := made(t, in)
			require.Equal(t, c.want, p.Model.Package)
			require.Equal(t, "x", p.Model.Program)
			d := decision(t, p, "package")
			require.Equal(t, c.evidence, d.Evidence[0].Option, "what was chosen comes first")
			require.Equal(t, c.said != "", d.Rule == "user")
			both := 0
			for _, set := range []*facts.Package{c.stable, c.unstable} {
				if set != nil {
					both++
				}
			}
			versions := 0
			for _, e := range d.Evidence {
				if e.Option == "pkgs.ld.version" || e.Option == "pkgs.unstable.ld.version" {
					versions++
				}
			}
			require.Equal(t, both, versions, "each version that is known is told")
			if c.rejected == "" {
				require.Empty(t, d.Rejected)
			} else {
				require.Equal(t, c.rejected, d.Rejected[0].Reason)
			}
		})
	}
}

// TestPackageByAnotherName says why it is that one.
func TestPackageByAnotherName(t *testing.T) {
	for attr, want := range map[string]string{
		"linkding":        "the release has version 1",
		"ld":              "the release has version 1; the catalog says that it is called so there",
		"link-ding":       "the release has version 1; it is the same name, spelled in another way",
		"linkding-server": "the release has version 1; none has the service's own name, and this is the same but for the suffix",
		"other":           "the release has version 1; it is what the module of NixOS runs",
	} {
		in := unitRepo()
		in.Entry = &catalog.Entry{Name: "linkding", File: "linkding.yaml", Packages: []string{"ld"}}
		in.Facts.Package = &facts.Package{Attribute: attr, Version: ptr("1"), MainProgram: ptr("x")}
		p := made(t, in)
		require.Equal(t, attr, p.Model.Package)
		d := decision(t, p, "package")
		require.Equal(t, want, d.Reason)
		require.Equal(t, attr == "ld", d.Evidence[len(d.Evidence)-1].File == "linkding.yaml")
	}
}

// TestPermitted: what speaks against a package that the repo permits is told.
func TestPermitted(t *testing.T) {
	for note, change := range map[string]func(*facts.Package){
		"Of the package linkding: it is unfree (BSL-1.1); the repo permits it.":                  func(p *facts.Package) { p.Unfree, p.Licenses = true, []string{"BSL-1.1"} },
		"Of the package linkding: nixpkgs marks it insecure (CVE-1); the repo permits it.":       func(p *facts.Package) { p.Insecure, p.Vulnerabilities = true, []string{"CVE-1"} },
		"Of the package linkding: it is not meant for this platform; the repo permits it.":       func(p *facts.Package) { p.Unsupported = true },
		"Of the package linkding: nixpkgs marks it insecure, it is unfree; the repo permits it.": func(p *facts.Package) { p.Insecure, p.Unfree = true, true },
	} {
		for _, in := range []plan.Input{unitRepo(), nativeRepo(nil)} {
			in.Facts.Package = &facts.Package{Version: ptr("1"), MainProgram: ptr("x")}
			require.NotContains(t, made(t, in).Notes, note)
			change(in.Facts.Package)
			require.Contains(t, made(t, in).Notes, note)
		}
	}
}

// TestDescriptionOfThePackage is that of the one which is run.
func TestDescriptionOfThePackage(t *testing.T) {
	pkg := func(text string) *facts.Package {
		return &facts.Package{Attribute: "ld", Description: &text, MainProgram: ptr("x")}
	}
	broken := pkg("old bookmarks")
	broken.Broken = true
	for _, c := range []struct {
		name             string
		in               plan.Input
		stable, unstable *facts.Package
		want, option     string // no option: the name stands for it
	}{
		{"unit", unitRepo(), pkg("bookmarks"), pkg("newer bookmarks"), "bookmarks", "pkgs.ld.meta.description"},
		{"unit, the other set", unitRepo(), broken, pkg("newer bookmarks"), "newer bookmarks", "pkgs.unstable.ld.meta.description"},
		{"unit, only there", unitRepo(), nil, pkg("newer bookmarks"), "newer bookmarks", "pkgs.unstable.ld.meta.description"},
		{"module", nativeRepo(nil), pkg("bookmarks"), nil, "bookmarks", "pkgs.ld.meta.description"},
		{"container", repo(), pkg("bookmarks"), nil, "Linkding", ""},
		{"its name", unitRepo(), pkg("linkding"), nil, "Linkding", ""},
		{"its name there", unitRepo(), pkg("ld"), nil, "Linkding", ""},
		{"nothing", unitRepo(), pkg(" "), nil, "Linkding", ""},
		{"too much", unitRepo(), pkg(strings.Repeat("long ", 50)), nil, "Linkding", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := with(c.in, "-description")
			in.Facts.Package, in.Facts.Unstable = c.stable, c.unstable
			p := made(t, in)
			require.Equal(t, c.want, p.Model.Description)
			evidence := decision(t, p, "description").Evidence
			if c.option == "" {
				require.Empty(t, evidence)
			} else {
				require.Equal(t, []plan.Evidence{{Option: c.option}}, evidence)
			}
		})
	}
}
