package storage

import "time"

// OpState is the state of an operation on its way to a directory.
type OpState string

// The operation states. "Done" has none: an acknowledged operation is removed with its acknowledgement.
const (
	OpPending  OpState = "pending"
	OpInflight OpState = "inflight" // on disk before the call; found at start-up it is doubtful and probed
	OpRetry    OpState = "retry"    // waits for NotBefore
	OpBlocked  OpState = "blocked"  // waits for an action of the user
	OpDead     OpState = "dead"     // gave up; the listing says why
)

// OpKind tells what is to be brought about.
type OpKind string

// The operation kinds.
const (
	OpPublish OpKind = "publish" // make the directory show what we want, by create, update or close
	OpCheck   OpKind = "check"   // re-read and compare
)

// Operation is work waiting for one listing. It carries keys, not payloads: what is sent is read again when it is sent,
// so one listing has one operation at most, however many edits came.
type Operation struct {
	AccountID       string    `json:"account"`
	EstablishmentID string    `json:"establishment"`
	Kind            OpKind    `json:"kind"`
	State           OpState   `json:"state"`
	Actor           Actor     `json:"actor"` // ActorUser leaves before ActorScheduler
	RunID           string    `json:"run"`
	Item            int       `json:"item,omitempty"`   // position of its line in the run's report (RunItem.Seq)
	Force           bool      `json:"force,omitempty"`  // send even what was accepted already
	IdempotencyKey  string    `json:"idem"`             // fixed at the first attempt, renewed when the wanted content changes
	Hash            string    `json:"hash,omitempty"`   // of what was sent last; on a check, what it shall confirm
	Sent            Snapshot  `json:"sent,omitempty"`   // the fields on their way, to know them again when no answer comes
	Agreed          string    `json:"agreed,omitempty"` // hash of the content that the user agreed to send though the guard held it
	Attempt         int       `json:"attempt,omitempty"`
	CreatedAt       time.Time `json:"createdAt"`
	StartedAt       time.Time `json:"startedAt,omitzero"`
	NotBefore       time.Time `json:"notBefore,omitzero"` // coalescing delay, Retry-After or back-off
	Problem         *Problem  `json:"problem,omitempty"`
}

// RunKind tells what a run did.
type RunKind string

// The run kinds; the text is the translation key "run." + RunKind.
const (
	RunImport   RunKind = "import"
	RunSync     RunKind = "sync"
	RunAutoSync RunKind = "autoSync"
	RunCheck    RunKind = "check"
	RunUndo     RunKind = "undo"
	RunEdit     RunKind = "edit" // an edit of several establishments at once (bulk bar)
	RunExport   RunKind = "export"
	RunDecide   RunKind = "decide" // one decision on several drifts
	RunContacts RunKind = "contacts"
)

// RunState tells where a run is.
type RunState string

// The run states.
const (
	RunRunning   RunState = "running"
	RunDone      RunState = "done"
	RunFailed    RunState = "failed" // at least one item failed
	RunCancelled RunState = "cancelled"
	RunUndone    RunState = "undone"
	RunHeld      RunState = "held" // the guard stopped it before anything left; it waits for the user's agreement
)

// Totals counts the items of a run by result.
type Totals struct {
	Total     int `json:"total"`
	Created   int `json:"created,omitempty"`
	Updated   int `json:"updated,omitempty"`
	Unchanged int `json:"unchanged,omitempty"`
	Rejected  int `json:"rejected,omitempty"`
	Sent      int `json:"sent,omitempty"`
	Failed    int `json:"failed,omitempty"`
	Skipped   int `json:"skipped,omitempty"` // not done because the run was cancelled
}

