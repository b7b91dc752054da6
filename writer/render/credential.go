package render

import (
	"cmp"
	"slices"
	"strings"

	"holthome.net/scaffold/nixeval/syntax"
	"holthome.net/scaffold/plan"
)

// SecretOption is a credential: the option that names its file, its id, and the
// shell's variable for its value.
type SecretOption struct {
	Option   []string // below cfg
	ID       string
	Shell    string
	Secret   string // its sops name
	Variable string // empty for the database's password
}

// SecretOptions are the secrets that the software is given as credentials.
func (v *View) SecretOptions() []SecretOption {
	var list []SecretOption
	for _, s := range v.Secrets() {
		name := camel(s.Variable)
		list = append(list, SecretOption{[]string{"secrets", name + "File"}, plan.Credential(s.Name), name, s.Name, s.Variable})
	}
	if v.Database != nil && len(v.Composed) > 0 {
		list = append(list, SecretOption{[]string{"database", "passwordFile"}, "database-password", "databasePassword", v.Database.Password.Name, ""})
	}
	return list
}

// OwnSecretOptions are those of them that are secrets of its own.
func (v *View) OwnSecretOptions() []SecretOption {
	return slices.DeleteFunc(v.SecretOptions(), func(s SecretOption) bool { return s.Variable == "" })
}

// camel is the name of a variable as an option has it: DB_TOKEN is dbToken.
func camel(variable string) string {
	var b strings.Builder
	for i, word := range strings.FieldsFunc(strings.ToLower(variable), func(r rune) bool { return r == '_' }) {
		if i > 0 {
			word = strings.ToUpper(word[:1]) + word[1:]
		}
		b.WriteString(word)
	}
	return cmp.Or(b.String(), "value")
}

// HostReadsDatabase tells whether the host's file makes a value of the options of
// the database.
func (v *View) HostReadsDatabase() bool {
	return v.ByTemplate() && slices.ContainsFunc(v.Composed, func(c plan.Composed) bool {
		return strings.Contains(c.Value, "{database") && strings.Contains(strings.ReplaceAll(c.Value, databasePassword, ""), "{database")
	})
}

const databasePassword = "{databasePassword}"

// HostComposed are the variables with the database's password as the template of
// the host's file has them.
func (v *View) HostComposed() ([]ComposedLine, error) {
	password, err := syntax.AttrName(v.passwordName())
	if err != nil {
		return nil, err
	}
	return v.composed(syntax.EscapeIndented, "", "${config.sops.placeholder."+password+"}")
}

// CredentialScript writes the environment from the credentials, line by line.
// Podman takes a value as it is, systemd reads quotes and backslashes in it.
func (v *View) CredentialScript() ([]code, error) {
	read, quote, escape := `cat`, "", hereDocument.Replace
	if v.Packaging != plan.Container {
		read, quote = "sed 's/[\\\"$`]/\\\\&/g'", `"`
		escape = func(s string) string { return hereDocument.Replace(quoted.Replace(s)) }
	}
	file, err := syntax.EscapeIndented(v.CredentialsFile())
	if err != nil {
		return nil, err
	}
	lines := []string{"umask 077", "trap 'rm -f " + file + ".new' EXIT"}
	for _, s := range v.SecretOptions() {
		lines = append(lines, s.Shell+"=$("+read+` "$CREDENTIALS_DIRECTORY/`+s.ID+`")`)
	}
	lines = append(lines, "cat > "+file+".new <<EOF")
	for _, s := range v.OwnSecretOptions() {
		lines = append(lines, s.Variable+"="+quote+"$"+s.Shell+quote)
	}
	composed, err := v.composed(func(s string) (string, error) { return syntax.EscapeIndented(escape(s)) }, "cfg.", "$databasePassword")
	if err != nil {
		return nil, err
	}
	for _, c := range composed {
		lines = append(lines, c.Name+"="+quote+string(c.Value)+quote)
	}
	lines = append(lines, "EOF", "mv "+file+".new "+file)
	script := make([]code, len(lines))
	for i, l := range lines {
		script[i] = code(l)
	}
	return script, nil
}

// quoted escapes text for a value in quotes in a file that systemd reads.
var quoted = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "$", `\$`, "`", "\\`")

// DatabasePolicies are the presets of permissions that the repo's databases have.
func (v *View) DatabasePolicies() []string { return v.f.DatabaseServer.Policies }

// hereDocument escapes text for the shell's here-documents.
var hereDocument = strings.NewReplacer(`\`, `\\`, "$", `\$`, "`", "\\`")

func (v *View) passwordName() string {
	if v.Database == nil {
		return ""
	}
	return v.Database.Password.Name
}

// ComposedLine is a variable and its value as Nix inside of an indented string.
type ComposedLine struct {
	Name  string
	Value code
}

func (v *View) composed(escape func(string) (string, error), prefix, password string) ([]ComposedLine, error) {
	var lines []ComposedLine
	for _, c := range v.Composed {
		var b strings.Builder
		for _, piece := range pieces(c.Value) {
			switch {
			case piece == databasePassword:
				b.WriteString(password)
			case serverReferences[piece] != "":
				b.WriteString("${" + serverOption(piece, prefix) + "}")
			default:
				text, err := escape(piece)
				if err != nil {
					return nil, err
				}
				b.WriteString(text)
			}
		}
		lines = append(lines, ComposedLine{c.Name, code(b.String())})
	}
	return lines, nil
}
