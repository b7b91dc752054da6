package plan

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// TestCalendarPauses: the longest time between two runs, which an alert on a
// timer that does not fire must wait for.
func TestCalendarPauses(t *testing.T) {
	const minute, hour, day = 60, 3600, 86400
	for event, want := range map[string]int64{
		"minutely": minute, "hourly": hour, "daily": day, "weekly": 7 * day, "monthly": 31 * day, "quarterly": 92 * day, "semiannually": 184 * day,
		"yearly": 366 * day, "annually": 366 * day,
		"03:30": day, "*:0/15": 15 * minute, "*:*": minute, "*:*:0/30": 30, "0/6:00": 6 * hour, "8..18:00": 14 * hour, "06,18:15:30": 12 * hour, "22,4:00": 18 * hour,
		"Mon..Fri 03:30": 3 * day, "Mon,Thu 01:00": 4 * day, "Sat..Mon 00:00": 5 * day, "Sun": 7 * day, "Mon *-*-1..7 04:00": 35 * day,
		"*-*-01 04:00:00": 31 * day, "*-*-1/10 00:00": 10 * day, "*-*-31": 61 * day, "*-02-29 00:00": 2921 * day, "01-15": 366 * day, "*-1..3-1 2:00": 306 * day,
		"daily UTC": 0, "Fri 03:30 UTC": 7 * day, "*-*-* 23:59:59": day, "Mon..Sun 12:00": day,
	} {
		t.Run(event, func(t *testing.T) {
			if want == 0 {
				require.Error(t, calendarForm(event))
				return
			}
			c, err := parseCalendar(event)
			require.NoError(t, err)
			require.Equal(t, want, c.longestPause())
		})
	}
}

// TestCalendarRefused: what systemd does not take, or what ends, is refused with
// the reason.
func TestCalendarRefused(t *testing.T) {
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
		"Monday 03:30":        `"Monday" is none of Sun, Mon`,
		"2026-01-01 03:30":    "it ends: the year is 2026 and not *",
		"*-13-01":             `"13" is not within 1 and 12`,
		"*-*-32":              `"32" is not within 1 and 31`,
		"*-02-30":             "it does not come again within years",
		"1-2-3-4":             "is no date such as",
		"*-*~01":              `"*~01" is no number`,
		"03:30 Mon":           `what is "Mon"`,
		"03:30 04:30":         `what is "04:30"`,
		"03:30 Europe/Berlin": `what is "Europe/Berlin"`,
		"Mon  03:30":          `what is ""`,
		"daily\n":             "is no calendar event",
		"*-*-0":               `"0" is not within 1 and 31`,
	} {
		t.Run(event, func(t *testing.T) {
			require.ErrorContains(t, calendarForm(event), want)
			require.ErrorContains(t, calendarForm(event), calendarHint)
		})
	}
}

// TestCalendarOfAnyTime: whatever is taken comes again, and pauses a day or a
// multiple of seconds that is not longer than its days allow.
func TestCalendarOfAnyTime(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		event := rapid.StringMatching(`((Mon|Tue|Sun)(\.\.Fri|,Sat)? )?([0-9*]|[0-2][0-9])(,[0-9]|/[1-9])?:[0-5]?[0-9](/[0-9])?`).Draw(t, "event")
		c, err := parseCalendar(event)
		if err != nil {
			return
		}
		pause := c.longestPause()
		require.Positive(t, pause)
		require.LessOrEqual(t, pause, int64(7*secondsOfDay))
	})
}

// TestSpoken is what people read of a number of seconds.
func TestSpoken(t *testing.T) {
	for seconds, want := range map[int64]string{
		1: "1 second", 90: "1 minute and 30 seconds", 3600: "1 hour", 86400: "1 day", 669600: "7 days and 18 hours", 93784: "1 day, 2 hours, 3 minutes and 4 seconds",
	} {
		require.Equal(t, want, spoken(seconds))
	}
}
