package catalog

// Entry is what is known of one service that can be looked up nowhere by a
// program: neither in nixpkgs nor in an image. What is not known is left out.
type Entry struct {
	// Name is how the service is called on the command line, and its file.
	Name string `yaml:"name" json:"name"`
	// Aliases are other names that people give it.
	Aliases     []string `yaml:"aliases" json:"aliases,omitempty"`
	DisplayName string   `yaml:"displayName" json:"displayName"`
	// Description is what it does, in a few words.
	Description string `yaml:"description" json:"description"`
	// Category is one of Categories.
	Category string `yaml:"category" json:"category"`
	// Group is a usual group of a dashboard.
	Group    string `yaml:"group" json:"group"`
	Homepage string `yaml:"homepage" json:"homepage"`
	// Icon is its name among the dashboard icons.
	Icon string `yaml:"icon" json:"icon"`
	// Native and Packages are names under services of NixOS and in nixpkgs, in
	// order of preference, where they differ from Name; none where what is
	// called so is something else.
	Native   []string `yaml:"native" json:"native,omitempty"`
	Packages []string `yaml:"packages" json:"packages,omitempty"`
	// Images are repositories without tag, such as ghcr.io/owner/name.
	Images []string `yaml:"images" json:"images,omitempty"`
	// Tag is a tag of the family that is wanted, such as 1.2.3-alpine, where
	// the newest plain version is not.
	Tag string `yaml:"tag" json:"tag,omitempty"`
	// Port is the port that upstream listens on, 0 for none.
	Port int `yaml:"port" json:"port,omitempty"`
	// NoWeb tells that it has no web page.
	NoWeb bool `yaml:"noWeb" json:"noWeb,omitempty"`
	// DataDirs are where an image keeps state, the main one first.
	DataDirs []string `yaml:"dataDirs" json:"dataDirs,omitempty"`
	// Workload is a workload of plan.
	Workload string `yaml:"workload" json:"workload"`
	// Mount is the kind of shared files it works on: media, documents, photos,
	// downloads or none.
	Mount string `yaml:"mount" json:"mount,omitempty"`
	// MountPath is where its image expects them.
	MountPath string `yaml:"mountPath" json:"mountPath,omitempty"`
	// Needs are postgresql, mysql, redis, mqtt, gpu, usb, host-network.
	Needs []string `yaml:"needs" json:"needs,omitempty"`
	// Hardware is what it can use of a host beyond files and ports.
	Hardware *Hardware `yaml:"hardware" json:"hardware,omitempty"`
	// DatabaseExtensions are those that its PostgreSQL database must have.
	DatabaseExtensions []string `yaml:"databaseExtensions" json:"databaseExtensions,omitempty"`
	// Memory is what a small instance may use, such as 512M.
	Memory string `yaml:"memory" json:"memory,omitempty"`
	// RunAs is how its image takes ids: user, puid or image.
	RunAs string `yaml:"runAs" json:"runAs,omitempty"`
	// Environment are variables that it does not start without, with
	// placeholders as in Ability, and ServerPlaceholders for what it needs.
	Environment map[string]string `yaml:"environment" json:"environment,omitempty"`
	// Secrets are variables with secrets that it does not start without.
	Secrets []string `yaml:"secrets" json:"secrets,omitempty"`
	// Command are the arguments of its image's entrypoint, where it does not
	// start right without.
	Command []string `yaml:"command" json:"command,omitempty"`
	// Parts are containers that run beside it.
	Parts []Part `yaml:"parts" json:"parts,omitempty"`
	// Health is a path that answers without login when it is well.
	Health  string   `yaml:"health" json:"health,omitempty"`
	Metrics *Metrics `yaml:"metrics" json:"metrics,omitempty"`
	Widget  *Widget  `yaml:"widget" json:"widget,omitempty"`
	// MQTT is what its account at a message broker is for, Grafana what can be
	// shown of it.
	MQTT    *MQTT    `yaml:"mqtt" json:"mqtt,omitempty"`
	Grafana *Grafana `yaml:"grafana" json:"grafana,omitempty"`
	Auth    Auth     `yaml:"auth" json:"auth"`
	// Sources are where the rest of the entry was read.
	Sources []string `yaml:"sources" json:"sources"`
	// File is the file that the entry comes from; see FileOf.
	File string `yaml:"-" json:"-"`

	from  map[string]string // fields that a repo says -> its file
	below string            // the file of the rest
}

