package promql_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"holthome.net/scaffold/plan/promql"
)

// TestExpressions: what may be PromQL is taken, and what cannot be is refused
// with the reason.
func TestExpressions(t *testing.T) {
	for expr, want := range map[string]string{
		`x_up == 0`: "",
		`sum by (job) (rate(x_errors_total{job="x",path=~"/a{2}"}[5m])) > 0.5`: "",
		`absent(x_up)`:             "",
		`x_up unless y_up`:         "",
		`x{a="}("} > 1`:            "",
		"x{a=`b`} >= 1":            "",
		`x{a="\"} > 1"} < 2`:       "",
		`x_up`:                     "compares nothing",
		`x{a=">"}`:                 "compares nothing",
		`x{a!="b"}`:                "compares nothing",
		`x{a="b} > 1`:              "is no PromQL: 1:5: parse error: unterminated quoted string",
		`sum(x > 1`:                "is no PromQL",
		`sum(x]) > 1`:              "is no PromQL",
		`x > > 1`:                  "is no PromQL",
		`x{a=b} > 1`:               "expected string",
		`rate(x) > 1`:              "expected type range vector",
		`x[5m] > 1`:                "is no PromQL",
		`1 > 0`:                    "comparisons between scalars must use BOOL modifier",
		`x > bool 1`:               "compares nothing",
		`x[5m]`:                    "gives a range vector",
		`1`:                        "gives a scalar",
		`count_values("v", x > 0)`: "",
	} {
		err := promql.Check(expr)
		if want == "" {
			require.NoError(t, err, expr)
		} else {
			require.ErrorContains(t, err, want, expr)
		}
	}
}

// TestAsksFor: units, jobs and metrics that an expression asks for.
func TestAsksFor(t *testing.T) {
	expr := `time() - (node_systemd_timer_last_trigger_seconds{name="a.timer"} > 0) > 60 or on(name) node_systemd_unit_state{name="a.service", state="active"} == 0
		and on(name) sum by (job, name) (rate(up{job="x",instance!="y",name=~"b.service"}[5m] offset 1h)) > 1e3 and container_up{name="c"} == 0`
	require.Equal(t, []string{"a.timer", "a.service"}, promql.Units(expr))
	require.Equal(t, []string{"a.timer", "a.service", "c"}, promql.Labels(expr, "name"))
	require.Equal(t, []string{"x"}, promql.Labels(expr, "job"))
	require.Empty(t, promql.Labels(expr, "instance"), "what is asked for not to be")
	require.Equal(t, []string{"node_systemd_timer_last_trigger_seconds", "node_systemd_unit_state", "up", "container_up"}, promql.Metrics(expr))
	require.Empty(t, promql.Metrics(`vector(1) > 0`))
	require.Empty(t, promql.Metrics(`x{a="`))
}

// TestAnyExpression: no text makes the form fail in another way than by an error.
func TestAnyExpression(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		expr := rapid.StringMatching("[a-z_{}()\\[\\]\"'`\\\\=<> 0-9]{0,40}").Draw(t, "expr")
		_ = promql.Check(expr)
		for _, name := range promql.Metrics(expr) {
			require.Contains(t, expr, name)
		}
	})
}
