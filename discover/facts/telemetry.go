package facts

// BrokerEntry is what a service contributes to the message broker, see
// BrokerHub.
type BrokerEntry struct {
	Users []BrokerUser `json:"users"`
	Rules []BrokerRule `json:"rules"`
}

// BrokerUser is an account at the broker.
type BrokerUser struct {
	Name *string `json:"name"`
	// Secret is the sops name of its password, nil if that is no secret of sops.
	Secret *string  `json:"secret"`
	Tags   []string `json:"tags"`
}

// BrokerRule is what somebody may do at the broker: who by kind of subject.
type BrokerRule struct {
	Permission *string  `json:"permission"`
	Action     *string  `json:"action"`
	Kind       *string  `json:"kind"`
	Subject    *string  `json:"subject"`
	Topics     []string `json:"topics"`
}

// GrafanaEntry is what a service contributes to Grafana, see GrafanaHub.
type GrafanaEntry struct {
	Sources map[string]DataSource      `json:"sources"`
	Folders map[string]DashboardFolder `json:"folders"`
	// Credentials are systemd's, as name:path.
	Credentials []string `json:"credentials"`
}

// DataSource is a data source of Grafana. Of its secrets only the files are
// known that are named in their place, by field.
type DataSource struct {
	Name     *string           `json:"name"`
	UID      *string           `json:"uid"`
	Type     *string           `json:"type"`
	URL      *string           `json:"url"`
	User     *string           `json:"user"`
	Database *string           `json:"database"`
	Files    map[string]string `json:"files"`
}

// DashboardFolder is a folder of files that Grafana shows, in a folder of its
// own.
type DashboardFolder struct {
	Name   *string `json:"name"`
	Folder *string `json:"folder"`
	Path   *string `json:"path"`
}

// Provisioned is what Grafana is given when it starts.
type Provisioned struct {
	Enabled bool `json:"enabled"`
	// Named tells that entries of GrafanaHub have named data sources and folders,
	// not lists of them.
	Named   bool              `json:"named"`
	Sources []DataSource      `json:"sources"`
	Folders []DashboardFolder `json:"folders"`
}
