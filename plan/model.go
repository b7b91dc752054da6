package plan

// Packaging is how the software is run.
type Packaging string

// The ways to run a service.
const (
	Native    Packaging = "native"    // a module of NixOS, wrapped
	OwnUnit   Packaging = "unit"      // a package, run by a unit of ours
	Container Packaging = "container" // an OCI image
)

// Auth is how people log in.
type Auth string

// The authentication patterns.
const (
	OIDC          Auth = "oidc"
	TrustedHeader Auth = "trusted-header"
	CaddySecurity Auth = "caddy-security"
	Hybrid        Auth = "hybrid"
	Builtin       Auth = "builtin"
	NoAuth        Auth = "none"
)

// Workload is what a service does with its storage.
type Workload string

// The workloads.
const (
	SQLite     Workload = "sqlite"
	Database   Workload = "database"
	Config     Workload = "config"
	Media      Workload = "media"
	Sequential Workload = "sequential"
	Stateless  Workload = "stateless"
)

// Model is the service as it is to be written. Everything in it was decided.
type Model struct {
	Name        string
	DisplayName string
	Description string
	Packaging   Packaging
	// Factory tells that a container goes through the repo's service factory.
	Factory bool
	// Profile is the factory's kind of service.
	Profile string
	Account Account
	// Port is where the host finds the service, PortReason why it is not the
	// one that is known or said, if it is not.
	Port          int
	PortReason    string
	ContainerPort int
	Image         string
	// RunAs is how a container gets its ids: user, puid or image.
	RunAs       string
	Package     string // attribute path below pkgs
	Program     string
	Arguments   []string
	NativeName  string
	NativeNames map[string]string // our option -> upstream's option
	Environment []Variable
	SecretNames []string // environment variables that hold secrets
	// Composed are variables whose values have the database's password in them,
	// Handover is how secrets reach the software.
	Composed []Composed
	Handover Handover
	// Restarts are what a changed secret starts again.
	Restarts []Restart
	// Database and Redis are what it uses of the host's servers, nil for none.
	Database *PostgreSQL
	Redis    *Redis
	// MQTT is its account at the host's broker, Grafana what Grafana shows of
	// it; nil for none.
	MQTT    *MQTT
	Grafana *Grafana
	// Lines are variables with secrets for others, such as the proxy.
	Lines  []Line
	Widget *Widget
	Data   *Data
	Auth   Access
	// Tunnel is how the internet reaches it, nil if it does not; Keys and Bypass
	// are how machines get in.
	Tunnel *Tunnel
	Keys   []APIKey
	Bypass *Bypass
	// NoTile tells that people do not open it.
	NoTile bool
	// HealthPath is asked for in health checks; HealthStrict tells that only an
	// answer without error counts, because the path was said.
	HealthPath   string
	HealthStrict bool
	// HealthCheck is the image's own, a command and its arguments, or one text
	// for its shell; empty for ours.
	HealthCheck []string
	// HealthTool is a program of the image to ask with, empty if nobody looked.
	HealthTool string
	// NoHealthCheck tells that the image has nothing to ask with.
	NoHealthCheck bool
	MetricsPath   string
	// Scraping is how the metrics come to be asked for, empty without.
	Scraping  Scraping
	Mount     *Mount
	Network   string
	Icon      string
	Backup    *Backup
	Preseed   []string // restore methods, empty for none
	Snapshots bool
	// Protection is what the dataset says of how well it is protected, nil for
	Category string
	Group    string // of the dashboard
	ProbeURL Probe
	Where    Where
	Memory   Memory
	// Hardware is what it is given of the host beyond files and ports, nil for
	// nothing.
	Protection *Protection
	Hardware   *Hardware
	// Unit is the main systemd service, without its suffix.
	Unit string
	// HostLabel is the first label of its host name.
	HostLabel string
	// Web tells whether it has a web page.
	Web bool
	// Tier is how complex it is, Exemplar the service of the repo that is most
	// like it, empty if none is.
	Tier     Tier
	Exemplar string
	// Command are the arguments of a container's entrypoint, empty for the
	// image's.
	Command []string
	// Parts are the containers or units beside its own, in the order in which
	// they start; After are those that its own starts after.
	Parts []Part
	After []string
	// LeftOut is what of the host it is not wired into, and why.
	LeftOut []Omission
	// Schedule is set for what runs to its end, by the clock or at the start of
	// the host.
	Schedule *Schedule
	// Alerts are rules beside the one for a service that is down; Exporter writes
	// what one of them asks for.
	Alerts   []Alert
	Exporter *Exporter
	// OwnNetwork tells that Network is made for it, to join it with its parts.
	OwnNetwork bool
	// EngineNetwork is the engine's own network, which the containers are on too
	// that use a server of the host; empty where they need not be.
	EngineNetwork string
}

