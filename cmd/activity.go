package cmd

import "holthome.net/scaffold/nixeval"

// activity is something that takes its time, such as evaluating a host.
type activity struct{ verb, what string }

// activities are told with each verb once.
func activities(list []activity) string {
	text := ""
	for i, a := range list {
		switch {
		case i == 0:
			text = a.verb + " " + a.what
		case a.verb == list[i-1].verb:
			text += ", " + a.what
		default:
			text += "; " + a.verb + " " + a.what
		}
	}
	return text
}

// during shows that something is being done, until it is told that it is done.
func (u *ui) during(verb, what string) (done func()) {
	u.active(nixeval.Started, activity{verb, what})
	return func() { u.active(nixeval.Finished, activity{verb, what}) }
}
