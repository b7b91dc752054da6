// Package calendar reads calendar events of systemd (systemd.time(7)), as far as
// they come again and again. It knows less than systemd, so that what it takes
// systemd takes too.
package calendar

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Event is when something happens: on which days, and at which times of a day.
type Event struct {
	// Each is what a value must be one of; nil stands for any.
	weekdays, months, days, hours, minutes, seconds []int
}

// shorthands are systemd's names for calendar events.
var shorthands = map[string]string{
	"minutely": "*-*-* *:*:00", "hourly": "*-*-* *:00:00", "daily": "*-*-* 00:00:00", "monthly": "*-*-01 00:00:00", "weekly": "Mon *-*-* 00:00:00",
	"yearly": "*-01-01 00:00:00", "annually": "*-01-01 00:00:00", "quarterly": "*-01,04,07,10-01 00:00:00", "semiannually": "*-01,07-01 00:00:00",
}

// Check sees that a value is a calendar event that comes again.
func Check(s string) error {
	_, err := Parse(s)
	return err
}

// longest is the longest pause in seconds that is taken: from one leap day to the
// next, where a year such as 2100 has none.
const longest = (8*365 + 1) * secondsOfDay

const hint = `write it as systemd does, such as daily, hourly, "Mon..Fri 03:30" or "*-*-01 04:00:00"`

// Parse reads a calendar event: [weekdays] [date] [time] [UTC]. An error says
// what is wrong with it and how it is written.
func Parse(s string) (*Event, error) {
	text := s
	if full, ok := shorthands[s]; ok {
		text = full
	}
	e := &Event{hours: []int{0}, minutes: []int{0}, seconds: []int{0}}
	err := e.read(text)
	if pause := e.LongestPause(); err == nil && (pause == 0 || pause > longest) {
		err = errors.New("it does not come again within eight years")
	}
	if err != nil {
		return nil, fmt.Errorf("%q is no calendar event that is understood: %w; %s", s, err, hint)
	}
	return e, nil
}

var (
	weekdayPart = regexp.MustCompile(`^[A-Z][a-z]`)
	datePart    = regexp.MustCompile(`^[^:]*-[^:]*$`)
	timePart    = regexp.MustCompile(`:`)
)

func (e *Event) read(text string) error {
	words := strings.Split(text, " ")
	if last := len(words) - 1; last > 0 && words[last] == "UTC" {
		words = words[:last]
	}
	read := 0
	for _, part := range []struct {
		fits *regexp.Regexp
		into func(string) error
	}{{weekdayPart, e.readWeekdays}, {datePart, e.readDate}, {timePart, e.readTime}} {
		if read < len(words) && part.fits.MatchString(words[read]) {
			if err := part.into(words[read]); err != nil {
				return err
			}
			read++
		}
	}
	if read == 0 || read < len(words) {
		return fmt.Errorf("what is %q", words[min(read, len(words)-1)])
	}
	return nil
}

// weekdayNames are in systemd's order, in which a span may not run backwards.
var weekdayNames = []string{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"}

func weekday(name string) (int, error) {
	i := slices.Index(weekdayNames, name)
	if i < 0 {
		return 0, fmt.Errorf("%q is none of %s", name, strings.Join(weekdayNames, ", "))
	}
	return i, nil
}

func (e *Event) readWeekdays(text string) error {
	for _, part := range strings.Split(text, ",") {
		from, to, span := strings.Cut(part, "..")
		first, err := weekday(from)
		last := first
		if err == nil && span {
			last, err = weekday(to)
		}
		if err != nil {
			return err
		}
		if first > last {
			return fmt.Errorf("%q runs backwards: a week begins on Monday; name each day, with commas", part)
		}
		for d := first; d <= last; d++ {
			e.weekdays = append(e.weekdays, d)
		}
	}
	return nil
}

func (e *Event) readDate(text string) error {
	parts := strings.Split(text, "-")
	if len(parts) == 3 {
		if parts[0] != "*" {
			return fmt.Errorf("it ends: the year is %q and not *", parts[0])
		}
		parts = parts[1:]
	}
	if len(parts) != 2 {
		return fmt.Errorf("%q is no date such as *-*-01", text)
	}
	var err error
	if e.months, err = numbers(parts[0], 1, 12); err == nil {
		e.days, err = numbers(parts[1], 1, 31)
	}
	return err
}

func (e *Event) readTime(text string) error {
	parts := strings.Split(text, ":")
	if len(parts) < 2 || len(parts) > 3 {
		return fmt.Errorf("%q is no time such as 03:30", text)
	}
	var err error
	if e.hours, err = numbers(parts[0], 0, 23); err == nil {
		e.minutes, err = numbers(parts[1], 0, 59)
	}
	if err == nil && len(parts) == 3 {
		e.seconds, err = numbers(parts[2], 0, 59)
	}
	return err
}

var numberForm = regexp.MustCompile(`^([0-9]{1,2})(?:\.\.([0-9]{1,2}))?(?:/([0-9]{1,2}))?$`)

// numbers are what a part of a date or a time may be, nil for any: a star, or
// numbers, spans and steps with commas.
func numbers(text string, least, most int) ([]int, error) {
	if text == "*" {
		return nil, nil
	}
	var list []int
	for _, part := range strings.Split(text, ",") {
		m := numberForm.FindStringSubmatch(part)
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
		if m[3] != "" && first+step > last { // systemd refuses a step without a second one
			return nil, fmt.Errorf("%q has no second step up to %d: say %d", part, last, first)
		}
		for v := first; v <= last; v += step {
			list = append(list, v)
		}
	}
	return list, nil
}
