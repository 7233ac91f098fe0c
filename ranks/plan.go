package ranks

import (
	"context"
	"errors"
)

// Tell tells the other ranks what is to be simulated, before all Connect. It is an error where one of them can't.
func Tell(ctx context.Context, x Exchange, plan []byte) error {
	all, err := x.All(ctx, appendAnswer(nil, nil, appendText(nil, string(plan))))
	if err != nil {
		return err
	}
	for r, words := range all {
		if m := (message{words: words}); r > 0 {
			if _, err := m.answer(); err != nil {
				return &RankError{r, err}
			}
		}
	}
	return nil
}

// Hear is what rank 0 tells. It is an error where it has nothing to tell, for it failed.
func Hear(ctx context.Context, x Exchange) ([]byte, error) {
	all, err := x.All(ctx, appendAnswer(nil, nil, nil))
	if err != nil {
		return nil, err
	}
	m := message{words: all[0]}
	words, err := m.answer()
	if err != nil {
		return nil, &RankError{0, err}
	}
	m = message{words: words}
	plan := []byte(m.text())
	if m.short {
		return nil, &RankError{0, errShort}
	}
	return plan, nil
}

// Refusal are the words of a rank that can't go on where the others Tell, Hear or Connect.
func Refusal(why error) []uint32 {
	if why == nil {
		why = errors.New("it ended before there was anything to simulate")
	}
	return appendAnswer(nil, why, nil)
}