// Run is one job with a lasting report.
type Run struct {
	ID        string    `json:"id"`
	Kind      RunKind   `json:"kind"`
	State     RunState  `json:"state"`
	Actor     Actor     `json:"actor"`
	StartedAt time.Time `json:"startedAt"`
	EndedAt   time.Time `json:"endedAt,omitzero"`
	Subject   string    `json:"subject,omitempty"` // the file's name, the field changed…, as shown
	Totals    Totals    `json:"totals"`
	// Undoes is the run that this one undid; UndoneBy the run that undid this one.
	Undoes   string `json:"undoes,omitempty"`
	UndoneBy string `json:"undoneBy,omitempty"`
	// Republish is the run that publishes again what this one, the undo of a publication, brought back.
	Republish string   `json:"republish,omitempty"`
	Problem   *Problem `json:"problem,omitempty"` // why the run as a whole stopped
	// Queueing is how many slices of what was asked for have no lines yet; until then the run is not over.
	Queueing int `json:"queueing,omitempty"`
	// Tallied is how many items were counted in Totals without a line in the report: what a large publication found as it
	// should be.
	Tallied int `json:"tallied,omitempty"`
	// Unjudged tells that the guard has not looked at the whole plan yet: nothing of it is queued before.
	Unjudged bool `json:"unjudged,omitempty"`
	// Guard is set on a run that was held, also after it went on.
	Guard *Guard `json:"guard,omitempty"`
	// Gathering is set while lines have no operations yet; until then the run is not over.
	Gathering *Gathering `json:"gathering,omitempty"`
	// Pass is set on a run of RunContacts once its plan is judged.
	Pass *PassTally `json:"pass,omitempty"`
}

// PassTally counts what a pass over an address book has done so far, in both directions.
type PassTally struct {
	There SideTally `json:"there"` // from here to the book
	Here  SideTally `json:"here"`  // from the book to here
	// Read is how many cards the reading gave; Planned how many are to be written there, and Written how many of them are
	// decided: written, refused, or left to the next pass.
	Read    int `json:"read,omitempty"`
	Planned int `json:"planned"`
	Written int `json:"written"`
	// Batch is how many cards go there at once at most; Batches are those that ended, in order.
	Batch   int          `json:"batch"`
	Batches []BatchTally `json:"batches,omitempty"`
}

// SideTally counts what a pass did in one direction, in contacts. A conflict counts where the last change was to go.
type SideTally struct {
	Created   int `json:"created,omitempty"`
	Updated   int `json:"updated,omitempty"`
	Deleted   int `json:"deleted,omitempty"` // there; here: put in the trash
	Conflicts int `json:"conflicts,omitempty"`
	Skipped   int `json:"skipped,omitempty"` // whole or in part; the run's report says why
}

// BatchTally counts the cards of a batch that were decided.
type BatchTally struct {
	Cards   int `json:"cards"`
	Refused int `json:"refused,omitempty"`
}

// Lines is the number of lines of the run's report.
func (r *Run) Lines() int { return r.Totals.Total - r.Tallied }

// ItemResult is the outcome of one item of a run.
type ItemResult string

// The item results.
const (
	ItemPending   ItemResult = "pending"
	ItemSent      ItemResult = "sent"
	ItemChecked   ItemResult = "checked"
	ItemUnchanged ItemResult = "unchanged"
	ItemFailed    ItemResult = "failed"
	ItemRejected  ItemResult = "rejected" // a row of a file
	ItemSkipped   ItemResult = "skipped"
	ItemRestored  ItemResult = "restored" // by an undo
	// The journal stands for these two: an import keeps no item of a row that went in.
	ItemCreated  ItemResult = "created"
	ItemUpdated  ItemResult = "updated"
	ItemConflict ItemResult = "conflict" // an undo found a later change and left it
	ItemDecided  ItemResult = "decided"  // the drift of a listing, by a decision on several
)

// RunItem is one line of a run's report.
type RunItem struct {
	RunID           string     `json:"run"`
	Seq             int        `json:"seq"` // position in the report, from 0; a rejected row's line is in Row
	EstablishmentID string     `json:"establishment,omitempty"`
	AccountID       string     `json:"account,omitempty"`
	ContactID       string     `json:"contact,omitempty"`
	Name            string     `json:"name,omitempty"` // as it was then
	Row             int        `json:"row,omitempty"`  // line of the file, from 1
	Result          ItemResult `json:"result"`
	Problems        Problems   `json:"problems,omitempty"`
	At              time.Time  `json:"at"`
}

