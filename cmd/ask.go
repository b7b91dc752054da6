package cmd

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"holthome.net/scaffold/plan"
)

// ask puts the first of the plan's questions on the terminal; what makes no
// sense is asked for again. The plan is then made anew, as an answer may settle
// other questions: an image tells ports and folders.
func (a *app) ask(p *proposal) error {
	q, open := p.plan.Questions[0], p.plan
	for {
		answer, err := a.ui.question(q)
		if err != nil {
			return err
		}
		err = plan.CheckAnswers(map[string]string{q.Name: answer})
		if err == nil {
			p.answers[q.Name] = answer
			err = p.try()
		}
		if err == nil {
			return nil
		}
		a.ui.say(a.ui.bad(shown(err.Error())))
		delete(p.answers, q.Name)
		p.plan = open
	}
}

// try makes the plan with a new answer, to say at once what cannot be. What
// must be evaluated first is left to that.
func (p *proposal) try() error {
	query := p.question(p.host, p.plan.Service)
	if !slices.Equal(query.Natives, p.query.Natives) || !slices.Equal(query.Packages, p.query.Packages) {
		return nil
	}
	open := p.plan
	err := p.decide(open.Service)
	p.plan = open
	var input *plan.InputError
	if errors.As(err, &input) {
		return err
	}
	return nil
}

// maxChoices is how many choices are listed at once.
const maxChoices = 12

// question asks one question of a plan. An empty line takes the default, and a
// question mark shows what is behind it.
func (u *ui) question(q plan.Question) (string, error) {
	u.say("", u.bold(shown(q.Text)), u.dim("  "+shown(q.Why)))
	for _, e := range q.Evidence {
		u.say(u.dim("    " + shown(evidence(e))))
	}
	if len(q.Choices) > 0 {
		return u.pick(q)
	}
	u.hint(q)
	for {
		answer, err := u.line("> ")
		switch {
		case err != nil:
			return "", err
		case answer == "?":
			u.explain(q)
		case answer == "" && q.Default != "":
			return q.Default, nil
		case answer != "":
			return answer, nil
		}
	}
}

// choose asks for one of several.
func (u *ui) choose(question string, choices []plan.Choice) (string, error) {
	u.say(u.bold(question))
	return u.pick(plan.Question{Choices: choices})
}

// pick asks for one of a question's choices: by number, by name, or by a part
// of it, which narrows what is listed.
func (u *ui) pick(q plan.Question) (string, error) {
	listed := q.Choices
	for {
		listed = u.list(listed)
		u.hint(q)
		line, err := u.line("> ")
		if err != nil {
			return "", err
		}
		if i := slices.IndexFunc(q.Choices, func(c plan.Choice) bool { return strings.EqualFold(c.Value, line) }); i >= 0 {
			return q.Choices[i].Value, nil
		}
		if n, err := strconv.Atoi(line); err == nil && n >= 1 && n <= len(listed) {
			return listed[n-1].Value, nil
		}
		switch {
		case line == "?":
			u.explain(q)
			continue
		case line == "" && q.Default != "":
			return q.Default, nil
		}
		fits, byName := narrow(q.Choices, line)
		switch {
		case len(fits) == 1 && byName:
			return fits[0].Value, nil
		case len(fits) > 0: // what is merely said of it is to be seen before it is taken
			listed = fits
		default:
			u.say(fmt.Sprintf("%q is none of them; give a number or a name", line))
			listed = q.Choices
		}
	}
}

// narrow are the choices that have all words of a line in their names, or else
// in what is said of them.
func narrow(choices []plan.Choice, line string) (fits []plan.Choice, byName bool) {
	words := strings.Fields(strings.ToLower(line))
	with := func(text func(plan.Choice) string) []plan.Choice {
		return slices.DeleteFunc(slices.Clone(choices), func(c plan.Choice) bool {
			return slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(strings.ToLower(text(c)), w) })
		})
	}
	if fits = with(func(c plan.Choice) string { return c.Value }); len(fits) > 0 {
		return fits, true
	}
	return with(func(c plan.Choice) string { return c.Value + " " + c.About }), false
}

// list shows choices with their numbers, and gives those that it showed.
func (u *ui) list(choices []plan.Choice) []plan.Choice {
	part := choices[:min(len(choices), maxChoices)]
	width := 0
	for _, c := range part {
		width = max(width, utf8.RuneCountInString(c.Value))
	}
	for i, c := range part {
		u.say(strings.TrimRight(fmt.Sprintf("  %2d  %-*s  %s", i+1, width, shown(c.Value), shown(c.About)), " "))
	}
	if more := len(choices) - len(part); more > 0 {
		u.say(u.dim(fmt.Sprintf("      and %d more: type a part of the name", more)))
	}
	return part
}

// hint says what an empty line does.
func (u *ui) hint(q plan.Question) {
	if q.Default != "" {
		u.say(u.dim("  Enter takes " + shown(q.Default)))
	}
}

// explain shows why a question is asked and what depends on it.
func (u *ui) explain(q plan.Question) {
	for _, l := range behind(q) {
		u.say("  " + l)
	}
}

// behind is what is behind a question, in lines.
func behind(q plan.Question) []string {
	lines := []string{"Why: " + shown(q.Why) + "."}
	if len(q.DependsOn) > 0 {
		lines = append(lines, "It decides: "+shown(strings.Join(q.DependsOn, ", "))+".")
	}
	for _, e := range q.Evidence {
		lines = append(lines, "Known: "+shown(evidence(e)))
	}
	return lines
}

// questions prints what is left to answer as a file that answers it, with what
// was said already in it: nothing else is needed then.
func (u *ui) questions(p *plan.Plan, said map[string]string) {
	u.print("", u.bold(counted(len(p.Questions), "question is left:", "questions are left:")))
	for _, q := range p.Questions {
		u.print("  " + u.bold(q.Name) + ": " + shown(q.Text))
	}
	u.print("", "Answer with --set NAME=VALUE, or fill this in and give it with --answers FILE:", "")
	u.print(answersFile(p, said)...)
}

// answersFile is a file for --answers in lines, with a place for each answer.
func answersFile(p *plan.Plan, said map[string]string) []string {
	lines := []string{"# Answers for " + p.Service + "."}
	for _, name := range slices.Sorted(maps.Keys(said)) {
		// What was said and is asked for all the same has its place below.
		if !slices.ContainsFunc(p.Questions, func(q plan.Question) bool { return q.Name == name }) {
			lines = append(lines, name+": "+quoted(said[name]))
		}
	}
	for _, q := range p.Questions {
		lines = append(lines, "", "# "+shown(q.Text))
		for _, l := range behind(q) {
			lines = append(lines, "# "+l)
		}
		for i, c := range q.Choices {
			if i == 0 {
				lines = append(lines, "# One of:")
			}
			lines = append(lines, strings.TrimRight(fmt.Sprintf("#   %-16s %s", shown(c.Value), shown(c.About)), " "))
		}
		value := ""
		if q.Default != "" {
			value = " " + quoted(q.Default) + " # likely"
		}
		lines = append(lines, q.Name+":"+value)
	}
	return lines
}

// quoted is a text in YAML.
func quoted(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case misleading(r):
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// shown is a text that may go to a terminal or into a comment.
func shown(s string) string {
	return strings.Map(func(r rune) rune {
		if misleading(r) {
			return '?'
		}
		return r
	}, strings.ToValidUTF8(s, "?"))
}

// misleading tells whether a character does something to the text around it
// instead of being seen.
func misleading(r rune) bool {
	return unicode.In(r, unicode.Cc, unicode.Zl, unicode.Zp, unicode.Bidi_Control)
}
