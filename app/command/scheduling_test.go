package command

import (
	"strings"
	"testing"
)

func TestPassesAreSwitchedOnAndOffFromTheCommandLine(t *testing.T) {
	sh := newShell(t)
	for _, name := range []string{"Nuage", "Bureau"} {
		sh.ok("account", "add", "contacts.carddav", "--name", name, "--set", "base-url=http://127.0.0.1:9/", "--set", "user=moi",
			"--secret", "password=@"+sh.file("mot", "lune\n"))
	}
	listed := sh.ok("schedule", "list")["schedules"].([]any)
	if len(listed) != 2 || listed[0].(map[string]any)["enabled"] != false {
		t.Fatalf("%v", listed)
	}
	on := sh.ok("schedule", "enable", "Nuage")
	if on["kind"] != "contacts" || on["enabled"] != true || on["next"] == nil || on["rule"].(map[string]any)["hours"] != 1.0 {
		t.Errorf("%v", on)
	}
	id := on["id"].(string)
	changed := sh.ok("schedule", "enable", id, "--working-days", "8 h 30", "--zone", "America/Montreal")
	if rule := changed["rule"].(map[string]any); rule["kind"] != "workingDays" || rule["at"] != "08:30" || rule["zone"] != "America/Montreal" {
		t.Errorf("%v", changed)
	}
	off := sh.ok("schedule", "disable", id)
	if off["enabled"] != false || off["next"] != nil || off["rule"].(map[string]any)["at"] != "08:30" {
		t.Errorf("%v", off)
	}
	if o := sh.run("schedule", "list"); !strings.Contains(o.stdout, "Bureau") || !strings.Contains(o.stdout, "désactivé") {
		t.Errorf("%s", o.stdout)
	}
	for _, wrong := range [][]string{
		{"schedule", "enable", "Personne"},
		{"schedule", "enable", "Nuage", "--daily", "tard"},
		{"schedule", "enable", "Nuage", "--zone", "Mars/Base"},
		{"schedule", "enable", "Nuage", "--hours", "-2"},
		{"schedule", "enable", "Nuage", "--hours", "2", "--daily", "8 h"},
	} {
		if o := sh.run(wrong...); o.code != ExitUsage {
			t.Errorf("%v: exit %d: %s", wrong, o.code, o.stderr)
		}
	}
}
