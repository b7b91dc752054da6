package facts

// HubKind says what an option that services contribute to is for.
type HubKind string

// The hubs that are looked for.
const (
	Proxy         HubKind = "proxy"
	DashboardHub  HubKind = "dashboard"
	BlackBoxHub   HubKind = "blackbox"
	DatasetsHub   HubKind = "datasets"
	SnapshotsHub  HubKind = "snapshots"
	AlertsHub     HubKind = "alerts"
	BackupJobsHub HubKind = "backupJobs"
	MountsHub     HubKind = "nfsMounts"
	NetworksHub   HubKind = "networks"
	DatabasesHub  HubKind = "databases"
	TemplatesHub  HubKind = "notifications"
	BrokerHub     HubKind = "broker"
	GrafanaHub    HubKind = "grafana"
)

// Hub is an option of the repo to which every service adds an entry.
type Hub struct {
	Path     []string `json:"path"`
	Fields   []string `json:"fields"`
	Required []string `json:"required"`
	// Enums are the words that a field may be, of fields that are no free text.
	Enums    map[string][]string `json:"enums"`
	Declared *Position           `json:"declared"`
	Names    []string            `json:"names"`
}

// Has tells whether entries of the hub have the field.
func (h *Hub) Has(field string) bool { return h != nil && contains(h.Fields, field) }

// Service is one of the repo's own service modules on the host.
type Service struct {
	Declared *Position `json:"declared"`
	Enabled  bool      `json:"enabled"`
	// DefinedIn are the files that define the service's enable option.
	DefinedIn []string `json:"definedIn"`
	// Options are the standard ones and those that may claim something, by
	// their dotted path below the service.
	Options map[string]Option `json:"options"`
	// Metrics tells that its metrics are enabled.
	Metrics bool `json:"metrics"`
	// Backup is what the service in question declares of its backup, LogUnit the
	// unit whose log it has shipped. Both are nil of other services, and where
	// they are off.
	Backup  *BackupJob `json:"backup"`
	LogUnit *string    `json:"logUnit"`
}

// Option is an option of a Service.
type Option struct {
	Type     string    `json:"type"`
	Declared *Position `json:"declared"`
	// Defined is where the repo sets a value other than the default, known of
	// options that hold an id or a port.
	Defined    *Position `json:"defined"`
	HasDefault bool      `json:"hasDefault"`
	Fields     []string  `json:"fields"`
	Enum       []any     `json:"enum"`
	// Value is a string, a number, a boolean or a list; nil if it was not
	// read or could not be.
	Value any `json:"value"`
}

// Container is an entry of virtualisation.oci-containers.containers. Of its
// environment only the names of variables are known, and the ids among their
// values.
type Container struct {
	// At, UserAt and Declared are where the repo says the ports, the user and
	// the container as such; nil if it does not.
	At               *Position         `json:"at"`
	UserAt           *Position         `json:"userAt"`
	Declared         *Position         `json:"declared"`
	IDs              map[string]string `json:"ids"`
	Image            *string           `json:"image"`
	Ports            []string          `json:"ports"`
	User             *string           `json:"user"`
	ExtraOptions     []string          `json:"extraOptions"`
	Volumes          []string          `json:"volumes"`
	Environment      []string          `json:"environment"`
	EnvironmentFiles int               `json:"environmentFiles"`
	// Digests are the SHA-256 sums, in hexadecimal, of the variables' values of
	// the containers of the service in question.
	Digests   map[string]string `json:"digests"`
	Networks  []string          `json:"networks"`
	DependsOn []string          `json:"dependsOn"`
	// Devices, Capabilities (whether it has one, by name) and Privileged are what
	// the options of those names say; ExtraOptions may say more, see Hardware.
	Devices      []string        `json:"devices"`
	Capabilities map[string]bool `json:"capabilities"`
	Privileged   bool            `json:"privileged"`
	// Command and Entrypoint are what the containers of the service in question
	// are started with, instead of what their images say.
	Command    []string `json:"command"`
	Entrypoint *string  `json:"entrypoint"`
	// Exposed are secrets in what everybody on the host may read of them.
	Exposed []Exposed `json:"exposed"`
}

// Vhost is a virtual host of the proxy.
type Vhost struct {
	// At is where the repo says the host name, nil if it does not.
	At       *Position `json:"at"`
	Enable   bool      `json:"enable"`
	HostName *string   `json:"hostName"`
	Backend  *Backend  `json:"backend"`
	Auth     bool      `json:"auth"`
	Portal   *string   `json:"portal"`
	Policy   *string   `json:"policy"`
	// Bypasses are the options by which requests pass that the portal did not
	// ask, such as bypassPaths.
	Bypasses []string `json:"bypasses"`
	// Open is what is let through so, nil where the portal asks nobody.
	Open              *Open   `json:"open"`
	ExtraConfig       string  `json:"extraConfig"`
	ReverseProxyBlock string  `json:"reverseProxyBlock"`
	Tunnel            *string `json:"tunnel"`
}

