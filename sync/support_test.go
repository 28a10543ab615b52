package sync_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"diapason/storage"
	"diapason/sync/directory/trial"
	"diapason/sync/sandbox"
)

// unzip gives the texts of an archive by name.
func unzip(t *testing.T, raw []byte) map[string]string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{}
	for _, f := range z.File {
		in, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(in)
		if err != nil {
			t.Fatal(err)
		}
		texts[f.Name] = string(text)
	}
	return texts
}

// TestSupportFileTellsWhatHappenedWithoutAnySecret puts secrets wherever one may get to.
func TestSupportFileTellsWhatHappenedWithoutAnySecret(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const token, password, stray = "Tok€n-été-42", "hunter2hunter2", "abcdefSECRETghij"
		r := newRig(t, sandbox.TrialParams{Token: token})
		ids := r.published(2)
		why := storage.NewProblem("directory.refused", "answer", "Authorization: Bearer "+stray, "echo", "you sent "+token)
		r.write(func(tx storage.Writer) error {
			a, err := tx.Account(r.account)
			if err != nil {
				return err
			}
			a.Settings["client_secret"], a.Settings["folder"] = stray, "https://jean:"+password+"@h.example/?api_key="+stray
			a.Pause = why
			if err := tx.PutAccount(a); err != nil {
				return err
			}
			run := &storage.Run{ID: "0199", Kind: storage.RunSync, State: storage.RunFailed, StartedAt: time.Now(), Subject: "password=" + password, Problem: why}
			if err := tx.PutRun(run); err != nil {
				return err
			}
			item := &storage.RunItem{RunID: run.ID, Name: token, Result: storage.ItemFailed, Problems: storage.Problems{why}}
			if err := tx.PutRunItem(item); err != nil {
				return err
			}
			if err := tx.AppendJournal(&storage.JournalEntry{
				At: time.Now(), Action: storage.JournalRefuse, EstablishmentID: ids[0], AccountID: r.account, Reason: why,
				RequestID: "https://h.example/?key=" + stray,
				Answer:    &storage.Answer{Status: 422, Text: fmt.Sprintf(`{"access_token":"%s","seen":"%s"}`, stray, token)},
			}); err != nil {
				return err
			}
			return tx.PutOperation(&storage.Operation{
				AccountID: r.account, EstablishmentID: ids[0], Kind: storage.OpPublish, State: storage.OpDead, RunID: run.ID, Problem: why,
			})
		})
		var file bytes.Buffer
		if err := r.engine.SupportFile(t.Context(), &file, time.Time{}); err != nil {
			t.Fatal(err)
		}
		texts := unzip(t, file.Bytes())
		for _, name := range []string{"versions.json", "accounts.jsonl", "schedules.jsonl", "runs.jsonl", "operations.jsonl", "journal.jsonl"} {
			if len(texts[name]) < 10 {
				t.Errorf("%s holds %q", name, texts[name])
			}
		}
		for name, text := range texts {
			for _, secret := range []string{token, password, stray} {
				escaped, err := json.Marshal(secret)
				if err != nil {
					t.Fatal(err)
				}
				if strings.Contains(text, secret) || strings.Contains(text, strings.Trim(string(escaped), `"`)) {
					t.Errorf("%s bears %q", name, secret)
				}
			}
			for line := range strings.Lines(text) {
				if !json.Valid([]byte(line)) {
					t.Errorf("%s: not JSON: %s", name, line)
				}
			}
		}
		if !strings.Contains(texts["journal.jsonl"], "Hôtel 1") || !strings.Contains(texts["runs.jsonl"], `"kind":"sync"`) ||
			!strings.Contains(texts["accounts.jsonl"], trial.SettingURL) {
			t.Error("what happened is not told")
		}
	})
}

func TestSupportFileGoesBackNoFurtherThanAsked(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.TrialParams{})
		r.published(1)
		time.Sleep(48 * time.Hour)
		since := time.Now()
		fresh := hotel(7)
		r.create(fresh)
		var file bytes.Buffer
		if err := r.engine.SupportFile(t.Context(), &file, since); err != nil {
			t.Fatal(err)
		}
		journal := unzip(t, file.Bytes())["journal.jsonl"]
		if strings.Count(journal, "\n") != 1 || !strings.Contains(journal, fresh.Name) {
			t.Errorf("journal %s", journal)
		}
	})
}
