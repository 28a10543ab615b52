package establishments

import "diapason/storage"

// templateColumns are the columns A–AK of the template, in order.
var templateColumns = []Column{
	{
		Field: storage.FieldBusinessIdentifier, French: "Identifiant de l’entreprise", English: "Business identifier", Width: 18,
		FrenchHelp:  "Code de l’entreprise à laquelle l’établissement appartient.",
		EnglishHelp: "Code of the business the establishment belongs to.",
		Synonyms: []string{
			"identifiant entreprise", "business id", "code entreprise", "compte",
		},
		Examples: [2]string{"LUMEN", "LUMEN"},
	},
	{
		Field: storage.FieldIdentifier, French: "Identifiant", English: "Identifier", Width: 14,
		FrenchHelp:  "Votre propre code, unique. Laissé vide, il est attribué à l’import. 60 caractères au plus.",
		EnglishHelp: "Your own code, unique. Left empty, it is given by the import. 60 characters at most.",
		Synonyms: []string{
			"code", "code etablissement", "id", "reference", "ref", "store code", "shop code", "location identifier",
			"custom id", "code magasin", "numero etablissement", "code site", "matricule", "id etablissement",
		},
		Examples: [2]string{"MRS-001", "NTE-014"},
	},
	{
		Field: storage.FieldStatus, French: "Statut", English: "Status", Width: 20,
		FrenchHelp:  "ACTIVE, DRAFT, TEMPORARILY_CLOSED, CLOSED ou ARCHIVED. Vide : ACTIVE pour un nouvel établissement.",
		EnglishHelp: "ACTIVE, DRAFT, TEMPORARILY_CLOSED, CLOSED or ARCHIVED. Empty: ACTIVE for a new establishment.",
		Synonyms: []string{
			"etat", "situation", "statut etablissement",
		},
		Examples: [2]string{"ACTIVE", "TEMPORARILY_CLOSED"},
	},
	{
		Field: storage.FieldName, French: "Nom", English: "Name", Width: 34,
		FrenchHelp:  "Nom affiché au public. Obligatoire.",
		EnglishHelp: "Name shown to the public. Required.",
		Synonyms: []string{
			"nom commercial", "nom etablissement", "nom de l etablissement", "enseigne", "raison sociale",
			"denomination", "business name", "location name", "company", "company name", "title", "nom hotel",
			"nom magasin", "denomination commerciale", "nom usuel", "etablissement",
		},
		Examples: [2]string{"Hôtel du Vieux Port", "Agence Horizon Graslin"},
	},
	{
		Field: storage.FieldStreet, French: "Rue et numéro", English: "Street and number", Width: 34,
		FrenchHelp:  "Numéro et nom de la voie, sans le code postal ni la ville.",
		EnglishHelp: "Number and name of the street, without postcode and city.",
		Synonyms: []string{
			"adresse", "rue", "voie", "adresse 1", "adresse ligne 1", "adresse postale", "numero et rue",
			"numero et voie", "n et rue", "address", "street", "address line 1", "address 1", "street address",
			"adresse etablissement", "adresse complete", "libelle voie",
		},
		Examples: [2]string{"12 quai du Port", "3 rue Crébillon"},
	},
	{
		Field: storage.FieldZip, French: "Code postal", English: "Postcode", Width: 12,
		FrenchHelp:  "Cinq chiffres en France, par exemple 13002.",
		EnglishHelp: "Five digits in France, for example 13002.",
		Synonyms: []string{
			"cp", "postal code", "zip code", "postcode", "post code", "code postal etablissement", "codepostal",
			"c p",
		},
		Examples: [2]string{"13002", "44000"},
	},
	{
		Field: storage.FieldCity, French: "Ville", English: "City", Width: 20,
		FrenchHelp:  "Ville ou commune.",
		EnglishHelp: "City or town.",
		Synonyms: []string{
			"commune", "localite", "town", "locality", "nom commune", "libelle commune", "ville etablissement",
			"commune etablissement",
		},
		Examples: [2]string{"Marseille", "Nantes"},
	},
	{
		Field: storage.FieldCountry, French: "Pays", English: "Country", Width: 8,
		FrenchHelp:  "Code ISO à deux lettres (FR) ou nom du pays.",
		EnglishHelp: "Two-letter ISO code (FR) or name of the country.",
		Synonyms: []string{
			"code pays", "country code", "country region", "pays iso", "etat pays",
		},
		Examples: [2]string{"FR", "FR"},
	},
	{
		Field: storage.FieldLat, French: "Latitude", English: "Latitude", Width: 12,
		FrenchHelp:  "Degrés décimaux, de -90 à 90. Va avec la longitude.",
		EnglishHelp: "Decimal degrees, -90 to 90. Goes with the longitude.",
		Synonyms: []string{
			"lat", "y", "gps latitude", "latitude gps", "coord y", "latitude wgs84",
		},
		Examples: [2]string{"43.2961", "47.2132"},
	},
	{
		Field: storage.FieldLng, French: "Longitude", English: "Longitude", Width: 12,
		FrenchHelp:  "Degrés décimaux, de -180 à 180. Va avec la latitude.",
		EnglishHelp: "Decimal degrees, -180 to 180. Goes with the latitude.",
		Synonyms: []string{
			"lng", "lon", "long", "x", "gps longitude", "longitude gps", "coord x", "longitude wgs84",
		},
		Examples: [2]string{"5.3699", "-1.5621"},
	},
	{
		Field: storage.FieldCategories, French: "Catégories", English: "Categories", Width: 26,
		FrenchHelp:  "Séparées par des points-virgules, cinq au plus, la principale d’abord.",
		EnglishHelp: "Separated by semicolons, five at most, the main one first.",
		Synonyms: []string{
			"categorie", "category", "activite", "type d etablissement", "type etablissement", "primary category",
			"secteur", "metier", "type d hebergement",
		},
		Examples: [2]string{"Hôtel", "Agence immobilière;Syndic"},
	},
	{
		Field: storage.FieldAddressExtra, French: "Complément d’adresse", English: "Address extra", Width: 22,
		FrenchHelp:  "Étage, bâtiment, centre commercial…",
		EnglishHelp: "Floor, building, shopping centre…",
		Synonyms: []string{
			"complement", "complement adresse", "adresse 2", "adresse ligne 2", "address line 2", "address 2",
			"batiment", "etage", "complement d adresse 1",
		},
		Examples: [2]string{"", "2e étage"},
	},
	{
		Field: storage.FieldPhone, French: "Téléphone", English: "Phone", Width: 18,
		FrenchHelp:  "Numéro principal, national ou avec l’indicatif (+33…).",
		EnglishHelp: "Main number, national or with its country code (+33…).",
		Synonyms: []string{
			"tel", "telephone fixe", "phone number", "primary phone", "numero de telephone", "n telephone",
			"n de telephone", "fixe", "tel fixe", "telephone 1", "telephone principal", "main phone", "num tel",
			"telephone etablissement",
		},
		Examples: [2]string{"04 65 71 12 30", "02 61 91 40 14"},
	},
	{
		Field: storage.FieldCellphone, French: "Portable", English: "Mobile phone", Width: 18,
		FrenchHelp:  "Numéro de portable.",
		EnglishHelp: "Mobile number.",
		Synonyms: []string{
			"mobile", "telephone portable", "telephone mobile", "cell phone", "cell", "gsm", "tel portable",
			"tel mobile", "port", "numero portable",
		},
	},
	{
		Field: storage.FieldFax, French: "Fax", English: "Fax", Width: 18,
		FrenchHelp:  "Numéro de télécopie.",
		EnglishHelp: "Fax number.",
		Synonyms: []string{
			"telecopie", "telecopieur", "fax number", "n fax", "numero de fax",
		},
	},
	{
		Field: storage.FieldWebsite, French: "Site web", English: "Website", Width: 34,
		FrenchHelp:  "Adresse du site ; https:// est ajouté s’il manque.",
		EnglishHelp: "Address of the site; https:// is added when it is missing.",
		Synonyms: []string{
			"site internet", "site", "url", "web", "site web url", "adresse web", "website url", "url site",
			"page web", "site internet url", "homepage",
		},
		Examples: [2]string{"https://www.example.com/vieux-port", "https://www.example.com/graslin"},
	},
	{
		Field: storage.FieldEmail, French: "E-mail", English: "E-mail", Width: 30,
		FrenchHelp:  "Adresse électronique publique.",
		EnglishHelp: "Public e-mail address.",
		Synonyms: []string{
			"courriel", "mail", "email", "adresse mail", "adresse email", "adresse e mail", "adresse electronique",
			"email address", "mel", "contact mail", "e mail de contact", "courrier electronique",
		},
		Examples: [2]string{"contact@example.com", "graslin@example.com"},
	},
	{
		Field: storage.FieldDescriptionShort, French: "Description courte", English: "Short description", Width: 34,
		FrenchHelp:  "200 caractères au plus.",
		EnglishHelp: "200 characters at most.",
		Synonyms: []string{
			"accroche", "resume", "slogan", "description breve",
		},
		Examples: [2]string{"Face au port, à deux pas du métro.", ""},
	},
	{
		Field: storage.FieldDescriptionLong, French: "Description longue", English: "Long description", Width: 40,
		FrenchHelp:  "1000 caractères au plus.",
		EnglishHelp: "1000 characters at most.",
		Synonyms: []string{
			"description", "presentation", "from the business", "texte de presentation", "about",
			"description complete",
		},
	},
	{
		Field: storage.FieldOpeningHours, French: "Horaires d’ouverture", English: "Opening hours", Width: 44,
		FrenchHelp:  "Mo=08:00-12:00&14:00-18:00;Tu=…;Su : lundi Mo, mardi Tu, mercredi We, jeudi Th, vendredi Fr, samedi Sa, dimanche Su. Un jour sans valeur est fermé.",
		EnglishHelp: "Mo=08:00-12:00&14:00-18:00;Tu=…;Su: a day without value is closed.",
		Synonyms: []string{
			"horaires", "heures d ouverture", "hours", "regular hours", "horaire", "jours et horaires",
		},
		Examples: [2]string{"Mo=00:00-24:00;Tu=00:00-24:00;We=00:00-24:00;Th=00:00-24:00;Fr=00:00-24:00;Sa=00:00-24:00;Su=00:00-24:00", "Mo=09:00-12:00&14:00-18:00;Tu=09:00-12:00&14:00-18:00;We=09:00-12:00;Th=09:00-18:00;Fr=09:00-18:00;Sa;Su"},
	},
	{
		Field: storage.FieldSpecialHours, French: "Horaires exceptionnels", English: "Special opening hours", Width: 34,
		FrenchHelp:  "2026-12-24=09:00-14:00;2026-12-25 : une date sans valeur est un jour de fermeture.",
		EnglishHelp: "2026-12-24=09:00-14:00;2026-12-25: a date without value is a closing day.",
		Synonyms: []string{
			"horaires speciaux", "jours exceptionnels", "special hours", "fermetures exceptionnelles",
			"ouvertures exceptionnelles",
		},
		Examples: [2]string{"", "2026-12-24=09:00-12:00;2026-12-25"},
	},
	{
		Field: storage.FieldHoursNotes, French: "Remarques sur les horaires", English: "Opening hours notes", Width: 30,
		FrenchHelp:  "255 caractères au plus.",
		EnglishHelp: "255 characters at most.",
		Synonyms: []string{
			"notes horaires", "commentaire horaires", "precisions horaires", "remarque horaires", "hours notes",
		},
		Examples: [2]string{"Réception ouverte jour et nuit", "Sur rendez-vous le samedi"},
	},
	{
		Field: storage.FieldKeywords, French: "Mots-clés", English: "Keywords", Width: 26,
		FrenchHelp:  "Séparés par des points-virgules.",
		EnglishHelp: "Separated by semicolons.",
		Synonyms: []string{
			"mots cles", "motscles", "tags", "keyword", "mot cle",
		},
		Examples: [2]string{"vue mer;vieux port", "location;vente"},
	},
	{
		Field: storage.FieldLanguages, French: "Langues", English: "Languages", Width: 20,
		FrenchHelp:  "Langues parlées, séparées par des points-virgules.",
		EnglishHelp: "Spoken languages, separated by semicolons.",
		Synonyms: []string{
			"langues parlees", "langue", "spoken languages", "language",
		},
		Examples: [2]string{"français;anglais", "français"},
	},
	{
		Field: storage.FieldBrands, French: "Marques", English: "Brands", Width: 20,
		FrenchHelp:  "Séparées par des points-virgules.",
		EnglishHelp: "Separated by semicolons.",
		Synonyms: []string{
			"marque", "brand", "marques distribuees",
		},
	},
	{
		Field: storage.FieldPaymentOptions, French: "Moyens de paiement", English: "Payment options", Width: 26,
		FrenchHelp:  "Séparés par des points-virgules.",
		EnglishHelp: "Separated by semicolons.",
		Synonyms: []string{
			"paiement", "paiements", "modes de paiement", "payment", "payment methods", "moyen de paiement",
			"modes de paiement acceptes",
		},
		Examples: [2]string{"Carte bancaire;Espèces", "Chèque;Virement"},
	},
	{
		Field: storage.FieldServices, French: "Services", English: "Services", Width: 26,
		FrenchHelp:  "Séparés par des points-virgules.",
		EnglishHelp: "Separated by semicolons.",
		Synonyms: []string{
			"prestations", "equipements", "service", "prestation", "services proposes",
		},
		Examples: [2]string{"Wi-Fi;Petit-déjeuner", "Estimation;Gestion locative"},
	},
	{
		Field: storage.FieldFacebook, French: "Facebook", English: "Facebook", Width: 30,
		FrenchHelp:  "Adresse de la page.",
		EnglishHelp: "Address of the page.",
		Synonyms: []string{
			"page facebook", "facebook url", "url facebook", "facebook page",
		},
		Examples: [2]string{"https://www.facebook.com/example", ""},
	},
	{
		Field: storage.FieldInstagram, French: "Instagram", English: "Instagram", Width: 30,
		FrenchHelp:  "Adresse du profil.",
		EnglishHelp: "Address of the profile.",
		Synonyms: []string{
			"page instagram", "compte instagram", "instagram url", "url instagram",
		},
	},
	{
		Field: storage.FieldLinkedIn, French: "LinkedIn", English: "LinkedIn", Width: 30,
		FrenchHelp:  "Adresse de la page.",
		EnglishHelp: "Address of the page.",
		Synonyms: []string{
			"page linkedin", "linkedin url", "url linkedin",
		},
	},
	{
		Field: storage.FieldYouTube, French: "YouTube", English: "YouTube", Width: 30,
		FrenchHelp:  "Adresse de la chaîne.",
		EnglishHelp: "Address of the channel.",
		Synonyms: []string{
			"chaine youtube", "youtube url", "url youtube",
		},
	},
	{
		Field: storage.FieldLabels, French: "Étiquettes", English: "Labels", Width: 20,
		FrenchHelp:  "Vos propres étiquettes de tri, séparées par des points-virgules.",
		EnglishHelp: "Your own labels for sorting, separated by semicolons.",
		Synonyms: []string{
			"etiquette", "label", "groupe", "groupes", "libelles",
		},
		Examples: [2]string{"Sud;Vue mer", "Ouest"},
	},
	{
		Field: storage.FieldLegalIdent, French: "SIRET", English: "Legal identifier (SIRET)", Width: 18,
		FrenchHelp:  "14 chiffres en France.",
		EnglishHelp: "14 digits in France.",
		Synonyms: []string{
			"n siret", "numero siret", "siret etablissement", "legal ident", "identifiant legal", "no siret",
			"registration number", "code siret",
		},
	},
	{
		Field: storage.FieldOpeningDate, French: "Date d’ouverture", English: "Opening date", Width: 14,
		FrenchHelp:  "AAAA-MM-JJ.",
		EnglishHelp: "YYYY-MM-DD.",
		Synonyms: []string{
			"ouverture", "date ouverture", "date de creation", "opened",
		},
		Examples: [2]string{"2019-05-02", ""},
	},
	{
		Field: storage.FieldReopenDate, French: "Date de réouverture", English: "Reopening date", Width: 14,
		FrenchHelp:  "AAAA-MM-JJ, pour un établissement fermé temporairement.",
		EnglishHelp: "YYYY-MM-DD, for an establishment that is temporarily closed.",
		Synonyms: []string{
			"reouverture", "date reouverture", "reopen date", "reopens",
		},
		Examples: [2]string{"", "2027-03-01"},
	},
	{
		Field: storage.FieldAddressDisplay, French: "Afficher l’adresse", English: "Show address", Width: 12,
		FrenchHelp:  "TRUE ou FALSE (vrai ou faux, oui ou non). FALSE cache l’adresse au public.",
		EnglishHelp: "TRUE or FALSE. FALSE hides the address from the public.",
		Synonyms: []string{
			"affichage adresse", "adresse visible", "display address", "address visible", "address display",
			"adresse affichee",
		},
		Examples: [2]string{"TRUE", "TRUE"},
	},
	{
		Field: storage.FieldAutoSync, French: "Auto-sync", English: "Auto-sync", Width: 12,
		FrenchHelp:  "TRUE : chaque modification est publiée d’elle-même. FALSE : au bouton Synchroniser.",
		EnglishHelp: "TRUE: every change is published by itself. FALSE: with the Synchronise button.",
		Synonyms: []string{
			"autosync", "synchronisation automatique", "auto synchronisation", "automatic sync", "auto synchro",
		},
		Examples: [2]string{"FALSE", "FALSE"},
	},
}
