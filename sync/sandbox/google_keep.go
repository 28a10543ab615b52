package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"time"
)

// keptGoogle is the form of the file that Save writes. Of each contact it has the present state only, and nothing of what
// counts calls; access tokens are forgotten: programs get new ones.
type keptGoogle struct {
	Issued int          `json:"issued"`
	Grants []keptGrant  `json:"grants"`
	Books  []keptPeople `json:"books"`
}

type keptGrant struct {
	Account string    `json:"account"`
	Client  string    `json:"client"`
	Scopes  []string  `json:"scopes"`
	Given   time.Time `json:"given"`
	Order   int       `json:"order"`
	Refresh string    `json:"refresh"`
}

type keptPeople struct {
	ID     string       `json:"id"`
	Me     string       `json:"me"`
	Next   int          `json:"next"`
	Times  []time.Time  `json:"times"`
	Groups []keptGroup  `json:"groups"`
	People []keptPerson `json:"people"` // in the order of their creation
}

type keptGroup struct {
	Resource string           `json:"resource"`
	Name     string           `json:"name"`
	System   bool             `json:"system,omitempty"`
	Deleted  bool             `json:"deleted,omitempty"`
	Version  int              `json:"version"`
	At       time.Time        `json:"at"`
	Data     []map[string]any `json:"data,omitempty"`
}

type keptPerson struct {
	Name    string       `json:"name"`
	Former  []string     `json:"former,omitempty"`
	Number  int          `json:"number"` // of the last write, in its account
	At      time.Time    `json:"at"`
	Deleted bool         `json:"deleted,omitempty"`
	Values  peopleValues `json:"values"`
}

// Keep takes over what a file holds, when it is there; Save then writes it. It is called once, before anything is asked.
func (g *Google) Keep(file string) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.People.mu.Lock()
	defer g.People.mu.Unlock()
	g.file = file
	raw, err := os.ReadFile(file)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	var kept keptGoogle
	if err == nil {
		err = json.Unmarshal(raw, &kept)
	}
	if err != nil {
		return fmt.Errorf("google's emulator: %w", err)
	}
	for _, k := range kept.Grants {
		account, client := g.accounts[k.Account], g.clients[k.Client]
		if account == nil || client == nil {
			return fmt.Errorf("google's emulator: %s speaks of an account or a program that is not there", file)
		}
		g.refresh[k.Refresh] = &googleGrant{
			account: account, client: client, scopes: k.Scopes, given: k.Given, order: k.Order, refresh: k.Refresh,
		}
		for _, scope := range k.Scopes {
			account.consented[client.ID+" "+scope] = true
		}
	}
	g.issued = kept.Issued
	for i := range kept.Books {
		g.People.takeOver(&kept.Books[i])
	}
	g.saved = g.state()
	return nil
}

// takeOver puts an account's contacts back. Called with the lock held.
func (p *People) takeOver(k *keptPeople) {
	a := p.account(k.ID)
	a.me, a.next, a.times = k.Me, k.Next, k.Times
	for _, g := range k.Groups {
		a.groups[g.Resource] = &contactGroup{
			resource: g.Resource, name: g.Name, system: g.System, deleted: g.Deleted, version: g.Version, at: g.At, data: g.Data,
		}
	}
	for _, one := range k.People {
		who := &person{name: one.Name, former: one.Former, versions: []*personVersion{
			{number: one.Number, at: one.At, name: one.Name, deleted: one.Deleted, values: one.Values},
		}}
		a.order = append(a.order, who)
		for _, name := range append([]string{one.Name}, one.Former...) {
			a.people[name] = who
		}
	}
}

// googleState tells whether something changed that the file holds.
type googleState struct{ issued, grants, writes int }

// state is called with both locks held.
func (g *Google) state() googleState {
	s := googleState{issued: g.issued, grants: len(g.refresh)}
	for _, a := range g.People.accounts {
		s.writes += len(a.times) + a.next
	}
	return s
}

// Save writes what the emulator keeps to the file of Keep, when something changed since the last time.
func (g *Google) Save() error {
	raw, state, err := g.kept()
	if err != nil || raw == nil {
		return err
	}
	if err := replaceFile(g.file, raw); err != nil {
		return fmt.Errorf("google's emulator: %w", err)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.saved = state
	return nil
}

// kept writes the file's text; nil when nothing changed.
func (g *Google) kept() ([]byte, googleState, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.People.mu.Lock()
	defer g.People.mu.Unlock()
	state := g.state()
	if g.file == "" || state == g.saved {
		return nil, state, nil
	}
	kept := keptGoogle{Issued: g.issued}
	for _, refresh := range slices.Sorted(maps.Keys(g.refresh)) {
		k := g.refresh[refresh]
		kept.Grants = append(kept.Grants, keptGrant{
			Account: k.account.ID, Client: k.client.ID, Scopes: k.scopes, Given: k.given, Order: k.order, Refresh: refresh,
		})
	}
	for _, id := range slices.Sorted(maps.Keys(g.People.accounts)) {
		kept.Books = append(kept.Books, g.People.accounts[id].kept())
	}
	raw, err := json.Marshal(kept)
	return raw, state, err
}

// kept is called with the lock held.
func (a *peopleAccount) kept() keptPeople {
	k := keptPeople{ID: a.id, Me: a.me, Next: a.next, Times: a.times}
	for _, resource := range slices.Sorted(maps.Keys(a.groups)) {
		g := a.groups[resource]
		k.Groups = append(k.Groups, keptGroup{
			Resource: resource, Name: g.name, System: g.system, Deleted: g.deleted, Version: g.version, At: g.at, Data: g.data,
		})
	}
	for _, who := range a.order {
		v := who.versions[len(who.versions)-1]
		k.People = append(k.People, keptPerson{Name: who.name, Former: who.former, Number: v.number, At: v.at, Deleted: v.deleted, Values: v.values})
	}
	return k
}
