package conflict

import (
	"fmt"

	"holthome.net/scaffold/discover/claim"
)

// devices: two services have one device that only one can use at a time.
func (j *judge) devices(host string) {
	claims := map[string][]claim.Claim{}
	for _, c := range j.of(host, claim.Device, func(c claim.Claim) bool { return !c.Reference }) {
		claims[c.Text] = append(claims[c.Text], c)
	}
	for _, device := range sortedNames(claims) {
		list := claims[device]
		f := Finding{Rule: DeviceShared, Severity: Warning, Value: device, Hosts: []string{host}, Advice: "take it from one of them: who opens it second fails, or takes it away"}
		for i, c := range list {
			if i == 0 || !j.same(list[0], c) {
				f.Parties = append(f.Parties, party(c))
			}
		}
		if len(f.Parties) > 1 {
			f.Message = fmt.Sprintf("%s have %s of %s: only one can use it at a time", owners(list), device, host)
			j.add(f)
		}
	}
}
