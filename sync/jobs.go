package sync

import (
	"context"
	"slices"
	"sort"
	stdsync "sync"
	"sync/atomic"
	"time"

	"diapason/storage"
)

// notifyEvery is the shortest time between two notices of one job.
const notifyEvery = 100 * time.Millisecond

// Jobs is the list of the long tasks that are running. Safe from any goroutine.
type Jobs struct {
	clock     Clock
	mu        stdsync.Mutex
	running   map[string]*Job
	listeners map[int]func(Progress)
	next      int
}

// Job is one long task. The worker calls Advance and Finish; ctx ends when someone cancels.
type Job struct {
	jobs    *Jobs
	cancel  context.CancelFunc
	initial Progress
	done    atomic.Int64
	failed  atomic.Int64
	total   atomic.Int64
	growing atomic.Bool // total is not all: more is being queued
	paused  atomic.Bool // by a person
	mu      stdsync.Mutex
	current string
	over    bool
	asked   bool // to be cancelled
	state   storage.RunState
	timer   *time.Timer // armed while a notice is owed
}

func newJobs(c Clock) *Jobs {
	return &Jobs{clock: c, running: map[string]*Job{}, listeners: map[int]func(Progress){}}
}

// Begin enters a job into the list. The context given back ends when the job is cancelled; the worker then stops at
// the next item and calls Finish with storage.RunCancelled.
func (j *Jobs) Begin(
	ctx context.Context, kind storage.RunKind, runID, subject string, total int,
) (context.Context, *Job) {
	ctx, cancel := context.WithCancel(ctx)
	job := &Job{jobs: j, cancel: cancel, initial: Progress{
		RunID: runID, Kind: kind, Current: subject, StartedAt: j.clock.Now(), State: storage.RunRunning,
	}, current: subject, state: storage.RunRunning}
	job.total.Store(int64(total))
	j.mu.Lock()
	j.running[runID] = job
	j.mu.Unlock()
	j.notify(job.progress())
	return ctx, job
}

// Advance says how many items are decided, how many of them failed, and which one is being worked on.
func (j *Job) Advance(done, failed int, current string) {
	j.done.Store(int64(done))
	j.failed.Store(int64(failed))
	j.mu.Lock()
	defer j.mu.Unlock()
	if current != "" {
		j.current = current
	}
	if j.timer == nil && !j.over {
		j.timer = time.AfterFunc(notifyEvery, j.tell)
	}
}

// Over reports whether the job was finished; its context ends then too, without anybody having cancelled it.
func (j *Job) Over() bool { return j.finished() }

// Prepare says that what is to be done is still being found out, and how much was read for it; Expect ends that.
func (j *Job) Prepare(read int) {
	j.growing.Store(true)
	j.Advance(read, 0, "")
}

// Expect says how many items there are, once that is known.
func (j *Job) Expect(total int) {
	j.total.Store(int64(total))
	j.growing.Store(false)
}

// Pause says whether a person has the job wait.
func (j *Job) Pause(on bool) {
	if j.paused.Swap(on) != on {
		j.tell()
	}
}

func (j *Job) tell() {
	j.mu.Lock()
	j.timer = nil
	over := j.over
	j.mu.Unlock()
	if !over {
		j.jobs.notify(j.progress())
	}
}

// Finish takes the job out of the list and tells the listeners a last time. A second call does nothing.
func (j *Job) Finish(state storage.RunState) {
	j.mu.Lock()
	if j.over {
		j.mu.Unlock()
		return
	}
	j.over, j.state = true, state
	if j.timer != nil {
		j.timer.Stop()
		j.timer = nil
	}
	j.mu.Unlock()
	j.jobs.mu.Lock()
	delete(j.jobs.running, j.initial.RunID)
	j.jobs.mu.Unlock()
	j.cancel()
	j.jobs.notify(j.progress())
}

func (j *Job) progress() Progress {
	p := j.initial
	p.Done, p.Failed, p.Total = int(j.done.Load()), int(j.failed.Load()), int(j.total.Load())
	j.mu.Lock()
	defer j.mu.Unlock()
	p.Current, p.Finished, p.State = j.current, j.over, j.state
	p.Growing, p.Paused, p.Cancelling = j.growing.Load(), j.paused.Load(), j.asked && !j.over
	return p
}

func (j *Job) finished() bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.over
}

// List gives the running jobs, the oldest first.
func (j *Jobs) List() []Progress {
	j.mu.Lock()
	jobs := make([]*Job, 0, len(j.running))
	for _, job := range j.running {
		jobs = append(jobs, job)
	}
	j.mu.Unlock()
	list := make([]Progress, len(jobs))
	for i, job := range jobs {
		list[i] = job.progress()
	}
	slices.SortFunc(list, func(a, b Progress) int { return a.StartedAt.Compare(b.StartedAt) })
	return list
}

// Cancel asks a job to stop after the item in flight; it is over when its last notice says so. An unknown run is not
// running any more, which is what was asked for.
func (j *Jobs) Cancel(runID string) {
	job := j.find(runID)
	if job == nil {
		return
	}
	job.mu.Lock()
	job.asked = true
	job.mu.Unlock()
	job.cancel()
	job.tell()
}

// OnChange registers a listener: called when a job begins, at most ten times a second while it advances, and once
// when it ends, on the worker's goroutine. The function returned removes it.
func (j *Jobs) OnChange(f func(Progress)) (remove func()) {
	j.mu.Lock()
	defer j.mu.Unlock()
	id := j.next
	j.next++
	j.listeners[id] = f
	return func() {
		j.mu.Lock()
		defer j.mu.Unlock()
		delete(j.listeners, id)
	}
}

func (j *Jobs) find(runID string) *Job {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.running[runID]
}

func (j *Jobs) notify(p Progress) {
	j.mu.Lock()
	ids := make([]int, 0, len(j.listeners))
	for id := range j.listeners {
		ids = append(ids, id)
	}
	sort.Ints(ids)
	calls := make([]func(Progress), len(ids))
	for i, id := range ids {
		calls[i] = j.listeners[id]
	}
	j.mu.Unlock()
	for _, f := range calls {
		f(p)
	}
}

// close ends what is left, so that no timer and no context outlives the engine.
func (j *Jobs) close() {
	j.mu.Lock()
	jobs := make([]*Job, 0, len(j.running))
	for _, job := range j.running {
		jobs = append(jobs, job)
	}
	j.mu.Unlock()
	for _, job := range jobs {
		job.Finish(storage.RunRunning)
	}
}
