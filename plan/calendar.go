package plan

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// calendar is a calendar event of systemd as far as it is understood here: when
// it happens, day by day and within a day.
type calendar struct {
	// Each is what a value must be one of; nil stands for any.
	weekdays, months, days, hours, minutes, seconds []int
}

// shorthands are systemd's names for calendar events.
var shorthands = map[string]string{
	"minutely": "*-*-* *:*:00", "hourly": "*-*-* *:00:00", "daily": "*-*-* 00:00:00", "monthly": "*-*-01 00:00:00", "weekly": "Mon *-*-* 00:00:00",
	"yearly": "*-01-01 00:00:00", "annually": "*-01-01 00:00:00", "quarterly": "*-01,04,07,10-01 00:00:00", "semiannually": "*-01,07-01 00:00:00",
}

// calendarForm sees that a value is a calendar event that comes again.
func calendarForm(s string) error {
	_, err := parseCalendar(s)
	return err
}

const calendarHint = `write it as systemd does, such as daily, hourly, "Mon..Fri 03:30" or "*-*-01 04:00:00"`

// parseCalendar reads a calendar event: [weekdays] [date] [time] [UTC]. It knows
// less than systemd, so that what it takes systemd takes too.
func parseCalendar(s string) (*calendar, error) {
	text := s
	if full, ok := shorthands[s]; ok {
		text = full
	}
	words := strings.Split(text, " ")
	if last := len(words) - 1; last > 0 && words[last] == "UTC" {
		words = words[:last]
	}
	c := &calendar{hours: []int{0}, minutes: []int{0}, seconds: []int{0}}
	wrong := func(err error) (*calendar, error) {
		return nil, fmt.Errorf("%q is no calendar event that is understood: %w; %s", s, err, calendarHint)
	}
	read := 0
	for _, part := range []struct {
		fits *regexp.Regexp
		into func(string) error
	}{
		{regexp.MustCompile(`^[A-Z][a-z]`), c.weekday},
		{regexp.MustCompile(`^[^:]*-[^:]*$`), c.date},
		{regexp.MustCompile(`:`), c.time},
	} {
		if read < len(words) && part.fits.MatchString(words[read]) {
			if err := part.into(words[read]); err != nil {
				return wrong(err)
			}
			read++
		}
	}
	if read == 0 || read < len(words) {
		return wrong(fmt.Errorf("what is %q", words[min(read, len(words)-1)]))
	}
	if c.longestPause() == 0 {
		return wrong(fmt.Errorf("it does not come again within years"))
	}
	return c, nil
}

var weekdayNames = []string{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"}

func (c *calendar) weekday(text string) error {
	day := func(name string) (int, error) {
		i := slices.Index(weekdayNames, name)
		if i < 0 {
			return 0, fmt.Errorf("%q is none of %s", name, strings.Join(weekdayNames, ", "))
		}
		return i, nil
	}
	for _, part := range strings.Split(text, ",") {
		from, to, span := strings.Cut(part, "..")
		first, err := day(from)
		last := first
		if err == nil && span {
			last, err = day(to)
		}
		if err != nil {
			return err
		}
		for d := first; ; d = (d + 1) % len(weekdayNames) {
			c.weekdays = append(c.weekdays, d)
			if d == last {
				break
			}
		}
	}
	return nil
}

func (c *calendar) date(text string) error {
	parts := strings.Split(text, "-")
	if len(parts) == 3 {
		if parts[0] != "*" {
			return fmt.Errorf("it ends: the year is %s and not *", parts[0])
		}
		parts = parts[1:]
	}
	if len(parts) != 2 {
		return fmt.Errorf("%q is no date such as *-*-01", text)
	}
	var err error
	if c.months, err = values(parts[0], 1, 12); err == nil {
		c.days, err = values(parts[1], 1, 31)
	}
	return err
}

func (c *calendar) time(text string) error {
	parts := strings.Split(text, ":")
	if len(parts) < 2 || len(parts) > 3 {
		return fmt.Errorf("%q is no time such as 03:30", text)
	}
	var err error
	if c.hours, err = values(parts[0], 0, 23); err == nil {
		c.minutes, err = values(parts[1], 0, 59)
	}
	if err == nil && len(parts) == 3 {
		c.seconds, err = values(parts[2], 0, 59)
	}
	return err
}

// values are what a part of a date or a time may be, nil for any: a star, or
// numbers, spans and steps with commas.
func values(text string, least, most int) ([]int, error) {
	if text == "*" {
		return nil, nil
	}
	var list []int
	for _, part := range strings.Split(text, ",") {
		m := regexp.MustCompile(`^([0-9]{1,2})(?:\.\.([0-9]{1,2}))?(?:/([0-9]{1,2}))?$`).FindStringSubmatch(part)
		if m == nil {
			return nil, fmt.Errorf("%q is no number, span such as 1..5 or step such as 0/15", part)
		}
		first, _ := strconv.Atoi(m[1])
		last, step := first, 1
		if m[3] != "" {
			step, _ = strconv.Atoi(m[3])
			last = most
		}
		if m[2] != "" {
			last, _ = strconv.Atoi(m[2])
		}
		if first < least || last > most || first > last || step < 1 {
			return nil, fmt.Errorf("%q is not within %d and %d", part, least, most)
		}
		for v := first; v <= last; v += step {
			list = append(list, v)
		}
	}
	return list, nil
}

// longestPause is the longest time between two times at which the event happens,
// 0 if it does not happen again. Leap days come back after eight years at most.
func (c *calendar) longestPause() int64 {
	within := c.times()
	if len(within) == 0 {
		return 0
	}
	first, last, pause := within[0], within[len(within)-1], 0
	for i := 1; i < len(within); i++ {
		pause = max(pause, within[i]-within[i-1])
	}
	found, before, n := 0, 0, 0
	// 1 January 2092 is a Tuesday; 2100 is no leap year.
	for year := 2092; year < 2112; year++ {
		for month := 1; month <= 12; month++ {
			for d := 1; d <= monthLength(year, month); d++ {
				n++
				if !c.on((n+1)%7, month, d) {
					continue
				}
				if found > 0 {
					pause = max(pause, (n-before)*secondsOfDay-last+first)
				}
				before = n
				found++
			}
		}
	}
	if found < 2 {
		return 0
	}
	return int64(pause)
}

const secondsOfDay = 24 * 60 * 60

func monthLength(year, month int) int {
	switch {
	case month == 2 && year%4 == 0 && year%100 != 0:
		return 29
	case month == 2:
		return 28
	case month == 4 || month == 6 || month == 9 || month == 11:
		return 30
	}
	return 31
}

func (c *calendar) on(weekday, month, day int) bool {
	has := func(list []int, v int) bool { return list == nil || slices.Contains(list, v) }
	return has(c.weekdays, weekday) && has(c.months, month) && has(c.days, day)
}

// times are the seconds of a day at which the event happens, in order.
func (c *calendar) times() []int {
	all := func(list []int, most int) []int {
		if list != nil {
			return slices.Compact(slices.Sorted(slices.Values(list)))
		}
		for v := range most {
			list = append(list, v)
		}
		return list
	}
	var list []int
	for _, h := range all(c.hours, 24) {
		for _, m := range all(c.minutes, 60) {
			for _, s := range all(c.seconds, 60) {
				list = append(list, (h*60+m)*60+s)
			}
		}
	}
	return list
}
