package plan

// PromiseKind says what a promise is about, and so how it is checked.
type PromiseKind string

// The promises.
const (
	PromiseService     PromiseKind = "service"
	PromiseUser        PromiseKind = "user"
	PromiseGroup       PromiseKind = "group"
	PromiseUnit        PromiseKind = "unit"
	PromiseAccount     PromiseKind = "account"
	PromiseHardening   PromiseKind = "hardening"
	PromiseContainer   PromiseKind = "container"
	PromiseIdentity    PromiseKind = "identity"
	PromiseVolume      PromiseKind = "volume"
	PromiseResources   PromiseKind = "resources"
	PromiseHealth      PromiseKind = "health-check"
	PromiseNetwork     PromiseKind = "network"
	PromiseListener    PromiseKind = "listener"
	PromiseDataset     PromiseKind = "dataset"
	PromiseMount       PromiseKind = "mount"
	PromiseVhost       PromiseKind = "vhost"
	PromiseAuth        PromiseKind = "auth"
	PromiseLogin       PromiseKind = "login"
	PromiseClient      PromiseKind = "oidc-client"
	PromiseHeader      PromiseKind = "trusted-header"
	PromiseKey         PromiseKind = "injected-key"
	PromiseBackup      PromiseKind = "backup"
	PromiseReader      PromiseKind = "backup-reader"
	PromiseRestore     PromiseKind = "restore"
	PromiseSnapshot    PromiseKind = "snapshot"
	PromiseProtection  PromiseKind = "protection"
	PromiseAlert       PromiseKind = "alert"
	PromiseRule        PromiseKind = "alert-rule"
	PromiseTimer       PromiseKind = "timer"
	PromiseEnds        PromiseKind = "ends-by-itself"
	PromiseUnwatched   PromiseKind = "not-always-raised"
	PromiseExported    PromiseKind = "exported-metric"
	PromiseNotify      PromiseKind = "notification"
	PromiseMetrics     PromiseKind = "metrics"
	PromiseTile        PromiseKind = "tile"
	PromiseProbe       PromiseKind = "probe"
	PromiseSecret      PromiseKind = "secret"
	PromiseRegistry    PromiseKind = "registry"
	PromiseEnvironment PromiseKind = "environment"
	PromiseWritable    PromiseKind = "writable"
	PromiseLogs        PromiseKind = "logs"
	PromiseDatabase    PromiseKind = "database"
	PromiseRedis       PromiseKind = "redis"
	PromiseOrder       PromiseKind = "order"
	PromiseCredential  PromiseKind = "credential"
	PromiseHidden      PromiseKind = "hidden-secrets"
	PromiseRestarted   PromiseKind = "restarted"
	PromiseBroker      PromiseKind = "broker-account"
	PromiseTold        PromiseKind = "told"
	PromiseSource      PromiseKind = "data-source"
	PromiseDashboards  PromiseKind = "dashboards"
	PromiseDevices     PromiseKind = "devices"
	PromiseGroups      PromiseKind = "groups"
	PromiseCapability  PromiseKind = "capabilities"
	PromiseHostNetwork PromiseKind = "host-network"
	PromiseReadOnly    PromiseKind = "read-only"
	PromiseCommand     PromiseKind = "command"
	PromiseInternal    PromiseKind = "internal"
	PromiseOneBackup   PromiseKind = "one-backup"
	PromiseTunnel      PromiseKind = "tunnel"
	PromiseMachine     PromiseKind = "machine-key"
	PromiseUnasked     PromiseKind = "unasked"
	PromiseAbsence     PromiseKind = "absence"
	PromiseNothing     PromiseKind = "nothing-else"
	PromiseAssertions  PromiseKind = "assertions"
	PromiseSystem      PromiseKind = "system"
)

// Promise is one thing that must be observable in the evaluated system after
// the files are written. Subject is what it is about (a user, a unit, a virtual
// host), Want what must be true of it, by field.
type Promise struct {
	Kind    PromiseKind       `json:"kind"`
	Subject string            `json:"subject"`
	Text    string            `json:"text"`
	Want    map[string]string `json:"want,omitempty"`
}
