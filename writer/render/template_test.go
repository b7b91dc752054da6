package render_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/writer/edit"
	"holthome.net/scaffold/writer/render"
)

func TestLoad(t *testing.T) {
	_, err := render.Load(nil)
	require.NoError(t, err, "the templates of the program escape everything")
}

// TestUnescaped: a template of the repo's own that would write a value as it is.
func TestUnescaped(t *testing.T) {
	for _, bad := range []string{
		`<< .Name >>`,
		`<< .Data.Dir >>`,
		`<< . >>`,
		`<< $ >>`,
		`<< "text" >>`,
		`<< 80 >>`,
		`<< (str .Name) >>`,
		`<< printf "%s" .Name >>`,
		`<< print .Name >>`,
		`<< println .Name >>`,
		`<< html .Name >>`,
		`<< js .Name >>`,
		`<< urlquery .Name >>`,
		`<< index .Option 0 >>`,
		`<< len .Name >>`,
		`<< or .Name "x" >>`,
		`<< dotted .Option >>`,
		`<< str .Name | printf "%s" >>`,
		`<< with .Name >><< . >><< end >>`,
		`<< range .Option >><< . >><< end >>`,
		`<< range $i, $v := .Option >><< $v >><< end >>`,
		`<< if .Name >>a<< else if .Port >><< .Port >><< end >>`,
		`<< if .Name >>a<< else >><< .Name >><< end >>`,
		`<< with .Nothing >>a<< else >><< .Name >><< end >>`,
		`<< range .Nothing >>a<< else >><< .Name >><< end >>`,
		`<< $x := str .Name >><< $x >>`,
		`<< define "deep" >><< .Name >><< end >><< template "deep" . >>`,
		`<< block "deep" . >><< .Name >><< end >>`,
	} {
		_, err := render.Load(map[string][]byte{"host.nix.tmpl": []byte("line 1\n" + bad)})
		require.ErrorContains(t, err, "check template ", bad)
		require.ErrorContains(t, err, "line 2: ", bad)
		require.ErrorContains(t, err, "escaper", bad)
	}
}

func TestEscaped(t *testing.T) {
	for _, good := range []string{
		``, `{ }`, `<< str .Name >>`, `<< .Name | str >>`, `<< printf "%s" .Name | str >>`, `<< int .Port >>`, `<< attrPath .Option >>`, `<< selection .Option >>`,
		`<< if .Name >><< str .Name >><< end >>`, `<< range .Option >><< attr . >><< end >>`, `<< comment .Name >>`, `<</* a comment */>>`,
		`<< blocks . "host-tile" >>`, `<< template "host-tile" . >>`, `<< range .Option >><< if true >><< break >><< end >><< end >>`,
	} {
		_, err := render.Load(map[string][]byte{"host.nix.tmpl": []byte(good)})
		require.NoError(t, err, good)
	}
}

func TestBrokenTemplate(t *testing.T) {
	for bad, want := range map[string]string{
		`<< str .Name`:     "host.nix.tmpl:1: unclosed action",
		`<< nope .Name >>`: `function "nope" not defined`,
		`<< if .Name >>`:   "unexpected EOF",
		`<< call .Name >>`: "ends in call, which is no escaper",
	} {
		_, err := render.Load(map[string][]byte{"host.nix.tmpl": []byte(bad)})
		require.ErrorContains(t, err, want)
	}
	for _, unknown := range []string{"hosts.nix.tmpl", "host.nix", "README.md", "sub/host.nix.tmpl", "../host.nix.tmpl", ""} {
		_, err := render.Load(map[string][]byte{unknown: []byte("x")})
		require.ErrorContains(t, err, "read template .scaffold/templates/"+unknown+": there is none of that name; known are alerts.tmpl, config.tmpl, ")
	}
}

// override renders with templates of the repo's own.
func override(t *testing.T, s scenario, templates map[string]string) ([]render.File, error) {
	t.Helper()
	p, f, c := s.plan(t)
	files := s.files(t)
	for name, text := range templates {
		files[render.OverrideDir+"/"+name] = []byte(text)
	}
	return render.Files(p, c, f, files)
}

// TestOverride: the repo's own template is used instead, also for a part that
// others include.
func TestOverride(t *testing.T) {
	files, err := override(t, everything, map[string]string{"host.nix.tmpl": "{ name = << str .DisplayName >>; }\n"})
	require.NoError(t, err)
	require.Equal(t, "{ name = \"Linkding\"; }\n", string(files[1].After))

	own, err := os.ReadFile(filepath.Join("templates", "contributions.tmpl"))
	require.NoError(t, err)
	text := strings.Replace(string(own), `icon = << str .Icon >>;`, `icon = << str (printf "si-%s" .Icon) >>;`, 1)
	require.NotEqual(t, string(own), text)
	files, err = override(t, everything, map[string]string{"contributions.tmpl": text})
	require.NoError(t, err)
	require.Contains(t, string(files[1].After), `icon = "si-linkding";`)
}

func TestOverrideRefused(t *testing.T) {
	for text, want := range map[string]string{
		"{ name = << str .Nothing >>; }":                          "render host.nix.tmpl: ",
		"{ name = << str .Port >>; }":                             "render host.nix.tmpl: ",
		"{ name = << code .Name >>; }":                            "render host.nix.tmpl: ",
		"{ name = << int .Name >>; }":                             "write number: linkding is none",
		"{ << ident .DisplayName >> = << blocks . \"gone\" >>; }": `no template "gone"`,
		"{ name = ":    "render hosts/forge/services/linkding.nix: the template gives no valid Nix: ",
		"":             "the template gives no valid Nix",
		"{ a = 1; } }": "the template gives no valid Nix",
	} {
		_, err := override(t, everything, map[string]string{"host.nix.tmpl": text})
		require.ErrorContains(t, err, want, "%s", text)
	}
}

// TestEditRefused: a file in which there is no clear place is named, with the
// text that belongs there.
func TestEditRefused(t *testing.T) {
	p, f, c := everything.plan(t)
	list := p.String("moduleRegistration")
	for name, c2 := range map[string]struct {
		text []byte
		want string
	}{
		"gone":      {nil, "edit " + list + ": the file is not in the repo"},
		"no list":   {[]byte("{ imports = builtins.attrValues ./.; }"), "edit " + list + ": "},
		"not Nix":   {[]byte("{ imports = ["), "edit " + list + ": "},
		"two lists": {[]byte("{ imports = [ ./a ] ++ [ ./b ]; }"), "edit " + list + ": "},
	} {
		t.Run(name, func(t *testing.T) {
			files := everything.files(t)
			files[list] = c2.text
			if c2.text == nil {
				delete(files, list)
			}
			_, err := render.Files(p, c, f, files)
			require.ErrorContains(t, err, c2.want)
			if name == "no list" {
				var ambiguous *edit.AmbiguousError
				require.ErrorAs(t, err, &ambiguous)
				require.ErrorContains(t, err, "./linkding", "what to put in")
			}
		})
	}
}
