package look

import (
	"bytes"
	"fmt"
	"image/color"

	"fyne.io/fyne/v2"

	"diapason/assets/icons"
)

// Icon names a pictogram of assets/icons; the zero value is "no icon".
type Icon string

// Places and actions, drawn on a grid of 20 and shown at 16 or 18.
const (
	IconStore        Icon = "store"
	IconActivity     Icon = "activity"
	IconIntegrations Icon = "integrations"
	IconSettings     Icon = "settings"
	IconBrand        Icon = "brand"
	IconImport       Icon = "import"
	IconExport       Icon = "export"
	IconPlus         Icon = "plus"
	IconMinus        Icon = "minus"
	IconSync         Icon = "sync"
	IconSearch       Icon = "search"
	IconChevronDown  Icon = "chevron-down"
	IconChevronUp    Icon = "chevron-up"
	IconChevronRight Icon = "chevron-right"
	IconChevronLeft  Icon = "chevron-left"
	IconChevrons     Icon = "chevrons"
	IconColumns      Icon = "columns"
	IconPencil       Icon = "pencil"
	IconFolder       Icon = "folder"
	IconClose        Icon = "close"
	IconCheck        Icon = "check"
	IconMore         Icon = "more"
	IconTable        Icon = "table"
	IconDocument     Icon = "document"
	IconUndo         Icon = "undo"
	IconRetry        Icon = "retry"
	IconExternal     Icon = "external"
	IconLock         Icon = "lock"
	IconClock        Icon = "clock"
	IconDrop         Icon = "drop"
	IconTrash        Icon = "trash"
	IconArchive      Icon = "archive"
	IconCopy         Icon = "copy"
	IconArrowRight   Icon = "arrow-right"
	IconArrowLeft    Icon = "arrow-left"
	IconPause        Icon = "pause"
	IconPlay         Icon = "play"
	IconPeople       Icon = "people"
	IconBook         Icon = "book"
	IconDatabase     Icon = "database"
	IconHistory      Icon = "history"
	IconShield       Icon = "shield"
	IconAgenda       Icon = "agenda"
	IconAgendaOpen   Icon = "agenda-check" // an agenda of another program
	IconSignal       Icon = "signal"
	IconLaptop       Icon = "laptop"
	IconNetwork      Icon = "wifi"
	IconInternet     Icon = "globe"
	IconRepeat       Icon = "repeat"
	IconPerson       Icon = "person"
	IconContacts     Icon = "contacts"
	IconCode         Icon = "code" // to be read by a phone's camera
)

// States, drawn on a grid of 16 and shown at 14: one shape per meaning.
const (
	StatusOK       Icon = "status-ok"       // tick: up to date, done
	StatusRunning  Icon = "status-running"  // arc: in progress
	StatusDrift    Icon = "status-drift"    // not equal: a difference
	StatusAction   Icon = "status-action"   // triangle: someone must act
	StatusUnknown  Icon = "status-unknown"  // question mark: not found
	StatusUp       Icon = "status-up"       // arrow up: to be sent
	StatusSent     Icon = "status-sent"     // plane: sent
	StatusLinked   Icon = "status-linked"   // chain link
	StatusDisabled Icon = "status-disabled" // barred circle
	StatusError    Icon = "status-error"    // octagon
	StatusInfo     Icon = "status-info"
	StatusManual   Icon = "status-manual" // minus: manual, unchanged
	StatusCreate   Icon = "status-create" // plus: to be created
	StatusEdit     Icon = "status-edit"   // pencil: to be changed
	StatusWaiting  Icon = "status-waiting"
	StatusAuto     Icon = "status-auto"
	StatusUndone   Icon = "status-undone"
)

type iconKey struct {
	icon   Icon
	colour color.NRGBA
}

var resources = map[iconKey]fyne.Resource{}

// Resource gives the icon in a token's present colour. Fyne recolours fills only and these icons are strokes, so the colour
// is written into the SVG; one resource is kept per icon and colour. It panics on an icon that does not exist.
func (i Icon) Resource(name fyne.ThemeColorName) fyne.Resource {
	return i.Painted(Color(name))
}

// Painted gives the icon in an opaque colour.
func (i Icon) Painted(c color.Color) fyne.Resource {
	key := iconKey{i, color.NRGBAModel.Convert(c).(color.NRGBA)}
	if r, ok := resources[key]; ok {
		return r
	}
	raw, err := icons.Files.ReadFile(string(i) + ".svg")
	if err != nil {
		panic("look: " + err.Error()) // embedded: only a name that a test would have caught
	}
	hex := fmt.Sprintf("#%02x%02x%02x", key.colour.R, key.colour.G, key.colour.B)
	r := fyne.NewStaticResource(string(i)+hex+".svg", bytes.ReplaceAll(raw, []byte("currentColor"), []byte(hex)))
	resources[key] = r
	return r
}

// The marks inside a check, drawn bolder than the same shapes as icons.
const (
	CheckMark Icon = "mark-check"
	MixedMark Icon = "mark-mixed"
)

// The layers of the picture of first use, 260 by 130, each in its colour.
const (
	PictureLines Icon = "picture-lines"
	PictureSheet Icon = "picture-sheet"
	PictureTicks Icon = "picture-ticks"
)