// Metrics is an endpoint of Prometheus.
type Metrics struct {
	Path string `yaml:"path" json:"path"`
	// Port is set where it is not the service's own.
	Port int `yaml:"port" json:"port,omitempty"`
	// Authentication is none, token, basic or unknown.
	Authentication string `yaml:"authentication" json:"authentication"`
	// Environment are variables that turn it on.
	Environment map[string]string `yaml:"environment" json:"environment,omitempty"`
}

// Widget is what the dashboard Homepage can show of the service.
type Widget struct {
	Type string `yaml:"type" json:"type"`
	// Secrets are fields of the widget that hold secrets.
	Secrets []string `yaml:"secrets" json:"secrets,omitempty"`
	// Options are further fields with plain values.
	Options map[string]string `yaml:"options" json:"options,omitempty"`
	// Fields are what it shows, upstream's choice if empty.
	Fields []string `yaml:"fields" json:"fields,omitempty"`
	Source string   `yaml:"source" json:"source"`
}

// Auth is how the service can log people in. An ability that nobody has looked
// up is unknown.
type Auth struct {
	OIDC          Ability `yaml:"oidc" json:"oidc"`
	TrustedHeader Ability `yaml:"trustedHeader" json:"trustedHeader"`
	// Disable is whether its own login can be turned off.
	Disable Ability `yaml:"disable" json:"disable"`
	APIKey  Ability `yaml:"apiKey" json:"apiKey"`
	// MultiUser is whether people have data or rights of their own in it.
	MultiUser Ability `yaml:"multiUser" json:"multiUser"`
	// None tells that it has no login at all; then Disable is yes.
	None bool `yaml:"none" json:"none,omitempty"`
}

// Support is what is known of an ability.
type Support string

// What can be known of an ability. The zero value is unknown.
const (
	Yes     Support = "yes"
	No      Support = "no"
	Unknown Support = "unknown"
)

// Ability is one thing that a service can do, and where that is said.
//
// Values may hold placeholders: {url} and {host} of the service, {issuer} and
// {discovery} of the identity provider, {clientId}, {callback} (whole address)
// and {port}.
type Ability struct {
	Support Support `yaml:"support" json:"support"`
	// Source is the address of the page that says so, Seen the day (YYYY-MM-DD)
	// on which it was read. Both are there unless Support is unknown.
	Source string `yaml:"source" json:"source,omitempty"`
	Seen   string `yaml:"seen" json:"seen,omitempty"`
	// Environment are variables that turn it on.
	Environment map[string]string `yaml:"environment" json:"environment,omitempty"`
	// Settings are options below services.<native> that turn it on, by dotted path.
	Settings map[string]any `yaml:"settings" json:"settings,omitempty"`
	// Secret is the variable that holds the client's secret or the key.
	Secret string `yaml:"secret" json:"secret,omitempty"`
	// Callback is the path that the identity provider sends people back to.
	Callback string `yaml:"callback" json:"callback,omitempty"`
	// Header is the header that is trusted, or that carries the key.
	Header string `yaml:"header" json:"header,omitempty"`
	// Prefix stands before the key in the header, such as "Bearer ".
	Prefix string `yaml:"prefix" json:"prefix,omitempty"`
	// Pages is whether the key opens the pages too, not only the API.
	Pages Support `yaml:"pages" json:"pages,omitempty"`
	// Paths are those at which the key is asked for however people log in, of the
	// beginning of what is below.
	Paths []string `yaml:"paths" json:"paths,omitempty"`
	// AutoCreate is whether accounts are made at the first login.
	AutoCreate Support `yaml:"autoCreate" json:"autoCreate,omitempty"`
	// Manual are steps that only a person can do, in its own settings.
	Manual string `yaml:"manual" json:"manual,omitempty"`
	// Note is what else one should know.
	Note string `yaml:"note" json:"note,omitempty"`
}

// Categories are what an Entry's category may be, with what they hold.
var Categories = map[string]string{
	"ai": "language models and what uses them", "auth": "identity and passwords", "automotive": "cars",
	"backup": "backup and synchronisation", "books": "books, comics and their libraries", "communication": "chat, mail and notifications",
	"development": "code, builds and databases", "documents": "documents, notes and bookmarks", "downloads": "download clients and indexers",
	"finance": "money", "food": "recipes and shopping", "games": "games", "home-automation": "the house",
	"infrastructure": "what other services need", "media": "what plays media", "media-automation": "what finds and files media",
	"monitoring": "metrics, logs and checks", "network": "DNS, proxies and network devices", "photos": "photos",
	"productivity": "what people work with", "tools": "small helpers", "health": "body and sport",
}
