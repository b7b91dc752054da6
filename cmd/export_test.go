package cmd

// SetFault has every write call f before each of its steps.
func SetFault(f func(step string) error) { fault = f }
