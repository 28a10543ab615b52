package sandbox

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// peopleFields are the fields of a Person that hold values, with the members of a value as the service's own discovery
// document (people/v1) lists them: "!" marks what only answers bear, ":" gives a type that is not text.
var peopleFields = map[string]string{
	"addresses":             "city country countryCode extendedAddress formattedType! formattedValue poBox postalCode region streetAddress type",
	"ageRanges":             "ageRange",
	"biographies":           "contentType value",
	"birthdays":             "date:date text",
	"calendarUrls":          "formattedType! type url",
	"clientData":            "key value",
	"coverPhotos":           "default:bool url",
	"emailAddresses":        "displayName formattedType! type value",
	"events":                "date:date formattedType! type",
	"externalIds":           "formattedType! type value",
	"fileAses":              "value",
	"genders":               "addressMeAs formattedValue! value",
	"imClients":             "formattedProtocol! formattedType! protocol type username",
	"interests":             "value",
	"locales":               "value",
	"locations":             "buildingId current:bool deskCode floor floorSection type value",
	"memberships":           "contactGroupMembership:membership domainMembership!:domain",
	"miscKeywords":          "formattedType! type value",
	"names":                 "displayName! displayNameLastFirst! familyName givenName honorificPrefix honorificSuffix middleName phoneticFamilyName phoneticFullName phoneticGivenName phoneticHonorificPrefix phoneticHonorificSuffix phoneticMiddleName unstructuredName",
	"nicknames":             "type value",
	"occupations":           "value",
	"organizations":         "costCenter current:bool department domain endDate:date formattedType! fullTimeEquivalentMillipercent:int jobDescription location name phoneticName startDate:date symbol title type",
	"phoneNumbers":          "canonicalForm! formattedType! type value",
	"photos":                "default:bool url",
	"relations":             "formattedType! person type",
	"sipAddresses":          "formattedType! type value",
	"skills":                "value",
	"urls":                  "formattedType! type value",
	"userDefined":           "key value",
	"braggingRights":        "value",
	"residences":            "current:bool value",
	"taglines":              "value",
	"ageRange":              "",
	"relationshipInterests": "formattedValue! value",
	"relationshipStatuses":  "formattedValue! value",
}

// Fields that masks of readings, or of updates, do not know.
var (
	peopleUnread    = []string{"fileAses", "braggingRights", "residences", "taglines", "ageRange", "relationshipInterests", "relationshipStatuses"}
	peopleUnwritten = []string{"ageRanges", "coverPhotos", "metadata", "photos", "skills"}
	// peopleSingle are the fields with one value per source.
	peopleSingle = []string{"biographies", "birthdays", "genders", "names"}
)

// shape is the form of a JSON value: an object with members, a list of one shape, or a plain value.
type shape struct {
	members map[string]*shape
	of      *shape // of a list
	values  *shape // of a map with any names
	plain   string // "string", "bool", "int", "any"
	output  bool   // only answers bear it
}

var (
	textShape   = &shape{plain: "string"}
	sourceShape = &shape{members: map[string]*shape{
		"type": textShape, "id": textShape, "etag": textShape, "updateTime": textShape, "profileMetadata": {plain: "any"},
	}}
	peopleShapes = map[string]*shape{
		"string": textShape, "bool": {plain: "bool"}, "int": {plain: "int"},
		"date":       {members: map[string]*shape{"year": {plain: "int"}, "month": {plain: "int"}, "day": {plain: "int"}}},
		"membership": {members: map[string]*shape{"contactGroupResourceName": textShape, "contactGroupId": textShape}},
		"domain":     {members: map[string]*shape{"inViewerDomain": {plain: "bool"}}},
		"metadata": {members: map[string]*shape{
			"primary": {plain: "bool"}, "sourcePrimary": {plain: "bool"}, "verified": {plain: "bool"}, "source": sourceShape,
		}},
	}
	personShape = newPersonShape()
	groupShape  = &shape{members: map[string]*shape{
		"resourceName": textShape, "etag": textShape, "name": textShape, "formattedName": textShape, "groupType": textShape,
		"memberCount": {plain: "int"}, "memberResourceNames": {of: textShape}, "metadata": {plain: "any"},
		"clientData": {of: &shape{members: map[string]*shape{"key": textShape, "value": textShape}}},
	}}
)

func newPersonShape() *shape {
	p := &shape{members: map[string]*shape{
		"resourceName": textShape, "etag": textShape,
		"metadata": {members: map[string]*shape{
			"sources": {of: sourceShape}, "deleted": {plain: "bool"}, "objectType": textShape,
			"previousResourceNames": {of: textShape}, "linkedPeopleResourceNames": {of: textShape},
		}},
	}}
	for field, members := range peopleFields {
		if members == "" {
			p.members[field] = textShape
			continue
		}
		value := &shape{members: map[string]*shape{"metadata": peopleShapes["metadata"]}}
		for m := range strings.FieldsSeq(members) {
			name, kind, typed := strings.Cut(m, ":")
			if !typed {
				kind = "string"
			}
			s := *peopleShapes[kind]
			name, s.output = strings.CutSuffix(name, "!")
			value.members[name] = &s
		}
		p.members[field] = &shape{of: value}
	}
	return p
}

