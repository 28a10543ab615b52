package activity

import (
	"diapason/assets/words"
	"diapason/sync"
)

// effect tells what taking a run back would do: here, then on the directories, then what it leaves as it is.
func effect(p sync.UndoPlan) string {
	if p.Pass {
		return passEffect(p)
	}
	var text string
	switch {
	case p.Restore > 0 && p.Delete > 0:
		text = words.T("activity.effect.both", "restore", words.N("activity.subject.establishments", p.Restore),
			"delete", words.N("activity.subject.establishments", p.Delete))
	case p.Restore > 0:
		text = words.N("activity.effect.restore", p.Restore)
	case p.Delete > 0:
		text = words.N("activity.effect.delete", p.Delete)
	default:
		text = words.T("activity.effect.nothing")
	}
	for _, more := range []struct {
		key string
		n   int
	}{
		{"activity.effect.republish", p.Republish}, {"activity.effect.stays", p.Stays}, {"activity.effect.conflicts", p.Conflicts},
	} {
		if more.n > 0 {
			text = then(text, words.N(more.key, more.n))
		}
	}
	return text
}

func then(first, second string) string {
	return words.T("activity.effect.twoSentences", "first", first, "second", second)
}

// passEffect tells what taking a pass over an address book back would do: here, then there, then what it leaves as it is.
func passEffect(p sync.UndoPlan) string {
	text := words.T("activity.effect.nothing")
	if p.Restore > 0 {
		text = words.N("activity.effect.pass.restore", p.Restore)
	}
	if trashed := words.N("activity.effect.pass.trash", p.Delete); p.Delete > 0 && p.Restore > 0 {
		text = then(text, trashed)
	} else if p.Delete > 0 {
		text = trashed
	}
	if p.Restore > 0 {
		text = then(text, words.T("activity.effect.pass.there"))
	}
	if p.Conflicts > 0 {
		text = then(text, words.N("activity.effect.pass.conflicts", p.Conflicts))
	}
	return text
}
