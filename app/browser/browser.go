// Package browser is what a person sees of their own browser while an account is being connected: how it is opened, and
// the page that it ends on. It knows no toolkit, because commands connect accounts too.
package browser

import (
	"bytes"
	"fmt"
	"html/template"
	"net/url"
	"os/exec"
	"runtime"

	"diapason/app/say"
	"diapason/assets/words"
	"diapason/storage"
)

// openers open an address in the person's own browser, per operating system.
var openers = map[string][]string{
	"darwin":  {"open"},
	"windows": {"rundll32", "url.dll,FileProtocolHandler"},
}

// Open shows an address in the system's browser. It waits for the program that opens, not for the browser.
func Open(address string) error {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" {
		return fmt.Errorf("browser: not an address of the web")
	}
	command := openers[runtime.GOOS]
	if command == nil {
		command = []string{"xdg-open"}
	}
	if err := exec.Command(command[0], append(command[1:], u.String())...).Run(); err != nil {
		return fmt.Errorf("browser: %w", err)
	}
	return nil
}

// page is whole: nothing in it comes from outside, and nothing runs.
var page = template.Must(template.New("end").Parse(`<!DOCTYPE html>
<html lang="{{.Lang}}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{{.Title}} · Diapason</title>
<style>
:root{color-scheme:light dark}
body{font:17px/1.55 system-ui,sans-serif;margin:0;background:#f5f6fa;color:#1d2433;display:flex;min-height:100vh;align-items:center;justify-content:center}
main{max-width:34rem;margin:1.5rem;background:#fff;padding:2rem 2.5rem;border-radius:.75rem;border-top:.3rem solid {{if .Granted}}#1f7a4d{{else}}#b3261e{{end}}}
h1{font-size:1.35rem;margin:0 0 .8rem}p{margin:.6rem 0}
@media (prefers-color-scheme:dark){body{background:#14171f;color:#e8eaf0}main{background:#1f2430}}
</style></head><body><main><h1 id="title">{{.Title}}</h1><p id="text">{{.Text}}</p><p>{{.Close}}</p></main></body></html>
`))

// Page is what the browser shows at the end, in the language in use: that access was granted, or why not.
func Page(why *storage.Problem) []byte {
	p := struct {
		Lang, Title, Text, Close string
		Granted                  bool
	}{
		Lang: words.Lang(), Title: words.T("browser.granted.title"), Text: words.T("browser.granted.text"),
		Close: words.T("browser.close"), Granted: why == nil,
	}
	if why != nil {
		p.Title, p.Text = words.T("browser.refused.title"), say.Problem(why)
	}
	var b bytes.Buffer
	if err := page.Execute(&b, p); err != nil {
		panic(err) // the template and the buffer are ours
	}
	return b.Bytes()
}
