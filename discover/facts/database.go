package facts

// Database is an entry of the repo's databases, see DatabasesHub.
type Database struct {
	// At is where the repo says the owner, nil if it does not.
	At    *Position `json:"at"`
	Owner *string   `json:"owner"`
	// Managed tells whether the repo makes it.
	Managed bool `json:"managed"`
	// Password is the owner's password, nil if it is no secret of sops.
	Password   *SecretFile `json:"password"`
	Extensions []string    `json:"extensions"`
	// Policy is the preset of permissions.
	Policy *string `json:"policy"`
}

// SecretFile is a secret of sops with who may read its file.
type SecretFile struct {
	Name  string  `json:"name"`
	Owner *string `json:"owner"`
	Group *string `json:"group"`
	Mode  *string `json:"mode"`
	// RestartUnits are restarted when the secret changes.
	RestartUnits []string `json:"restartUnits"`
}

// DatabaseServer is the host's PostgreSQL, and what the repo's option for
// databases takes.
type DatabaseServer struct {
	Enabled bool  `json:"enabled"`
	Port    int64 `json:"port"`
	// TCP tells that it listens on all addresses, Listen on which; nil if no
	// setting says so.
	TCP    bool    `json:"tcp"`
	Listen *string `json:"listen"`
	// Unit makes roles and databases, without suffix; nil if none is known.
	Unit *string `json:"unit"`
	// Policies are the presets of permissions, ExtensionFields the fields of an
	// extension, empty where one is only a name.
	Policies        []string `json:"policies"`
	ExtensionFields []string `json:"extensionFields"`
	// MySQL tells whether the host has a MySQL.
	MySQL bool `json:"mysql"`
}

// DatabaseExtensions are what the host's PostgreSQL has beyond what comes with it.
type DatabaseExtensions struct {
	// Known tells whether evaluation could say which packages there are.
	Known bool `json:"known"`
	// Packages are the names of the packages, without version, which may differ
	// from those of the extensions in them.
	Packages []string `json:"packages"`
	// Preloaded are the libraries that it loads when it starts, with commas, as
	// in shared_preload_libraries; nil if that is not known.
	Preloaded *string `json:"preloaded"`
}

// RedisServer is an entry of services.redis.servers.
type RedisServer struct {
	// At is where the repo enables it, nil if a module of NixOS does.
	At      *Position `json:"at"`
	Enabled bool      `json:"enabled"`
	// Port is 0 where it only has a socket.
	Port     int64   `json:"port"`
	Bind     *string `json:"bind"`
	Password bool    `json:"password"`
	Unit     string  `json:"unit"`
}

// RedisUse is a numbered database of the Redis at a port.
type RedisUse struct {
	Port  int64 `json:"port"`
	Index int64 `json:"index"`
}

// unitCell is what a cell says of a unit: together, so that a unit that cannot
// be evaluated costs one cell.
type unitCell struct {
	Unit
	Handover *Handover `json:"handover"`
}

func (f *Facts) unit(m *Memo, key, raw string) error {
	cells := map[string]unitCell{}
	if err := entry(m, cells, key, raw); err != nil {
		return err
	}
	f.Units[key] = cells[key].Unit
	if h := cells[key].Handover; h != nil {
		f.Handovers[key] = *h
	}
	return nil
}

// Handover is how a unit is given secrets. Credentials are the files of
// systemd's credentials, by id; Templates are templates of sops that it has its
// environment from, Files the other files of its environment. Writes are the
// variables that the unit in question itself writes before it starts.
type Handover struct {
	Credentials map[string]string `json:"credentials"`
	Templates   []string          `json:"templates"`
	Files       []string          `json:"files"`
	Writes      []string          `json:"writes"`
}
