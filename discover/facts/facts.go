// Package facts holds what an evaluation said of one host, typed.
//
// The data come from discover/nix/facts.nix as a JSON object of cells. They are
// untrusted: Decode checks the type of every value, and what may be absent is a
// pointer, so that a user without a uid is never a user with uid 0.
package facts

// Facts is everything that was evaluated of one host.
type Facts struct {
	Host      Host             `json:"host"`
	Users     map[string]User  `json:"users"`
	Groups    map[string]Group `json:"groups"`
	StaticIDs StaticIDs        `json:"ids"`
	// Root is the attribute path in which the repo declares its service
	// modules, such as modules.services. It is empty if it declares none.
	Root []string `json:"root"`
	// Hubs are the options that services contribute to, by what they are for.
	Hubs map[HubKind]*Hub `json:"hubs"`
	// Units are all systemd services with the account they run as.
	Units  map[string]Unit `json:"units"`
	Timers []string        `json:"timers"`
	// Schedules are the timers of the service in question in detail.
	Schedules map[string]Timer `json:"schedules"`
	// NodeExporter is what Prometheus is told of the host itself; Stale is what
	// helpers for alerts on stale checks would ask for the service in question,
	// by file and helper.
	NodeExporter NodeExporter                     `json:"nodeExporter"`
	Stale        map[string]map[string]StaleCheck `json:"stale"`
	// Focus holds the units of the service in question in detail.
	Focus    map[string]UnitDetail `json:"focus"`
	Sockets  map[string]Socket     `json:"sockets"`
	Upstream map[string]Upstream   `json:"upstream"`
	Firewall Firewall              `json:"firewall"`
	Hardware Hardware              `json:"hardware"`
	Policies []Policy              `json:"policies"`
	Identity Identity              `json:"identity"`
	// Access is what virtual hosts can say of access from outside and of machines.
	Access     Access              `json:"access"`
	Secrets    []string            `json:"secrets"`
	Templates  map[string]Template `json:"templates"`
	Restarts   Restarts            `json:"restarts"`
	Arguments  map[string]Argument `json:"arguments"`
	Registries []Registry          `json:"registries"`
	Networks   []string            `json:"networks"`
	Scrapes    []Scrape            `json:"scrapes"`
	Native     *NativeModule       `json:"native"`
	Package    *Package            `json:"package"`
	Unstable   *Package            `json:"unstable"`
	// Near are names like those that were asked for.
	Near Near `json:"near"`
	// DatasetRoot is the ZFS dataset under which services have theirs.
	DatasetRoot string `json:"datasetRoot"`
	// Protection is what a dataset may say of how it is protected, nil if it has
	// no option for that.
	Protection *ProtectionPolicy `json:"protection"`
	// DatasetUnits are the units that make the datasets.
	DatasetUnits []string             `json:"datasetUnits"`
	Assertions   []string             `json:"assertions"`
	Warnings     []string             `json:"warnings"`
	Services     map[string]Service   `json:"services"`
	Containers   map[string]Container `json:"containers"`
	Vhosts       map[string]Vhost     `json:"vhosts"`
	// Tunnels are those that virtual hosts can be put into.
	Tunnels    map[string]Tunnel    `json:"tunnels"`
	Datasets   map[string]Dataset   `json:"datasets"`
	Alerts     map[string]Alert     `json:"alerts"`
	Snapshots  map[string]Snapshot  `json:"snapshots"`
	Dashboard  map[string]Tile      `json:"dashboard"`
	BlackBox   map[string]Probe     `json:"blackBox"`
	BackupJobs map[string]BackupJob `json:"backupJobs"`
	Mounts     map[string]Mount     `json:"mounts"`
	Libraries  map[string]Library   `json:"libraries"`
	// KeyHelpers are, by library, the functions that make a key for machines.
	KeyHelpers map[string]KeyHelpers `json:"keyHelpers"`
	// Databases are those of the repo's hub, DatabaseServer where they are,
	// DatabaseExtensions what they can have; Redis are its servers, RedisUses who
	// uses which database of them.
	Databases          map[string]Database    `json:"databases"`
	DatabaseServer     DatabaseServer         `json:"databaseServer"`
	DatabaseExtensions DatabaseExtensions     `json:"databaseExtensions"`
	Redis              map[string]RedisServer `json:"redis"`
	RedisUses          map[string][]RedisUse  `json:"redisUses"`
	// Handovers are the units that are given secrets.
	Handovers map[string]Handover `json:"handovers"`
	// Brokers and Grafana are what services contribute to BrokerHub and to
	// GrafanaHub, Provisioned what Grafana is given in the end.
	Brokers     map[string]BrokerEntry  `json:"brokers"`
	Grafana     map[string]GrafanaEntry `json:"grafana"`
	Provisioned Provisioned             `json:"provisioned"`
	// Toplevel is the store path of the system's derivation, if asked for.
	Toplevel string `json:"toplevel"`
	// Unreadable are the cells that could not be evaluated.
	Unreadable []Unreadable `json:"unreadable"`
}

