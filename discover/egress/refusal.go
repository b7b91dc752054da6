package egress

import "fmt"

// Refusal marks an answer that broke a rule of ours.
type Refusal struct {
	text string
	// TooLarge tells that it has more bytes than are allowed.
	TooLarge bool
}

func (r *Refusal) Error() string { return r.text }

// Refuse makes a refusal.
func Refuse(format string, args ...any) error { return &Refusal{text: fmt.Sprintf(format, args...)} }
