package cmd_test

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/cmd"
	"holthome.net/scaffold/plan"
)

// many are more choices than are listed at once.
func many() []plan.Choice {
	var list []plan.Choice
	for i := range 30 {
		list = append(list, plan.Choice{Value: fmt.Sprintf("group-%02d", i), About: "of number " + fmt.Sprint(i)})
	}
	return append(list, plan.Choice{Value: "media", About: "films and music"}, plan.Choice{Value: "7", About: "a name that is a number"})
}

func TestAsk(t *testing.T) {
	t.Parallel()
	colours := []plan.Choice{{Value: "red", About: "like fire"}, {Value: "dark-red"}, {Value: "green", About: "like grass"}}
	for _, tt := range []struct {
		name   string
		q      plan.Question
		typed  []string
		want   string
		shown  []string
		unseen []string
	}{
		{name: "a number", q: plan.Question{Choices: colours}, typed: []string{"3"}, want: "green", shown: []string{"   1  red       like fire", "   3  green     like grass"}},
		{name: "a name", q: plan.Question{Choices: colours}, typed: []string{"RED"}, want: "red"},
		{name: "a part of one name", q: plan.Question{Choices: colours}, typed: []string{"gr"}, want: "green"},
		{name: "a part of several narrows", q: plan.Question{Choices: colours}, typed: []string{"ed", "k-"}, want: "dark-red"},
		{name: "numbers are of what is listed", q: plan.Question{Choices: many()}, typed: []string{"group-1", "2"}, want: "group-11", shown: []string{"   2  group-11"}},
		{name: "words", q: plan.Question{Choices: many()}, typed: []string{"2 group 9"}, want: "group-29"},
		{name: "what is said of it is shown first", q: plan.Question{Choices: colours}, typed: []string{"fire", "1"}, want: "red"},
		{name: "a name goes before a number", q: plan.Question{Choices: many()}, typed: []string{"7"}, want: "7"},
		{name: "long lists are cut", q: plan.Question{Choices: many()}, typed: []string{"media"}, want: "media", shown: []string{"group-11", "and 20 more: type a part of the name"}, unseen: []string{"group-12"}},
		{name: "nothing fits", q: plan.Question{Choices: colours}, typed: []string{"blue", "0", "4", "-1", "1"}, want: "red", shown: []string{`"blue" is none of them`, `"4" is none of them`, `"-1" is none of them`}},
		{name: "nothing without a default", q: plan.Question{Choices: colours}, typed: []string{"", "1"}, want: "red"},
		{name: "Enter takes the default", q: plan.Question{Choices: colours, Default: "green"}, typed: []string{""}, want: "green", shown: []string{"Enter takes green"}},
		{name: "Enter takes the default of a text", q: plan.Question{Default: "8080"}, typed: []string{""}, want: "8080", shown: []string{"Enter takes 8080"}},
		{name: "a text instead of the default", q: plan.Question{Default: "8080"}, typed: []string{"80"}, want: "80"},
		{name: "a text must be there", q: plan.Question{}, typed: []string{"", " ", " a b "}, want: "a b"},
		{name: "a question mark explains", q: plan.Question{Text: "Which?", Why: "nobody knows", DependsOn: []string{"dataset", "backup"}, Choices: colours, Evidence: []plan.Evidence{{Option: "image ExposedPorts", Value: "80, 81"}}},
			typed: []string{"?", "1"}, want: "red", shown: []string{"Which?\n", "nobody knows", "Why: nobody knows.", "It decides: dataset, backup.", "Known: image ExposedPorts = 80, 81"}},
		{name: "it explains a text too", q: plan.Question{Why: "nobody knows"}, typed: []string{"?", "x"}, want: "x", shown: []string{"Why: nobody knows."}},
		{name: "hostile texts", q: plan.Question{Text: "a\x1b[2Jb", Why: "c\rd\u202e", Choices: []plan.Choice{{Value: "x\x07", About: "\x9b31m"}}}, typed: []string{"1"}, want: "x\x07", shown: []string{"a?[2Jb", "c?d?", "x?", "?31m"}, unseen: []string{"\x1b", "\r", "\u202e", "\x07", "\u009b"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			got, err := cmd.Ask(strings.NewReader(strings.Join(tt.typed, "\n")+"\n"), &out, tt.q)
			require.NoError(t, err, out.String())
			require.Equal(t, tt.want, got)
			for _, s := range tt.shown {
				require.Contains(t, out.String(), s)
			}
			for _, s := range tt.unseen {
				require.NotContains(t, out.String(), s)
			}
		})
	}
	_, err := cmd.Ask(strings.NewReader("ed\n"), io.Discard, plan.Question{Choices: colours})
	require.ErrorIs(t, err, io.EOF, "the end of input is no answer")
	require.ErrorContains(t, err, "so nothing was written; run it again")
}

