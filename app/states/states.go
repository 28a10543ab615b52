// Package states gives every state its shape and colour: which icon, which tone, calm or not, for the words of
// listings, the statuses of establishments, the outcomes of runs and of their items. The words themselves are package
// say's. One shape has one meaning on every screen.
package states

import (
	"diapason/storage"
	"diapason/widgets"
	"diapason/widgets/look"
)

// State is how a state looks. A calm one has no filling: only its icon is coloured.
type State struct {
	Tone widgets.Tone
	Icon look.Icon
	Calm bool
}

var wordStates = map[storage.Word]State{
	storage.WordError:    {Tone: widgets.Error, Icon: look.StatusError},
	storage.WordDrift:    {Tone: widgets.Warning, Icon: look.StatusDrift},
	storage.WordAction:   {Tone: widgets.Warning, Icon: look.StatusAction},
	storage.WordNotFound: {Tone: widgets.Warning, Icon: look.StatusUnknown},
	storage.WordToSync:   {Tone: widgets.Info, Icon: look.StatusUp},
	storage.WordPending:  {Tone: widgets.Info, Icon: look.StatusRunning},
	storage.WordSent:     {Tone: widgets.Info, Icon: look.StatusSent},
	storage.WordLinked:   {Tone: widgets.Neutral, Icon: look.StatusLinked, Calm: true},
	storage.WordDisabled: {Tone: widgets.Neutral, Icon: look.StatusDisabled, Calm: true},
	storage.WordUpToDate: {Tone: widgets.Success, Icon: look.StatusOK, Calm: true},
}

// Word gives the look of a listing's word.
func Word(w storage.Word) State { return wordStates[w] }

var statusStates = map[storage.Status]State{
	storage.StatusDraft:             {Tone: widgets.Neutral, Icon: look.StatusEdit},
	storage.StatusActive:            {Tone: widgets.Success, Icon: look.StatusOK},
	storage.StatusTemporarilyClosed: {Tone: widgets.Warning, Icon: look.StatusWaiting},
	storage.StatusClosed:            {Tone: widgets.Neutral, Icon: look.StatusDisabled},
	storage.StatusArchived:          {Tone: widgets.Neutral, Icon: look.StatusManual},
}

// Status gives the look of an establishment's status.
func Status(s storage.Status) State { return statusStates[s] }

var runStates = map[storage.RunState]State{
	storage.RunRunning:   {Tone: widgets.Info, Icon: look.StatusRunning},
	storage.RunDone:      {Tone: widgets.Success, Icon: look.StatusOK, Calm: true},
	storage.RunFailed:    {Tone: widgets.Error, Icon: look.StatusError},
	storage.RunCancelled: {Tone: widgets.Neutral, Icon: look.StatusDisabled},
	storage.RunUndone:    {Tone: widgets.Neutral, Icon: look.StatusUndone},
	storage.RunHeld:      {Tone: widgets.Warning, Icon: look.StatusAction},
}

// Run gives the look of a run's state.
func Run(s storage.RunState) State { return runStates[s] }

var itemStates = map[storage.ItemResult]State{
	storage.ItemPending:   {Tone: widgets.Neutral, Icon: look.StatusWaiting, Calm: true},
	storage.ItemSent:      {Tone: widgets.Info, Icon: look.StatusSent, Calm: true},
	storage.ItemChecked:   {Tone: widgets.Success, Icon: look.StatusOK, Calm: true},
	storage.ItemUnchanged: {Tone: widgets.Neutral, Icon: look.StatusManual, Calm: true},
	storage.ItemFailed:    {Tone: widgets.Error, Icon: look.StatusError},
	storage.ItemRejected:  {Tone: widgets.Error, Icon: look.StatusError},
	storage.ItemSkipped:   {Tone: widgets.Neutral, Icon: look.StatusDisabled},
	storage.ItemRestored:  {Tone: widgets.Success, Icon: look.StatusUndone, Calm: true},
	storage.ItemCreated:   {Tone: widgets.Success, Icon: look.StatusOK, Calm: true},
	storage.ItemUpdated:   {Tone: widgets.Success, Icon: look.StatusOK, Calm: true},
	storage.ItemDecided:   {Tone: widgets.Success, Icon: look.StatusOK, Calm: true},
	storage.ItemConflict:  {Tone: widgets.Warning, Icon: look.StatusDrift},
}

// Item gives the look of an item's outcome.
func Item(r storage.ItemResult) State { return itemStates[r] }
