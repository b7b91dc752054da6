package syntax

// Formals is the set pattern of the file's outermost function, or nil if the
// file is not a function of a set. A file that does not parse gives an *Error.
func Formals(src []byte) (*Params, error) {
	f, err := Parse(src)
	if err != nil {
		return nil, err
	}
	return f.Formals(), nil
}

// Formals is Formals for a file that is already parsed.
func (f *File) Formals() *Params {
	n := f.Root
	for n.Kind == Let || n.Kind == With || n.Kind == Assert || n.Kind == Paren {
		n = n.Body
	}
	if n.Kind != Lambda {
		return nil
	}
	return n.Params
}
