package settle

import (
	"context"
	"log/slog"
	"time"
)

// A Step is what one check did.
type Step struct {
	Key         any           // the Fleet's, else nil
	Check, Of   int           // the how-manieth, of Policy.Checks
	Was, Status Status        // the last good answer before this check, and now
	Err         error         // why the check failed; nil if it did not
	Next        time.Duration // the pause that follows; 0 after the last
	Last        bool          // the wait has ended, with End: nil when the task succeeded. A stop during a pause is one Step more
	End         error
}

type traceKey struct{}

// WithTrace returns a context under which f is told of every check of every form, on the goroutine that waits, before
// the pause. Under several WithTrace each is called, the outermost first. A nil f adds nothing.
func WithTrace(ctx context.Context, f func(Step)) context.Context {
	if f == nil {
		return ctx
	}
	told := f
	if outer := traceOf(ctx); outer != nil {
		told = func(s Step) {
			outer(s)
			f(s)
		}
	}
	return context.WithValue(ctx, traceKey{}, told)
}

func traceOf(ctx context.Context) func(Step) {
	f, _ := ctx.Value(traceKey{}).(func(Step))
	return f
}

// LogTo returns a function for WithTrace that logs a line where a check failed, where state, raw state or reason
// changed, and where the wait ended: failed checks and ends other than success as warnings, the rest as information.
func LogTo(l *slog.Logger) func(Step) {
	return func(s Step) {
		ctx := context.Background()
		switch {
		case s.Last && s.End == nil:
			l.LogAttrs(ctx, slog.LevelInfo, "wait ended", s.attrs()...)
		case s.Last:
			l.LogAttrs(ctx, slog.LevelWarn, "wait ended", append(s.attrs(), slog.Any("error", s.End))...)
		case s.Err != nil:
			l.LogAttrs(ctx, slog.LevelWarn, "check failed", append(s.attrs(), slog.Any("error", s.Err))...)
		case s.Status.State != s.Was.State, s.Status.Raw != s.Was.Raw, s.Status.Reason != s.Was.Reason:
			l.LogAttrs(ctx, slog.LevelInfo, "task "+s.Status.State.String(), s.attrs()...)
		}
	}
}

func (s Step) attrs() []slog.Attr {
	var attrs []slog.Attr
	if s.Key != nil {
		attrs = append(attrs, slog.Any("key", s.Key))
	}
	attrs = append(attrs, slog.Int("check", s.Check))
	if s.Of > 0 {
		attrs = append(attrs, slog.Int("of", s.Of))
	}
	if s.Last {
		attrs = append(attrs, slog.String("outcome", string(OutcomeOf(s.End))))
	}
	attrs = append(attrs, slog.String("state", s.Status.State.String()))
	if s.Status.Raw != "" {
		attrs = append(attrs, slog.String("raw", s.Status.Raw))
	}
	if s.Status.Progress > 0 {
		attrs = append(attrs, slog.Float64("progress", s.Status.Progress))
	}
	if s.Status.Reason != "" {
		attrs = append(attrs, slog.String("reason", s.Status.Reason))
	}
	if s.Next > 0 {
		attrs = append(attrs, slog.Duration("next", s.Next))
	}
	return attrs
}
