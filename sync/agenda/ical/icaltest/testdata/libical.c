// Reads a calendar from standard input with libical and tells its events as JSON, one per line.
#include <libical/ical.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static icalcomponent *calendar;

static void text(const char *s)
{
    putchar('"');
    for (; s && *s; s++) {
        unsigned char c = (unsigned char)*s;
        if (c == '"' || c == '\\')
            printf("\\%c", c);
        else if (c < 0x20)
            printf("\\u%04x", c);
        else
            putchar(c);
    }
    putchar('"');
}

static void field(const char *name, const char *value)
{
    printf(",\"%s\":", name);
    text(value);
}

// when tells a time on the clock of its zone, and in UTC by what the file says of that zone.
static void when(icalproperty *p)
{
    struct icaltimetype t = icalvalue_get_datetime(icalproperty_get_value(p));
    icalparameter *param = icalproperty_get_first_parameter(p, ICAL_TZID_PARAMETER);
    const char *zone = t.is_date ? "" : icaltime_is_utc(t) ? "UTC" : "floating";
    if (param) {
        icaltimezone *tz = icalcomponent_get_timezone(calendar, icalparameter_get_tzid(param));
        zone = tz ? icalparameter_get_tzid(param) : "undescribed";
        if (tz)
            icaltime_set_timezone(&t, tz);
    }
    printf("{\"wall\":\"%.*s\"", t.is_date ? 8 : 15, icaltime_as_ical_string(t)); // without the Z of UTC
    field("zone", zone);
    if (!t.is_date)
        field("utc", icaltime_as_ical_string(icaltime_convert_to_zone(t, icaltimezone_get_utc_timezone())));
    putchar('}');
}

static void party(icalproperty *p)
{
    icalparameter *cn = icalproperty_get_first_parameter(p, ICAL_CN_PARAMETER);
    char *answer = icalproperty_get_parameter_as_string_r(p, "PARTSTAT");
    char *address = icalproperty_get_value_as_string_r(p);
    printf("{\"address\":");
    text(address);
    field("name", cn ? icalparameter_get_cn(cn) : "");
    field("answer", answer ? answer : "");
    putchar('}');
}

static void list(icalcomponent *c, const char *name, icalproperty_kind kind, void (*tell)(icalproperty *))
{
    int n = 0;
    printf(",\"%s\":[", name);
    for (icalproperty *p = icalcomponent_get_first_property(c, kind); p; p = icalcomponent_get_next_property(c, kind)) {
        if (n++)
            putchar(',');
        tell(p);
    }
    putchar(']');
}

static void category(icalproperty *p) { text(icalproperty_get_categories(p)); }

static void alarms(icalcomponent *c)
{
    int n = 0;
    printf(",\"alarms\":[");
    for (icalcomponent *a = icalcomponent_get_first_component(c, ICAL_VALARM_COMPONENT); a;
         a = icalcomponent_get_next_component(c, ICAL_VALARM_COMPONENT)) {
        icalproperty *p = icalcomponent_get_first_property(a, ICAL_TRIGGER_PROPERTY);
        printf("%s{\"seconds\":%d", n++ ? "," : "", icaldurationtype_as_int(icalproperty_get_trigger(p).duration));
        p = icalcomponent_get_first_property(a, ICAL_DESCRIPTION_PROPERTY);
        field("text", icalproperty_get_description(p));
        putchar('}');
    }
    putchar(']');
}

#define TEXT(name, KIND, get)                                                     \
    do {                                                                          \
        icalproperty *p = icalcomponent_get_first_property(c, ICAL_##KIND##_PROPERTY); \
        field(name, p ? icalproperty_get_##get(p) : "");                          \
    } while (0)

// VALUE is for what libical gives as a number of its own: the word that stands in the file.
#define VALUE(name, KIND)                                                         \
    do {                                                                          \
        icalproperty *p = icalcomponent_get_first_property(c, ICAL_##KIND##_PROPERTY); \
        field(name, p ? icalproperty_get_value_as_string(p) : "");                \
    } while (0)

static void event(icalcomponent *c)
{
    printf("{\"sequence\":%d", icalcomponent_get_sequence(c));
    TEXT("uid", UID, uid);
    TEXT("summary", SUMMARY, summary);
    TEXT("description", DESCRIPTION, description);
    TEXT("location", LOCATION, location);
    TEXT("url", URL, url);
    TEXT("color", COLOR, color);
    VALUE("status", STATUS);
    VALUE("class", CLASS);
    VALUE("transparency", TRANSP);
    VALUE("rule", RRULE);
    list(c, "stamp", ICAL_DTSTAMP_PROPERTY, when);
    list(c, "created", ICAL_CREATED_PROPERTY, when);
    list(c, "modified", ICAL_LASTMODIFIED_PROPERTY, when);
    list(c, "start", ICAL_DTSTART_PROPERTY, when);
    list(c, "end", ICAL_DTEND_PROPERTY, when);
    list(c, "recurrence", ICAL_RECURRENCEID_PROPERTY, when);
    list(c, "extra", ICAL_RDATE_PROPERTY, when);
    list(c, "except", ICAL_EXDATE_PROPERTY, when);
    list(c, "categories", ICAL_CATEGORIES_PROPERTY, category);
    list(c, "organizer", ICAL_ORGANIZER_PROPERTY, party);
    list(c, "attendees", ICAL_ATTENDEE_PROPERTY, party);
    alarms(c);
    printf("}\n");
}

static char *line(char *s, size_t size, void *file) { return fgets(s, (int)size, file); }

int main(void)
{
    icalparser *parser = icalparser_new();
    icalparser_set_gen_data(parser, stdin);
    calendar = icalparser_parse(parser, line);
    if (!calendar || icalcomponent_count_errors(calendar)) {
        fprintf(stderr, "libical finds %d errors\n", calendar ? icalcomponent_count_errors(calendar) : -1);
        return 1;
    }
    icalproperty *name = icalcomponent_get_first_property(calendar, ICAL_NAME_PROPERTY);
    printf("{\"name\":");
    text(name ? icalproperty_get_name(name) : "");
    printf("}\n");
    for (icalcomponent *c = icalcomponent_get_first_component(calendar, ICAL_VEVENT_COMPONENT); c;
         c = icalcomponent_get_next_component(calendar, ICAL_VEVENT_COMPONENT))
        event(c);
    icalcomponent_free(calendar);
    icalparser_free(parser);
    return 0;
}
