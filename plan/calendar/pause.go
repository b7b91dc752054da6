package calendar

import "slices"

const secondsOfDay = 24 * 60 * 60

// LongestPause is the longest time in seconds between two times at which the
// event happens, where no clock is changed; 0 if it does not happen again.
func (e *Event) LongestPause() int64 {
	within := e.times()
	if len(within) == 0 {
		return 0
	}
	first, last, pause := within[0], within[len(within)-1], 0
	for i := 1; i < len(within); i++ {
		pause = max(pause, within[i]-within[i-1])
	}
	if days := e.longestGap(); days > 0 {
		return int64(max(pause, days*secondsOfDay-last+first))
	}
	return 0
}

// longestGap is the longest way from one day of the event to the next, in days.
// The calendar repeats itself after 400 years, weekdays too.
func (e *Event) longestGap() int {
	weekdays, months, days := set(e.weekdays, 6), set(e.months, 12), set(e.days, 31)
	first, before, gap, n := 0, 0, 0, 0
	for year := 2000; year < 2400; year++ {
		for month := 1; month <= 12; month++ {
			for d := 1; d <= monthLength(year, month); d++ {
				n++
				// 1 January 2000 is a Saturday.
				if !weekdays[(n+4)%7] || !months[month] || !days[d] {
					continue
				}
				if first == 0 {
					first = n
				} else {
					gap = max(gap, n-before)
				}
				before = n
			}
		}
	}
	if first == 0 {
		return 0
	}
	return max(gap, first+n-before)
}

// set tells of each number up to most whether it is in a list; nil has them all.
func set(list []int, most int) []bool {
	has := make([]bool, most+1)
	for v := range has {
		has[v] = list == nil || slices.Contains(list, v)
	}
	return has
}

func monthLength(year, month int) int {
	switch {
	case month == 2 && year%4 == 0 && (year%100 != 0 || year%400 == 0):
		return 29
	case month == 2:
		return 28
	case month == 4 || month == 6 || month == 9 || month == 11:
		return 30
	}
	return 31
}

// times are the seconds of a day at which the event happens, in order.
func (e *Event) times() []int {
	var list []int
	for _, h := range each(e.hours, 23) {
		for _, m := range each(e.minutes, 59) {
			for _, s := range each(e.seconds, 59) {
				list = append(list, (h*60+m)*60+s)
			}
		}
	}
	return list
}

// each are the numbers from 0 to most that are in a list, in order; nil has them
// all.
func each(list []int, most int) []int {
	var all []int
	for v, has := range set(list, most) {
		if has {
			all = append(all, v)
		}
	}
	return all
}
