package establishments

import "diapason/storage"

// moreColumns follow, from AL on, when an export has something to put into one of them.
var moreColumns = []Column{
	{
		Field: storage.FieldDescriptor, French: "Descriptif", English: "Descriptor", Width: 20,
		FrenchHelp:  "Ce qui distingue l’établissement des autres du même nom (quartier, gare…).",
		EnglishHelp: "What tells the establishment from others of the same name (district, station…).",
		Synonyms: []string{
			"sous titre", "descripteur", "branch", "agence", "complement de nom",
		},
	},
	{
		Field: storage.FieldStars, French: "Étoiles", English: "Stars", Width: 10,
		FrenchHelp:  "De 1 à 5, hébergements classés.",
		EnglishHelp: "1 to 5, classified lodgings.",
		Synonyms: []string{
			"classement", "nombre d etoiles", "nb etoiles", "classification", "star rating", "categorie hotel",
			"etoile",
		},
	},
	{
		Field: storage.FieldRooms, French: "Chambres", English: "Rooms", Width: 10,
		FrenchHelp:  "Nombre de chambres.",
		EnglishHelp: "Number of rooms.",
		Synonyms: []string{
			"nombre de chambres", "nb chambres", "nombre chambres", "number of rooms", "nb de chambres",
		},
	},
	{
		Field: storage.FieldCapacity, French: "Capacité", English: "Capacity", Width: 10,
		FrenchHelp:  "Nombre de personnes.",
		EnglishHelp: "Number of people.",
		Synonyms: []string{
			"capacite d accueil personnes", "capacite d accueil", "capacite accueil", "nombre de personnes",
			"capacite personnes", "couchages", "nombre de lits",
		},
	},
	{
		Field: storage.FieldPhotos, French: "Photos", English: "Photos", Width: 30,
		FrenchHelp:  "Adresses publiques des photos, séparées par des points-virgules.",
		EnglishHelp: "Public addresses of the photos, separated by semicolons.",
		Synonyms: []string{
			"photo", "images", "image", "other photos", "url photos", "url photo",
		},
	},
}
