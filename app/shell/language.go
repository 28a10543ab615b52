package shell

import (
	"embed"
	"fmt"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"diapason/assets/words"
)

// builtin holds Fyne's own words (file dialog, context menus of fields) in our languages: Fyne's French lacks the days
// of the week.
//
//go:embed fyne.fr.json fyne.en.json
var builtin embed.FS

// useLanguage puts Diapason and Fyne's built-in words into a language. Fyne chooses by the system's language alone, so
// the words are registered under the system's name: French on an English system, English on a French one.
func useLanguage(language string) error {
	if err := words.Use(language); err != nil {
		return err
	}
	raw, err := builtin.ReadFile("fyne." + language + ".json")
	if err != nil {
		return fmt.Errorf("built-in words: %w", err)
	}
	for _, name := range []string{language, lang.SystemLocale().LanguageString()} {
		if err := lang.AddTranslations(fyne.NewStaticResource(name+".json", raw)); err != nil {
			return fmt.Errorf("built-in words: %w", err)
		}
	}
	return nil
}
