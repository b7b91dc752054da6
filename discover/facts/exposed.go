package facts

// Exposed is a secret, or a template of secrets, whose file or placeholder is
// where it must not be: in volumes, environment, labels, command or options.
type Exposed struct {
	Where  string `json:"where"`
	Secret string `json:"secret"`
}
