package calendar_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/plan/calendar"
)

// TestSystemd: systemd takes what is taken here, and by its own reckoning no two
// times in a row are further apart than LongestPause says.
func TestSystemd(t *testing.T) {
	program, err := exec.LookPath("systemd-analyze")
	if err != nil {
		t.Skip("systemd-analyze is not installed: what systemd makes of our calendar events cannot be tested")
	}
	taken := 0
	for seed := range uint64(300) {
		event := drawn(rand.New(rand.NewPCG(seed, 1)))
		e, err := calendar.Parse(event)
		if err != nil {
			continue
		}
		taken++
		// Before 2100, where a leap day is left out.
		for _, base := range []string{"2026-11-28", "2095-06-01"}[:1+taken%2] {
			times := elapses(t, program, event, base)
			require.NotEmpty(t, times, event)
			// systemd 252 leaves days out where a date has steps: after 28 December
			// 2026, "Mon..Wed *-6/11" comes on 17 February, and "*-6,17,28" on 6 January.
			for i := 1; i < len(times) && !strings.Contains(dateOf(event), "/"); i++ {
				require.LessOrEqual(t, times[i].Sub(times[i-1]), time.Duration(e.LongestPause())*time.Second, "%q at %s", event, times[i])
			}
		}
	}
	require.Greater(t, taken, 50)
}

// dateOf is the part of an event with the date, empty without one.
func dateOf(event string) string {
	for word := range strings.FieldsSeq(event) {
		if strings.Contains(word, "-") {
			return word
		}
	}
	return ""
}

var elapse = regexp.MustCompile(`(?m)(?:Next elapse|Iter(?:\.|ation) #[0-9]+): [A-Z][a-z]{2} ([0-9-]+ [0-9:]+) UTC$`)

// elapses are times at which an event happens, as systemd says.
func elapses(t *testing.T, program, event, base string) []time.Time {
	t.Helper()
	c := exec.Command(program, "calendar", "--iterations=40", "--base-time="+base, event)
	c.Env = append(os.Environ(), "TZ=UTC", "LC_ALL=C")
	out, err := c.CombinedOutput()
	require.NoError(t, err, "%q: %s", event, out)
	var times []time.Time
	for _, m := range elapse.FindAllStringSubmatch(string(out), -1) {
		at, err := time.Parse(time.DateTime, m[1])
		require.NoError(t, err, "%q: %s", event, out)
		times = append(times, at)
	}
	return times
}

// drawn is something like a calendar event.
func drawn(r *rand.Rand) string {
	pick := func(list ...string) string { return list[r.IntN(len(list))] }
	part := func(least, most int) string {
		one := func() string { return fmt.Sprintf(pick("%d", "%02d"), least+r.IntN(most-least+1)) }
		step := fmt.Sprint(1 + r.IntN(12))
		return pick("*", "*", one(), one(), one()+","+one(), one()+".."+one(), one()+"/"+step, one()+".."+one()+"/"+step, one()+","+one()+".."+one())
	}
	day := func() string { return pick("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun") }
	words := []string{pick(day(), day()+".."+day(), day()+","+day()), pick("*-", "") + part(1, 12) + "-" + part(1, 31), part(0, 23) + ":" + part(0, 59) + pick("", ":"+part(0, 59)), "UTC"}
	event := pick("daily", "weekly", "hourly", "quarterly", "yearly", "semiannually", "minutely", "annually", "monthly")
	if r.IntN(20) > 0 {
		event = ""
		for _, w := range words {
			if r.IntN(2) == 0 {
				event += " " + w
			}
		}
	}
	return strings.TrimSpace(event)
}

// FuzzParse: whatever text it is, it is taken and comes again, or it is refused
// on one line.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"daily", "Mon..Fri 03:30 UTC", "*-*-1/10 0..6:*/5:7,9", "02-29", "Sat..Mon", "\n\x1b[2J-1-1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		e, err := calendar.Parse(s)
		if err != nil {
			require.NotContains(t, err.Error(), "\n")
			return
		}
		require.Positive(t, e.LongestPause())
		require.NoError(t, calendar.Check(s))
	})
}
