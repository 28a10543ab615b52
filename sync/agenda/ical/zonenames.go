package ical

import (
	"slices"
	"strings"
	stdsync "sync"
	"time"

	"diapason/storage"
)

// longZone gives the IANA name for a zone that is named as Windows shows it to people, "(UTC+01:00) Brussels, Copenhagen,
// Madrid, Paris" in English or in French: Outlook and others write that for a TZID. Lists of places change from one version
// of Windows to the next, so what counts is each place that is known, as long as its zone has the offset that is told, in
// winter or in summer. Places of different zones, or none, give "".
func longZone(id string) string {
	offset, places, ok := cutOffset(strings.ReplaceAll(id, `\`, ""))
	if !ok {
		return ""
	}
	if _, after, found := strings.Cut(places, ":"); found {
		places = after // "Greenwich Mean Time : Dublin, Edinburgh, Lisbon, London"
	}
	name := ""
	for place := range strings.SplitSeq(places, ",") {
		for _, zone := range zonesOf()[storage.SearchKey(place)] {
			switch {
			case !hasOffset(zone, offset) || zone == name:
			case name != "":
				return ""
			default:
				name = zone
			}
		}
	}
	return name
}

// cutOffset cuts "(UTC+01:00) ", "(GMT -03:30) " or "(UTC) " off the beginning of a name. The offset is in seconds east.
func cutOffset(s string) (offset int, rest string, ok bool) {
	s, ok = strings.CutPrefix(strings.TrimSpace(s), "(")
	inside, rest, closed := strings.Cut(s, ")")
	inside = strings.ToUpper(strings.ReplaceAll(inside, " ", ""))
	if !ok || !closed || !strings.HasPrefix(inside, "UTC") && !strings.HasPrefix(inside, "GMT") {
		return 0, "", false
	}
	if inside = inside[len("UTC"):]; inside != "" {
		offset, ok = parseOffset(inside)
	}
	return offset, rest, ok
}

// hasOffset tells whether a zone's clock differs from UTC by so much, in January or in July of this decade.
func hasOffset(name string, offset int) bool {
	zone, err := location(name)
	if err != nil {
		return false
	}
	for _, month := range []time.Month{time.January, time.July} {
		if _, n := time.Date(2026, month, 1, 0, 0, 0, 0, zone).Zone(); n == offset {
			return true
		}
	}
	return false
}

// zonesOf gives the IANA names by the places that Windows names them after, in the form of storage.SearchKey.
var zonesOf = stdsync.OnceValue(func() map[string][]string {
	m := map[string][]string{}
	for line := range strings.Lines(windowsPlaces) {
		name, places, ok := strings.Cut(strings.TrimSpace(line), " = ")
		zone := windows[strings.ToLower(name)]
		if !ok || zone == "" {
			continue
		}
		for place := range strings.SplitSeq(places, ",") {
			if key := storage.SearchKey(place); !slices.Contains(m[key], zone) {
				m[key] = append(m[key], zone)
			}
		}
	}
	return m
})

// windowsPlaces are the places in the names of zones that Windows shows, in English and, where they differ, in French.
const windowsPlaces = `
AUS Central Standard Time = Darwin
AUS Eastern Standard Time = Canberra, Melbourne, Sydney
Afghanistan Standard Time = Kabul, Kaboul
Alaskan Standard Time = Alaska
Aleutian Standard Time = Aleutian Islands, Îles Aléoutiennes
Altai Standard Time = Barnaul, Gorno-Altaysk, Gorno-Altaïsk
Arab Standard Time = Kuwait, Riyadh, Koweït, Riyad
Arabian Standard Time = Abu Dhabi, Muscat, Abou Dabi, Mascate
Arabic Standard Time = Baghdad, Bagdad
Argentina Standard Time = City of Buenos Aires, Buenos Aires
Astrakhan Standard Time = Astrakhan, Ulyanovsk, Oulianovsk
Atlantic Standard Time = Atlantic Time (Canada), Heure de l’Atlantique (Canada), Atlantique (Canada)
Aus Central W. Standard Time = Eucla
Azerbaijan Standard Time = Baku, Bakou
Azores Standard Time = Azores, Açores
Bahia Standard Time = Salvador
Bangladesh Standard Time = Dhaka, Dacca
Belarus Standard Time = Minsk
Bougainville Standard Time = Bougainville Island, Île de Bougainville
Canada Central Standard Time = Saskatchewan
Cape Verde Standard Time = Cabo Verde Is., Cape Verde Is., Îles du Cap-Vert, Cap-Vert
Caucasus Standard Time = Yerevan, Erevan
Cen. Australia Standard Time = Adelaide, Adélaïde
Central America Standard Time = Central America, Amérique centrale
Central Brazilian Standard Time = Cuiaba
Central Europe Standard Time = Belgrade, Bratislava, Budapest, Ljubljana, Prague
Central European Standard Time = Sarajevo, Skopje, Warsaw, Zagreb, Varsovie
Central Pacific Standard Time = Solomon Is., New Caledonia, Îles Salomon, Nouvelle-Calédonie
Central Standard Time = Central Time (US & Canada), Centre (É.-U. et Canada), Centre (É.-U. & Canada)
Central Standard Time (Mexico) = Guadalajara, Mexico City, Monterrey, Mexico
Chatham Islands Standard Time = Chatham Islands, Îles Chatham
China Standard Time = Beijing, Chongqing, Hong Kong, Hong Kong SAR, Hong Kong R.A.S., Urumqi, Pékin
Cuba Standard Time = Havana, La Havane
Dateline Standard Time = International Date Line West, Ligne de date internationale (Ouest)
E. Africa Standard Time = Nairobi
E. Australia Standard Time = Brisbane
E. Europe Standard Time = Chisinau
E. South America Standard Time = Brasilia
Easter Island Standard Time = Easter Island, Île de Pâques
Eastern Standard Time = Eastern Time (US & Canada), Est (É.-U. et Canada), Est (É.-U. & Canada)
Eastern Standard Time (Mexico) = Chetumal
Egypt Standard Time = Cairo, Le Caire
Ekaterinburg Standard Time = Ekaterinburg, Ekaterinbourg, Iekaterinbourg
FLE Standard Time = Helsinki, Kyiv, Kiev, Riga, Sofia, Tallinn, Vilnius
Fiji Standard Time = Fiji, Fidji, Îles Fidji
GMT Standard Time = Dublin, Edinburgh, Lisbon, London, Édimbourg, Lisbonne, Londres
GTB Standard Time = Athens, Bucharest, Athènes, Bucarest
Georgian Standard Time = Tbilisi, Tbilissi
Greenland Standard Time = Greenland, Groenland
Greenwich Standard Time = Monrovia, Reykjavik
Haiti Standard Time = Haiti, Haïti
Hawaiian Standard Time = Hawaii, Hawaï
India Standard Time = Chennai, Kolkata, Mumbai, New Delhi
Iran Standard Time = Tehran, Téhéran
Israel Standard Time = Jerusalem, Jérusalem
Jordan Standard Time = Amman
Kaliningrad Standard Time = Kaliningrad
Korea Standard Time = Seoul, Séoul
Libya Standard Time = Tripoli
Line Islands Standard Time = Kiritimati Island, Île de Kiritimati
Lord Howe Standard Time = Lord Howe Island, Île Lord Howe
Magadan Standard Time = Magadan
Magallanes Standard Time = Punta Arenas
Marquesas Standard Time = Marquesas Islands, Îles Marquises
Mauritius Standard Time = Port Louis
Middle East Standard Time = Beirut, Beyrouth
Montevideo Standard Time = Montevideo
Morocco Standard Time = Casablanca
Mountain Standard Time = Mountain Time (US & Canada), Montagnes Rocheuses (É.-U. et Canada)
Myanmar Standard Time = Yangon (Rangoon), Yangon (Rangoun), Rangoon, Rangoun
N. Central Asia Standard Time = Novosibirsk, Novossibirsk
Namibia Standard Time = Windhoek
Nepal Standard Time = Kathmandu, Katmandou
New Zealand Standard Time = Auckland, Wellington
Newfoundland Standard Time = Newfoundland, Terre-Neuve
Norfolk Standard Time = Norfolk Island, Île Norfolk
North Asia East Standard Time = Irkutsk, Irkoutsk
North Asia Standard Time = Krasnoyarsk, Krasnoïarsk
North Korea Standard Time = Pyongyang
Omsk Standard Time = Omsk
Pacific SA Standard Time = Santiago
Pacific Standard Time = Pacific Time (US & Canada), Pacifique (É.-U. et Canada), Pacifique (É.-U. & Canada)
Pacific Standard Time (Mexico) = Baja California, Basse-Californie
Pakistan Standard Time = Islamabad, Karachi
Paraguay Standard Time = Asuncion
Romance Standard Time = Brussels, Copenhagen, Madrid, Paris, Bruxelles, Copenhague
Russia Time Zone 10 = Chokurdakh
Russia Time Zone 11 = Anadyr, Petropavlovsk-Kamchatsky
Russia Time Zone 3 = Izhevsk, Samara
Russian Standard Time = Moscow, St. Petersburg, Moscou, Saint-Pétersbourg
SA Eastern Standard Time = Cayenne, Fortaleza
SA Pacific Standard Time = Bogota, Lima, Quito, Rio Branco
SA Western Standard Time = Georgetown, La Paz, Manaus, San Juan
SE Asia Standard Time = Bangkok, Hanoi, Jakarta, Hanoï, Djakarta
Saint Pierre Standard Time = Saint Pierre and Miquelon, Saint-Pierre-et-Miquelon
Sakhalin Standard Time = Sakhalin, Sakhaline
Samoa Standard Time = Samoa
Sao Tome Standard Time = Sao Tome
Saratov Standard Time = Saratov
Singapore Standard Time = Kuala Lumpur, Singapore, Singapour
South Africa Standard Time = Harare, Pretoria
South Sudan Standard Time = Juba
Sri Lanka Standard Time = Sri Jayawardenepura
Sudan Standard Time = Khartoum
Syria Standard Time = Damascus, Damas
Taipei Standard Time = Taipei
Tasmania Standard Time = Hobart
Tocantins Standard Time = Araguaina
Tokyo Standard Time = Osaka, Sapporo, Tokyo
Tomsk Standard Time = Tomsk
Tonga Standard Time = Nuku’alofa
Transbaikal Standard Time = Chita, Tchita
Turkey Standard Time = Istanbul
Turks And Caicos Standard Time = Turks and Caicos, Îles Turks et Caïcos
US Eastern Standard Time = Indiana (East), Indiana (Est)
US Mountain Standard Time = Arizona
UTC = Coordinated Universal Time, Co-ordinated Universal Time, Temps universel coordonné
Venezuela Standard Time = Caracas
Vladivostok Standard Time = Vladivostok
W. Australia Standard Time = Perth
W. Central Africa Standard Time = West Central Africa, Afrique centrale - Ouest
W. Europe Standard Time = Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna, Berne, Vienne
W. Mongolia Standard Time = Hovd
West Asia Standard Time = Ashgabat, Tashkent, Achgabat, Tachkent
West Bank Standard Time = Gaza, Hebron, Hébron
West Pacific Standard Time = Guam, Port Moresby
Yakutsk Standard Time = Yakutsk, Iakoutsk
`
