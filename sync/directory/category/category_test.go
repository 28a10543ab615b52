package category

import (
	"strings"
	"testing"
)

func TestOfKnowsTradesInBothLanguages(t *testing.T) {
	tests := []struct{ categories, schema, tag string }{
		{"Hôtel", "Hotel", "tourism=hotel"},
		{"HOTELS", "Hotel", "tourism=hotel"},
		{"Hôtel de tourisme 3 étoiles", "Hotel", "tourism=hotel"},
		{"Hôtel-restaurant", "Hotel", "tourism=hotel"},
		{"Chambres d’hôtes", "BedAndBreakfast", "tourism=guest_house"},
		{"Auberge de jeunesse", "Hostel", "tourism=hostel"},
		{"Boulangerie-pâtisserie", "Bakery", "shop=bakery"},
		{"bakery", "Bakery", "shop=bakery"},
		{"Restaurant italien", "Restaurant", "amenity=restaurant"},
		{"Brasserie artisanale", "Brewery", "craft=brewery"},
		{"Agence de voyages", "TravelAgency", "shop=travel_agency"},
		{"Travel agency", "TravelAgency", "shop=travel_agency"},
		{"Agences immobilières", "RealEstateAgent", "office=estate_agent"},
		{"Real estate agency", "RealEstateAgent", "office=estate_agent"},
		{"Opticien", "Optician", "shop=optician"},
		{"Magasin d'optique", "Optician", "shop=optician"},
		{"École", "School", "amenity=school"},
		{"École primaire", "ElementarySchool", "amenity=school"},
		{"Auto-école", "AutomotiveBusiness", "amenity=driving_school"},
		{"Chirurgiens-dentistes", "Dentist", "amenity=dentist"},
		{"Pharmacie", "Pharmacy", "amenity=pharmacy"},
		{"Clinique vétérinaire", "VeterinaryCare", "amenity=veterinary"},
		{"Cabinet d’expertise comptable", "AccountingService", "office=accountant"},
		{"Boutique", "Store", "shop=yes"},
		{"Boutique de vêtements", "ClothingStore", "shop=clothes"},
		{"Boutique;Bijouterie", "JewelryStore", "shop=jewelry"},
		{"Inconnu;Banque", "BankOrCreditUnion", "amenity=bank"},
	}
	for _, tt := range tests {
		c, ok := Of(strings.Split(tt.categories, ";"))
		if !ok || c.Schema != tt.schema || c.Tag+"="+c.Value != tt.tag {
			t.Errorf("%s: %s %s=%s", tt.categories, c.Schema, c.Tag, c.Value)
		}
	}
}

func TestOfUnknownTradesIsALocalBusiness(t *testing.T) {
	for _, words := range [][]string{nil, {""}, {"Xyz"}, {"Hôtesse d'accueil"}} {
		if c, ok := Of(words); ok || c.Schema != "LocalBusiness" || c.Tag != "" {
			t.Errorf("%q: %+v", words, c)
		}
	}
}

func TestNoPhraseNamesTwoTrades(t *testing.T) {
	seen := map[string]string{}
	for _, c := range table {
		for p := range strings.SplitSeq(c.words, "|") {
			key := strings.Join(singular(p), " ")
			if other, twice := seen[key]; twice && other != c.Tag+"="+c.Value {
				t.Errorf("%q is %s and %s=%s", p, other, c.Tag, c.Value)
			}
			seen[key] = c.Tag + "=" + c.Value
		}
	}
}
