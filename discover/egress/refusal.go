package egress

import "fmt"

// Refusal marks an answer that broke a rule of ours.
type Refusal struct{ text string }

func (r *Refusal) Error() string { return r.text }

// Refuse makes a refusal.
func Refuse(format string, args ...any) error { return &Refusal{fmt.Sprintf(format, args...)} }
