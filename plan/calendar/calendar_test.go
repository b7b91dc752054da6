package calendar_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/plan/calendar"
)

// TestLongestPause: the longest time between two runs, which an alert on a
// timer that does not fire must wait for.
func TestLongestPause(t *testing.T) {
	const minute, hour, day = 60, 3600, 86400
	for event, want := range map[string]int64{
		"minutely": minute, "hourly": hour, "daily": day, "weekly": 7 * day, "monthly": 31 * day, "quarterly": 92 * day, "semiannually": 184 * day,
		"yearly": 366 * day, "annually": 366 * day,
		"03:30": day, "*:0/15": 15 * minute, "*:*": minute, "*:*:0/30": 30, "0/6:00": 6 * hour, "8..18:00": 14 * hour, "06,18:15:30": 12 * hour, "22,4:00": 18 * hour,
		"Mon..Fri 03:30": 3 * day, "Mon,Thu 01:00": 4 * day, "Sat,Sun,Mon 00:00": 5 * day, "Sun": 7 * day, "Mon *-*-1..7 04:00": 35 * day,
		"*-*-01 04:00:00": 31 * day, "*-*-1/10 00:00": 10 * day, "*-*-31": 61 * day, "*-02-29 00:00": 2921 * day, "01-15": 366 * day, "*-1..3-1 2:00": 306 * day,
		"daily UTC": 0, "Fri 03:30 UTC": 7 * day, "*-*-* 23:59:59": day, "Mon..Sun 12:00": day,
	} {
		t.Run(event, func(t *testing.T) {
			if want == 0 {
				require.Error(t, calendar.Check(event))
				return
			}
			c, err := calendar.Parse(event)
			require.NoError(t, err)
			require.Equal(t, want, c.LongestPause())
		})
	}
}

// TestParseRefuses: what systemd does not take, or what ends, is refused with
// the reason.
func TestParseRefuses(t *testing.T) {
	for event, want := range map[string]string{
		"":                    "is no calendar event",
		"every day":           `what is "every"`,
		"24:00":               `"24" is not within 0 and 23`,
		"3":                   `what is "3"`,
		"03:60":               `"60" is not within 0 and 59`,
		"*/5:00":              `"*/5" is no number`,
		"*:5/0":               `"5/0" is not within`,
		"18..8:00":            `"18..8" is not within`,
		"1:2:3:4":             "is no time such as 03:30",
		"Mon..Fri..Sat 03:30": `"Fri..Sat" is none of`,
		"Monday 03:30":        `"Monday" is none of Mon, Tue`,
		"2026-01-01 03:30":    `it ends: the year is "2026" and not *`,
		"*-13-01":             `"13" is not within 1 and 12`,
		"*-*-32":              `"32" is not within 1 and 31`,
		"*-02-30":             "it does not come again within eight years",
		"1-2-3-4":             "is no date such as",
		"*-*~01":              `"*~01" is no number`,
		"03:30 Mon":           `what is "Mon"`,
		"03:30 04:30":         `what is "04:30"`,
		"03:30 Europe/Berlin": `what is "Europe/Berlin"`,
		"Mon  03:30":          `what is ""`,
		"daily\n":             "is no calendar event",
		"\n\x1b[2J-1-1":       `it ends: the year is "\n\x1b[2J" and not *`,
		"*-*-0":               `"0" is not within 1 and 31`,
		"Sat..Mon 03:30":      `"Sat..Mon" runs backwards: a week begins on Monday`,
		"Sun..Tue":            `"Sun..Tue" runs backwards`,
		"22/6:00":             `"22/6" has no second step up to 23: say 22`,
		"*-*-1..3/5":          `"1..3/5" has no second step up to 3: say 1`,
		"Mon *-02-29":         "it does not come again within eight years",
	} {
		t.Run(event, func(t *testing.T) {
			require.ErrorContains(t, calendar.Check(event), want)
			require.ErrorContains(t, calendar.Check(event), "write it as systemd does")
		})
	}
}
