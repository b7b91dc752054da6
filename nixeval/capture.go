package nixeval

import (
	"bytes"
	"fmt"
)

// capped keeps what is written up to limit bytes, then refuses.
type capped struct {
	limit int64
	buf   []byte
	over  bool
	full  func()
}

// Write implements io.Writer.
func (c *capped) Write(p []byte) (int, error) {
	if int64(len(c.buf))+int64(len(p)) > c.limit {
		c.over = true
		c.buf = nil
		c.full()
		return 0, errTooLarge
	}
	c.buf = append(c.buf, p...)
	return len(p), nil
}

// headTail keeps the beginning and the end of what is written: nix before
// 2.13 puts the message first, later ones put it last.
type headTail struct {
	limit   int64
	head    []byte
	tail    []byte
	dropped int64
	lines   lines
}

// Write implements io.Writer; it never fails.
func (h *headTail) Write(p []byte) (int, error) {
	n := len(p)
	h.lines.add(p)
	if room := int(h.limit/4) - len(h.head); room > 0 && h.dropped == 0 && len(h.tail) == 0 {
		k := min(room, len(p))
		h.head = append(h.head, p[:k]...)
		p = p[k:]
	}
	h.tail = append(h.tail, p...)
	// Cutting only at twice the size keeps the cost linear.
	if keep := int(h.limit - h.limit/4); len(h.tail) > 2*keep {
		h.cut(keep)
	}
	return n, nil
}

func (h *headTail) cut(keep int) {
	over := len(h.tail) - keep
	h.dropped += int64(over)
	h.tail = append(h.tail[:0], h.tail[over:]...)
}

func (h *headTail) bytes() []byte {
	h.lines.flush()
	if keep := int(h.limit - h.limit/4); len(h.tail) > keep {
		h.cut(keep)
	}
	if h.dropped == 0 {
		return append(h.head, h.tail...)
	}
	// Both cuts are moved to line ends, so that no half line is read as one.
	head, tail := h.head, h.tail
	if i := bytes.LastIndexByte(head, '\n'); i >= 0 {
		head = head[:i+1]
	}
	if i := bytes.IndexByte(tail, '\n'); i >= 0 {
		tail = tail[i+1:]
	}
	out := append([]byte{}, head...)
	out = fmt.Appendf(out, "[%d bytes left out]\n", h.dropped)
	return append(out, tail...)
}

// lines calls emit with every complete line, without its end.
type lines struct {
	emit func(string)
	part []byte
}

// lineLimit bounds what is kept of a line that does not end, in bytes.
const lineLimit = 64 << 10

func (l *lines) add(p []byte) {
	if l.emit == nil {
		return
	}
	for len(p) > 0 {
		i := bytes.IndexByte(p, '\n')
		piece := p
		if i >= 0 {
			piece, p = p[:i], p[i+1:]
		} else {
			p = nil
		}
		if room := lineLimit - len(l.part); room > 0 {
			l.part = append(l.part, piece[:min(room, len(piece))]...)
		}
		if i >= 0 {
			l.flush()
		}
	}
}

func (l *lines) flush() {
	if l.emit == nil || len(l.part) == 0 {
		return
	}
	l.emit(string(l.part))
	l.part = l.part[:0]
}
