package cmd

import (
	"bufio"
	"io"

	"holthome.net/scaffold/plan"
)

// SetFault has every write call f before each of its steps.
func SetFault(f func(step string) error) { fault = f }

// Ask asks a question on a terminal whose ends are given.
func Ask(in io.Reader, out io.Writer, q plan.Question) (string, error) {
	u := &ui{reader: bufio.NewReader(in), err: out}
	return u.question(q)
}

// AnswersFile is what is printed of questions where there is no terminal.
var AnswersFile = answersFile

// Activities are verbs and what they are about, as progress tells them.
func Activities(list [][2]string) string {
	var all []activity
	for _, a := range list {
		all = append(all, activity{a[0], a[1]})
	}
	return activities(all)
}