// misfit says, in Google's words, what of a value has not this shape; "" when it has. Told gets the place of what only
// answers bear.
func (s *shape) misfit(v any, at string, told func(place string)) string {
	cannot := func(what string) string {
		return fmt.Sprintf("Invalid JSON payload received. Unknown name %q at '%s': Cannot bind a %s.", last(at), before(at), what)
	}
	switch v := v.(type) {
	case nil:
		return ""
	case map[string]any:
		if s.plain == "any" {
			return ""
		}
		if s.members == nil && s.values == nil {
			return cannot("map to a field that is none")
		}
		return s.misfitMembers(v, at, told)
	case []any:
		if s.of == nil {
			return cannot("list to map for field '" + last(at) + "'")
		}
		for i, item := range v {
			if bad := s.of.misfit(item, at+"["+strconv.Itoa(i)+"]", told); bad != "" {
				return bad
			}
		}
		return ""
	case string:
		if s.plain == "string" || s.plain == "any" {
			return ""
		}
	case bool:
		if s.plain == "bool" || s.plain == "any" {
			return ""
		}
	case float64:
		if s.plain == "int" && v == math.Trunc(v) || s.plain == "any" {
			return ""
		}
	}
	return "Invalid value at '" + at + "'"
}

func (s *shape) misfitMembers(v map[string]any, at string, told func(place string)) string {
	for name, value := range v {
		inner := s.values
		if inner == nil {
			inner = s.members[name]
		}
		if inner == nil {
			return fmt.Sprintf("Invalid JSON payload received. Unknown name %q at '%s': Cannot find field.", name, at)
		}
		place := snake(name)
		if at != "" {
			place = at + "." + place
		}
		if inner.output {
			told(place)
		}
		if bad := inner.misfit(value, place, told); bad != "" {
			return bad
		}
	}
	return ""
}

// snake gives a name as Google's messages write it: "contactPerson" is "contact_person".
func snake(name string) string {
	var b strings.Builder
	for _, r := range name {
		if unicode.IsUpper(r) {
			b.WriteByte('_')
			r = unicode.ToLower(r)
		}
		b.WriteRune(r)
	}
	return b.String()
}

func last(at string) string { return at[strings.LastIndexByte(at, '.')+1:] }

func before(at string) string { return at[:max(strings.LastIndexByte(at, '.'), 0)] }

// maskOf reads a mask of fields; bad is what is wrong with it.
func maskOf(name, text string, unknown []string) (fields []string, bad *answer) {
	refuse := func(why string) ([]string, *answer) {
		a := peopleRefused(400, "INVALID_ARGUMENT", "Invalid "+name+" mask.", map[string]any{
			"@type":           "type.googleapis.com/google.rpc.BadRequest",
			"fieldViolations": []any{map[string]any{"field": name, "description": why}},
		})
		return nil, &a
	}
	if text == "" {
		return refuse(name + " mask is required. Please specify one or more valid paths.")
	}
	for field := range strings.SplitSeq(text, ",") {
		if _, known := peopleFields[field]; !known && field != "metadata" || slices.Contains(unknown, field) ||
			slices.Contains(peopleUnread, field) {
			return refuse("Invalid field path: " + field)
		}
		if !slices.Contains(fields, field) {
			fields = append(fields, field)
		}
	}
	slices.Sort(fields)
	return fields, nil
}

// decodePeople reads a body strictly against a shape.
func decodePeople(raw []byte, s *shape, into any, told func(place string)) *answer {
	var tree any
	if err := json.Unmarshal(raw, &tree); err != nil {
		a := peopleRefused(400, "INVALID_ARGUMENT", "Invalid JSON payload received.")
		return &a
	}
	bad := s.misfit(tree, "", told)
	if bad == "" {
		if err := json.Unmarshal(raw, into); err != nil {
			bad = "Invalid JSON payload received."
		}
	}
	if bad != "" {
		a := peopleRefused(400, "INVALID_ARGUMENT", bad)
		return &a
	}
	return nil
}

// peopleRefused is the form of Google's refusals.
func peopleRefused(status int, word, message string, details ...map[string]any) answer {
	e := map[string]any{"code": status, "message": message, "status": word}
	if len(details) > 0 {
		e["details"] = details
	}
	return answer{status: status, body: map[string]any{"error": e}}
}

// peopleReason is the detail that programs read.
func peopleReason(domain, reason string, metadata map[string]string) map[string]any {
	d := map[string]any{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason, "domain": domain}
	if metadata != nil {
		d["metadata"] = metadata
	}
	return d
}