// Account is whom the service runs as.
type Account struct {
	User string
	UID  int64
	// Group is the primary group; Shared tells that it exists already.
	Group       string
	GID         int64
	Shared      bool
	ExtraGroups []string
}

// Variable is an environment variable with a value that is no secret.
type Variable struct{ Name, Value string }

// Data is where state is kept.
type Data struct {
	Dir    string // on the host
	Inside string // where the software sees it
	// Folders are the folders of Dir that a container sees, where it keeps state
	// in several places; Inside is then that of the first.
	Folders     []Folder
	Workload    Workload
	RecordSize  string
	Compression string
	Reason      string // why that record size
}

// Folder is a folder in a service's data and where its container sees it.
type Folder struct{ Name, Inside string }

// Access is how people get in.
type Access struct {
	Kind Auth
	// Helper is the member of the host library that has the policy, such as
	// caddySecurity.media; Policy and Portal are what it evaluates to.
	Helper []string
	Policy string
	Portal string
	// Variables and Settings turn the way to log in on: variables, which are
	// among Environment, or options below services.<native>.
	Variables []Variable
	Settings  []Setting
	// Secrets are variables with the client's secret or the key, which are among
	// SecretNames.
	Secrets []string
	// Client is set for a client of the identity provider.
	Client *Client
	// Header is the header that is trusted or that carries the key; Key is the
	// variable of the proxy that has the key.
	Header, Key string
	// ProxyLines are lines of the proxy's block for the service.
	ProxyLines []string
	// Manual are steps that only a person can do.
	Manual []string
}

// Setting is an option of a NixOS module: a string, a number, a boolean, or a
// list or set of them.
type Setting struct {
	Path  []string
	Value any
}

// Client is what the identity provider must know of the service.
type Client struct {
	ID string
	// Provider is the identity provider's name on the host, Issuer its address.
	Provider, Issuer string
	// Callback is where people are sent back to, empty if that is not known.
	Callback string
	// Secret is the variable that holds the client's secret, empty for none.
	Secret string
}

// Line is a variable with a secret that the service adds to a template of the
// host's secrets.
type Line struct {
	Template, Variable string
	Secret             string // its sops name
	// Unit is set for a template that is not there yet: whose environment it
	// becomes a file of.
	Unit string
	// Random tells that its value is made up, and not the software's.
	Random bool
	// About says who reads the variable, and what for.
	About string
}

// Widget is what the dashboard shows of the service.
type Widget struct {
	Type string
	// Options have plain values, Secrets the names of variables.
	Options, Secrets []Variable
	Fields           []string
}

// Mount is a network mount that the service needs.
type Mount struct {
	Name   string
	Path   string
	Unit   string
	Inside string
	Group  string // who may use its files
	// ReadOnly tells that the service cannot write them.
	ReadOnly bool
}

// Backup is how the data are backed up.
type Backup struct {
	Helper []string
	Tags   []string
	// Reader is the account that the backup reads the data as, if it has to be
	// put into the data's group for it.
	Reader string
}

// Probe is the black-box check.
type Probe struct {
	// Local tells that the backend itself is asked, not the proxy; TCP that it is
	// asked for nothing, only whether it accepts a connection.
	Local, TCP bool
	Path       string
	Conditions []string
	// Alert is who is told, nil for nobody.
	Alert *ProbeAlert
}

// Memory is what a container may use.
type Memory struct{ Limit, Reservation, CPUs string }

// Where is where files go.
type Where struct {
	Module string
	Host   string
}