// FieldChange is one field's before and after, in canonical text.
type FieldChange struct {
	Field  Field  `json:"field"`
	Before string `json:"before"`
	After  string `json:"after"`
}

// JournalAction tells what an entry records; the text is the translation key "journal." + JournalAction.
type JournalAction string

// The journal actions.
const (
	JournalCreate  JournalAction = "create"
	JournalUpdate  JournalAction = "update"
	JournalDelete  JournalAction = "delete" // of an establishment: by the undo of its creation
	JournalSend    JournalAction = "send"
	JournalAccept  JournalAction = "accept" // the directory's value was taken over
	JournalKeep    JournalAction = "keep"   // ours was kept against the directory's
	JournalObserve JournalAction = "observe"
	JournalRefuse  JournalAction = "refuse" // the directory refused or failed
	JournalConfirm JournalAction = "confirm"
	JournalReopen  JournalAction = "reopen"   // a decision was undone: the drift waits again
	JournalFreeze  JournalAction = "freeze"   // a field changes back and forth: it is left alone
	JournalRelease JournalAction = "unfreeze" // the user let a frozen field go

	JournalPublish         JournalAction = "publish" // an agenda was put on an account of the Internet
	JournalPublishFailed   JournalAction = "publishFailed"
	JournalUnpublish       JournalAction = "unpublish" // an agenda was taken away from there
	JournalUnpublishFailed JournalAction = "unpublishFailed"
)

// JournalActions lists them in the order they are offered.
var JournalActions = []JournalAction{
	JournalCreate, JournalUpdate, JournalDelete, JournalSend, JournalConfirm, JournalRefuse, JournalObserve,
	JournalKeep, JournalAccept, JournalReopen, JournalFreeze, JournalRelease,
	JournalPublish, JournalPublishFailed, JournalUnpublish, JournalUnpublishFailed,
}

// JournalEntry answers "why is this value here, who sent it where, when, and what did the other side answer?".
// Entries are only ever appended.
type JournalEntry struct {
	ID              string        `json:"id"` // UUIDv7: order of time
	At              time.Time     `json:"at"`
	Actor           Actor         `json:"actor"`
	Action          JournalAction `json:"action"`
	RunID           string        `json:"run,omitempty"`
	EstablishmentID string        `json:"establishment,omitempty"`
	AccountID       string        `json:"account,omitempty"`
	ReservationID   string        `json:"reservation,omitempty"`
	ContactID       string        `json:"contact,omitempty"`
	Name            string        `json:"name,omitempty"`          // of the establishment, reservation or contact, as it was then
	Changes         []FieldChange `json:"changes,omitempty"`       // empty for a creation: Hash stands for it
	Hash            string        `json:"hash,omitempty"`          // of the content after the action: Establishment.ContentHash, or the agenda's
	Before          *Reservation  `json:"before,omitempty"`        // the reservation before it was changed or deleted, to bring it back
	ContactBefore   *Contact      `json:"contactBefore,omitempty"` // the same of a contact
	Created         bool          `json:"created,omitempty"`       // a sending that made the listing there
	RequestID       string        `json:"request,omitempty"`       // the other side's reference
	Answer          *Answer       `json:"answer,omitempty"`        // what the other side answered, where there was an answer
	Reason          *Problem      `json:"reason,omitempty"`
}

// Answer is what the other side answered, without secrets (see Masked).
type Answer struct {
	Status int    `json:"status,omitempty"` // of HTTP; 0 for the others
	Text   string `json:"text,omitempty"`   // its beginning
}

// JournalQuery selects journal entries, newest first. Zero fields do not restrict.
type JournalQuery struct {
	Since           time.Time
	Until           time.Time // not included
	Before          string    // entry ID; only older ones (paging)
	RunID           string
	EstablishmentID string
	AccountID       string
	ReservationID   string
	ContactID       string
	Actions         []JournalAction
	// Text is looked for without accents or capitals in names, values, reasons, answers and references. It may be
	// rare: on a long journal, search with SearchJournal, which reads no more at a time than a transaction bears.
	Text  string
	Limit int // 0: 100
}
