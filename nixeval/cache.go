package nixeval

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/renameio/v2"
	"github.com/rs/zerolog"
)

// The bounds that apply where a Cache leaves its own at zero.
const (
	// DefaultCacheBytes is the size that the cache is pruned to.
	DefaultCacheBytes = 512 << 20
	// DefaultCacheAge is how long an answer is kept after its last use.
	DefaultCacheAge = 30 * 24 * time.Hour
)

// Cache remembers answers in files of a folder, one each. A file that was
// torn or edited is not an answer. What cannot be read or written is logged
// and otherwise as if there were no cache. A nil Cache remembers nothing.
type Cache struct {
	// Dir is the folder. It is made when it is first written to, readable only
	// by the user: answers may hold what a configuration does not publish.
	Dir string
	// MaxBytes bounds the size of all answers; zero means DefaultCacheBytes.
	MaxBytes int64
	// MaxAge bounds the time since last use; zero means DefaultCacheAge.
	MaxAge time.Duration

	mu sync.Mutex // one prune at a time
}

// DefaultCache is the cache in the user's cache folder.
func DefaultCache() (*Cache, error) {
	dir, err := os.UserCacheDir()
	if err != nil {
		return nil, fmt.Errorf("find cache folder: %w; set XDG_CACHE_HOME or HOME", err)
	}
	return &Cache{Dir: filepath.Join(dir, "scaffold", "eval")}, nil
}

// entry is one remembered answer.
type entry struct {
	JSON       []byte
	Unreadable []Unreadable
}

// cacheFormat begins every file; it changes when their meaning does.
const cacheFormat = "scaffold-eval 1"

const cacheSuffix = ".eval"

// encode is: format and hash of what follows, unreadable cells, answer.
func (e entry) encode() ([]byte, error) {
	cells, err := json.Marshal(e.Unreadable)
	if err != nil {
		return nil, fmt.Errorf("encode unreadable cells: %w", err)
	}
	body := slices.Concat(cells, []byte("\n"), e.JSON)
	sum := sha256.Sum256(body)
	return slices.Concat([]byte(cacheFormat+" "+hex.EncodeToString(sum[:])+"\n"), body), nil
}

func decodeEntry(file []byte) (entry, error) {
	head, body, ok := bytes.Cut(file, []byte("\n"))
	sum := sha256.Sum256(body)
	if !ok || string(head) != cacheFormat+" "+hex.EncodeToString(sum[:]) {
		return entry{}, errors.New("content does not match its hash")
	}
	cells, answer, ok := bytes.Cut(body, []byte("\n"))
	if !ok {
		return entry{}, errors.New("no answer")
	}
	e := entry{JSON: answer}
	if err := json.Unmarshal(cells, &e.Unreadable); err != nil {
		return entry{}, fmt.Errorf("unreadable cells: %w", err)
	}
	return e, nil
}

func (c *Cache) path(key string) string { return filepath.Join(c.Dir, key+cacheSuffix) }

func (c *Cache) get(key string, log zerolog.Logger) (entry, bool) {
	if c == nil || key == "" {
		return entry{}, false
	}
	path := c.path(key)
	file, err := os.ReadFile(path)
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) {
			log.Debug().Err(err).Msg("cannot read cached answer")
		}
		return entry{}, false
	}
	e, err := decodeEntry(file)
	if err == nil && defect(e.JSON) != "" {
		err = errors.New(defect(e.JSON))
	}
	if err != nil {
		log.Debug().Err(err).Str("file", path).Msg("cached answer is damaged, evaluating again")
		_ = os.Remove(path)
		return entry{}, false
	}
	now := time.Now()
	_ = os.Chtimes(path, now, now) // last use; only pruning looks at it
	return e, true
}

func (c *Cache) put(key string, e entry, log zerolog.Logger) {
	if c == nil || key == "" {
		return
	}
	err := func() error {
		file, err := e.encode()
		if err != nil {
			return err
		}
		if int64(len(file)) > orDefault(c.MaxBytes, DefaultCacheBytes) {
			return nil // it would be pruned at once
		}
		if err := os.MkdirAll(c.Dir, 0o700); err != nil {
			return err
		}
		if err := renameio.WriteFile(c.path(key), file, 0o600); err != nil {
			return err
		}
		return c.Prune()
	}()
	if err != nil {
		log.Debug().Err(err).Msg("cannot remember the answer")
	}
}

// Prune removes answers that were not used for MaxAge, then those unused for
// longest until MaxBytes is kept, and what an interrupted write left behind.
func (c *Cache) Prune() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	files, err := os.ReadDir(c.Dir)
	if err != nil {
		return fmt.Errorf("prune cache: %w", err)
	}
	var infos []fs.FileInfo
	var total int64
	oldest := time.Now().Add(-orDefault(c.MaxAge, DefaultCacheAge))
	var errs []error
	remove := func(i fs.FileInfo) {
		if err := os.Remove(filepath.Join(c.Dir, i.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	for _, f := range files {
		i, err := f.Info()
		if err != nil || !i.Mode().IsRegular() {
			continue // removed by another process, or not ours
		}
		torn := !strings.HasSuffix(i.Name(), cacheSuffix) && time.Since(i.ModTime()) > time.Hour &&
			strings.Contains(i.Name(), cacheSuffix)
		switch {
		case torn, strings.HasSuffix(i.Name(), cacheSuffix) && i.ModTime().Before(oldest):
			remove(i)
		case strings.HasSuffix(i.Name(), cacheSuffix):
			infos = append(infos, i)
			total += i.Size()
		}
	}
	slices.SortFunc(infos, func(a, b fs.FileInfo) int { return a.ModTime().Compare(b.ModTime()) })
	for _, i := range infos {
		if total <= orDefault(c.MaxBytes, DefaultCacheBytes) {
			break
		}
		remove(i)
		total -= i.Size()
	}
	return errors.Join(errs...)
}