// Unreadable is a cell that evaluation could not give, and why.
type Unreadable struct {
	Cell   string `json:"cell"`
	Reason string `json:"reason"`
	// Option is the path of the option that was evaluated, where Nix tells it.
	Option string `json:"option,omitempty"`
	File   string `json:"file,omitempty"`
	Line   int    `json:"line,omitempty"`
}

// Host is the identity of the evaluated system.
type Host struct {
	Name         string  `json:"host"`
	HostName     *string `json:"hostName"`
	Domain       *string `json:"domain"`
	System       *string `json:"system"`
	StateVersion *string `json:"stateVersion"`
	TimeZone     *string `json:"timeZone"`
	// Backend is the program that runs containers: podman or docker.
	Backend *string `json:"backend"`
	// Source is the store path of the evaluated flake.
	Source string `json:"source"`
	// Unstable tells whether the package set has a second one, pkgs.unstable.
	Unstable bool `json:"unstable"`
	// SOPS tells whether the host has secrets through sops.
	SOPS bool `json:"sops"`
	// Formatter is the program that formats the repo's files.
	Formatter *string `json:"formatter"`
}

// Position is a place in the repo: a slash-separated path and a line, 0 if the
// line is not known.
type Position struct {
	File string `json:"file"`
	Line int    `json:"line"`
}

// User is an entry of users.users.
type User struct {
	UID *int64 `json:"uid"`
	// At is where the repo says the uid, nil if it does not.
	At           *Position `json:"at"`
	Group        *string   `json:"group"`
	ExtraGroups  []string  `json:"extraGroups"`
	IsSystemUser bool      `json:"isSystemUser"`
	IsNormalUser bool      `json:"isNormalUser"`
	Home         *string   `json:"home"`
}

// Group is an entry of users.groups.
type Group struct {
	GID *int64 `json:"gid"`
	// At is where the repo says the gid, nil if it does not.
	At *Position `json:"at"`
}

// StaticIDs is NixOS's own table, config.ids.
type StaticIDs struct {
	UIDs map[string]int64 `json:"uids"`
	GIDs map[string]int64 `json:"gids"`
}

// Unit is a systemd service with the account it runs as.
type Unit struct {
	User        *string `json:"user"`
	Group       *string `json:"group"`
	DynamicUser bool    `json:"dynamicUser"`
	// Capabilities are those that it has without being root.
	Capabilities []string `json:"capabilities"`
	UMask        *string  `json:"umask"`
	// Devices are the files of devices that it is let to, as DeviceAllow has them.
	Devices []string `json:"devices"`
	// OnFailure are the units that are started when it fails.
	OnFailure []string `json:"onFailure"`
}

// UnitDetail is a systemd service with what orders and confines it.
type UnitDetail struct {
	Unit
	Type              *string  `json:"type"`
	After             []string `json:"after"`
	Before            []string `json:"before"`
	Requires          []string `json:"requires"`
	Wants             []string `json:"wants"`
	WantedBy          []string `json:"wantedBy"`
	RequiresMountsFor []string `json:"requiresMountsFor"`
	// Hardening names the directives of the baseline that are set.
	Hardening []string `json:"hardening"`
	// Confinement are directives about devices, capabilities and the like by
	// name, with their values; only those that are set.
	Confinement    map[string][]string `json:"confinement"`
	ReadWritePaths []string            `json:"readWritePaths"`
	StateDirectory []string            `json:"stateDirectory"`
	// Environment names the variables of the unit; EnvironmentFiles is the
	// number of files with more.
	Environment      []string `json:"environment"`
	EnvironmentFiles int      `json:"environmentFiles"`
	// Digests are the SHA-256 sums, in hexadecimal, of the variables' values.
	Digests map[string]string `json:"digests"`
	// Restart is when it is started anew, nil if nothing says so; Remains tells
	// that it counts as active after it ended.
	Restart *string `json:"restart"`
	Remains bool    `json:"remains"`
	// Starts tells whether the unit has something to run.
	Starts bool `json:"starts"`
	// Datasets are those that the script of a unit that restores data names, with
	// the host that they are on where it is another: user@host:pool/data.
	Datasets []string `json:"datasets"`
	// Exposed are secrets in its command or its variables.
	Exposed []Exposed `json:"exposed"`
}

