package facts

// Protection is how well the data of a dataset are to be protected.
type Protection struct {
	// At is where the repo says it, nil if that is not known.
	At    *Position `json:"at"`
	Class string    `json:"class"`
	// Objectives are what may be lost and how long a restore may take, in
	// seconds; nil is not promised.
	Objectives map[string]*int64 `json:"objectives"`
	// RequiredTiers are what there must be to keep that.
	RequiredTiers []string `json:"requiredTiers"`
	Consistency   *string  `json:"consistency"`
	// AllowEmptyBootstrap tells whether the service may start with nothing
	// restored, nil if nothing says it.
	AllowEmptyBootstrap *bool   `json:"allowEmptyBootstrap"`
	Mechanism           *string `json:"mechanism"`
}

// ProtectionPolicy is what can be said of the protection of a dataset.
type ProtectionPolicy struct {
	// Optional tells that a dataset need not have one.
	Optional bool `json:"optional"`
	// Fields are its options by their dotted path.
	Fields map[string]ProtectionField `json:"fields"`
}

// ProtectionField is an option of a ProtectionPolicy.
type ProtectionField struct {
	// Required tells that it has no default.
	Required bool     `json:"required"`
	Enum     []string `json:"enum"`
	Default  any      `json:"default"` // nil if it is no string, number or boolean
}

// Has tells whether the policy has the option.
func (p *ProtectionPolicy) Has(field string) bool {
	if p == nil {
		return false
	}
	_, ok := p.Fields[field]
	return ok
}