// Backend is where a Vhost sends requests.
type Backend struct {
	Scheme *string `json:"scheme"`
	Host   *string `json:"host"`
	Port   *int64  `json:"port"`
}

// Dataset is the storage of a service.
type Dataset struct {
	// At is where the repo says the mountpoint or, failing that, the dataset.
	At          *Position `json:"at"`
	RecordSize  *string   `json:"recordsize"`
	Compression *string   `json:"compression"`
	MountPoint  *string   `json:"mountpoint"`
	Owner       *string   `json:"owner"`
	Group       *string   `json:"group"`
	Mode        *string   `json:"mode"`
	// Protection is how well the data are to be protected, nil if nothing says it.
	Protection *Protection `json:"protection"`
}

// Alert is an alerting rule.
type Alert struct {
	Name     *string `json:"alertname"`
	Expr     *string `json:"expr"`
	For      *string `json:"for"`
	Type     *string `json:"type"`
	Severity *string `json:"severity"`
}

// Snapshot is a dataset's snapshot and replication policy.
type Snapshot struct {
	UseTemplate []string `json:"useTemplate"`
	// AutoSnap tells whether snapshots are made; nil leaves it to the template.
	AutoSnap    *bool        `json:"autosnap"`
	Replication *Replication `json:"replication"`
}

// Replication is where a dataset is sent.
type Replication struct {
	TargetHost    *string `json:"targetHost"`
	TargetDataset *string `json:"targetDataset"`
}

// Tile is an entry of the dashboard.
type Tile struct {
	Group       *string        `json:"group"`
	DisplayName *string        `json:"displayName"`
	HRef        *string        `json:"href"`
	Widget      map[string]any `json:"widget"`
}

// Probe is a black-box check.
type Probe struct {
	Group      *string  `json:"group"`
	URL        *string  `json:"url"`
	Conditions []string `json:"conditions"`
	Alerts     int      `json:"alerts"`
	// Told are those alerts: who is told, by kind, and after how many failures
	// and successes in a row; Fields are what can be said of one.
	Told []ProbeAlert `json:"told"`
}

// ProbeAlert is who is told when a Probe fails.
type ProbeAlert struct {
	Type      *string  `json:"type"`
	Fields    []string `json:"fields"`
	Failures  int      `json:"failures"`
	Successes int      `json:"successes"`
}

// BackupJob is a job that the backup system really has.
type BackupJob struct {
	Repository   *string  `json:"repository"`
	Paths        []string `json:"paths"`
	Tags         []string `json:"tags"`
	UseSnapshots bool     `json:"useSnapshots"`
	ZFSDataset   *string  `json:"zfsDataset"`
}

// Mount is a network mount with the unit that mounts it.
type Mount struct {
	LocalPath *string `json:"localPath"`
	Unit      *string `json:"unit"`
}

// Argument is a module argument of the repo's own making.
type Argument struct {
	Members map[string]Member `json:"members"`
}

// Library is a file of the repo that gives helpers, as its functions describe
// themselves when the file is imported.
type Library struct {
	// Arguments are what the file's function takes.
	Arguments []string          `json:"arguments"`
	Missing   []string          `json:"missing"`
	Members   map[string]Member `json:"members"`
	// Values are the plain sets among the members, one level deep.
	Values map[string]map[string]any `json:"values"`
}

// Member is a value of a Library or an Argument.
type Member struct {
	// Kind is function, set, type, a module system's mark such as "if", or the
	// type of a plain value.
	Kind string `json:"kind"`
	// Formals are a function's named parameters; true marks an optional one.
	Formals map[string]bool `json:"formals"`
	// Arity is how often a function can be applied, 0 for other values.
	Arity    int               `json:"arity"`
	Fields   []string          `json:"fields"`
	Required []string          `json:"required"`
	Members  map[string]Member `json:"members"`
	Value    any               `json:"value"`
	// Values are the plain values in a set.
	Values map[string]any `json:"values"`
	// Applied tells that the member takes the package set, and is described as
	// it is with it.
	Applied bool `json:"applied"`
}

// Takes tells whether a function has the named parameter.
func (m Member) Takes(formal string) bool { _, ok := m.Formals[formal]; return ok }

func contains(list []string, s string) bool {
	for _, e := range list {
		if e == s {
			return true
		}
	}
	return false
}