// TestAnswersFile: the file is YAML, names all, and nothing in it leaves a
// comment.
func TestAnswersFile(t *testing.T) {
	t.Parallel()
	p := &plan.Plan{Service: "x", Questions: []plan.Question{
		{Name: "workload", Text: "What?\nport: 1", Why: "a\u2028b: 1", DependsOn: []string{"dataset"}, Choices: []plan.Choice{{Value: "sqlite", About: "pages\nauth: none"}}},
		{Name: "port", Text: "Which?", Default: "8080", Evidence: []plan.Evidence{{Option: "image ExposedPorts", Value: "8080\n81"}}},
	}}
	said := map[string]string{"description": "it's \"a\": \\b # c", "environment.A": "x\ty\nz\u202e", "environment.B": "", "port2": "0123", "web": "no", "icon": "1e3"}
	text := strings.Join(cmd.AnswersFile(p, said), "\n")
	var values map[string]any
	require.NoError(t, yaml.Unmarshal([]byte(text), &values), text)
	want := map[string]any{"workload": nil, "port": "8080"}
	for name, v := range said {
		want[name] = v
	}
	require.Equal(t, want, values, "numbers and words stay text")
	said["workload"] = "x"
	require.Equal(t, text, strings.Join(cmd.AnswersFile(p, said), "\n"), "what is asked for all the same has one place")
	for _, l := range []string{"# What??port: 1", "# It decides: dataset.", "#   sqlite           pages?auth: none", "# Known: image ExposedPorts = 8080?81", `port: "8080" # likely`} {
		require.Contains(t, strings.Split(text, "\n"), l)
	}
}

// answered is the file that a run without a terminal printed, filled in.
func answered(t *testing.T, stdout string, answers map[string]string) string {
	t.Helper()
	_, text, ok := strings.Cut(stdout, "--answers FILE:\n\n")
	require.True(t, ok, stdout)
	for name, value := range answers {
		require.Contains(t, text, "\n"+name+":\n")
		text = strings.Replace(text, "\n"+name+":\n", "\n"+name+": "+value+"\n", 1)
	}
	require.NotRegexp(t, `(?m)^[a-zA-Z.]+:$`, text, "no other place is left")
	file := filepath.Join(t.TempDir(), "answers.yaml")
	require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
	return file
}

// The file that is printed, filled in, is all that a second run needs.
func TestPrintedAnswersSettleAll(t *testing.T) {
	t.Parallel()
	needNix(t, "nix")
	f := newFleet(t, "example")
	defer f.untouched()()
	code, stdout, stderr := f.run("plan", "zettel", "--host", "forge", "--offline", "--set", "image=ghcr.io/a/b:1@"+digest, "--set", `environment.MOTD=say "a: b" # c`)
	require.Equal(t, 3, code, stderr)
	require.Empty(t, stderr)
	file := answered(t, stdout, map[string]string{"category": "Tools", "workload": "stateless", "port": "8080", "auth": "none"})
	code, stdout, stderr = f.run("plan", "zettel", "--host", "forge", "--offline", "--answers", file, "--json")
	require.Equal(t, 0, code, stdout+stderr)
	require.Contains(t, stdout, `say \"a: b\" # c`)
}

// On a terminal one answer may settle more, what the plan refuses is asked
// again, and a part of a name narrows the choices.
func TestTerminalQuestions(t *testing.T) {
	t.Parallel()
	needNix(t, "nix")
	f := newFleet(t, "example")
	term := show(t, f.command("plan", "zettel", "--host", "forge", "--offline"))
	term.expect("Which image")
	term.say("?")
	term.expect("It decides: container.")
	term.say("ghcr.io/a/b:1")
	term.expect("its registry was not asked")
	term.say("ghcr.io/a/b:1@" + digest)
	term.expect("Which category")
	term.say("oo")
	term.expect("with its storage")
	term.say("s")
	term.expect(" 4  stateless")
	term.say("4")
	term.expect("On which port")
	term.say("8080")
	term.expect("log in")
	term.say("caddy-s")
	code, shown := term.wait()
	require.Equal(t, 0, code, shown)
	require.Contains(t, shown, "caddy-security")
	require.Regexp(t, `category +.*Tools`, shown)
}

// Ctrl-C and Ctrl-D at a question leave the repo as it was.
func TestTerminalLeavesAtQuestion(t *testing.T) {
	t.Parallel()
	needNix(t, "nix")
	for key, want := range map[string]int{"\x03": 130, "\x04": 2} {
		f := newFleet(t, "example")
		before := f.snapshot()
		term := show(t, f.command("zettel", "--host", "forge", "--offline", "--no-build", "--set", "image=ghcr.io/a/b:1@"+digest))
		term.expect("Which category")
		term.say("Tools")
		term.expect("with its storage")
		term.expect("> ")
		_, err := term.master.WriteString(key)
		require.NoError(t, err)
		code, shown := term.wait()
		require.Equal(t, want, code, "%q: %s", key, shown)
		require.Contains(t, shown, "so nothing was written")
		require.Empty(t, before.differs(f.snapshot()))
	}
}