// Upstream is a module of NixOS: services.<name>.
type Upstream struct {
	Enabled bool `json:"enabled"`
	// EnabledIn are the files of the repo that enable it.
	EnabledIn []string       `json:"enabledIn"`
	Ports     []UpstreamPort `json:"ports"`
	// Proxy tells that it has the web's ports without an option that says so.
	Proxy bool `json:"proxy"`
	// WebPorts are the http_port and https_port that Caddy's text gives it.
	WebPorts map[string]int64 `json:"webPorts"`
}

// UpstreamPort is an option, or a setting, of an enabled module of NixOS that
// holds a port, or in Listen an address with a port.
type UpstreamPort struct {
	Option  string  `json:"option"`
	Port    int64   `json:"port"`
	Address *string `json:"address"`
	Listen  *string `json:"listen"`
	// At is where the repo says it, nil if it does not.
	At *Position `json:"at"`
}

// Socket is a systemd socket unit: what it listens on, as systemd writes it.
type Socket struct {
	Streams   []string  `json:"streams"`
	Datagrams []string  `json:"datagrams"`
	At        *Position `json:"at"`
}

// Firewall is what the firewall lets in on every interface.
type Firewall struct {
	Enabled bool    `json:"enabled"`
	TCP     []int64 `json:"tcp"`
	UDP     []int64 `json:"udp"`
}

// Scrape is a job of Prometheus.
type Scrape struct {
	Job     string   `json:"job"`
	Path    string   `json:"path"`
	Targets []string `json:"targets"`
}

// Policy is an authorization policy of the proxy.
type Policy struct {
	Name string `json:"name"`
	Path string `json:"path"`
	// Injects tells whether the service is told in headers who was let in; nil
	// if policies have no option that says so.
	Injects *bool `json:"injects"`
}

// Identity is whom the proxy lets sign people in, and where the proxy has its
// own environment from.
type Identity struct {
	Providers []IdentityProvider `json:"providers"`
	// Unit is the proxy's systemd service, nil if it is not known; Templates are
	// the templates of secrets that are files of its environment.
	Unit      *string  `json:"unit"`
	Templates []string `json:"templates"`
}

// IdentityProvider is an entry of the proxy's identity providers: the address
// of the provider and that of what it says of itself.
type IdentityProvider struct {
	Name      string  `json:"name"`
	Path      string  `json:"path"`
	Issuer    *string `json:"issuer"`
	Discovery *string `json:"discovery"`
}

// Template is a file made from secrets: the names of the variables in it, never
// their values.
type Template struct {
	Variables []string `json:"variables"`
}

// Restarts are the units that sops starts again, by the secret or the template
// that changes.
type Restarts struct {
	Secrets   map[string][]string `json:"secrets"`
	Templates map[string][]string `json:"templates"`
	// Options tell whether there is an option for it at all.
	Options RestartOptions `json:"options"`
}

// RestartOptions tell of what sops can be told to start units again.
type RestartOptions struct {
	Secrets   bool `json:"secrets"`
	Templates bool `json:"templates"`
}

// Registry is a table of ids that the repo keeps in one place.
type Registry struct {
	// Path is the module argument and the attribute in it.
	Path    []string                 `json:"path"`
	File    *string                  `json:"file"`
	Entries map[string]RegistryEntry `json:"entries"`
}

// RegistryEntry is one service's ids in a Registry.
type RegistryEntry struct {
	UID    *int64   `json:"uid"`
	GID    *int64   `json:"gid"`
	Line   int      `json:"line"`
	Fields []string `json:"fields"`
}
