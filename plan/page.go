package plan

import "holthome.net/scaffold/discover/facts"

var pageKeys = []key{
	{name: "page", choices: yesNo, about: "whether people open it; without, it has no tile on the dashboard"},
}

// page: what only machines use is no page that people open.
func (m *maker) page() error {
	if said, ok := m.answer("page"); ok && m.Answers["web"] != "no" {
		m.said("page")
		m.model.NoTile = said == "no" && m.Facts.Hubs[facts.DashboardHub] != nil
	}
	return nil
}

// machinesOnly tells that nobody opens it, and machines come with keys.
func (m *maker) machinesOnly() bool {
	return m.Answers["page"] == "no" && m.Answers["apiKeys"] != ""
}
